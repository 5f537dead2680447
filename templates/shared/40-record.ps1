# Begins the record of this run, which names the record before it. Keys that no record has are for this run only.
function Save-Start {
    param($Record, $IsApply, [string]$EvidencePath, $ExchangeCommands)
    $command = Get-Command -Name $ExchangeCommands[0] -ErrorAction Stop
    $Record['Format'] = 'roomscope-evidence/2'
    if ($IsApply) { $Record['Mode'] = 'apply' } else { $Record['Mode'] = 'plan' }
    foreach ($key in @('Organization', 'OrganizationGuid', 'Version', 'DomainController', 'Error')) { $Record[$key] = '' }
    foreach ($key in @('Plan', 'Actions', 'Before', 'After', 'Warnings')) { $Record[$key] = @() }
    foreach ($key in @('Previous', 'PreviousSha256')) { $Record[$key] = $null }
    foreach ($key in @('Reads', 'Writes')) { $Record[$key] = 0 }
    $Record['Who'] = '{0}\{1}' -f $env:USERDOMAIN, $env:USERNAME
    $Record['Computer'] = [string]$env:COMPUTERNAME
    $Record['PowerShell'] = [string]$PSVersionTable.PSVersion
    $Record['Module'] = [string]$command.Source
    $Record['ModuleVersion'] = [string]$command.Version
    $Record['Start'] = (Get-Date).ToUniversalTime().ToString('o')
    $Record['Result'] = 'interrupted'
    try {
        if (-not (Test-Path -LiteralPath $EvidencePath)) { New-Item -ItemType Directory -Path $EvidencePath | Out-Null }
        $folder = [string](Get-Item -LiteralPath $EvidencePath).FullName
        $files = @(
            Get-ChildItem -LiteralPath $EvidencePath -File |
                Where-Object -FilterScript { $_.Name -match '^\d\d-[A-Za-z-]+\.(plan|apply)\.\d{8}T\d{6}Z\.json$' } |
                Sort-Object -Property @{ Expression = { ($_.Name -split '\.')[2] } }
        )
    }
    catch {
        throw ('The folder for the records, {0}, cannot be used: {1} Give another one with -EvidencePath. Nothing was changed.' -f
            $EvidencePath, $_.Exception.Message)
    }
    if ($files.Count -ne 0) {
        $Record['Previous'] = [string]$files[-1].Name
        try { $Record['PreviousSha256'] = Read-Digest -Path $files[-1].FullName }
        catch { Show-Unreadable -Record $Record -Name $Record['Previous'] }
        # Two records of one second would have no order.
        while ($Record['Previous'] -like ('*.{0}.json' -f (Read-Stamp -Time $Record['Start']))) {
            Start-Sleep -Milliseconds 100
            $Record['Start'] = (Get-Date).ToUniversalTime().ToString('o')
        }
    }
    $name = '{0}.{1}.{2}.json' -f $Record['Step'], $Record['Mode'], (Read-Stamp -Time $Record['Start'])
    if (@($files | Where-Object -FilterScript { $name -eq $_.Name }).Count -ne 0) {
        throw ('There is a record {0} already, so the clock of this machine went back. Nothing was changed.' -f $name)
    }
    try { $Record['ManifestSha256'] = Read-Digest -Path (Join-Path -Path $PSScriptRoot -ChildPath 'manifest.json') }
    catch {
        throw ('manifest.json beside this script cannot be read: {0} Get the bundle again. Nothing was changed.' -f $_.Exception.Message)
    }
    $Record['Files'] = $files
    $Record['File'] = Join-Path -Path $folder -ChildPath $name
}

function Read-Digest {
    param([string]$Path)
    (Get-FileHash -LiteralPath $Path -Algorithm SHA256 -ErrorAction Stop).Hash.ToLowerInvariant()
}

# A time as it stands in the name of a record.
function Read-Stamp {
    param([string]$Time)
    $Time -replace '[-:]|\.\d+', ''
}

function Show-Unreadable {
    param($Record, [string]$Name)
    $text = 'the record {0} cannot be read, so what it says is not compared' -f $Name
    Show-Warning -Record $Record -Kind 'record-unreadable' -Target $Name -Text $text
}

function Save-Record {
    param($Record)
    $Record['End'] = (Get-Date).ToUniversalTime().ToString('o')
    $written = [ordered]@{}
    $keys = @(
        'Format', 'Product', 'Step', 'Mode', 'Bundle', 'PlanId', 'ManifestSha256', 'Previous', 'PreviousSha256', 'Who', 'Computer',
        'Organization', 'OrganizationGuid', 'Version', 'DomainController', 'PowerShell', 'Module', 'ModuleVersion', 'Start', 'End',
        'Result', 'Error', 'Reads', 'Writes', 'Plan', 'Actions', 'Before', 'After', 'Warnings'
    )
    foreach ($key in $keys) { $written[$key] = $Record[$key] }
    try { ConvertTo-Json -InputObject $written -Depth 8 | Set-Content -LiteralPath $Record['File'] -Encoding utf8 -ErrorAction Stop }
    catch {
        throw ('The record {0} cannot be written: {1} Make room there, or give another folder with -EvidencePath. {2}' -f
            $Record['File'], $_.Exception.Message, (Read-Ending -Record $Record))
    }
}

# How far this run came, for the end of a message.
function Read-Ending {
    param($Record)
    $made = @($Record['Actions'] | Where-Object -FilterScript { 'done' -eq $_['Outcome'] })
    $unknown = @($Record['Actions'] | Where-Object -FilterScript { 'unknown' -eq $_['Outcome'] } | ForEach-Object -Process { $_['Text'] })
    $ending = 'Changes made: {0} of {1}' -f $made.Count, $Record['Plan'].Count
    if ($unknown.Count -ne 0) { $ending += '; whether this one was made, is not known: {0}' -f ($unknown -join '; ') }
    if ($made.Count + $unknown.Count -eq 0) { 'Nothing was changed.' } else { '{0}.' -f $ending }
}

# Ends the record of a run that stops, with the one sentence that says why.
function Save-Stop {
    param($Record, $Failure)
    $Record['Result'] = 'stopped'
    $text = [string]$Failure.Exception.Message
    # What Exchange or the machine said does not say what was changed.
    if ($text -ne [string]$Failure.FullyQualifiedErrorId -and $null -ne $Record['File']) {
        $text = '{0} {1} Mend the cause, then run this script again without -Apply: it shows what is left.' -f
            $text, (Read-Ending -Record $Record)
    }
    $Record['Error'] = Read-CleanText -Text $text
    $Record['IsEnded'] = $true
    if ($null -ne $Record['File']) {
        try { Save-Record -Record $Record }
        catch {
            $unsaved = Read-CleanText -Text $_.Exception.Message
            if (-not $text.Contains($Record['File'])) { $Record['Error'] = '{0} {1}' -f $Record['Error'], $unsaved }
        }
    }
}

# Whatever ended the run: what is known of it is on the disk.
function Save-End {
    param($Record)
    if ($null -ne $Record['File']) {
        if (-not $Record['IsEnded']) { Save-Record -Record $Record }
        Show-Line -Text ('Record: {0}' -f $Record['File'])
    }
}

# What earlier runs of this bundle made, by kind and name: GUIDs, and owners of lists. It explains, and decides nothing.
function Read-Known {
    param($Record)
    $known = @{}
    foreach ($file in @($Record['Files'] | Where-Object -FilterScript { $_.Name -like '[359]0-*.apply.*' })) {
        try {
            $earlier = Get-Content -LiteralPath $file.FullName -Raw -Encoding utf8 -ErrorAction Stop | ConvertFrom-Json -ErrorAction Stop
            if ($Record['Bundle'] -ne [string]$earlier.Bundle) { continue }
            if ('applied' -ne [string]$earlier.Result) {
                if ('stopped' -eq [string]$earlier.Result -and '0' -eq [string]$earlier.Writes) { continue }
                # A run that did not come to its end may have made anew what it found absent.
                foreach ($item in @($earlier.Before)) {
                    if ('absent' -eq [string]$item.State) { $known['{0} {1}' -f [string]$item.Kind, [string]$item.Name] = '' }
                }
                continue
            }
            foreach ($item in @($earlier.After)) {
                $name = '{0} {1}' -f [string]$item.Kind, [string]$item.Name
                if ('absent' -eq [string]$item.State) { $known[$name] = '' }
                elseif ('90-Remove-Access' -ne [string]$earlier.Step) {
                    $known[$name] = [string]$item.Guid
                    if ('list' -eq [string]$item.Kind) { $known['owners of ' + $name] = @($item.Owners) -join '; ' }
                }
            }
        }
        catch { Show-Unreadable -Record $Record -Name $file.Name }
    }
    $known
}

# An object of the same name with another GUID than a record says is worth a word; a record can be forged, so no more than that.
function Show-OtherGuid {
    param($Record, $States, $Known)
    foreach ($state in $States) {
        $guid = [string]$Known['{0} {1}' -f $state['Kind'], $state['Name']]
        if ('' -ne $guid -and '' -ne [string]$state['Guid'] -and $guid -ne $state['Guid']) {
            $text = '{0} {1} has the GUID {2}; the record says that this bundle made {3}, so it is another object, or the record is wrong' -f
                $state['Kind'], $state['Name'], $state['Guid'], $guid
            Show-Warning -Record $Record -Kind 'record-differs' -Target $state['Name'] -Text $text
        }
    }
}
