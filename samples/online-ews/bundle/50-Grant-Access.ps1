#Requires -Version 5.1

<#
.SYNOPSIS
    Lets the application reach the rooms, and nobody else.
.DESCRIPTION
    Makes the management scope over the lists (first, because an organisation that is not ready refuses it), the pointer to the
    application, and the assignment that it limits; scopes and assignments: 1 each. Role: Application EWS.AccessAsApp.
    It gives the WHOLE MAILBOX of each room in the scope, for reading and writing, not its calendar only.
    What Entra grants the application besides reaches every mailbox, whatever the scope says: section 3 of RUNBOOK.md.
    Without -Apply it only reads, prints its plan and records it. With -Apply it carries out that plan, if it is still the same.
    Step 50 of bundle cronofy-rooms, ticket CHG0012346.
    Needs: Organization Management.
.PARAMETER Apply
    Carries out the recorded plan.
.PARAMETER EvidencePath
    Folder for the records of these runs. Without it: the folder "evidence" beside this script.
.EXAMPLE
    .\50-Grant-Access.ps1

    Shows what would change.
#>
[CmdletBinding()]
param(
    [switch]$Apply,
    [ValidateNotNullOrEmpty()]
    [string]$EvidencePath = "$PSScriptRoot\evidence"
)

end {
    # What this bundle stands for.
    $planId = 'd23f373a7ac2c1b0e468bc5241a4b014142150191de1ed9bcb42f28d50c68c09'
    $bundle = 'cronofy-rooms'
    $roles = 'Organization Management'
    $next = 'Next: revoke what Entra grants the application, section 3 of RUNBOOK.md, then .\60-Confirm-Access.ps1.'
    $exchangeCommands = @(
        'Get-ConnectionInformation', 'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-Mailbox', 'Get-Recipient', 'Get-Group',
        'Get-DistributionGroup', 'Get-DistributionGroupMember', 'Get-ServicePrincipal', 'Get-ManagementScope',
        'Get-ManagementRoleAssignment', 'New-ServicePrincipal', 'New-ManagementScope', 'New-ManagementRoleAssignment'
    )
    $domains = @('example.com')
    $tenantId = '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'
    $clientId = '10bb7e5b-b80b-4e6e-a209-f78581dbc79e'
    $objectId = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
    $pointerName = 'Cronofy'
    $role = 'Application EWS.AccessAsApp'
    $roomsDigest = 'db858bed5fac2cd64f084fa620a8a3722dcb0769fda7756a3fadc1b2bdedecf4'
    $listOwner = $null
    $lists = @(
        @{ Address = 'cronofy.resource.list@example.com'; Alias = 'cronofy.resource.list'; Name = 'Cronofy Room List' }
    )
    $grants = @(
        @{ Scope = 'CronofyRoomScope'; Assignment = 'CronofyRoomAssignment'; Lists = @('cronofy.resource.list@example.com') }
    )
    # The step itself: the same in every bundle of this release.
    $record = [ordered]@{
        Product = 'exchange-online'; Step = '50-Grant-Access'; Bundle = $bundle; PlanId = $planId; Next = $next; Roles = $roles
        Commands = $exchangeCommands; Domains = $domains; Lists = $lists; ListOwner = $listOwner; Grants = $grants; Role = $role
        TenantId = $tenantId; ClientId = $clientId; ObjectId = $objectId; PointerName = $pointerName
        Reads = 0; Writes = 0; Plan = @(); Outcomes = @(); Before = @(); After = @(); Warnings = @(); Error = ''
    }
    try {
        Save-Start -Record $record -IsApply $Apply -EvidencePath $EvidencePath
        Assert-Place -Record $record
        Read-Room -Record $record -Digest $roomsDigest
        Read-RoomMailbox -Record $record | Out-Null
        $states = @(Read-State -Record $record -Kinds @('pointer', 'list', 'scope', 'assignment'))
        Show-Before -Record $record -States $states
        $listStates = @($states | Where-Object -FilterScript { 'list' -eq $_['Kind'] })
        Assert-Kept -States $listStates -Rooms $record['Rooms'].Keys -Advice 'Run step 40 again without -Apply.'
        $quoted = @{}
        foreach ($state in $listStates) { $quoted[$state['Address']] = Read-Quoted -Text $state['DistinguishedName'] }
        $filters = @{}
        foreach ($grant in $grants) {
            $terms = @($grant['Lists'] | ForEach-Object -Process { 'MemberOfGroup -eq {0}' -f $quoted[$_] })
            $filters[$grant['Scope']] = '(RecipientTypeDetails -eq ''RoomMailbox'') -and ({0})' -f ($terms -join ' -or ')
        }
        $absent = @(foreach ($state in $states) { if ('absent' -eq $state['State']) { $state['Kind'] + ' ' + $state['Name'] } })
        $newPointers = @($pointerName | Where-Object -FilterScript { $absent -contains ('pointer ' + $_) })
        $newScopes = @($grants | Where-Object -FilterScript { $absent -contains ('scope ' + $_['Scope']) })
        $newAssignments = @($grants | Where-Object -FilterScript { $absent -contains ('assignment ' + $_['Assignment']) })
        $plan = @(
            foreach ($name in @($newScopes | ForEach-Object -Process { $_['Scope'] })) {
                $text = 'make management scope {0}: {1}' -f $name, $filters[$name]
                [ordered]@{ Kind = 'make-scope'; Target = $name; Details = @($filters[$name]); Text = $text }
            }
            foreach ($name in $newPointers) {
                $text = 'make the pointer {0} to client id {1} with object id {2}' -f $name, $clientId, $objectId
                [ordered]@{ Kind = 'make-pointer'; Target = $name; Details = @($clientId, $objectId); Text = $text }
            }
            foreach ($grant in $newAssignments) {
                $details = @($objectId, $grant['Scope'])
                $text = 'assign {0} to {1}, limited to {2}, as {3}' -f $role, $objectId, $grant['Scope'], $grant['Assignment']
                [ordered]@{ Kind = 'make-assignment'; Target = $grant['Assignment']; Details = $details; Text = $text }
            }
        )
        Show-Plan -Record $record -Plan $plan
        if ($Apply -and $plan.Count -ne 0) {
            Assert-Connection -Record $record
            Read-Room -Record $record -Digest $roomsDigest
            foreach ($grant in $newScopes) {
                $newScope = @{ Name = $grant['Scope']; RecipientRestrictionFilter = $filters[$grant['Scope']] }
                Save-Action -Record $record
                try {
                    New-ManagementScope @newScope -ErrorAction Stop | Out-Null
                    $record['Outcomes'] += @('done')
                }
                catch { if (-not (Save-Failure -Record $record -Failure $_ -Kind 'scope' -Name $grant['Scope'])) { throw } }
            }
            foreach ($name in $newPointers) {
                $newPointer = @{ AppId = $clientId; ObjectId = $objectId; DisplayName = $pointerName; ErrorAction = 'Stop' }
                Save-Action -Record $record
                try {
                    New-ServicePrincipal @newPointer | Out-Null
                    $record['Outcomes'] += @('done')
                }
                catch { if (-not (Save-Failure -Record $record -Failure $_ -Kind 'pointer' -Name $name)) { throw } }
            }
            # The stored pointer and scopes are what the assignments will be about, so they are compared before.
            $record['After'] = @(Read-State -Record $record -Kinds @('pointer', 'scope') -Until 'made')
            Assert-Kept -States $record['After'] -Advice 'No assignment was made. Run this again without -Apply, or step 90.'
            foreach ($grant in $newAssignments) {
                $name = $grant['Assignment']
                $newAssignment = @{ Name = $name; Role = $role; App = $objectId; CustomResourceScope = $grant['Scope'] }
                Save-Action -Record $record
                do {
                    try {
                        New-ManagementRoleAssignment @newAssignment -ErrorAction Stop | Out-Null
                        $record['Outcomes'] += @('done')
                    }
                    catch { if (-not (Save-GrantFailure -Record $record -Failure $_ -Name $name)) { throw } }
                } while ($record['Outcomes'].Count -lt $record['Writes'])
            }
            $record['After'] = @(Read-State -Record $record -Kinds @('pointer', 'list', 'scope', 'assignment') -Until 'made')
            Assert-Kept -States $record['After'] -Rooms $record['Rooms'].Keys -Advice 'It is granted: plan again, or run step 90.'
        }
        Show-Done -Record $record
    }
    catch {
        Save-Stop -Record $record -Failure $_
        Write-Error -Message $record['Error'] -ErrorAction Stop
        throw
    }
    finally { Save-End -Record $record }
}

begin {
#region Shared functions 280bd66e63d33ef2b88c30896a01aa56fc0180ff7abf284d97db791eb9bd4ae8
# The guard against a session that puts something else behind a name. The first of it calls no command and needs no variable.
$ErrorActionPreference = 'Stop'
if ($null -ne ${Variable:ExecutionContext}.SessionState.InvokeCommand.PreCommandLookupAction -or
    $null -ne ${Variable:ExecutionContext}.SessionState.InvokeCommand.PostCommandLookupAction -or
    $null -ne ${Variable:ExecutionContext}.SessionState.InvokeCommand.CommandNotFoundAction -or
    (@(${Alias:Get-Command}, ${Function:Get-Command}, ${Alias:Write-Error}, ${Function:Write-Error}) -ne $null).Count -ne 0) {
    throw 'This session replaces commands. Nothing was changed. Open a new session with -NoProfile.'
}
$plainCommands = @(
    'Compare-Object', 'ConvertFrom-Json', 'ConvertTo-Json', 'ForEach-Object', 'Get-ChildItem', 'Get-Command', 'Get-Content',
    'Get-Date', 'Get-FileHash', 'Get-Item', 'Group-Object', 'Import-Csv', 'Join-Path', 'Measure-Object', 'New-Item', 'Out-Null',
    'Out-String', 'Select-Object', 'Set-Content', 'Set-StrictMode', 'Sort-Object', 'Start-Sleep', 'Test-Path', 'Where-Object',
    'Write-Error', 'Write-Information', 'Write-Output', 'Write-Progress', 'Write-Warning'
)
$plainModules = @('Microsoft.PowerShell.Core', 'Microsoft.PowerShell.Management', 'Microsoft.PowerShell.Utility')
$refusals = @(
    foreach ($one in @(Get-Command -Name $plainCommands -ErrorAction Stop)) {
        # In Windows PowerShell 5.1 this one is a function.
        $kind = @('Cmdlet', 'Function')['Get-FileHash' -eq $one.Name -and $PSVersionTable.PSVersion -like '5.*']
        $isPlain = $kind -eq [string]$one.CommandType -and $plainModules -contains [string]$one.Source
        if (-not $isPlain) { '{0} is not the command of PowerShell' -f $one.Name }
    }
    # An alias of this session would stand before a function of this script; a read-only function would not give way to it.
    foreach ($one in @(Get-Command -Name @('Assert-*', 'Read-*', 'Save-*', 'Show-*') -ListImported -ErrorAction Stop)) {
        $isFixed = 'Function' -eq [string]$one.CommandType -and [string]$one.Options -match 'ReadOnly|Constant'
        $isAlias = 'Alias' -eq [string]$one.CommandType
        if ($isAlias -or $isFixed) { '{0} is an alias, or a function that cannot be replaced' -f $one.Name }
    }
)
if ($refusals.Count -ne 0) {
    $refusal = 'In this session {0}. Nothing was changed. Remove it, or open a new session with -NoProfile.' -f $refusals[0]
    Write-Error -Message $refusal -ErrorAction Stop
    throw $refusal
}
Set-StrictMode -Version 3.0
function Assert-Session($Commands, [string]$Roles) {
    if ([string]::IsNullOrEmpty($PSScriptRoot)) { throw 'Run this as a file, not as pasted text: it needs the files beside it.' }
    if ($PSDefaultParameterValues.Count -ne 0) { throw 'This session sets default parameter values. Open one with -NoProfile.' }
    if ($WhatIfPreference) { throw 'Here commands would only pretend. Run: $WhatIfPreference = $false.' }
    if (@('Low', 'Medium') -contains [string]$ConfirmPreference) { throw 'This session sets ConfirmPreference. Set it to High.' }
    $absent = @()
    $names = @($Commands | Select-Object -Unique)
    $found = @(foreach ($name in $names) { try { Get-Command -Name $name -ErrorAction Stop } catch { $absent += @($name) } })
    $text = 'This session lacks {0}. Who runs this, needs: {1}. A connection with -Prefix, or to something else, hides it, too.'
    if ($absent.Count -ne 0) { throw ($text -f ($absent -join ', '), $Roles) }
    $own = @($found | Where-Object -FilterScript { 'Alias' -eq [string]$_.CommandType -or '' -eq [string]$_.Source })
    if ($own.Count -ne 0) { throw ('{0} is a function or an alias of this session, not the command of Exchange.' -f $own.Name) }
    Assert-Module -Found $found
}
# What the directory holds was typed by others: characters that steer a console, or that nobody sees, must not reach this one.
function Read-CleanText($Text) { $Text -replace '[\p{Cc}\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]', '?' }
function Show-Line([string]$Text) { Write-Information -MessageData (Read-CleanText -Text $Text) -InformationAction Continue }
function Read-Count($Number, [string]$One) { '{0} {1}{2}' -f $Number, $One, @('s', '')[$Number -eq 1] }
function Read-Why($Failure) { [string]$Failure.Exception.Message -replace '\s*\.?\s*$', '' }
function Read-Few($Texts) { @($Texts | Select-Object -First 5) -join '; ' }
function Show-First($Lines, $Most, [string]$Before) {
    foreach ($line in @($Lines | Select-Object -First $Most)) { Show-Line -Text ($Before + $line) }
    if ($Lines.Count -gt $Most) { Show-Line -Text ('{0}and {1} more, all in the record.' -f $Before, ($Lines.Count - $Most)) }
}
function Show-Warning($Record, [string]$Kind, [string]$Target, [string]$Text, [switch]$Unshown, [string]$Outcome = 'noted') {
    $Record['Warnings'] += @([ordered]@{ Kind = $Kind; Target = $Target; Outcome = $Outcome; Text = $Text })
    if (-not $Unshown) { Show-Line -Text ('WARNING: ' + $Text) }
}
function Show-Before($Record, $States, [switch]$GoOn) {
    $Record['Before'] = $States
    $shown = @($States | Where-Object -FilterScript { $States.Count -le 20 -or 'kept' -ne $_['State'] })
    $lines = @($shown | ForEach-Object -Process { '{0,-10}  {1,-8}  {2}' -f $_['Kind'], $_['State'], $_['Name'] })
    Show-First -Lines $lines -Most 20 -Before '  '
    $are = @($States | ForEach-Object -Process { $_['State'] })
    Show-Line -Text ('  of {0}: {1} kept (there, as this bundle makes it), {2} absent, {3} in conflict (there, but different)' -f
        $are.Count, @($are -eq 'kept').Count, @($are -eq 'absent').Count, @($are -eq 'conflict').Count)
    $conflicts = @(foreach ($state in $States) { foreach ($one in $state['Differences']) { '{0}: {1}' -f $state['Name'], $one } })
    Show-First -Lines $conflicts -Most 100 -Before '  CONFLICT '
    $many = Read-Count -Number $conflicts.Count -One 'conflict'
    $text = '{0} with what is there: {1}. Nothing is replaced: put it right, remove it, or render with other names.'
    if ($conflicts.Count -ne 0 -and -not $GoOn) { throw ($text -f $many, $conflicts[0]) }
}
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
            if (-not $listed.ContainsKey($file)) {
                $wrong[$file] = '{0} is not listed: {1}' -f $file, @('move it away', 'get the bundle again')[$file -like '90-*']
            }
            elseif ($listed[$file] -eq (Read-Digest -Path (Read-Beside -Name $file))) { continue }
            elseif (-not (Read-IsSigned -Name $file)) { $wrong[$file] = '{0} differs: get the bundle again' -f $file }
            else { Show-Line -Text ('{0} is signed, so not compared here, but by AUDIT.ps1.' -f $file) }
        }
        $lost = @($listed.Keys | Where-Object -FilterScript { $found -notcontains $_ })
        foreach ($name in $lost) { $wrong[$name] = '{0} is missing: get the bundle again' -f $name }
    }
    catch { $wrong['SHA256SUMS'] = 'SHA256SUMS cannot be used ({0}): get the bundle again' -f (Read-Why -Failure $_) }
    $text = Read-Few -Texts $wrong.Values
    $own = $Record['Step'] + '.ps1'
    if ($OrWarn -and $listed.ContainsKey($own) -and $null -ne $wrong[$own]) {
        $names = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] }) -join ', '
        throw ('{0}, or do it by hand, with Remove-ManagementRoleAssignment: {1}.' -f $wrong[$own], $names)
    }
    if ('' -ne $text -and -not $OrWarn) { throw ('This bundle is not what its SHA256SUMS lists: {0}.' -f $text) }
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
function Show-Plan($Record, $Plan, [switch]$OrLess) {
    $Record['Plan'] = $Plan
    $isApply = 'apply' -eq $Record['Mode']
    $Record['Result'] = @('planned', 'unchanged')[$isApply]
    $count = @((Read-Count -Number $Plan.Count -One 'change'), 'nothing to do')[$Plan.Count -eq 0]
    Show-Line -Text ('Plan: {0}. Reading calls so far: {1}.' -f $count, $Record['Reads'])
    Show-First -Lines @($Plan | ForEach-Object -Process { $_['Text'] }) -Most 40 -Before '  '
    if ($Plan.Count -eq 0) { Show-Line -Text $Record['Next'] }
    elseif ($isApply) { Assert-Planned -Record $Record -OrLess $OrLess }
    else { Show-Line -Text ('Nothing was changed. To carry out this plan: .\{0}.ps1 -Apply' -f $Record['Step']) }
}
function Read-PlanKey($Item) { @($Item.Kind, $Item.Target, ($Item.Details -join '|')) -join '|' }
# Only a plan counts that was recorded for this very bundle and place, and that the record after it names.
function Assert-Planned($Record, $OrLess) {
    $Record['Result'] = 'stopped'
    $again = 'Run this script without -Apply again, and read its plan.'
    # What is dated ahead of this clock would stay the newest.
    $latest = Read-Stamp -Time $Record['Start']
    $files = @($Record['Files'] | Where-Object -FilterScript { (Read-Time -Name $_.Name) -le $latest })
    $file = $files | Where-Object -FilterScript { $_.Name -like ($Record['Step'] + '.plan.*') } | Select-Object -Last 1
    if ($null -eq $file) { throw ('There is no recorded plan of this step, or it is dated ahead of this clock. {0}' -f $again) }
    $wanted = @('planned', $Record['PlanId'], $Record['ManifestSha256'], $Record['OrganizationGuid']) -join ' '
    $controller = ''
    try {
        $planned = Read-Json -Path $file.FullName
        $found = @($planned.Result, $planned.PlanId, $planned.ManifestSha256, $planned.OrganizationGuid) -join ' '
        $controller = [string]$planned.DomainController
        $later = @($files | Where-Object -FilterScript { (Read-Time -Name $_.Name) -gt (Read-Time -Name $file.Name) })
        $later = $later | Select-Object -First 1
        $before = @{}
        foreach ($one in $planned.Plan) { $before[(Read-PlanKey -Item $one)] = $one.Text }
        $fault = 'asked {0}: give that with -DomainController. Or else: '
        if ($controller -eq [string]$Record['DomainController']) { $fault = '' }
        if ($wanted -ne $found) { $fault = 'is of another bundle or place, or failed. ' }
        $isNamed = $null -eq $later -or (Read-Json -Path $later.FullName).PreviousSha256 -eq (Read-Digest -Path $file.FullName)
        if (-not $isNamed) { $fault = 'is not what the record after it names. ' }
    }
    catch { $fault = 'cannot be read. ' }
    if ('' -ne $fault) { throw ('The last plan, {0}, {1}{2}' -f $file.Name, ($fault -f $controller), $again) }
    $now = @{}
    foreach ($one in $Record['Plan']) { $now[(Read-PlanKey -Item $one)] = $one['Text'] }
    $since = @(foreach ($key in $now.Keys) { if (-not $before.ContainsKey($key)) { 'new: ' + $now[$key] } })
    foreach ($key in @($before.Keys | Where-Object -FilterScript { -not $now.ContainsKey($_) })) {
        $text = 'planned, but not done now: ' + $before[$key]
        if (-not $OrLess) { $since += @($text) }
        else { Show-Warning -Record $Record -Kind 'planned-not-done' -Target ($key -split '\|')[1] -Text $text }
    }
    $since = Read-Few -Texts @($since | Sort-Object)
    if ('' -ne $since) { throw ('Things have changed since the plan {0}: {1}. {2}' -f $file.Name, $since, $again) }
    $Record['Result'] = 'interrupted'
}
function Read-Action($Record) {
    $outcomes = $Record['Outcomes'] + @('unknown')
    $number = 0
    foreach ($item in @($Record['Plan'] | Select-Object -First $Record['Writes'])) {
        [ordered]@{ Kind = $item['Kind']; Target = $item['Target']; Outcome = $outcomes[$number]; Text = $item['Text'] }
        $number += 1
    }
}
function Read-Came($Record, [string]$To) {
    foreach ($one in @(Read-Action -Record $Record)) { if ($To -eq $one['Outcome']) { $one['Text'] } }
}
# Notes the next change of the plan before it is tried, so that a session that ends without a word leaves a record of it.
function Save-Action($Record) {
    $text = Read-CleanText -Text $Record['Plan'][$Record['Writes']]['Text']
    Write-Progress -Activity $Record['Step'] -Status $text -PercentComplete (100 * $Record['Writes'] / $Record['Plan'].Count)
    $Record['Writes'] += 1
    try { if ($Record['Writes'] -le 20 -or $Record['Writes'] -like '*00') { Save-Record -Record $Record } }
    catch {
        $Record['Writes'] += -1
        throw
    }
}
function Show-Done($Record) {
    if ('interrupted' -eq $Record['Result']) {
        Write-Progress -Activity $Record['Step'] -Completed
        $Record['Result'] = 'applied'
        $made = Read-Count -Number @(Read-Came -Record $Record -To 'done').Count -One 'change'
        Show-Line -Text ('Done: {0}. Reading calls: {1}, writing calls: {2}.' -f $made, $Record['Reads'], $Record['Writes'])
        Show-Line -Text $Record['Next']
    }
    Save-End -Record $Record
}
# PowerShell's own comparison passes over characters that cannot be seen; this one does not.
function Read-IsIn([string]$Text, $Texts) {
    @($Texts | Where-Object -FilterScript { $Text.ToLowerInvariant().Equals(([string]$_).ToLowerInvariant()) }).Count -ne 0
}
function Read-IsRoom($Record, [string]$Address) {
    $room = $Record['Rooms'][$Address]
    $null -ne $room -and (Read-IsIn -Text $Address -Texts $room.PrimarySmtpAddress)
}
function Read-Unlike([string]$What, [string]$Expected, [string]$Found) {
    $only = @('', ', which differs in upper and lower case only')[(Read-IsIn -Text $Expected -Texts $Found)]
    $texts = @($What, $Expected, $Found) -replace '^$', 'none'
    if (-not $Expected.Equals($Found)) { '{0}: expected {1}, found {2}{3}' -f ($texts + $only) }
}
function Read-IsClass($Failure, [string]$Class) {
    (@($Failure.FullyQualifiedErrorId, $Failure.CategoryInfo.Reason, $Failure.Exception.Message) -join ' ').Contains($Class)
}
# A text in a filter: an apostrophe is doubled. Whether a typographic quote ends a text there is not known, so none is written.
function Read-Quoted([string]$Text) {
    if ($Text -match '[\u2018-\u201b]') { throw ('{0} holds a typographic quote, which could end a text in a filter.' -f $Text) }
    '''{0}''' -f $Text.Replace('''', '''''')
}
# What a stored filter comes down to: G for room mailboxes (T) that are in one of several lists (M).
function Read-FilterShape([string]$Filter) {
    $shape = '({0})' -f ($Filter -replace 'MemberOfGroup\s+-eq\s+''(?:[^'']|'''')*''', '<M>' -replace '\s', '')
    $shape = $shape -replace 'RecipientTypeDetails-eq''?RoomMailbox''?', '<T>'
    do {
        $before = $shape
        $shape = $shape -replace '\((<[MTG]>)\)', '$1' -replace '\(<M>(?:-or<M>)+\)', '<M>'
        $shape = $shape -replace '\((?:<T>-and<M>|<M>-and<T>)\)', '<G>'
    } while ($shape -ne $before)
    $shape
}
# Whether an answer can be taken: what was made, filled or removed is waited for, because an answer may lag behind a change.
function Read-IsSettled($Record, $States, $Tries, [string]$Until, [string]$Only, $Gone, $Most = 4) {
    $tried = @($States | Where-Object -FilterScript { '' -eq $Only -or @($_['Name'], $_['Address']) -contains $Only })
    $open = @(foreach ($one in $tried) { if ('made' -eq $Until -and 'absent' -eq $one['State']) { $one['Name'] } })
    $open += @(foreach ($one in $tried) { if ($null -ne $one['Guid'] -and $Gone -contains $one['Guid']) { $one['Name'] } })
    $members = @(foreach ($one in $tried) { $one['Members'] })
    $isSettled = $open.Count -eq 0 -and ('filled' -ne $Until -or $members.Count -ge $Record['Rooms'].Count)
    if (-not $isSettled -and $Tries -lt $Most) { Start-Sleep -Milliseconds (300 * $Tries) }
    $isSettled -or $Tries -ge $Most
}
function Assert-Kept($States, $Rooms, [string]$Advice) {
    $members = @(foreach ($state in $States) { $state['Members'] })
    $faults = @(foreach ($state in $States) { if ('absent' -eq $state['State']) { '{0} is absent' -f $state['Name'] } })
    if ('' -eq $Advice) { $Advice = @('Run step 40 again without -Apply.', 'Run step 30 first.')[$faults.Count -ne 0] }
    $faults += @(
        foreach ($state in $States) { foreach ($one in $state['Differences']) { '{0}: {1}' -f $state['Name'], $one } }
        foreach ($room in $Rooms) { if (-not (Read-IsIn -Text $room -Texts $members)) { '{0} is in no list' -f $room } }
    )
    if ($faults.Count -ne 0) { throw ('Not as asked for, or not shown yet: {0}. {1}' -f (Read-Few -Texts $faults), $Advice) }
}
# Notes what a failed change came to, for an error proves nothing; and says whether the run can go on, as it is there anyway.
function Save-Outcome($Record, $Failure, $States, [string]$Name, $Members, $Gone) {
    $isGoing = $null -ne $Gone
    $isOthers = Read-IsClass -Failure $Failure -Class @('AlreadyExistsException', 'ManagementObjectNotFoundException')[$isGoing]
    $outcome = 'unknown'
    foreach ($state in @($States | Where-Object -FilterScript { @($_['Name'], $_['Address']) -contains $Name })) {
        $lacking = @(foreach ($member in $Members) { if ($state['Members'] -notcontains $member) { $member } })
        $isThere = 'kept' -eq $state['State'] -and $lacking.Count -eq 0
        $isHalf = 'conflict' -eq $state['State'] -or @(0, @($Members).Count) -notcontains $lacking.Count
        # What one command shows and another does not know yet.
        $isEarly = 'absent' -eq $state['State'] -and '' -ne [string]$state['Guid']
        if ($isGoing) { $isThere = $Gone -ne [string]$state['Guid'] }
        if ($isThere) { $outcome = @('done', 'already there')[$isOthers] }
        elseif (-not $isOthers -and -not $isEarly -and ($isGoing -or -not $isHalf)) { $outcome = 'not done' }
    }
    $Record['Outcomes'] += @($outcome)
    'already there' -eq $outcome
}
function Show-Unread($Record, [string]$What, $Failure) {
    $text = '{0} ({1})' -f $What, (Read-Why -Failure $Failure)
    Show-Warning -Record $Record -Kind 'unread' -Target $Record['Bundle'] -Text $text -Outcome 'unknown'
    $text
}
function Assert-NothingLeft($Record) {
    $open = 'other-grant not done', 'right-stays not done', 'shared-scope not done', 'stranger-stays not done', 'unread unknown',
        'bundle-altered unknown'
    $left = @($Record['Warnings'] | Where-Object -FilterScript { $open -contains ($_['Kind'] + ' ' + $_['Outcome']) })
    $left = @($left | ForEach-Object -Process { $_['Text'] }) -join '; '
    $isPlan = 'plan' -eq $Record['Mode'] -and $Record['Plan'].Count -ne 0
    if ('' -ne $left -and $isPlan) { Show-Line -Text ('NOT all will be gone: {0}.' -f $left) }
    elseif ('' -ne $left) { throw ('Left: {0}. Mend that, run again.' -f $left) }
}
# All commands of Exchange are of one module, which Connect-ExchangeOnline makes anew each time; signing in and Graph have others.
function Assert-Module($Found) {
    $others = @($Found | Where-Object -FilterScript { $_.Name -notlike 'Get-Mg*' -and 'Get-ConnectionInformation' -ne $_.Name })
    $sources = @($others | ForEach-Object -Process { [string]$_.Source } | Sort-Object -Unique)
    $text = 'The Exchange commands here are of several modules: {0}. Connect once, not to Security & Compliance, in a new window.'
    if ($sources.Count -gt 1) { throw ($text -f ($sources -join ', ')) }
}
function Assert-Connection($Record) {
    $Record['Reads'] += 1
    $connections = @(Get-ConnectionInformation -ErrorAction Stop | Select-Object -Property ModuleName, ModulePrefix, TenantID,
            TokenStatus, IsEopSession, Organization)
    $source = [string](Get-Command -Name 'Get-OrganizationConfig' -ErrorAction Stop).Source
    $faults = @(
        if ($connections.Count -ne 1) { 'there must be one, and there are {0}' -f $connections.Count }
        foreach ($one in $connections) {
            $module = @([string]$one.ModuleName -split '[\\/]')[-1]
            if ('True' -eq [string]$one.IsEopSession) { 'it is to Security & Compliance, not to Exchange Online' }
            if ('' -ne [string]$one.ModulePrefix) { 'it was made with -Prefix, which gives every command another name' }
            if ($module -ne $source) { 'the Exchange commands here are of {0}, not of its own {1}' -f $source, $module }
            if ($Record['TenantId'] -ne $one.TenantID) { 'it is to tenant {0}, not {1}' -f $one.TenantID, $Record['TenantId'] }
            if ('Active' -ne [string]$one.TokenStatus) { 'its token is not active, but {0}' -f $one.TokenStatus }
            $text = 'an application that signs in with -Organization {0} may write nothing; it takes the initial domain'
            if ($one.Organization -notmatch '^$|\.onmicrosoft\.(com|us)$|\.onmschina\.cn$') { $text -f $one.Organization }
        }
    )
    if ($faults.Count -ne 0) { throw ('The connection of this session: {0}. Open a new one as RUNBOOK.md says.' -f $faults[0]) }
}
function Assert-Place($Record, [switch]$OrWarn, [switch]$OrDehydrated) {
    Assert-Connection -Record $Record
    $Record['OrganizationGuid'] = $Record['TenantId']
    $Record['Reads'] += 1
    $organization = Get-OrganizationConfig -ErrorAction Stop | Select-Object -Property Name, AdminDisplayVersion, IsDehydrated
    $Record['Organization'] = [string]$organization.Name
    $Record['Version'] = [string]$organization.AdminDisplayVersion
    $Record['IsDehydrated'] = 'True' -eq [string]$organization.IsDehydrated
    $Record['Reads'] += 1
    $accepted = @(Get-AcceptedDomain -ErrorAction Stop | ForEach-Object -Process { [string]$_.DomainName })
    $foreign = @($Record['Domains'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_ -Texts $accepted) }) -join ', '
    $text = 'organisation {0} does not accept mail for {1}, as that of this bundle does' -f $Record['Organization'], $foreign
    if ('' -ne $foreign -and -not $OrWarn) { throw ('{0}. Open a session in the right one.' -f $text) }
    if ('' -ne $foreign) { Show-Warning -Record $Record -Kind 'foreign-organization' -Target $Record['Organization'] -Text $text }
    if ($Record['IsDehydrated'] -and -not $OrDehydrated) {
        throw 'This organisation is not enabled for customization yet: run step 20. If that was done, run this again in an hour.'
    }
    Show-Line -Text ('{0} in {1}, tenant {2}' -f $Record['Step'], $Record['Organization'], $Record['OrganizationGuid'])
}
# What an error means, where its own words do not say it.
function Read-Meaning($Failure, [string]$Kind) {
    $text = [string]$Failure.Exception.Message
    if ($text -match 'InDehydratedContext|Enable-OrganizationCustomization') {
        'Not ready for customization: run step 20 if that was not done, or else run this script again in an hour.'
    }
    elseif ($text -match 'delegating role assignment') {
        'Granting needs Organization Management itself, in a new session; up to an hour after step 20 nobody has it.'
    }
    elseif ($text -match 'write permission|insufficient access') {
        'An application that signed in with a tenant id as -Organization may write nothing: give it the initial domain.'
    }
    elseif ('pointer' -eq $Kind) { 'Both ids are on the page of the enterprise application, not of the app registration.' }
}
function Read-Holder($Record, [string]$Address, [string]$More) {
    $Record['Reads'] += 1
    $filter = 'EmailAddresses -eq {0}{1}' -f (Read-Quoted -Text ('smtp:' + $Address)), $More
    Get-Recipient -Filter $filter -ResultSize Unlimited -ErrorAction Stop | Select-Object -Property Name, Identity, Guid,
        DistinguishedName, ExternalDirectoryObjectId, PrimarySmtpAddress, RecipientTypeDetails
}
function Read-RoomMailbox($Record) {
    $Record['Reads'] += 1
    $mailboxes = @{}
    $all = @(Get-Mailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited -ErrorAction Stop)
    foreach ($mailbox in @($all | Select-Object -Property PrimarySmtpAddress, DisplayName, Guid, AccountDisabled)) {
        $address = [string]$mailbox.PrimarySmtpAddress
        if ($mailboxes.ContainsKey($address)) { $mailboxes[$address] = $null } else { $mailboxes[$address] = $mailbox }
    }
    $faults = @()
    $row = 1
    foreach ($room in $Record['Rooms'].Keys) {
        $row += 1
        if ($null -ne $mailboxes[$room]) { continue }
        $text = 'not looked up, after 50 others'
        if ($faults.Count -lt 50) {
            $holders = @(Read-Holder -Record $Record -Address $room)
            $holders = @($holders | ForEach-Object -Process { 'the {0} {1}' -f $_.RecipientTypeDetails, $_.PrimarySmtpAddress })
            $text = ($holders -join ', ') -replace '^$', 'no recipient with this address; a mailbox that was deleted is none'
            if ($text -like 'the MailUser *') { $text += ', whose mailbox is elsewhere, such as on premises' }
            if ($text -eq 'the RoomMailbox ' + $room) { $text += ', which was left out: that answer was cut short' }
        }
        $faults += @('row {0}: expected one room mailbox with the primary address {1}, found {2}' -f $row, $room, $text)
        Show-Warning -Record $Record -Kind 'room-unusable' -Target $room -Text $faults[-1] -Unshown
    }
    Show-First -Lines $faults -Most 100 -Before '  '
    if ($faults.Count -ne 0) { throw ('{0} cannot be used, {1}.' -f (Read-Count -Number $faults.Count -One 'room'), $faults[0]) }
    $mailboxes
}
function Read-Owner($Record) {
    $owner = $Record['ListOwner']
    $holders = @(if ($null -ne $owner) { Read-Holder -Record $Record -Address $owner })
    # An owner is told by one of these, and it is not known which.
    $Record['Owners'] = @(
        $holders | ForEach-Object -Process { $_.Identity, $_.Name, $_.DistinguishedName, $_.Guid, $_.ExternalDirectoryObjectId }
    )
    $Record['OwnerFault'] = @(if ($null -ne $owner -and $holders.Count -eq 0) { 'owners: {0} does not exist' -f $owner })
}
# What Exchange keeps of the application: its client id, and the object id of its service principal, which belong together.
function Read-PointerState($Record) {
    $Record['Reads'] += 1
    $object = $Record['ObjectId']
    $ids = @($Record['ClientId'], $object)
    $all = @(Get-ServicePrincipal -ErrorAction Stop)
    $near = @($all | Where-Object -FilterScript { $ids -contains $_.AppId -or $ids -contains $_.ObjectId })
    $ours = @($near | Where-Object -FilterScript { $ids[0] -eq $_.AppId -and $object -eq $_.ObjectId })
    $Record['Names'] = @($ours | ForEach-Object -Process { [string]$_.DistinguishedName })
    $differences = @(
        foreach ($one in @($near | Where-Object -FilterScript { $ours -notcontains $_ })) {
            $why = 'one object id is of the app registration, or the application was made anew'
            if ($object -eq $one.ObjectId) { $why = 'that object id is of another application' }
            if ($object -eq $one.AppId -or $ids[0] -eq $one.ObjectId) { $why = 'the two are swapped, or one stands for both' }
            'client id {0} with object id {1} is there: {2}' -f $one.AppId, $one.ObjectId, $why
        }
        if ($ours.Count -gt 1) { 'there are {0} of them' -f $ours.Count }
    )
    $state = [ordered]@{ Kind = 'pointer'; Name = $Record['PointerName']; State = 'absent'; Differences = $differences }
    if ($differences.Count -ne 0) { $state['State'] = 'conflict' }
    elseif ($ours.Count -ne 0) { $state['State'] = 'kept' }
    if ($near.Count -ne 0) { $state['Guid'] = $object }
    $state
}
function Read-Member($Record, [string]$Guid) {
    $Record['Reads'] += 1
    # Right after a change, one command may show what another does not know yet.
    try { Get-DistributionGroupMember -Identity $Guid -ResultSize Unlimited -ErrorAction Stop }
    catch {
        $isEarly = $Record['Writes'] -ne 0 -and (Read-IsClass -Failure $_ -Class 'ManagementObjectNotFoundException')
        if (-not $isEarly) { throw }
    }
}
function Read-ListState($Record) {
    if ($null -eq $Record['Owners']) { Read-Owner -Record $Record }
    $Record['Reads'] += 1
    $groups = @{}
    $notes = @{}
    $names = @{}
    foreach ($group in @(Get-DistributionGroup -RecipientTypeDetails RoomList -ResultSize Unlimited -ErrorAction Stop)) {
        foreach ($key in @([string]$group.Guid, [string]$group.PrimarySmtpAddress)) { $groups[$key] = $group }
    }
    $Record['Reads'] += 1
    $shown = @(Get-Group -RecipientTypeDetails RoomList -ResultSize Unlimited -ErrorAction Stop)
    foreach ($one in $shown) { $notes[[string]$one.Guid] = [string]$one.Notes }
    foreach ($list in $Record['Lists']) {
        $holders = @($groups[$list['Address']])
        if ($null -eq $holders[0]) {
            $more = ' -or Alias -eq {0} -or Name -eq {1}' -f (Read-Quoted -Text $list['Alias']), (Read-Quoted -Text $list['Name'])
            $holders = @(Read-Holder -Record $Record -Address $list['Address'] -More $more)
        }
        $kinds = @($holders | ForEach-Object -Process { [string]$_.RecipientTypeDetails }) -join ' and '
        $guid = @($holders | ForEach-Object -Process { [string]$_.Guid }) -join ' '
        $state = [ordered]@{
            Kind = 'list'; Address = $list['Address']; Name = $list['Name']; State = 'absent'; Differences = $Record['OwnerFault']
            Guid = $guid; DistinguishedName = @($holders | ForEach-Object -Process { [string]$_.DistinguishedName }) -join '; '
            Owners = @(); Mark = ''; Members = @()
        }
        $isShown = @($groups[$guid], $notes[$guid]) -notcontains $null
        if ('RoomList' -eq $kinds -and $isShown) {
            $members = @(Read-Member -Record $Record -Guid $guid)
            $state['State'] = 'kept'
            $state['Owners'] = @($groups[$guid].ManagedBy | ForEach-Object -Process { [string]$_ })
            $state['Mark'] = $notes[$guid]
            $state['Members'] = @($members | ForEach-Object -Process { [string]$_.PrimarySmtpAddress })
            $read = @{ List = $list; Group = $groups[$guid]; State = $state; Members = $members }
            $state['Differences'] = @(Read-ListDifference -Record $Record @read)
        }
        elseif ('RoomList' -eq $kinds) { if ($Record['Writes'] -eq 0) { throw ($list['Address'] + ' was left out: cut short.') } }
        elseif ($holders.Count -ne 0) {
            $state['Differences'] = @('its names belong to something else: {0} ({1})' -f $kinds, $state['DistinguishedName'])
        }
        if ($state['Differences'].Count -ne 0) { $state['State'] = 'conflict' }
        $names[$list['Address']] = $state['DistinguishedName']
        $state
    }
    $Record['Named'] = $names
}
function Read-ListDifference($Record, $List, $Group, $State, $Members) {
    $name = [string]$Group.Name
    $owners = $State['Owners'] -join '; '
    $wanted = $Record['ListOwner']
    $address = ([string]$Group.PrimarySmtpAddress).ToLowerInvariant()
    Read-Unlike -What 'primary address' -Expected $List['Address'] -Found $address
    # A naming policy puts something around the name.
    $isNamed = '' -ne $List['Name'] -and $name.Contains($List['Name'])
    if (-not $isNamed) { Read-Unlike -What 'name' -Expected $List['Name'] -Found $name }
    if ($State['Owners'].Count -ne 1) { Read-Unlike -What 'owners' -Expected 'exactly one' -Found $owners }
    elseif ($null -ne $wanted -and -not (Read-IsIn -Text $owners -Texts (@($wanted) + $Record['Owners']))) {
        Read-Unlike -What 'owners' -Expected $wanted -Found $owners
    }
    Read-Unlike -What 'join restriction' -Expected 'Closed' -Found $Group.MemberJoinRestriction
    Read-Unlike -What 'depart restriction' -Expected 'Closed' -Found $Group.MemberDepartRestriction
    if ('True' -eq [string]$Group.HiddenFromAddressListsEnabled) { 'hidden from address lists: expected no, found yes' }
    if ('True' -eq [string]$Group.IsDirSynced) { 'synchronised from another directory: expected no, found yes' }
    $mark = 'roomscope {0} ' -f $Record['Bundle']
    if (-not $State['Mark'].StartsWith($mark)) { Read-Unlike -What 'mark in its notes' -Expected $mark -Found $State['Mark'] }
    foreach ($member in $Members) {
        $address = [string]$member.PrimarySmtpAddress
        $kind = [string]$member.RecipientTypeDetails
        if ('RoomMailbox' -ne $kind) { 'members: {0} is a {1}' -f $address, $kind }
        elseif (-not (Read-IsRoom -Record $Record -Address $address)) { 'members: {0} is not in rooms.csv' -f $address }
    }
    if ($Members.Count -eq 1000) { 'members: 1000 came back, which is how an answer looks that was cut short' }
}
function Read-ScopeState($Record) {
    $Record['Reads'] += 1
    $Record['Scopes'] = @(Get-ManagementScope -ErrorAction Stop)
    foreach ($grant in $Record['Grants']) {
        $expected = @($grant['Lists'] | ForEach-Object -Process { [string]$Record['Named'][$_] })
        # An assignment takes its scope by name, so a name that is as good as ours, such as one with a blank of no width, counts.
        $scopes = @($Record['Scopes'] | Where-Object -FilterScript { $grant['Scope'] -eq [string]$_.Name })
        if ($scopes.Count -eq 0) { [ordered]@{ Kind = 'scope'; Name = $grant['Scope']; State = 'absent'; Differences = @() } }
        foreach ($scope in $scopes) {
            $filter = [string]$scope.RecipientFilter
            $parts = @($filter -split 'MemberOfGroup\s+-eq\s+''' | Select-Object -Skip 1)
            $stored = @(foreach ($part in $parts) { ($part -replace '(?s)^((?:[^'']|'''')*)''.*$', '$1').Replace('''''', '''') })
            $differences = @(
                Read-Unlike -What 'name' -Expected $grant['Scope'] -Found $scope.Name
                foreach ($name in $expected) { if (-not (Read-IsIn -Text $name -Texts $stored)) { 'filter: it lacks ' + $name } }
                foreach ($name in $stored) { if (-not (Read-IsIn -Text $name -Texts $expected)) { 'filter: too many, ' + $name } }
                if ((Read-FilterShape -Filter $filter) -notmatch '^<G>\z') { 'filter: expected rooms in lists, found ' + $filter }
                if ($filter -match '[\u2018-\u201b]') { 'filter: it holds a typographic quote, which could end a name' }
                Read-Unlike -What 'root' -Expected '' -Found $scope.RecipientRoot
                if ('True' -eq [string]$scope.Exclusive) { 'exclusive: expected no, found yes' }
            )
            [ordered]@{
                Kind = 'scope'; Name = $grant['Scope']; State = @('conflict', 'kept')[$differences.Count -eq 0]
                Differences = $differences; Guid = [string]$scope.Guid; Filter = $filter; Root = [string]$scope.RecipientRoot
            }
        }
    }
}
# A scope of a group has the group's name where a management scope has its own, so the two properties are read as a pair.
function Read-Reach($Of) { ('{0} {1}' -f $Of.RecipientWriteScope, $Of.CustomResourceScope).Trim() }
function Read-AssignmentState($Record) {
    $Record['Reads'] += 1
    $Record['Assignments'] = @(Get-ManagementRoleAssignment -ErrorAction Stop)
    $Record['Held'] = @()
    $Record['Reads'] += 1
    try { $Record['Held'] = @(Get-ManagementRoleAssignment -RoleAssignee $Record['ObjectId'] -ErrorAction Stop) }
    # Without a pointer it holds none.
    catch { if (-not (Read-IsClass -Failure $_ -Class 'ManagementObjectNotFoundException')) { throw } }
    $held = @($Record['Held'] | ForEach-Object -Process { [string]$_.Guid })
    foreach ($grant in $Record['Grants']) {
        $name = $grant['Assignment']
        $assignments = @($Record['Assignments'] | Where-Object -FilterScript { Read-IsIn -Text $name -Texts $_.Name })
        if ($assignments.Count -eq 0) { [ordered]@{ Kind = 'assignment'; Name = $name; State = 'absent'; Differences = @() } }
        foreach ($one in $assignments) {
            $holder = [string]$one.RoleAssignee
            $isOurs = $held -contains [string]$one.Guid -or
                (Read-IsIn -Text $holder -Texts (@($Record['ObjectId']) + $Record['Names']))
            $differences = @(
                Read-Unlike -What 'name' -Expected $name -Found $one.Name
                Read-Unlike -What 'role' -Expected $Record['Role'] -Found $one.Role
                if (-not $isOurs) { 'assignee: expected the application, found ' + $holder }
                Read-Unlike -What 'scope' -Expected ('CustomRecipientScope ' + $grant['Scope']) -Found (Read-Reach -Of $one)
                if ('False' -eq [string]$one.Enabled) { 'enabled: expected yes, found no' }
                Read-Unlike -What 'delegation' -Expected 'Regular' -Found $one.RoleAssignmentDelegationType
            )
            [ordered]@{
                Kind = 'assignment'; Name = $name; State = @('conflict', 'kept')[$differences.Count -eq 0]
                Differences = $differences; Guid = [string]$one.Guid; Role = [string]$one.Role
                Assignee = @($holder, $Record['ObjectId'])[$isOurs]; Scope = [string]$one.CustomResourceScope
            }
        }
    }
}
function Show-SharedScope($Record) {
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($grant in $Record['Grants']) {
        foreach ($one in $Record['Assignments']) {
            $isUser = Read-IsIn -Text $grant['Scope'] -Texts @($one.CustomResourceScope, $one.CustomRecipientWriteScope)
            if (-not $isUser -or (Read-IsIn -Text $one.Name -Texts $ours)) { continue }
            $what = @($grant['Scope'], $one.Name, $one.RoleAssignee, $one.Role)
            $text = 'the scope {0} is used by {1} too: {2} holds {3} there' -f $what
            Show-Warning -Record $Record -Kind 'shared-scope' -Target $one.Name -Text $text -Outcome 'not done'
        }
    }
}
# What the application holds besides, for Exchange adds all of it up; and policies, which narrow Entra's grants only.
function Read-OtherGrant($Record) {
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($one in @($Record['Held'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_.Name -Texts $ours) })) {
        $text = 'the application holds another grant, {0} (role {1}, scope {2})' -f $one.Name, $one.Role, (Read-Reach -Of $one)
        Show-Warning -Record $Record -Kind 'other-grant' -Target $one.Name -Text $text -Outcome 'not done'
        [string]$one.Name
    }
    $Record['Reads'] += 1
    foreach ($policy in @(Get-ApplicationAccessPolicy -ErrorAction Stop)) {
        if (@([string]$policy.AppId -split '[,; ]+') -notcontains $Record['ClientId']) { continue }
        $text = 'the application access policy {0} ({1}) is about it, and narrows only what Entra grants' -f
            $policy.Identity, $policy.AccessRight
        Show-Warning -Record $Record -Kind 'access-policy' -Target $policy.Identity -Text $text
    }
}
function Read-List($Record, [string]$Until, [string]$Only) {
    $tries = 0
    do {
        $tries += 1
        $states = @(Read-ListState -Record $Record)
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only -Most 7
    } while (-not $isSettled)
    $states
}
function Read-State($Record, $Kinds, [string]$Until, [string]$Only, $Gone) {
    $tries = 0
    do {
        $tries += 1
        $states = @(if ($Kinds -contains 'pointer') { Read-PointerState -Record $Record })
        $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
        $states += @(if ($Kinds -contains 'scope') { Read-ScopeState -Record $Record }) + $lists
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record) }
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only -Gone $Gone -Most 7
    } while (-not $isSettled)
    $states
}
function Save-Understood($Record, $Failure, $States, [string]$Kind, [string]$Name, $Members, $Gone) {
    $isThere = Save-Outcome -Record $Record -Failure $Failure -States $States -Name $Name -Members $Members -Gone $Gone
    $meaning = [string](Read-Meaning -Failure $Failure -Kind $Kind)
    if ('done' -eq $Record['Outcomes'][-1]) { $meaning = 'It is there all the same: run this script again without -Apply.' }
    if ('' -ne $meaning -and -not $isThere) { throw ('{0}. {1}' -f (Read-Why -Failure $Failure), $meaning) }
    $isThere
}
function Save-ListFailure($Record, $Failure, [string]$Name, $Members) {
    $states = @()
    try { $states = @(Read-List -Record $Record -Until 'made' -Only $Name) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Understood -Record $Record -Failure $Failure -States $states -Kind 'list' -Name $Name -Members $Members
}
function Save-Failure($Record, $Failure, [string]$Kind, [string]$Name, $Gone) {
    $states = @()
    try { $states = @(Read-State -Record $Record -Kinds @($Kind) -Until @('made', '')[$null -ne $Gone] -Only $Name -Gone $Gone) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Understood -Record $Record -Failure $Failure -States $states -Kind $Kind -Name $Name -Gone $Gone
}
# A pointer that was just made is not known everywhere yet, so its assignment is tried again for a while.
function Save-GrantFailure($Record, $Failure, [string]$Name) {
    $Record['Tries'] += 1
    $isEarly = $Record['Tries'] -lt 7 -and (Read-IsClass -Failure $Failure -Class 'ManagementObjectNotFoundException')
    if ($isEarly) { Start-Sleep -Milliseconds (300 * $Record['Tries']) }
    $isEarly -or (Save-Failure -Record $Record -Failure $Failure -Kind 'assignment' -Name $Name)
}
# Why something stays. An assignment goes if name, role and holder fit, whatever its scope became; the rest, if nobody uses it.
function Read-StayReason($Record, $State, $Going) {
    $guids = @($Going | ForEach-Object -Process { $_['Guid'] })
    $others = @($Record['Assignments'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })
    if ('assignment' -eq $State['Kind']) {
        if (-not (Read-IsIn -Text $State['Assignee'] -Texts $Record['ObjectId'])) { 'it is held by ' + $State['Assignee'] }
        if (-not (Read-IsIn -Text $State['Role'] -Texts $Record['Role'])) { 'it is of the role ' + $State['Role'] }
    }
    elseif ('scope' -eq $State['Kind']) {
        foreach ($one in $others) {
            $scopes = @($one.CustomResourceScope, $one.CustomRecipientWriteScope)
            if (Read-IsIn -Text $State['Name'] -Texts $scopes) { '{0} uses it' -f $one.Name }
        }
    }
    elseif ('list' -eq $State['Kind']) {
        $part = ([string]$State['DistinguishedName']).Replace('''', '''''').ToLowerInvariant()
        foreach ($one in @($Record['Scopes'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })) {
            $isUsing = '' -ne $part -and ([string]$one.RecipientFilter).ToLowerInvariant().Contains($part)
            if ($isUsing) { 'the scope {0} uses it' -f $one.Name }
        }
    }
    else {
        # A pointer goes only if a record says that this bundle made it: something else may rely on it.
        foreach ($one in @($Record['Held'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })) {
            '{0} would go with it' -f $one.Name
        }
        if (-not $Record['IsMade']) { 'no record says that this bundle made it' }
    }
}
function Show-Staying($Record, $State, $Reasons) {
    $kind = $State['Kind'] -replace 'assignment', 'right'
    $by = @{ right = 'ManagementRoleAssignment'; scope = 'ManagementScope'; list = 'DistributionGroup' }
    $by['pointer'] = 'ServicePrincipal'
    $why = $Reasons -join '; '
    $text = '{0} stays: {1}. If nobody needs it: Remove-{2} -Identity {3}' -f $State['Name'], $why, $by[$kind], $State['Guid']
    if ($Reasons[0] -like 'its names*') { $text = '{0} is not of this bundle: {1}' -f $State['Name'], $Reasons[0] }
    $target = @($State['Name'], $State['Address'])['list' -eq $kind]
    # An assignment of our name that has another role is no right over the rooms; a pointer that was there before may well stay.
    $isOpen = $null -eq $State['Role'] -or (Read-IsIn -Text $State['Role'] -Texts $Record['Role'])
    if ('pointer' -eq $kind -and -not $Record['IsMade']) { $isOpen = $false }
    Show-Warning -Record $Record -Kind ($kind + '-stays') -Target $target -Text $text -Outcome @('noted', 'not done')[$isOpen]
    foreach ($member in $State['Members']) {
        if (Read-IsRoom -Record $Record -Address $member) { continue }
        $text = '{0} is in {1}, which stays' -f $member, $State['Name']
        Show-Warning -Record $Record -Kind 'stranger-stays' -Target $member -Text $text -Outcome 'not done'
    }
}
#endregion
}
