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
        if ($isThere) {
            $place = [string](Get-Item -LiteralPath $EvidencePath | Select-Object -First 1 -Property FullName).FullName
            if ('' -eq $place -or (Test-Path -LiteralPath $EvidencePath -PathType Leaf)) { throw 'it is no folder' }
        }
        elseif ($place -notmatch '^(?:[A-Za-z]:)?[\\/](?!.*[\\/]\.\.?(?:[\\/]|$))') { throw 'make it, or name it in full' }
        $both = @(@($place, $PSScriptRoot) | ForEach-Object -Process { ($_ + '/').ToLowerInvariant() -replace '[\\/]+', '/' })
        if ($both[0].StartsWith($both[1]) -and $both[0] -ne $both[1] + 'evidence/') { throw 'they would alter the bundle' }
        if (-not $isThere) { New-Item -ItemType Directory -Path $EvidencePath | Out-Null }
        $files = @(Get-ChildItem -LiteralPath $EvidencePath -File)
        if (@($files | ForEach-Object -Process { $_.Name }) -contains 'SHA256SUMS') { throw 'they would alter a bundle' }
        $files = @($files | Where-Object -FilterScript { $_.Name -match '^\d\d-[A-Za-z-]+\.(plan|apply)\.\d{8}T\d{6}Z\.json$' })
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
    $made = @(Read-Came -Record $Record -To 'done')
    $open = @(Read-Came -Record $Record -To 'unknown')
    $left = @(Read-Came -Record $Record -To 'not done')
    $left += @($Record['Plan'] | Select-Object -Skip $Record['Writes'] | ForEach-Object -Process { $_['Text'] })
    $few = @((Read-Few -Texts $made), (Read-Few -Texts $left)) -replace '^$', 'nothing'
    $ending = 'Changes made: {0} of {1}. Made: {2}. Not made: {3}.' -f $made.Count, $Record['Plan'].Count, $few[0], $few[1]
    $texts = @([string]$Failure.Exception.Message, @($ending, 'Nothing was changed.')[$made.Count + $open.Count -eq 0])
    foreach ($text in $open) { $texts += @('Whether this one was made, is not known: {0}.' -f $text) }
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
