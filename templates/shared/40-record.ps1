# Begins the record of this run, which names the record before it. Keys that Save-Record does not know are for this run only.
function Save-Start($Record, $IsApply, [string]$EvidencePath, [switch]$OrWarn) {
    Assert-Session -Commands $Record['Commands'] -Roles $Record['Roles']
    $Record['Mode'] = @('plan', 'apply')['True' -eq [string]$IsApply]
    $Record['Start'] = (Get-Date).ToUniversalTime().ToString('o')
    $Record['Result'] = 'interrupted'
    try { $Record['ManifestSha256'] = Read-Digest -Path (Read-Beside -Name 'manifest.json') }
    catch { $Record['ManifestSha256'] = '0' * 64 }
    try {
        $place = $EvidencePath
        $isThere = Test-Path -LiteralPath $EvidencePath
        if ($isThere) { $place = [string](Get-Item -LiteralPath $EvidencePath).FullName }
        elseif ($place -notmatch '^(?:[A-Za-z]:)?[\\/](?!.*[\\/]\.\.?(?:[\\/]|$))') { throw 'make it, or name it in full' }
        $both = @(@($place, $PSScriptRoot) | ForEach-Object -Process { ($_ + '/').ToLowerInvariant() -replace '[\\/]+', '/' })
        if ($both[0].StartsWith($both[1]) -and $both[0] -ne $both[1] + 'evidence/') { throw 'they would alter the bundle' }
        if (-not $isThere) { New-Item -ItemType Directory -Path $EvidencePath | Out-Null }
        $named = '^\d\d-[A-Za-z-]+\.(plan|apply)\.\d{8}T\d{6}Z\.json$'
        $files = @(Get-ChildItem -LiteralPath $EvidencePath -File | Where-Object -FilterScript { $_.Name -match $named })
        $files = @($files | Sort-Object -Property @{ Expression = { Read-Time -Name $_.Name } })
    }
    catch { throw ('{0} cannot hold records: {1}. Name another with -EvidencePath.' -f $EvidencePath, (Read-Why -Failure $_)) }
    foreach ($last in @($files | Select-Object -Last 1)) {
        $Record['Previous'] = $last.Name
        try { $Record['PreviousSha256'] = Read-Digest -Path $last.FullName }
        catch { Show-Warning -Record $Record -Kind 'record-unreadable' -Target $last.Name -Text ($last.Name + ' cannot be read') }
    }
    # Two records of one second would have no order.
    $times = @($files | ForEach-Object -Process { Read-Time -Name $_.Name })
    while ($times -contains (Read-Stamp -Time $Record['Start'])) {
        Start-Sleep -Milliseconds 100
        $Record['Start'] = (Get-Date).ToUniversalTime().ToString('o')
    }
    $name = '{0}.{1}.{2}.json' -f $Record['Step'], $Record['Mode'], (Read-Stamp -Time $Record['Start'])
    $Record['Files'] = $files
    $Record['Path'] = Join-Path -Path $place -ChildPath $name
    Save-Record -Record $Record
    $Record['File'] = $Record['Path']
    Assert-Bundle -Record $Record -OrWarn $OrWarn
}
function Read-Stamp([string]$Time) { $Time -replace '[-:]|\.\d+', '' }
function Read-Time([string]$Name) { ($Name -split '\.')[2] }
function Read-Json($Path) { Get-Content -LiteralPath $Path -Raw -Encoding utf8 -ErrorAction Stop | ConvertFrom-Json }
function Save-Record($Record) {
    $command = Get-Command -Name $Record['Commands'][0] -ErrorAction Stop
    $data = [ordered]@{
        Format = 'roomscope-evidence/2'; Product = $Record['Product']; Step = $Record['Step']; Mode = $Record['Mode']
        Bundle = $Record['Bundle']; PlanId = $Record['PlanId']; ManifestSha256 = $Record['ManifestSha256']
        Previous = $Record['Previous']; PreviousSha256 = $Record['PreviousSha256']; Who = $env:USERDOMAIN + '\' + $env:USERNAME
        Computer = [string]$env:COMPUTERNAME; Organization = [string]$Record['Organization']
        OrganizationGuid = [string]$Record['OrganizationGuid']; Version = [string]$Record['Version']
        DomainController = [string]$Record['DomainController']; PowerShell = [string]$PSVersionTable.PSVersion
        Module = [string]$command.Source; ModuleVersion = [string]$command.Version; Start = $Record['Start']
        End = (Get-Date).ToUniversalTime().ToString('o'); Result = $Record['Result']; Error = $Record['Error']
        Reads = $Record['Reads']; Writes = $Record['Writes']; Plan = $Record['Plan']; Actions = @(Read-Action -Record $Record)
        Before = $Record['Before']; After = $Record['After']; Warnings = $Record['Warnings']
    }
    $text = 'The record {0} cannot be written: {1}. Make room, or name another folder with -EvidencePath.'
    try { ConvertTo-Json -InputObject $data -Depth 8 | Set-Content -LiteralPath $Record['Path'] -Encoding utf8 -ErrorAction Stop }
    catch { throw ($text -f $Record['Path'], (Read-Why -Failure $_)) }
}
function Save-Stop($Record, $Failure) {
    $made = @($Record['Outcomes'] | Where-Object -FilterScript { 'done' -eq $_ }).Count
    $open = @(Read-Action -Record $Record | Where-Object -FilterScript { 'unknown' -eq $_['Outcome'] })
    $ending = @(('Changes made: {0} of {1}.' -f $made, $Record['Plan'].Count), 'Nothing was changed.')[$made + $open.Count -eq 0]
    $texts = @([string]$Failure.Exception.Message, $ending)
    foreach ($action in $open) { $texts += @('Whether this one was made, is not known: {0}.' -f $action['Text']) }
    if ($texts[0] -ne [string]$Failure.FullyQualifiedErrorId) { $texts += @('Mend the cause, then run this script again.') }
    $Record['Result'] = 'stopped'
    $Record['Error'] = Read-CleanText -Text ($texts -join ' ')
    try { Save-End -Record $Record } catch { $Record['Error'] += ' ' + (Read-CleanText -Text $_.Exception.Message) }
}
function Save-End($Record) {
    if ($null -ne $Record['File'] -and $null -eq $Record['IsEnded']) {
        $Record['IsEnded'] = $true
        Save-Record -Record $Record
        Show-Line -Text ('Record: ' + $Record['File'])
    }
}
