function Read-Beside([string]$Name) { Join-Path -Path $PSScriptRoot -ChildPath $Name }
function Read-Digest($Path) { (Get-FileHash -LiteralPath $Path -Algorithm SHA256 -ErrorAction Stop).Hash.ToLowerInvariant() }
# The way back goes on with what it knows itself: nothing beside it may keep it from taking the right away.
function Assert-Bundle($Record, $OrWarn) {
    $listed = @{}
    $wrong = [ordered]@{}
    try {
        foreach ($line in @(Get-Content -LiteralPath (Read-Beside -Name 'SHA256SUMS') -Encoding utf8 -ErrorAction Stop)) {
            if ($line -notmatch '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9._-]*$') { throw 'one of its lines is no digest' }
            $listed[($line -split '  ')[1]] = ($line -split '  ')[0]
        }
        if ($listed.Count -eq 0) { throw 'it is empty' }
        $found = @(Get-ChildItem -LiteralPath $PSScriptRoot -ErrorAction Stop | ForEach-Object -Process { $_.Name })
        foreach ($file in @($found | Where-Object -FilterScript { $_ -notmatch '^(?:evidence|SHA256SUMS)\z' })) {
            if (-not $listed.ContainsKey($file)) { $wrong[$file] = '{0} is not listed: move it away' -f $file }
            elseif ($listed[$file] -eq (Read-Digest -Path (Read-Beside -Name $file))) { continue }
            elseif (-not (Read-IsSigned -Name $file)) { $wrong[$file] = '{0} differs: get the bundle again' -f $file }
            else { Show-Line -Text ('{0} is signed, so not compared here, but by AUDIT.ps1.' -f $file) }
        }
        $lost = @($listed.Keys | Where-Object -FilterScript { $found -notcontains $_ })
        foreach ($name in $lost) { $wrong[$name] = '{0} is missing: get the bundle again' -f $name }
    }
    catch { $wrong['SHA256SUMS'] = 'SHA256SUMS cannot be used ({0}): get the bundle again' -f (Read-Why -Failure $_) }
    $text = @($wrong.Values | Select-Object -First 5) -join '; '
    $isOwn = $null -ne $wrong[$Record['Step'] + '.ps1']
    if ('' -ne $text -and ($isOwn -or -not $OrWarn)) { throw ('This bundle is not what its SHA256SUMS lists: {0}.' -f $text) }
    $Record['Altered'] = @($wrong.Values)
    foreach ($name in $wrong.Keys) {
        Show-Warning -Record $Record -Kind 'bundle-altered' -Target $name -Text $wrong[$name] -Outcome 'unknown'
    }
}
function Read-IsSigned([string]$Name) {
    $text = [string](Get-Content -LiteralPath (Read-Beside -Name $Name) -Raw -Encoding utf8 -ErrorAction Stop)
    $block = '\n# [S]IG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)+# [S]IG # End signature block(?:\r?\n)?\z'
    $Name -like '*.ps1' -and @($text -split '(?m)^# [S]IG # Begin').Count -eq 2 -and $text -match $block
}
# The rooms by address; rooms.csv must be the rendered one before and after it is read.
function Read-Room($Record, [string]$Digest) {
    $rooms = [ordered]@{}
    $before = Read-Digest -Path (Read-Beside -Name 'rooms.csv')
    $rows = @(Import-Csv -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv') -Encoding utf8 -ErrorAction Stop)
    $after = Read-Digest -Path (Read-Beside -Name 'rooms.csv')
    if ($before -ne $Digest -or $after -ne $Digest) { throw 'rooms.csv is not the rendered one. Get the bundle again.' }
    foreach ($row in $rows) { $rooms[[string]$row.PrimarySmtpAddress] = $row }
    $Record['Rooms'] = $rooms
}
