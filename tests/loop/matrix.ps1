<#
    Plays cells of the matrix in one session: each starts from a copy of a prepared directory and runs scripts as an
    administrator does, from the prompt. A file describes a cell; how it went is written beside it.
#>
param([string]$Module)

# Each look for a command would read every folder with programs; the scripts start none.
$env:PATH = ''
$script:isStale = $true

# A record's name holds a second of the clock; older ones are moved back, so that no run waits for the next second.
function Step-Clock {
    param([string]$Folder)

    if (-not [IO.Directory]::Exists($Folder)) { return }
    $number = 0
    foreach ($file in [IO.Directory]::GetFiles($Folder, '*.json') | Sort-Object -Property { ([IO.Path]::GetFileName($_) -split '\.')[2] }) {
        $parts = [IO.Path]::GetFileName($file) -split '\.'
        $parts[2] = '20010101T00{0:00}{1:00}Z' -f [Math]::Floor($number / 60), ($number % 60)
        $number++
        $new = [IO.Path]::Combine($Folder, $parts -join '.')
        if ($new -ne $file) { [IO.File]::Move($file, $new) }
    }
}

function Copy-Folder {
    param([string]$From, [string]$To)

    $null = [IO.Directory]::CreateDirectory($To)
    foreach ($file in [IO.Directory]::GetFiles($From)) { [IO.File]::Copy($file, [IO.Path]::Combine($To, [IO.Path]::GetFileName($file)), $true) }
    foreach ($folder in [IO.Directory]::GetDirectories($From)) { Copy-Folder -From $folder -To ([IO.Path]::Combine($To, [IO.Path]::GetFileName($folder))) }
}

function Open-State {
    param([string]$Folder)

    & (Get-Module -Name Exchange, ExchangeOnlineManagement, Microsoft.Graph.Authentication) {
        param($Folder)
        foreach ($stream in $script:ChangesStream, $script:CallsStream) { if ($null -ne $stream) { $stream.Dispose() } }
        Open-Lab -Folder $Folder
    } $Folder
}

# What somebody did behind the scripts' back, that no cmdlet of the lab does.
function Edit-Entry {
    param([string]$Kind, [string]$Key, [hashtable]$With, [switch]$Remove)

    & (Get-Module -Name Exchange, ExchangeOnlineManagement, Microsoft.Graph.Authentication) {
        param($Kind, $Key, $With, $Remove)
        $view = Get-MainView
        $entry = if ($Kind -in 'session', 'organization') { $view[$Kind] } else { $view[$Kind][$Key] }
        if ($Kind -eq 'recipients') {
            $entry = $view['recipients'].Values | Where-Object -FilterScript { $_['primarySmtpAddress'] -eq $Key }
            $Key = $entry['guid']
        }
        if ($null -eq $entry) { throw "There is no $Kind $Key." }
        if ($Remove) { Write-Change -Change ([ordered]@{ op = 'remove'; kind = $Kind; key = $Key }) }
        else {
            $value = ConvertTo-Json -InputObject $entry -Depth 8 | ConvertFrom-Json -AsHashtable
            foreach ($name in $With.Keys) {
                if ($name -like 'group.*') { $value['group'][$name.Substring(6)] = $With[$name] } else { $value[$name] = $With[$name] }
            }
            if ($With.ContainsKey('guid') -and $Kind -ne 'organization') {
                Write-Change -Change ([ordered]@{ op = 'remove'; kind = $Kind; key = $Key })
                if ($Kind -eq 'recipients') { $Key = $With['guid'] }
            }
            if ($With.ContainsKey('name') -and $Kind -notin 'recipients', 'organization') {
                Write-Change -Change ([ordered]@{ op = 'remove'; kind = $Kind; key = $Key })
                $Key = $With['name']
            }
            Write-Change -Change ([ordered]@{ op = 'put'; kind = $Kind; key = $Key; value = $value })
        }
        Update-View -View $view
    } $Kind $Key $With $Remove
}

# What Entra and the tenant's switches say, which no cmdlet of the lab writes; the change is given the snapshot.
function Edit-Snapshot {
    param([scriptblock]$Change)

    $path = [IO.Path]::Combine($env:EXCHANGE_LAB_STATE, 'state.json')
    $snapshot = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path)) -AsHashtable
    $null = & $Change $snapshot
    [IO.File]::WriteAllText($path, (ConvertTo-Json -InputObject $snapshot -Depth 8))
}

function Get-LineCount {
    param([string]$Path)

    if ([IO.File]::Exists($Path)) { [IO.File]::ReadAllLines($Path).Count } else { 0 }
}

function Invoke-Run {
    param([object]$Run, [string]$Folder)

    $faults = [IO.Path]::Combine($Folder, 'faults.json')
    $evidence = [IO.Path]::Combine($Folder, 'evidence')
    [IO.File]::Delete($faults)
    Step-Clock -Folder $evidence
    Open-State -Folder $Folder
    if ($Run['before']) { $null = . ([scriptblock]::Create($Run['before'])) }
    if ($Run['load']) {
        $script:isStale = $true
        Import-Module -Name $Module -Force
    }
    if ($Run['faults']) { [IO.File]::WriteAllText($faults, (ConvertTo-Json -InputObject @{ shell = @($Run['faults']) } -Depth 4)) }
    $calls = Get-LineCount -Path ([IO.Path]::Combine($Folder, 'calls.jsonl'))
    $changes = Get-LineCount -Path ([IO.Path]::Combine($Folder, 'changes.jsonl'))
    $known = @(if ([IO.Directory]::Exists($evidence)) { [IO.Directory]::GetFiles($evidence) })
    Open-State -Folder $Folder
    $parameters = @{ EvidencePath = $evidence }
    foreach ($name in $Run['arguments'].Keys) { $parameters[$name] = $Run['arguments'][$name] }
    if ($Run['apply']) { $parameters['Apply'] = $true }
    $output = [Collections.Generic.List[string]]::new()
    $message = ''
    if ($Run['session']) { $null = . ([scriptblock]::Create($Run['session'])) }
    try { & $Run['script'] @parameters 6>&1 3>&1 | ForEach-Object -Process { $output.Add([string]$_) } }
    catch { $message = [string]$_.Exception.Message }
    if ($Run['sessionAfter']) { $null = . ([scriptblock]::Create($Run['sessionAfter'])) }
    if ($Run['sessionAfter']) { Import-Module -Name $Module -Force }
    $made = @(if ([IO.Directory]::Exists($evidence)) { [IO.Directory]::GetFiles($evidence) | Where-Object -FilterScript { $_ -notin $known } })
    $text = if ($made.Count -eq 1 -and [IO.File]::Exists($made[0])) { [IO.File]::ReadAllText($made[0]) } else { '' }
    $callsEnd = Get-LineCount -Path ([IO.Path]::Combine($Folder, 'calls.jsonl'))
    $changesEnd = Get-LineCount -Path ([IO.Path]::Combine($Folder, 'changes.jsonl'))
    return [ordered]@{ error = $message; output = $output -join "`n"; calls = @($calls, $callsEnd); changes = @($changes, $changesEnd); records = $made.Count; record = $text }
}

function Invoke-Cell {
    param([Collections.IDictionary]$Cell)

    Copy-Folder -From $Cell['start'] -To $Cell['folder']
    $env:EXCHANGE_LAB_STATE = $Cell['folder']
    if ($script:isStale) { Import-Module -Name $Module -Force }
    $script:isStale = $false
    foreach ($run in $Cell['runs']) {
        Invoke-Run -Run $run -Folder $Cell['folder']
        if ($run['keep']) {
            Step-Clock -Folder ([IO.Path]::Combine($Cell['folder'], 'evidence'))
            Copy-Folder -From $Cell['folder'] -To $run['keep']
            [IO.File]::Delete([IO.Path]::Combine($run['keep'], 'calls.jsonl'))
        }
    }
}

function Write-Answer {
    param([string]$Request)

    $answer = [ordered]@{ runs = @(); failure = '' }
    try { $answer['runs'] = @(Invoke-Cell -Cell (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($Request)) -AsHashtable)) }
    catch { $answer['failure'] = "$($_.Exception.Message) $($_.ScriptStackTrace)" }
    # Whole or not at all: somebody waits for the file.
    [IO.File]::WriteAllText("$Request.part", (ConvertTo-Json -InputObject $answer -Depth 6 -Compress))
    [IO.File]::Move("$Request.part", "$Request.answer")
}
