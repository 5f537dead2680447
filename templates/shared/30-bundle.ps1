function Read-Beside([string]$Name) { Join-Path -Path $PSScriptRoot -ChildPath $Name }
function Read-Digest($Path) { (Get-FileHash -LiteralPath $Path -Algorithm SHA256 -ErrorAction Stop).Hash.ToLowerInvariant() }
# The bundle that this script stands in, file by file as SHA256SUMS lists it; the folder "evidence" is no part of it.
function Assert-Bundle {
    $listed = @{}
    try {
        foreach ($line in @(Get-Content -LiteralPath (Read-Beside -Name 'SHA256SUMS') -Encoding utf8 -ErrorAction Stop)) {
            if ($line -notmatch '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9._-]*$') { throw 'one of its lines is no digest.' }
            $listed[($line -split '  ')[1]] = ($line -split '  ')[0]
        }
        $files = @(Get-ChildItem -LiteralPath $PSScriptRoot -ErrorAction Stop | ForEach-Object -Process { $_.Name })
        $wrong = @(
            foreach ($file in @($files | Where-Object -FilterScript { @('evidence', 'SHA256SUMS') -notcontains $_ })) {
                if (-not $listed.ContainsKey($file)) { $file + ' is not listed' }
                elseif ($listed[$file] -eq (Read-Digest -Path (Read-Beside -Name $file))) { continue }
                elseif (-not (Read-IsSigned -Name $file)) { $file + ' differs' }
                else { Show-Line -Text ('{0} is signed, so not compared here, but by AUDIT.ps1.' -f $file) }
            }
            foreach ($lost in @($listed.Keys | Where-Object -FilterScript { $files -notcontains $_ })) { $lost + ' is missing' }
        ) -join ', '
    }
    catch { throw ('This bundle cannot be compared with its SHA256SUMS: {0} Get it again.' -f $_.Exception.Message) }
    if ('' -ne $wrong) { throw ('This bundle is not what its SHA256SUMS lists: {0}. Get it again.' -f $wrong) }
}
function Read-IsSigned([string]$Name) {
    $text = [string](Get-Content -LiteralPath (Read-Beside -Name $Name) -Raw -Encoding utf8 -ErrorAction Stop)
    $block = '\n# [S]IG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)+# [S]IG # End signature block(?:\r?\n)?\z'
    $Name -like '*.ps1' -and @($text -split '(?m)^# [S]IG # Begin').Count -eq 2 -and $text -match $block
}
# The rooms by their addresses, in the order of rooms.csv, which must be the rendered one before and after it is read.
function Read-Room($Record, [string]$Digest) {
    $rooms = [ordered]@{}
    $before = Read-Digest -Path (Read-Beside -Name 'rooms.csv')
    $rows = @(Import-Csv -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv') -Encoding utf8 -ErrorAction Stop)
    $after = Read-Digest -Path (Read-Beside -Name 'rooms.csv')
    if ($before -ne $Digest -or $after -ne $Digest) { throw 'rooms.csv is not the rendered one. Get it again.' }
    foreach ($row in $rows) { $rooms[[string]$row.PrimarySmtpAddress] = $row }
    $Record['Rooms'] = $rooms
}
