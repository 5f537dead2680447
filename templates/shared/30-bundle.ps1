# The bundle that this script stands in, file by file as SHA256SUMS lists it; the folder "evidence" is no part of it.
function Assert-Bundle {
    $signed = @()
    try {
        $digests = @{}
        $sumsPath = Join-Path -Path $PSScriptRoot -ChildPath 'SHA256SUMS'
        foreach ($line in @(Get-Content -LiteralPath $sumsPath -Encoding utf8 -ErrorAction Stop)) {
            if ($line -notmatch '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9._-]*$') { throw 'SHA256SUMS holds a line that is no digest.' }
            $digests[($line -split '  ')[1]] = ($line -split '  ')[0]
        }
        $items = @(Get-ChildItem -LiteralPath $PSScriptRoot -ErrorAction Stop | ForEach-Object -Process { $_.Name })
        $wrong = @(
            foreach ($name in @($digests.Keys | Sort-Object)) {
                $path = Join-Path -Path $PSScriptRoot -ChildPath $name
                if ($items -notcontains $name) { '{0} is missing' -f $name }
                elseif ($digests[$name] -ne (Get-FileHash -LiteralPath $path -Algorithm SHA256 -ErrorAction Stop).Hash) {
                    # A signed script cannot be hashed here without its signature.
                    if ($name -like '*.ps1' -and (Read-Signed -Path $path)) { $signed += @($name) } else { '{0} differs' -f $name }
                }
            }
            foreach ($name in $items) {
                if (-not $digests.ContainsKey($name) -and @('evidence', 'SHA256SUMS') -notcontains $name) { '{0} is not listed' -f $name }
            }
        )
    }
    catch { throw ('The bundle cannot be compared with SHA256SUMS: {0} Get the bundle again. Nothing was changed.' -f $_.Exception.Message) }
    if ($digests.Count -eq 0) { $wrong = @('SHA256SUMS is empty') }
    if ($wrong.Count -ne 0) {
        throw ('This bundle is not the one that was rendered, by its own SHA256SUMS: {0}. Get the bundle again. Nothing was changed.' -f
            (@($wrong | Select-Object -First 5) -join ', '))
    }
    if ($signed.Count -ne 0) {
        Show-Line -Text ('Signed, so not compared with SHA256SUMS here: {0}. AUDIT.ps1 compares them.' -f ($signed -join ', '))
    }
}

# Whether a script ends with one signature block, which PowerShell checks.
function Read-Signed {
    param([string]$Path)
    $text = [string](Get-Content -LiteralPath $Path -Raw -Encoding utf8 -ErrorAction Stop)
    @($text -split '(?m)^# [S]IG # Begin').Count -eq 2 -and
        $text -match '\n# [S]IG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)+# [S]IG # End signature block(?:\r?\n)?\z'
}

# rooms.csv must be the file that was rendered.
function Assert-RoomsFile {
    param([string]$Digest, [string]$Else)
    $path = Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv'
    if ((Get-FileHash -LiteralPath $path -Algorithm SHA256 -ErrorAction Stop).Hash -ne $Digest) {
        throw ('rooms.csv {0}. Get the bundle again. Nothing was changed.' -f $Else)
    }
}

# The rooms, by their addresses, in the order of rooms.csv, which is hashed before and after it is read.
function Read-Room {
    param([string]$Digest)
    Assert-RoomsFile -Digest $Digest -Else 'is not the file that was rendered and reviewed'
    $rooms = [ordered]@{}
    $path = Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv'
    foreach ($room in @(Import-Csv -LiteralPath $path -Encoding utf8 -ErrorAction Stop)) {
        $rooms[[string]$room.PrimarySmtpAddress] = $room
    }
    Assert-RoomsFile -Digest $Digest -Else 'changed while it was read'
    $rooms
}
