#Requires -Version 5.1

<#
.SYNOPSIS
    Shows what the stored scope reaches, beside rooms.csv, and who else can change it.
.DESCRIPTION
    Compares what the stored filter selects with rooms.csv. Changes nothing, and reads the directory, not the mailboxes:
    the proof is the verification by the service account afterwards.
    This script only reads; -Apply makes no difference to it.
    Step 60 of bundle campus-rooms, ticket CHG0098765.
    Needs: Organization Management, or View-Only Organization Management together with the role Role Management.
.PARAMETER Apply
    Accepted so that all scripts are called alike; changes nothing.
.PARAMETER EvidencePath
    Folder for the records of these runs. Without it: the folder "evidence" beside this script.
.PARAMETER DomainController
    The domain controller that answers every call. Without it: the global catalog of this session.
.EXAMPLE
    .\60-Confirm-Access.ps1

    Reads, reports and records.
#>
[CmdletBinding()]
param(
    [switch]$Apply,
    [ValidateNotNullOrEmpty()]
    [string]$EvidencePath = "$PSScriptRoot\evidence",
    [string]$DomainController = ''
)

end {
    # What this bundle stands for.
    $planId = '0924aec418f0eae2f4c1ec80719f46be685bd3bcd312fa3461ecd456b4dfaa36'
    $bundle = 'campus-rooms'
    $roles = 'Organization Management, or View-Only Organization Management together with the role Role Management'
    $next = 'Next: the operator proves it as the service account; section 4 of RUNBOOK.md.'
    $exchangeCommands = @(
        'Get-ADServerSettings', 'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-Recipient', 'Get-User', 'Get-Group',
        'Get-DistributionGroup', 'Get-DistributionGroupMember', 'Get-ManagementScope', 'Get-ManagementRoleAssignment',
        'Get-ManagementRole'
    )
    $domains = @('contoso.com')
    $roomsDigest = 'daa1952908f8583de29ce67eb144421ec4413bdaeee1f69158985d0169e18cc5'
    $accountName = 'CONTOSO\svc-room-reader'
    $accountAddress = 'svc.room.reader@contoso.com'
    $accountMayOwnLists = $false
    $listOwner = 'it.admin@contoso.com'
    $lists = @(
        @{ Address = 'campus-rooms.hauptgebaude@contoso.com'; Alias = 'campus-rooms.hauptgebaude'
            Name = 'campus-rooms Hauptgebäude' }
        @{ Address = 'campus-rooms.hauptgebaude.02@contoso.com'; Alias = 'campus-rooms.hauptgebaude.02'
            Name = 'campus-rooms Hauptgebäude 02' }
        @{ Address = 'campus-rooms.obrien-hall@contoso.com'; Alias = 'campus-rooms.obrien-hall'
            Name = 'campus-rooms O''Brien Hall' }
        @{ Address = 'campus-rooms.muller-ludenscheidt-haus@contoso.com'; Alias = 'campus-rooms.muller-ludenscheidt-haus'
            Name = 'campus-rooms Müller-Lüdenscheidt-Haus' }
        @{ Address = 'campus-rooms.forschung-entwicklung@contoso.com'; Alias = 'campus-rooms.forschung-entwicklung'
            Name = 'campus-rooms Forschung & Entwicklung' }
        @{ Address = 'campus-rooms.latelier@contoso.com'; Alias = 'campus-rooms.latelier'; Name = 'campus-rooms L''Atelier' }
        @{ Address = 'campus-rooms.salle-dattente-nord@contoso.com'; Alias = 'campus-rooms.salle-dattente-nord'
            Name = 'campus-rooms Salle d''Attente "Nord"' }
        @{ Address = 'campus-rooms.haus-7-anbau@contoso.com'; Alias = 'campus-rooms.haus-7-anbau'
            Name = 'campus-rooms Haus 7; Anbau' }
        @{ Address = 'campus-rooms.angstrom-laboratory@contoso.com'; Alias = 'campus-rooms.angstrom-laboratory'
            Name = 'campus-rooms Ångström Laboratory' }
        @{ Address = 'campus-rooms.cafe-9@contoso.com'; Alias = 'campus-rooms.cafe-9'; Name = 'campus-rooms Café #9' }
        @{ Address = 'campus-rooms.the-100-building@contoso.com'; Alias = 'campus-rooms.the-100-building'
            Name = 'campus-rooms The $100 Building' }
        @{ Address = 'campus-rooms.science-park-phase-2@contoso.com'; Alias = 'campus-rooms.science-park-phase-2'
            Name = 'campus-rooms Science Park {{Phase 2}}' }
        @{ Address = 'campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe@contoso.com'
            Alias = 'campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe'
            Name = 'campus-rooms Zentrum für Angewandte Informationstechnik & Medien' }
    )
    $grants = @(
        @{ Scope = 'campus-rooms scope'; Assignment = 'campus-rooms assignment'
            Lists = @(
                'campus-rooms.hauptgebaude@contoso.com', 'campus-rooms.hauptgebaude.02@contoso.com',
                'campus-rooms.obrien-hall@contoso.com', 'campus-rooms.muller-ludenscheidt-haus@contoso.com',
                'campus-rooms.forschung-entwicklung@contoso.com', 'campus-rooms.latelier@contoso.com',
                'campus-rooms.salle-dattente-nord@contoso.com', 'campus-rooms.haus-7-anbau@contoso.com',
                'campus-rooms.angstrom-laboratory@contoso.com', 'campus-rooms.cafe-9@contoso.com',
                'campus-rooms.the-100-building@contoso.com', 'campus-rooms.science-park-phase-2@contoso.com',
                'campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe@contoso.com'
            ) }
    )
    # The step itself: the same in every bundle of this release.
    $record = [ordered]@{
        Product = 'exchange-server'; Step = '60-Confirm-Access'; Bundle = $bundle; PlanId = $planId; Next = $next; Roles = $roles
        Commands = $exchangeCommands; Domains = $domains; Lists = $lists; ListOwner = $listOwner; MayOwn = $accountMayOwnLists
        Reads = 0; Writes = 0; Plan = @(); Outcomes = @(); Before = @(); After = @(); Warnings = @(); Error = ''; Grants = $grants
    }
    try {
        Save-Start -Record $record -IsApply $Apply -EvidencePath $EvidencePath
        Assert-Place -Record $record -DomainController $DomainController
        $DomainController = $record['DomainController']
        Read-Room -Record $record -Digest $roomsDigest
        Read-UsableAccount -Record $record -Names @($accountName, $accountAddress)
        $others = @(Read-OtherGrant -Record $record -Holder ([string]$record['Account'].DistinguishedName))
        $states = @(Read-State -Record $record -Kinds @('list', 'scope', 'assignment'))
        Show-Before -Record $record -States $states -GoOn
        $wrong = @(
            foreach ($name in $others) { 'another grant of the service account, {0}: remove it' -f $name }
            foreach ($state in $states) {
                if ('absent' -eq $state['State']) { 'the {0} {1} does not exist: run its step' -f $state['Kind'], $state['Name'] }
                foreach ($difference in $state['Differences']) { '{0}: {1}' -f $state['Name'], $difference }
            }
        )
        # The stored filters, previewed: exactly the inventory.
        $reached = @{}
        foreach ($state in @($states | Where-Object -FilterScript { 'scope' -eq $_['Kind'] -and 'absent' -ne $_['State'] })) {
            $record['Reads'] += 1
            $preview = @{ RecipientPreviewFilter = $state['Filter']; ResultSize = 'Unlimited' }
            $recipients = @(Get-Recipient @preview -DomainController $DomainController -ErrorAction Stop)
            foreach ($one in $recipients) { $reached[[string]$one.PrimarySmtpAddress] = [string]$one.RecipientTypeDetails }
            if ($recipients.Count -ne 1000) { continue }
            $text = 'the preview of {0} gave exactly 1000 recipients, as an answer does that was cut short: ' -f $state['Name']
            $text += 'set a smaller lists-per-scope and render anew'
            Show-Warning -Record $record -Kind 'preview-limit' -Target $state['Name'] -Text $text -Outcome 'unknown'
            $wrong += @($text)
        }
        $beyond = @($reached.Keys | Where-Object -FilterScript { -not (Read-IsRoom -Record $record -Address $_) } | Sort-Object)
        $unreached = @($record['Rooms'].Keys | Where-Object -FilterScript { -not $reached.ContainsKey($_) })
        $record['After'] = @([ordered]@{ Kind = 'reach'; Count = $reached.Count; TooMany = $beyond; TooFew = $unreached })
        Show-Line -Text ('Mailboxes that the stored scope reaches: {0}. Rooms among them: {1} of {2}; not in rooms.csv: {3}.' -f
            $reached.Count, ($record['Rooms'].Count - $unreached.Count), $record['Rooms'].Count, $beyond.Count)
        Show-First -Lines @($beyond | ForEach-Object -Process { '{0} ({1})' -f $_, $reached[$_] }) -Most 100 -Before '  TOO MANY '
        Show-First -Lines $unreached -Most 100 -Before '  TOO FEW  '
        if ($beyond.Count -ne 0) { $wrong += @('mailboxes too many, {0}: take them out of the lists' -f $beyond.Count) }
        if ($unreached.Count -ne 0) { $wrong += @('rooms too few, {0}: run step 40 again' -f $unreached.Count) }
        $listsOf = @{}
        foreach ($list in @($states | Where-Object -FilterScript { 'list' -eq $_['Kind'] })) {
            foreach ($owner in $list['Owners']) { $listsOf[$owner] += @($list['Name']) }
        }
        foreach ($owner in @($listsOf.Keys | Sort-Object)) {
            $text = '{0} can add any room mailbox to {1}' -f $owner, (@($listsOf[$owner] | Select-Object -First 3) -join ', ')
            $isAccount = Read-IsIn -Text $owner -Texts (Read-Name -Things $record['Account'])
            if (-not $isAccount) { Show-Line -Text ($text + ', as the owner.') }
            else { Show-Warning -Record $record -Kind 'owner' -Target $owner -Text ($text + ': it is the service account') }
        }
        $record['Reads'] += 1
        $asked = @{ Cmdlet = 'Add-DistributionGroupMember'; CmdletParameters = 'BypassSecurityGroupManagerCheck' }
        foreach ($role in @(Get-ManagementRole @asked -DomainController $DomainController -ErrorAction Stop)) {
            $record['Reads'] += 1
            $query = @{ Role = [string]$role.Name; GetEffectiveUsers = $true; DomainController = $DomainController }
            $users = @(Get-ManagementRoleAssignment @query -ErrorAction Stop)
            $users = @($users | ForEach-Object -Process { [string]$_.EffectiveUserName } | Sort-Object -Unique) -join ', '
            if ('' -ne $users) { Show-Line -Text ('{0} can change members of any list; held by {1}.' -f $role.Name, $users) }
        }
        $record['Reads'] += 1
        foreach ($scope in @(Get-ManagementScope -Exclusive $true -DomainController $DomainController -ErrorAction Stop)) {
            $text = 'the exclusive scope {0} ({1}) may keep administrators from rooms' -f $scope.Name, $scope.RecipientFilter
            Show-Warning -Record $record -Kind 'exclusive-scope' -Target $scope.Name -Text $text
        }
        Show-SharedScope -Record $record
        Show-Line -Text 'Not seen from here: permissions on single mailboxes and folders, and rights given in Active Directory.'
        Show-First -Lines $wrong -Most 100 -Before '  WRONG '
        if ($wrong.Count -ne 0) { throw ('NOT confirmed: {0}. Put it right, run this again.' -f (Read-Few -Texts $wrong)) }
        $record['Result'] = 'unchanged'
        Show-Line -Text ('Confirmed: the stored scope is exactly the {0} rooms of rooms.csv.' -f $record['Rooms'].Count)
        Show-Line -Text $next
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
#region Shared functions 40661176d69005266b76f7a4b808e0769ff1e4c715f9db41d1a336d26ca6b98a
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
# All commands of Exchange are of one module.
function Assert-Module($Found) {
    $sources = @($Found | ForEach-Object -Process { [string]$_.Source } | Select-Object -Unique)
    if ($sources.Count -ne 1) { throw ('The Exchange commands here are of several modules: {0}.' -f ($sources -join ', ')) }
}
function Assert-Place($Record, [string]$DomainController, [switch]$OrWarn) {
    $Record['Reads'] += 1
    $settings = Get-ADServerSettings -ErrorAction Stop
    if ('True' -ne [string]$settings.ViewEntireForest) {
        throw 'This session sees one domain only, so rooms may look absent. Run Set-ADServerSettings -ViewEntireForest $true.'
    }
    if ([string]::IsNullOrWhiteSpace($DomainController)) { $DomainController = [string]$settings.DefaultGlobalCatalog }
    if ('' -eq $DomainController) { throw 'This session has no global catalog: name one with -DomainController.' }
    $Record['DomainController'] = $DomainController
    $Record['Reads'] += 1
    $organization = Get-OrganizationConfig -DomainController $DomainController -ErrorAction Stop
    $Record['Organization'] = [string]$organization.Name
    $Record['OrganizationGuid'] = [string]$organization.Guid
    $Record['Version'] = [string]$organization.AdminDisplayVersion
    if ('True' -eq [string]$organization.IsDehydrated -or $Record['Version'] -match '\b15\.20\b') {
        throw 'This is Exchange Online, and the bundle is for Exchange Server. Open the Exchange Management Shell.'
    }
    $Record['Reads'] += 1
    $accepted = Get-AcceptedDomain -DomainController $DomainController -ErrorAction Stop
    $accepted = @($accepted | ForEach-Object -Process { [string]$_.DomainName })
    $foreign = @($Record['Domains'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_ -Texts $accepted) }) -join ', '
    $text = 'organisation {0} does not accept mail for {1}, as that of this bundle does' -f $Record['Organization'], $foreign
    if ('' -ne $foreign -and -not $OrWarn) { throw ('{0}. Open a session in the right one.' -f $text) }
    if ('' -ne $foreign) { Show-Warning -Record $Record -Kind 'foreign-organization' -Target $Record['Organization'] -Text $text }
    Show-Line -Text ('{0} in {1}, domain controller {2}' -f $Record['Step'], $Record['Organization'], $DomainController)
}
function Read-Holder($Record, [string]$Address, [string]$More) {
    $Record['Reads'] += 1
    $filter = 'EmailAddresses -eq {0}{1}' -f (Read-Quoted -Text ('smtp:' + $Address)), $More
    Get-Recipient -Filter $filter -ResultSize Unlimited -DomainController $Record['DomainController'] -ErrorAction Stop
}
function Read-RoomMailbox($Record) {
    $Record['Reads'] += 1
    $mailboxes = @{}
    $asked = @{ RecipientTypeDetails = 'RoomMailbox'; ResultSize = 'Unlimited'; DomainController = $Record['DomainController'] }
    foreach ($mailbox in @(Get-Mailbox @asked -ErrorAction Stop)) {
        $address = [string]$mailbox.PrimarySmtpAddress
        if ($mailboxes.ContainsKey($address)) { $mailboxes[$address] = $null } else { $mailboxes[$address] = $mailbox }
    }
    $faults = @()
    $row = 1
    foreach ($room in $Record['Rooms'].Keys) {
        $row += 1
        if ($null -ne $mailboxes[$room]) { continue }
        $none = @('no recipient with this address', 'not looked up, after 50 others')[$faults.Count -ge 50]
        $holders = @(if ($faults.Count -lt 50) { Read-Holder -Record $Record -Address $room })
        $holders = @($holders | ForEach-Object -Process { 'the {0} {1}' -f $_.RecipientTypeDetails, $_.PrimarySmtpAddress })
        $text = ($holders -join ', ') -replace '^$', $none
        if ($text -eq 'the RoomMailbox ' + $room) { $text += ', which was left out: that answer was cut short' }
        $faults += @('row {0}: expected one room mailbox with the primary address {1}, found {2}' -f $row, $room, $text)
        Show-Warning -Record $Record -Kind 'room-unusable' -Target $room -Text $faults[-1] -Unshown
    }
    Show-First -Lines $faults -Most 100 -Before '  '
    if ($faults.Count -ne 0) { throw ('{0} cannot be used, {1}.' -f (Read-Count -Number $faults.Count -One 'room'), $faults[0]) }
    $mailboxes
}
function Read-Account($Record, [string]$Name) {
    $Record['Reads'] += 1
    try {
        Get-User -Identity $Name -DomainController $Record['DomainController'] -ErrorAction Stop | Select-Object -Property Guid,
            Identity, DistinguishedName, RecipientTypeDetails, UserAccountControl, AccountDisabled
    }
    catch { if (-not (Read-IsClass -Failure $_ -Class 'ManagementObjectNotFoundException')) { throw } }
}
function Read-Name($Things) { foreach ($one in $Things) { @($one.Identity, $one.DistinguishedName, $one.Guid) } }
function Read-UsableAccount($Record, $Names) {
    $guids = @{}
    foreach ($name in @($Names | Select-Object -Unique)) {
        $accounts = @(Read-Account -Record $Record -Name $name)
        if ($accounts.Count -ne 1) { throw ('The service account {0} must be one object, and is {1}.' -f $name, $accounts.Count) }
        $Record['Account'] = $accounts[0]
        $guids[[string]$accounts[0].Guid] = $true
        Show-Line -Text ('Service account {0} is {1}' -f $name, $accounts[0].DistinguishedName)
    }
    if ($guids.Count -ne 1) { throw ('{0} are different objects, not one service account.' -f ($Names -join ' and ')) }
    $account = $Record['Account']
    $kind = [string]$account.RecipientTypeDetails
    $isDisabled = 'True' -eq [string]$account.AccountDisabled -or [string]$account.UserAccountControl -match 'AccountDisabled'
    # The account of a linked mailbox is disabled on purpose: who signs in is an account of another forest.
    if ('DisabledUser' -eq $kind -or ($isDisabled -and 'LinkedMailbox' -ne $kind)) { throw 'The service account is disabled.' }
    if ($kind -match 'Room|Equipment') { throw ('The service account is a {0}, which does not sign in.' -f $kind) }
}
# An owner can add any room mailbox to a list, so the service account must not be one by accident.
function Read-Owner($Record) {
    $owner = $Record['ListOwner']
    $Record['Owners'] = @(if ($null -ne $owner) { Read-Name -Things @(Read-Holder -Record $Record -Address $owner) })
    $Record['Barred'] = @(if (-not $Record['MayOwn']) { Read-Name -Things $Record['Account'] })
    $barred = @($Record['Owners'] | Where-Object -FilterScript { Read-IsIn -Text $_ -Texts $Record['Barred'] })
    $Record['OwnerFault'] = @(
        if ($null -ne $owner -and $Record['Owners'].Count -eq 0) { 'owners: {0} does not exist' -f $owner }
        if ($barred.Count -ne 0) { 'owners: {0} is the service account, which could widen its own scope' -f $owner }
    )
}
function Read-Member($Record, [string]$Guid) {
    $Record['Reads'] += 1
    $asked = @{ ResultSize = 'Unlimited'; DomainController = $Record['DomainController'] }
    # Right after a change, one command may show what another does not know yet.
    try { Get-DistributionGroupMember -Identity $Guid @asked -ErrorAction Stop }
    catch {
        $isEarly = $Record['Writes'] -ne 0 -and (Read-IsClass -Failure $_ -Class 'ManagementObjectNotFoundException')
        if (-not $isEarly) { throw }
    }
}
function Read-ListState($Record) {
    if ($null -eq $Record['Owners']) { Read-Owner -Record $Record }
    $groups = @{}
    $notes = @{}
    $names = @{}
    $asked = @{ RecipientTypeDetails = 'RoomList'; ResultSize = 'Unlimited'; DomainController = $Record['DomainController'] }
    $Record['Reads'] += 1
    foreach ($group in @(Get-DistributionGroup @asked -ErrorAction Stop)) {
        foreach ($key in @([string]$group.Guid, [string]$group.PrimarySmtpAddress)) { $groups[$key] = $group }
    }
    $Record['Reads'] += 1
    $noted = @{ RecipientTypeDetails = 'RoomList'; ResultSize = 'Unlimited'; DomainController = $Record['DomainController'] }
    Get-Group @noted -ErrorAction Stop | ForEach-Object -Process { $notes[[string]$_.Guid] = [string]$_.Notes }
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
    $Record['Names'] = $names
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
    elseif (Read-IsIn -Text $owners -Texts $Record['Barred']) { 'owners: the service account, which could widen its own scope' }
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
    $Record['Scopes'] = @(Get-ManagementScope -DomainController $Record['DomainController'] -ErrorAction Stop)
    foreach ($grant in $Record['Grants']) {
        $expected = @($grant['Lists'] | ForEach-Object -Process { [string]$Record['Names'][$_] })
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
function Read-AssignmentState($Record) {
    $Record['Reads'] += 1
    $Record['Assignments'] = @(Get-ManagementRoleAssignment -DomainController $Record['DomainController'] -ErrorAction Stop)
    $names = @(Read-Name -Things $Record['Account'])
    foreach ($grant in $Record['Grants']) {
        $name = $grant['Assignment']
        $assignments = @($Record['Assignments'] | Where-Object -FilterScript { Read-IsIn -Text $name -Texts $_.Name })
        if ($assignments.Count -eq 0) { [ordered]@{ Kind = 'assignment'; Name = $name; State = 'absent'; Differences = @() } }
        foreach ($one in $assignments) {
            $holder = [string]$one.RoleAssignee
            $differences = @(
                Read-Unlike -What 'name' -Expected $name -Found $one.Name
                Read-Unlike -What 'role' -Expected 'ApplicationImpersonation' -Found $one.Role
                if (-not (Read-IsIn -Text $holder -Texts $names)) { 'assignee: expected the service account, found ' + $holder }
                Read-Unlike -What 'scope' -Expected $grant['Scope'] -Found $one.CustomRecipientWriteScope
                if ('False' -eq [string]$one.Enabled) { 'enabled: expected yes, found no' }
                Read-Unlike -What 'delegation' -Expected 'Regular' -Found $one.RoleAssignmentDelegationType
            )
            [ordered]@{
                Kind = 'assignment'; Name = $name; State = @('conflict', 'kept')[$differences.Count -eq 0]
                Differences = $differences; Guid = [string]$one.Guid; Role = [string]$one.Role
                Assignee = $holder; Scope = [string]$one.CustomRecipientWriteScope
            }
        }
    }
}
function Show-SharedScope($Record) {
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($grant in $Record['Grants']) {
        foreach ($one in $Record['Assignments']) {
            $isUser = Read-IsIn -Text $grant['Scope'] -Texts $one.CustomRecipientWriteScope
            if (-not $isUser -or (Read-IsIn -Text $one.Name -Texts $ours)) { continue }
            $what = @($grant['Scope'], $one.Name, $one.RoleAssignee, $one.Role)
            $text = 'the scope {0} is used by {1} too: {2} holds {3} there' -f $what
            Show-Warning -Record $Record -Kind 'shared-scope' -Target $one.Name -Text $text -Outcome 'not done'
        }
    }
}
function Read-OtherGrant($Record, [string]$Holder) {
    $Record['Reads'] += 1
    $controller = $Record['DomainController']
    $roles = @(Get-ManagementRole -Identity ApplicationImpersonation -Recurse -DomainController $controller -ErrorAction Stop)
    $roles = @($roles | ForEach-Object -Process { [string]$_.Name })
    $Record['Reads'] += 1
    $Record['Held'] = @(Get-ManagementRoleAssignment -RoleAssignee $Holder -DomainController $controller -ErrorAction Stop)
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($one in $Record['Held']) {
        if ($roles -notcontains [string]$one.Role -or (Read-IsIn -Text $one.Name -Texts $ours)) { continue }
        $scope = ('{0} {1}' -f $one.RecipientWriteScope, $one.CustomRecipientWriteScope).Trim()
        $text = 'the service account holds another grant, {0} (role {1}, scope {2})' -f $one.Name, $one.Role, $scope
        Show-Warning -Record $Record -Kind 'other-grant' -Target $one.Name -Text $text -Outcome 'not done'
        [string]$one.Name
    }
}
function Read-List($Record, [string]$Until, [string]$Only) {
    $tries = 0
    do {
        $tries += 1
        $states = @(Read-ListState -Record $Record)
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only
    } while (-not $isSettled)
    $states
}
function Read-State($Record, $Kinds, [string]$Until, [string]$Only, $Gone) {
    $tries = 0
    do {
        $tries += 1
        $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
        $states = @(if ($Kinds -contains 'scope') { Read-ScopeState -Record $Record }) + $lists
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record) }
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only -Gone $Gone
    } while (-not $isSettled)
    $states
}
function Save-ListFailure($Record, $Failure, [string]$Name, $Members) {
    $states = @()
    try { $states = @(Read-List -Record $Record -Until 'made' -Only $Name) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Outcome -Record $Record -Failure $Failure -States $states -Name $Name -Members $Members
}
function Save-Failure($Record, $Failure, [string]$Kind, [string]$Name, $Gone) {
    $states = @()
    try { $states = @(Read-State -Record $Record -Kinds @($Kind) -Until @('made', '')[$null -ne $Gone] -Only $Name -Gone $Gone) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Outcome -Record $Record -Failure $Failure -States $states -Name $Name -Gone $Gone
}
# Why an assignment stays. It goes if name, role and account fit, whatever its scope became; where the account is gone, also if
# its user is gone. The directory shows it by another name after the account was renamed, but still as the account's own.
function Read-RightReason($Record, $Right) {
    $isOurs = Read-IsIn -Text $Right['Assignee'] -Texts (Read-Name -Things $Record['Account'])
    foreach ($one in $Record['Held']) {
        if ('Direct' -eq [string]$one.AssignmentMethod -and $Right['Guid'] -eq [string]$one.Guid) { $isOurs = $true }
    }
    $users = @($Record['Assignments'] | Where-Object -FilterScript { 'User' -eq [string]$_.RoleAssigneeType })
    if ($Record['IsGone'] -and @($users | ForEach-Object -Process { [string]$_.Guid }) -contains $Right['Guid']) {
        try { $isOurs = @(Read-Account -Record $Record -Name $Right['Assignee']).Count -eq 0 }
        catch { 'whether {0} still exists could not be read ({1})' -f $Right['Assignee'], (Read-Why -Failure $_) }
    }
    if (-not $isOurs) { 'it is held by ' + $Right['Assignee'] }
    if (-not (Read-IsIn -Text $Right['Role'] -Texts 'ApplicationImpersonation')) { 'it is of the role ' + $Right['Role'] }
}
function Read-UseReason($Record, $State, $Going) {
    $guids = @($Going | ForEach-Object -Process { $_['Guid'] })
    $used = @()
    $part = ([string]$State['DistinguishedName']).Replace('''', '''''').ToLowerInvariant()
    foreach ($one in @($Record['Assignments'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })) {
        $used += @([string]$one.CustomRecipientWriteScope)
        if ('' -eq $part -and (Read-IsIn -Text $State['Name'] -Texts $used[-1])) { '{0} uses it' -f $one.Name }
    }
    $ours = @(foreach ($one in $Record['Grants']) { if (-not (Read-IsIn -Text $one['Scope'] -Texts $used)) { $one['Scope'] } })
    foreach ($one in @($Record['Scopes'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_.Name -Texts $ours) })) {
        $isUsing = '' -ne $part -and ([string]$one.RecipientFilter).ToLowerInvariant().Contains($part)
        if ($isUsing) { 'the scope {0} uses it' -f $one.Name }
    }
}
function Show-Staying($Record, $State, $Reasons) {
    $kind = $State['Kind'] -replace 'assignment', 'right'
    $by = @{ right = 'Remove-ManagementRoleAssignment'; scope = 'Remove-ManagementScope'; list = 'Remove-DistributionGroup' }
    $why = $Reasons -join '; '
    $text = '{0} stays: {1}. If nobody needs it: {2} -Identity {3}' -f $State['Name'], $why, $by[$kind], $State['Guid']
    if ($Reasons[0] -like 'its names*') { $text = '{0} is not of this bundle: {1}' -f $State['Name'], $Reasons[0] }
    $target = @($State['Name'], $State['Address'])['list' -eq $kind]
    # An assignment of our name that has another role is no right over the rooms.
    $outcome = @('not done', 'noted')[@($Reasons -like 'it is of the role *').Count -ne 0]
    Show-Warning -Record $Record -Kind ($kind + '-stays') -Target $target -Text $text -Outcome $outcome
    foreach ($member in $State['Members']) {
        if (Read-IsRoom -Record $Record -Address $member) { continue }
        $text = '{0} is in {1}, which stays' -f $member, $State['Name']
        Show-Warning -Record $Record -Kind 'stranger-stays' -Target $member -Text $text -Outcome 'not done'
    }
}
#endregion
}
