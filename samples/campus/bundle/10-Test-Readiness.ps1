#Requires -Version 5.1
<#
.SYNOPSIS
    Tests whether this session and this directory are ready for the bundle.
.DESCRIPTION
    Looks at the session (place, commands, parameters), the rooms, the service account, the mailboxes that must be
    refused, what already has the names of this bundle, and what else the service account may reach. Changes nothing.

    This script only reads; -Apply makes no difference to it.

    How to find the way in it: first the guard against the session, then what the bundle stands for and the record;
    then functions (Read- reads the directory, Show- writes to this console, Save-Record writes the record).
    At "try" the work begins: the right place, what there is, what is in the way.

    Step 10 of bundle campus-rooms, ticket CHG0098765.
    Needs: Organization Management, as for the later steps, which it looks ahead to.

.PARAMETER Apply
    Accepted so that all scripts are called alike; changes nothing.

.PARAMETER EvidencePath
    Folder for the records of these runs. Without it: the folder "evidence" beside this script.

.PARAMETER DomainController
    The domain controller that answers every call. Without it: the global catalog of this session.

.EXAMPLE
    .\10-Test-Readiness.ps1

    Reads, reports and records.
#>
[CmdletBinding()]
param(
    [switch]$Apply,

    [ValidateNotNullOrEmpty()]
    [string]$EvidencePath = (Join-Path -Path $PSScriptRoot -ChildPath 'evidence'),

    [string]$DomainController = ''
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
if ([string]::IsNullOrEmpty($PSScriptRoot)) {
    throw 'Run this as a file, not as pasted text: it needs the files beside it. Nothing was changed.'
}
if ($PSDefaultParameterValues.Count -ne 0) {
    throw 'This session sets default parameter values, which would change what is called here. Nothing was changed.'
}
if ($WhatIfPreference) {
    throw 'This session sets WhatIfPreference, so that commands would only pretend. Nothing was changed.'
}

# A function or an alias of this session could stand in for a command: each must be the one of its own module.
$exchangeCommands = @('Get-ADServerSettings', 'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-Mailbox', 'Get-DistributionGroup', 'Get-Group', 'Get-Recipient', 'Get-DistributionGroupMember', 'Get-User', 'Get-ManagementScope', 'Get-ManagementRoleAssignment', 'Get-ManagementRole')
$plainCommands = @('ConvertFrom-Json', 'ConvertTo-Json', 'ForEach-Object', 'Get-ChildItem', 'Get-Command', 'Get-Content', 'Get-Date', 'Get-FileHash', 'Get-Item', 'Import-Csv', 'Join-Path', 'New-Item', 'Out-Null', 'Select-Object', 'Set-Content', 'Set-StrictMode', 'Sort-Object', 'Start-Sleep', 'Test-Path', 'Where-Object', 'Write-Information')
$absentCommands = @(
    foreach ($commandName in $exchangeCommands + $plainCommands) {
        try { Get-Command -Name $commandName -ErrorAction Stop | Out-Null }
        catch { $commandName }
    }
)
if ($absentCommands.Count -ne 0) {
    throw ('This session lacks {0}. Open the Exchange Management Shell with an account that holds: {1}. Nothing was changed.' -f
        ($absentCommands -join ', '), 'Organization Management, as for the later steps, which it looks ahead to')
}
$exchangeSources = @(
    foreach ($commandName in $exchangeCommands) {
        $command = Get-Command -Name $commandName -ErrorAction Stop
        if ('Alias' -eq [string]$command.CommandType -or [string]::IsNullOrEmpty([string]$command.Source)) {
            throw ('{0} is a function or an alias of this session, not the command of Exchange. Nothing was changed.' -f $commandName)
        }
        [string]$command.Source
    }
)
if (@($exchangeSources | Sort-Object -Unique).Count -ne 1) {
    throw ('The Exchange commands of this session come from several modules ({0}). Open a new Exchange Management Shell. Nothing was changed.' -f
        (@($exchangeSources | Sort-Object -Unique) -join ', '))
}
foreach ($commandName in $plainCommands) {
    if ([string](Get-Command -Name $commandName -ErrorAction Stop).Source -notlike 'Microsoft.PowerShell.*') {
        throw ('{0} is not the command of PowerShell in this session. Open a session without a profile. Nothing was changed.' -f $commandName)
    }
}

# An alias of this session would stand before a function of this script.
$ownFunctions = @(
    'Read-Account', 'Read-AssignmentState', 'Read-CleanText', 'Read-Ending', 'Read-FilterShape', 'Read-KnownDifference',
    'Read-OtherGrant', 'Read-Owner', 'Read-RoomListState', 'Read-ScopeState', 'Save-Record', 'Show-Line', 'Show-Warning'
)
foreach ($functionName in $ownFunctions) {
    $standIn = ''
    try { $standIn = [string](Get-Command -Name $functionName -ListImported -ErrorAction Stop).CommandType }
    catch { $standIn = '' }
    if ('Alias' -eq $standIn) {
        throw ('{0} is an alias of this session, and would replace what this script does. Open a session without a profile. Nothing was changed.' -f
            $functionName)
    }
}
if (@('Low', 'Medium') -contains [string]$ConfirmPreference) {
    throw ('This session sets ConfirmPreference to {0}, so that commands would ask in between. Run $ConfirmPreference = ''High'', then this script again. Nothing was changed.' -f
        [string]$ConfirmPreference)
}

# What this bundle stands for. Template 1012a5fbab2e0590f4d2582201d8cf58823fdcd5074e8203c8e7a9871f91bdf3.
$planId = '2d84a4499805132f69f03317cd22ca70b5e13e8286a09d28d02f50f52ef2c8f3'
$roomsDigest = 'daa1952908f8583de29ce67eb144421ec4413bdaeee1f69158985d0169e18cc5'
$roomsPath = Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv'

$lists = @(
    @{ Address = 'campus-rooms.hauptgebaude@contoso.com'; Name = 'campus-rooms Hauptgebäude'; Alias = 'campus-rooms.hauptgebaude'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.hauptgebaude@contoso.com'' -or Alias -eq ''campus-rooms.hauptgebaude'' -or Name -eq ''campus-rooms Hauptgebäude''' }
    @{ Address = 'campus-rooms.hauptgebaude.02@contoso.com'; Name = 'campus-rooms Hauptgebäude 02'; Alias = 'campus-rooms.hauptgebaude.02'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.hauptgebaude.02@contoso.com'' -or Alias -eq ''campus-rooms.hauptgebaude.02'' -or Name -eq ''campus-rooms Hauptgebäude 02''' }
    @{ Address = 'campus-rooms.obrien-hall@contoso.com'; Name = 'campus-rooms O''Brien Hall'; Alias = 'campus-rooms.obrien-hall'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.obrien-hall@contoso.com'' -or Alias -eq ''campus-rooms.obrien-hall'' -or Name -eq ''campus-rooms O''''Brien Hall''' }
    @{ Address = 'campus-rooms.muller-ludenscheidt-haus@contoso.com'; Name = 'campus-rooms Müller-Lüdenscheidt-Haus'; Alias = 'campus-rooms.muller-ludenscheidt-haus'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.muller-ludenscheidt-haus@contoso.com'' -or Alias -eq ''campus-rooms.muller-ludenscheidt-haus'' -or Name -eq ''campus-rooms Müller-Lüdenscheidt-Haus''' }
    @{ Address = 'campus-rooms.forschung-entwicklung@contoso.com'; Name = 'campus-rooms Forschung & Entwicklung'; Alias = 'campus-rooms.forschung-entwicklung'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.forschung-entwicklung@contoso.com'' -or Alias -eq ''campus-rooms.forschung-entwicklung'' -or Name -eq ''campus-rooms Forschung & Entwicklung''' }
    @{ Address = 'campus-rooms.latelier@contoso.com'; Name = 'campus-rooms L’’Atelier'; Alias = 'campus-rooms.latelier'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.latelier@contoso.com'' -or Alias -eq ''campus-rooms.latelier''' }
    @{ Address = 'campus-rooms.salle-dattente-nord@contoso.com'; Name = 'campus-rooms Salle d’’Attente "Nord"'; Alias = 'campus-rooms.salle-dattente-nord'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.salle-dattente-nord@contoso.com'' -or Alias -eq ''campus-rooms.salle-dattente-nord''' }
    @{ Address = 'campus-rooms.haus-7-anbau@contoso.com'; Name = 'campus-rooms Haus 7; Anbau'; Alias = 'campus-rooms.haus-7-anbau'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.haus-7-anbau@contoso.com'' -or Alias -eq ''campus-rooms.haus-7-anbau'' -or Name -eq ''campus-rooms Haus 7; Anbau''' }
    @{ Address = 'campus-rooms.angstrom-laboratory@contoso.com'; Name = 'campus-rooms Ångström Laboratory'; Alias = 'campus-rooms.angstrom-laboratory'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.angstrom-laboratory@contoso.com'' -or Alias -eq ''campus-rooms.angstrom-laboratory'' -or Name -eq ''campus-rooms Ångström Laboratory''' }
    @{ Address = 'campus-rooms.cafe-9@contoso.com'; Name = 'campus-rooms Café #9'; Alias = 'campus-rooms.cafe-9'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.cafe-9@contoso.com'' -or Alias -eq ''campus-rooms.cafe-9'' -or Name -eq ''campus-rooms Café #9''' }
    @{ Address = 'campus-rooms.the-100-building@contoso.com'; Name = 'campus-rooms The $100 Building'; Alias = 'campus-rooms.the-100-building'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.the-100-building@contoso.com'' -or Alias -eq ''campus-rooms.the-100-building'' -or Name -eq ''campus-rooms The $100 Building''' }
    @{ Address = 'campus-rooms.science-park-phase-2@contoso.com'; Name = 'campus-rooms Science Park {{Phase 2}}'; Alias = 'campus-rooms.science-park-phase-2'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.science-park-phase-2@contoso.com'' -or Alias -eq ''campus-rooms.science-park-phase-2'' -or Name -eq ''campus-rooms Science Park {{Phase 2}}''' }
    @{ Address = 'campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe@contoso.com'; Name = 'campus-rooms Zentrum für Angewandte Informationstechnik & Medien'; Alias = 'campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe'; Search = 'EmailAddresses -eq ''smtp:campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe@contoso.com'' -or Alias -eq ''campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe'' -or Name -eq ''campus-rooms Zentrum für Angewandte Informationstechnik & Medien''' }
)
$listOwner = 'it.admin@contoso.com'
$markStart = 'roomscope campus-rooms '

$accountName = 'CONTOSO\svc-room-reader'
$grants = @(
    @{ Scope = 'campus-rooms scope'; Assignment = 'campus-rooms assignment'; Lists = @('campus-rooms.hauptgebaude@contoso.com', 'campus-rooms.hauptgebaude.02@contoso.com', 'campus-rooms.obrien-hall@contoso.com', 'campus-rooms.muller-ludenscheidt-haus@contoso.com', 'campus-rooms.forschung-entwicklung@contoso.com', 'campus-rooms.latelier@contoso.com', 'campus-rooms.salle-dattente-nord@contoso.com', 'campus-rooms.haus-7-anbau@contoso.com', 'campus-rooms.angstrom-laboratory@contoso.com', 'campus-rooms.cafe-9@contoso.com', 'campus-rooms.the-100-building@contoso.com', 'campus-rooms.science-park-phase-2@contoso.com', 'campus-rooms.zentrum-fur-angewandte-informationstech-b3d2fe@contoso.com') }
)

$controls = @('ceo@contoso.com', 'works.council@contoso.com')
# What the later steps call, with the parameters that they use.
$needed = @(
    @{ Command = 'New-DistributionGroup'; Parameters = @('RoomList', 'Name', 'Alias', 'DisplayName', 'PrimarySmtpAddress', 'ManagedBy', 'Notes', 'MemberJoinRestriction', 'MemberDepartRestriction', 'OrganizationalUnit', 'DomainController') }
    @{ Command = 'Add-DistributionGroupMember'; Parameters = @('Identity', 'Member', 'BypassSecurityGroupManagerCheck', 'DomainController') }
    @{ Command = 'New-ManagementScope'; Parameters = @('Name', 'RecipientRestrictionFilter', 'DomainController') }
    @{ Command = 'New-ManagementRoleAssignment'; Parameters = @('Name', 'Role', 'User', 'CustomRecipientWriteScope', 'DomainController') }
    @{ Command = 'Get-ADServerSettings'; Parameters = @() }
    @{ Command = 'Get-OrganizationConfig'; Parameters = @('DomainController') }
    @{ Command = 'Get-AcceptedDomain'; Parameters = @('DomainController') }
    @{ Command = 'Get-Mailbox'; Parameters = @('RecipientTypeDetails', 'ResultSize', 'DomainController') }
    @{ Command = 'Get-Recipient'; Parameters = @('Identity', 'Filter', 'RecipientPreviewFilter', 'ResultSize', 'DomainController') }
    @{ Command = 'Get-User'; Parameters = @('Identity', 'DomainController') }
    @{ Command = 'Get-Group'; Parameters = @('RecipientTypeDetails', 'ResultSize', 'DomainController') }
    @{ Command = 'Get-DistributionGroup'; Parameters = @('RecipientTypeDetails', 'ResultSize', 'DomainController') }
    @{ Command = 'Get-DistributionGroupMember'; Parameters = @('Identity', 'ResultSize', 'DomainController') }
    @{ Command = 'Get-ManagementScope'; Parameters = @('Exclusive', 'DomainController') }
    @{ Command = 'Get-ManagementRole'; Parameters = @('Identity', 'Recurse', 'Cmdlet', 'CmdletParameters', 'DomainController') }
    @{ Command = 'Get-ManagementRoleAssignment'; Parameters = @('Role', 'RoleAssignee', 'GetEffectiveUsers', 'DomainController') }
    @{ Command = 'Remove-ManagementRoleAssignment'; Parameters = @('Identity', 'Confirm', 'DomainController') }
    @{ Command = 'Remove-ManagementScope'; Parameters = @('Identity', 'Confirm', 'DomainController') }
    @{ Command = 'Remove-DistributionGroup'; Parameters = @('Identity', 'BypassSecurityGroupManagerCheck', 'Confirm', 'DomainController') }
)

if ($Apply) { $mode = 'apply' } else { $mode = 'plan' }
$record = [ordered]@{
    Format           = 'roomscope-evidence/1'
    Step             = '10-Test-Readiness'
    Mode             = $mode
    Bundle           = 'campus-rooms'
    PlanId           = $planId
    ManifestSha256   = ''
    Previous         = $null
    PreviousSha256   = $null
    Who              = ('{0}\{1}' -f $env:USERDOMAIN, $env:USERNAME)
    Computer         = [string]$env:COMPUTERNAME
    Organization     = ''
    OrganizationGuid = ''
    Version          = ''
    DomainController = ''
    PowerShell       = [string]$PSVersionTable.PSVersion
    Module           = [string]$exchangeSources[0]
    ModuleVersion    = [string](Get-Command -Name $exchangeCommands[0] -ErrorAction Stop).Version
    Start            = (Get-Date).ToUniversalTime().ToString('o')
    End              = ''
    Result           = 'interrupted'
    Error            = ''
    Reads            = 0
    Writes           = 0
    Plan             = @()
    Actions          = [ordered]@{}
    Before           = @()
    After            = @()
    Warnings         = @()
}

# Every run leaves a record of its own, which names the record before it.
try {
    if (-not (Test-Path -LiteralPath $EvidencePath)) { New-Item -ItemType Directory -Path $EvidencePath | Out-Null }
    $evidenceFolder = [string](Get-Item -LiteralPath $EvidencePath).FullName
    $evidenceFiles = @(
        Get-ChildItem -LiteralPath $EvidencePath -File |
            Where-Object -FilterScript { $_.Name -match '^\d\d-[A-Za-z-]+\.(plan|apply)\.\d{8}T\d{6}Z\.json$' } |
            Sort-Object -Property @{ Expression = { ($_.Name -split '\.')[2] } }
    )
}
catch {
    throw ('The folder for the records, {0}, cannot be used: {1} Give another one with -EvidencePath. Nothing was changed.' -f $EvidencePath, [string]$_.Exception.Message)
}
if ($evidenceFiles.Count -ne 0) {
    $record['Previous'] = [string]$evidenceFiles[-1].Name
    try { $record['PreviousSha256'] = (Get-FileHash -LiteralPath $evidenceFiles[-1].FullName -Algorithm SHA256 -ErrorAction Stop).Hash.ToLowerInvariant() }
    catch { $record['Warnings'] = @('the record {0} cannot be read' -f $record['Previous']) }
    # Two records of one second would have no order.
    while ($record['Previous'] -like ('*.{0}.json' -f ($record['Start'] -replace '[-:]|\.\d+', ''))) {
        Start-Sleep -Milliseconds 100
        $record['Start'] = (Get-Date).ToUniversalTime().ToString('o')
    }
}
$evidenceName = '{0}.{1}.{2}.json' -f '10-Test-Readiness', $mode, ($record['Start'] -replace '[-:]|\.\d+', '')
$evidenceFile = Join-Path -Path $evidenceFolder -ChildPath $evidenceName
if (@($evidenceFiles | Where-Object -FilterScript { $evidenceName -eq $_.Name }).Count -ne 0) {
    throw ('There is a record {0} already, so the clock of this machine went back. Nothing was changed.' -f $evidenceName)
}
$manifestPath = Join-Path -Path $PSScriptRoot -ChildPath 'manifest.json'
try { $record['ManifestSha256'] = (Get-FileHash -LiteralPath $manifestPath -Algorithm SHA256 -ErrorAction Stop).Hash.ToLowerInvariant() }
catch { throw ('manifest.json beside this script cannot be read: {0} Get the bundle again. Nothing was changed.' -f [string]$_.Exception.Message) }

# What the directory holds was typed by others: characters that steer a console must not reach this one.
function Read-CleanText {
    param([string]$Text)
    $Text -replace '[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]', '?'
}

# How far this run came, for the end of a message.
function Read-Ending {
    $unknown = @($record['Actions'].Keys | Where-Object -FilterScript { 'unknown' -eq $record['Actions'][$_] })
    $ending = 'Changes made: {0} of {1}' -f ($record['Actions'].Count - $unknown.Count), @($record['Plan']).Count
    if ($unknown.Count -ne 0) { $ending += '; whether this one was made, is not known: {0}' -f ($unknown -join '; ') }
    if ($record['Writes'] -eq 0) { 'Nothing was changed.' } else { '{0}.' -f $ending }
}

function Save-Record {
    $record['End'] = (Get-Date).ToUniversalTime().ToString('o')
    try { ConvertTo-Json -InputObject $record -Depth 8 | Set-Content -LiteralPath $evidenceFile -Encoding utf8 -ErrorAction Stop }
    catch {
        $earlierError = [string]$record['Error']
        if ($earlierError.Contains($evidenceFile)) { $earlierError = '' }
        throw ('The record {0} cannot be written: {1} Make room there, or give another folder with -EvidencePath. {2} {3}' -f
            $evidenceFile, [string]$_.Exception.Message, $earlierError, (Read-CleanText -Text (Read-Ending))).Replace('  ', ' ')
    }
}

function Show-Line {
    param([string]$Text)
    Write-Information -MessageData (Read-CleanText -Text $Text) -InformationAction Continue
}

function Show-Warning {
    param([string]$Text)
    $record['Warnings'] += @($Text)
    Show-Line -Text ('WARNING: {0}' -f $Text)
}

# The owner of the lists, by every name that the directory may show; nothing if it does not exist.
function Read-Owner {
    if ($null -ne $listOwner) {
        $record['Reads'] += 1
        try {
            Get-Recipient -Identity $listOwner -DomainController $DomainController -ErrorAction Stop |
                ForEach-Object -Process { @([string]$_.Identity, [string]$_.DistinguishedName, [string]$_.Guid, [string]$_.PrimarySmtpAddress) }
        }
        catch {
            if (-not ($_.FullyQualifiedErrorId + $_.CategoryInfo.Reason + $_.Exception.Message).Contains('ManagementObjectNotFoundException')) { throw }
        }
    }
}

# What there is of each list: absent, kept (as this bundle makes it) or conflict, with the differences.
function Read-RoomListState {
    $record['Reads'] += 1
    $groups = @(
        Get-DistributionGroup -RecipientTypeDetails RoomList -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
    )
    $notesByGuid = @{}
    $record['Reads'] += 1
    Get-Group -RecipientTypeDetails RoomList -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop |
        ForEach-Object -Process { $notesByGuid[[string]$_.Guid] = [string]$_.Notes }
    $groupByGuid = @{}
    foreach ($group in $groups) { $groupByGuid[[string]$group.Guid] = $group }
    $groupByAddress = @{}
    foreach ($group in $groups) { $groupByAddress[[string]$group.PrimarySmtpAddress] = $group }
    foreach ($list in $lists) {
        # A list that is not there: whoever else has its name, alias or address is in its way.
        if ($groupByAddress.ContainsKey($list['Address'])) { $holders = @($groupByAddress[$list['Address']]) }
        else {
            $record['Reads'] += 1
            $holders = @(Get-Recipient -Filter $list['Search'] -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop)
        }
        $state = [ordered]@{
            Kind              = 'list'
            Address           = $list['Address']
            Name              = $list['Name']
            State             = 'absent'
            Differences       = @()
            Guid              = ''
            DistinguishedName = ''
            Owners            = @()
            Mark              = ''
            Members           = @()
        }
        $group = $null
        if ($holders.Count -gt 1) {
            $state['Differences'] = @(
                'one recipient expected, {0} found with this name, alias or address: {1}' -f
                    $holders.Count, (@($holders | ForEach-Object -Process { [string]$_.DistinguishedName }) -join '; ')
            )
        }
        elseif ($holders.Count -eq 1) {
            $state['Guid'] = [string]$holders[0].Guid
            $state['DistinguishedName'] = [string]$holders[0].DistinguishedName
            if ($groupByGuid.ContainsKey($state['Guid'])) { $group = $groupByGuid[$state['Guid']] }
            else {
                if ('RoomList' -eq [string]$holders[0].RecipientTypeDetails) {
                    throw ('{0} is a room list that the list of all room lists left out: that answer was cut short. {1}' -f $list['Address'], (Read-Ending))
                }
                $state['Differences'] = @(
                    'a room list expected, {0} found: {1}' -f [string]$holders[0].RecipientTypeDetails, $state['DistinguishedName']
                )
            }
        }
        if ($null -ne $group) {
            $record['Reads'] += 1
            $members = @(
                Get-DistributionGroupMember -Identity $state['Guid'] -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
            )
            $state['Members'] = @($members | ForEach-Object -Process { [string]$_.PrimarySmtpAddress })
            $state['Owners'] = @($group.ManagedBy | ForEach-Object -Process { [string]$_ })
            if (-not $notesByGuid.ContainsKey($state['Guid'])) {
                throw ('The notes of {0} are not among those of all room lists: that answer was cut short. {1}' -f $list['Address'], (Read-Ending))
            }
            $state['Mark'] = [string]$notesByGuid[$state['Guid']]
            $foundOwners = $state['Owners'] -join '; '
            if ('' -eq $foundOwners) { $foundOwners = 'none' }
            $foundMark = $state['Mark']
            if ('' -eq $foundMark) { $foundMark = 'none' }
            $strangeOwners = @($state['Owners'] | Where-Object -FilterScript { $ownerNames -notcontains $_ })
            $strangers = @(
                foreach ($member in $members) {
                    if ('RoomMailbox' -ne [string]$member.RecipientTypeDetails) {
                        '{0} is a {1}' -f [string]$member.PrimarySmtpAddress, [string]$member.RecipientTypeDetails
                    }
                    elseif (-not $roomByAddress.ContainsKey([string]$member.PrimarySmtpAddress)) {
                        '{0} is not in rooms.csv' -f [string]$member.PrimarySmtpAddress
                    }
                }
            )
            $state['Differences'] = @(
                if ($list['Address'] -ne [string]$group.PrimarySmtpAddress) {
                    'primary address: expected {0}, found {1}' -f $list['Address'], [string]$group.PrimarySmtpAddress
                }
                if ($list['Name'] -cne [string]$group.Name) {
                    if ($list['Name'] -eq [string]$group.Name) {
                        'name: expected {0}, found {1}, which differs in upper and lower case' -f $list['Name'], [string]$group.Name
                    }
                    elseif (-not ([string]$group.Name).Contains($list['Name'])) {
                        'name: expected {0}, found {1}' -f $list['Name'], [string]$group.Name
                    }
                }
                if ($null -ne $listOwner) {
                    if ($strangeOwners.Count -ne 0 -or $state['Owners'].Count -ne 1) {
                        'owners: expected {0}, found {1}' -f $listOwner, $foundOwners
                    }
                }
                elseif ($state['Owners'].Count -ne 1) {
                    'owners: expected one, found {0}' -f $foundOwners
                }
                if ('Closed' -ne [string]$group.MemberJoinRestriction) {
                    'join restriction: expected Closed, found {0}' -f [string]$group.MemberJoinRestriction
                }
                if ('Closed' -ne [string]$group.MemberDepartRestriction) {
                    'depart restriction: expected Closed, found {0}' -f [string]$group.MemberDepartRestriction
                }
                if ('True' -eq [string]$group.HiddenFromAddressListsEnabled) { 'hidden from address lists: expected no, found yes' }
                if ('True' -eq [string]$group.IsDirSynced) { 'synchronised from another directory: expected no, found yes' }
                if (-not $state['Mark'].StartsWith($markStart)) {
                    'mark in its notes: expected {0}, found {1}' -f $markStart, $foundMark
                }
                if ($members.Count -eq 1000) { 'members: 1000 came back, which is how an answer looks that was cut short' }
                if ($strangers.Count -ne 0) {
                    'members: {0} too many: {1}' -f $strangers.Count, (@($strangers | Select-Object -First 5) -join '; ')
                }
            )
            $state['State'] = 'kept'
        }
        if ($state['Differences'].Count -ne 0) { $state['State'] = 'conflict' }
        $state
    }
}

# How an object differs from the one that this bundle made, as the records say.
function Read-KnownDifference {
    param([string]$Kind, [string]$Name, [string]$Guid, [string]$Owners)
    $knownGuid = [string]$knownGuids['{0} {1}' -f $Kind, $Name]
    if ('' -ne $knownGuid -and '' -ne $Guid -and $knownGuid -ne $Guid) {
        'GUID: expected {0}, which this bundle made, found {1}, which is another object' -f $knownGuid, $Guid
    }
}

# The service account, as the objects that its name means: one, if all is well.
function Read-Account {
    param([string]$Name)
    $record['Reads'] += 1
    try {
        Get-User -Identity $Name -DomainController $DomainController -ErrorAction Stop |
            Select-Object -Property Identity, Guid, DistinguishedName, UserPrincipalName, SamAccountName, RecipientTypeDetails
    }
    catch {
        if (-not ($_.FullyQualifiedErrorId + $_.CategoryInfo.Reason + $_.Exception.Message).Contains('ManagementObjectNotFoundException')) { throw }
    }
}

# The shape of a stored filter: M for a list, T for the room type; G is what it must come down to.
function Read-FilterShape {
    param([string]$Filter)
    $shape = $Filter -replace 'MemberOfGroup\s+-eq\s+''(?:[^'']|'''')*''', '<M>' -replace 'RecipientTypeDetails\s+-eq\s+''?RoomMailbox''?', '<T>' -replace '\s', ''
    do {
        $before = $shape
        $shape = $shape -replace '\((<[MT]>)\)', '$1' -replace '\(<M>(?:-or<M>)+\)', '<M>' -replace '\((?:<T>-and<M>|<M>-and<T>)\)', '<G>' -replace '\(<G>\)', '<G>'
    } while ($shape -ne $before)
    $shape -replace '^(?:<T>-and<M>|<M>-and<T>)$', '<G>'
}

# What there is of each management scope: absent, kept or conflict, with the differences. Filters of others are noted.
$otherFilters = @{}
function Read-ScopeState {
    $record['Reads'] += 1
    $scopes = @(Get-ManagementScope -DomainController $DomainController -ErrorAction Stop)
    $ourScopeNames = @($grants | ForEach-Object -Process { $_['Scope'] })
    foreach ($scope in $scopes) {
        if ($ourScopeNames -notcontains [string]$scope.Name) {
            $otherFilters[[string]$scope.Name] = ([string]$scope.RecipientFilter).ToLowerInvariant()
        }
    }
    foreach ($grant in $grants) {
        $expected = @{}
        foreach ($address in $grant['Lists']) { $expected[[string]$listNames[$address]] = $true }
        $foundScopes = @($scopes | Where-Object -FilterScript { $grant['Scope'] -eq [string]$_.Name })
        if ($foundScopes.Count -eq 0) { [ordered]@{ Kind = 'scope'; Name = $grant['Scope']; State = 'absent'; Differences = @() } }
        foreach ($scope in $foundScopes) {
            $stored = [string]$scope.RecipientFilter
            $storedNames = @{}
            foreach ($part in @($stored -split 'MemberOfGroup\s+-eq\s+''' | Select-Object -Skip 1)) {
                $storedNames[($part -replace '(?s)^((?:[^'']|'''')*)''.*$', '$1').Replace('''''', '''')] = $true
            }
            $lacking = @($expected.Keys | Where-Object -FilterScript { -not $storedNames.ContainsKey($_) })
            $surplus = @($storedNames.Keys | Where-Object -FilterScript { -not $expected.ContainsKey($_) })
            $differences = @(
                if ($grant['Scope'] -cne [string]$scope.Name) { 'name: expected {0}, found {1}, which differs in upper and lower case' -f $grant['Scope'], [string]$scope.Name }
                if ($lacking.Count -ne 0) { 'filter: expected all lists, found it without {0}' -f ($lacking -join '; ') }
                if ($surplus.Count -ne 0) { 'filter: expected these lists only, found it with {0} too' -f ($surplus -join '; ') }
                if ('<G>' -ne (Read-FilterShape -Filter $stored)) { 'filter: expected room mailboxes of these lists, found {0}' -f $stored }
                if ('' -ne [string]$scope.RecipientRoot) { 'root: expected none, found {0}' -f [string]$scope.RecipientRoot }
                if ('True' -eq [string]$scope.Exclusive) { 'exclusive: expected no, found yes' }
            )
            if ($differences.Count -eq 0) { $stateName = 'kept' } else { $stateName = 'conflict' }
            [ordered]@{
                Kind        = 'scope'
                Name        = $grant['Scope']
                State       = $stateName
                Differences = $differences
                Guid        = [string]$scope.Guid
                Filter      = $stored
                Root        = [string]$scope.RecipientRoot
            }
        }
    }
}

# What there is of each role assignment: absent, kept or conflict, with the differences.
function Read-AssignmentState {
    foreach ($grant in $grants) {
        $foundAssignments = @($assignments | Where-Object -FilterScript { $grant['Assignment'] -eq [string]$_.Name })
        if ($foundAssignments.Count -eq 0) { [ordered]@{ Kind = 'assignment'; Name = $grant['Assignment']; State = 'absent'; Differences = @() } }
        foreach ($assignment in $foundAssignments) {
            $foundScope = [string]$assignment.CustomRecipientWriteScope
            if ('' -eq $foundScope) { $foundScope = 'none' }
            $differences = @(
                if ($grant['Assignment'] -cne [string]$assignment.Name) {
                    'name: expected {0}, found {1}, which differs in upper and lower case' -f $grant['Assignment'], [string]$assignment.Name
                }
                if ('ApplicationImpersonation' -ne [string]$assignment.Role) { 'role: expected ApplicationImpersonation, found {0}' -f [string]$assignment.Role }
                if ($accountNames -notcontains [string]$assignment.RoleAssignee) { 'assignee: expected {0}, found {1}' -f $accountName, [string]$assignment.RoleAssignee }
                if ($grant['Scope'] -ne [string]$assignment.CustomRecipientWriteScope) { 'scope: expected {0}, found {1}' -f $grant['Scope'], $foundScope }
                if ('False' -eq [string]$assignment.Enabled) { 'enabled: expected yes, found no' }
                if ('Regular' -ne [string]$assignment.RoleAssignmentDelegationType) { 'delegation: expected Regular, found {0}' -f [string]$assignment.RoleAssignmentDelegationType }
            )
            if ($differences.Count -eq 0) { $stateName = 'kept' } else { $stateName = 'conflict' }
            [ordered]@{
                Kind        = 'assignment'
                Name        = $grant['Assignment']
                State       = $stateName
                Differences = $differences
                Guid        = [string]$assignment.Guid
                Role        = [string]$assignment.Role
                Assignee    = [string]$assignment.RoleAssignee
                Scope       = [string]$assignment.CustomRecipientWriteScope
            }
        }
    }
}

# What else lets an account impersonate: the role or a child of it, directly or through a group.
function Read-OtherGrant {
    param([string]$Holder)
    $record['Reads'] += 1
    $impersonationRoles = @(
        'ApplicationImpersonation'
        Get-ManagementRole -Identity ApplicationImpersonation -Recurse -DomainController $DomainController -ErrorAction Stop |
            ForEach-Object -Process { [string]$_.Name }
    )
    $ourNames = @($grants | ForEach-Object -Process { $_['Assignment'] })
    $record['Reads'] += 1
    Get-ManagementRoleAssignment -RoleAssignee $Holder -DomainController $DomainController -ErrorAction Stop |
        Where-Object -FilterScript { $impersonationRoles -contains [string]$_.Role -and $ourNames -notcontains [string]$_.Name } |
        ForEach-Object -Process {
            '{0} (role {1}, scope {2})' -f [string]$_.Name, [string]$_.Role,
                ('{0} {1}' -f [string]$_.RecipientWriteScope, [string]$_.CustomRecipientWriteScope).Trim()
        }
}

try {
    # The right place: this organisation, all of its domains in view, one domain controller for every call.
    $record['Reads'] += 1
    $settings = Get-ADServerSettings -ErrorAction Stop
    if ('True' -ne [string]$settings.ViewEntireForest) {
        throw 'This session sees one domain only, so a room elsewhere would look absent. Run Set-ADServerSettings -ViewEntireForest $true, then this script again. Nothing was changed.'
    }
    if ([string]::IsNullOrWhiteSpace($DomainController)) { $DomainController = [string]$settings.DefaultGlobalCatalog }
    if ([string]::IsNullOrWhiteSpace($DomainController)) {
        throw 'This session names no global catalog. Run this script again with -DomainController and the full name of one. Nothing was changed.'
    }
    $record['DomainController'] = $DomainController
    $record['Reads'] += 1
    $organization = Get-OrganizationConfig -DomainController $DomainController -ErrorAction Stop |
        Select-Object -Property Name, Guid, IsDehydrated, AdminDisplayVersion
    $record['Organization'] = [string]$organization.Name
    $record['OrganizationGuid'] = [string]$organization.Guid
    $record['Version'] = [string]$organization.AdminDisplayVersion
    if ('True' -eq [string]$organization.IsDehydrated -or $record['Version'] -match '\b15\.20\b') {
        throw ('This is Exchange Online ({0}), and the bundle is for Exchange Server. Open the Exchange Management Shell. Nothing was changed.' -f $record['Version'])
    }
    $record['Reads'] += 1
    $acceptedDomains = @(
        Get-AcceptedDomain -DomainController $DomainController -ErrorAction Stop |
            ForEach-Object -Process { [string]$_.DomainName }
    )
    $foreignDomains = @(@('contoso.com') | Where-Object -FilterScript { $acceptedDomains -notcontains $_ })
    if ($foreignDomains.Count -ne 0) {
        throw ('This is organisation {0}, which does not accept mail for {1}: not the one that this bundle was made for. Open a session in the right one. Nothing was changed.' -f
            $record['Organization'], ($foreignDomains -join ', '))
    }
    Show-Line -Text ('{0} in organisation {1}, domain controller {2}' -f '10-Test-Readiness', $record['Organization'], $DomainController)

    # A command or a parameter that is not there usually means a role that this account does not hold.
    $lacking = @(
        foreach ($need in $needed) {
            $neededCommand = $null
            try { $neededCommand = Get-Command -Name $need['Command'] -ErrorAction Stop }
            catch { $need['Command'] }
            if ($null -ne $neededCommand -and $exchangeSources[0] -ne [string]$neededCommand.Source) {
                '{0}, which is a function or an alias here' -f $need['Command']
            }
            elseif ($null -ne $neededCommand) {
                $keys = @($neededCommand.Parameters.Keys)
                foreach ($parameter in $need['Parameters']) {
                    if ($keys -notcontains $parameter) { '{0} -{1}' -f $need['Command'], $parameter }
                }
            }
        }
    )
    if ($lacking.Count -ne 0) {
        throw ('A later step needs what this session does not have: {0}. Open it with an account that holds: {1}. Nothing was changed.' -f
            ($lacking -join ', '), 'Organization Management')
    }

    # The rooms: hashed before and after they are read.
    if ((Get-FileHash -LiteralPath $roomsPath -Algorithm SHA256 -ErrorAction Stop).Hash -ne $roomsDigest) {
        throw 'rooms.csv is not the file that was rendered and reviewed. Get the bundle again. Nothing was changed.'
    }
    $rooms = @(Import-Csv -LiteralPath $roomsPath -Encoding utf8 -ErrorAction Stop)
    if ((Get-FileHash -LiteralPath $roomsPath -Algorithm SHA256 -ErrorAction Stop).Hash -ne $roomsDigest) {
        throw 'rooms.csv changed while it was read. Get the bundle again. Nothing was changed.'
    }
    $roomByAddress = @{}
    $rowByAddress = @{}
    $rowNumber = 1
    foreach ($room in $rooms) {
        $rowNumber += 1
        $roomByAddress[[string]$room.PrimarySmtpAddress] = $room
        $rowByAddress[[string]$room.PrimarySmtpAddress] = $rowNumber
    }

    # What earlier runs of this bundle made: the same name with another GUID is another object.
    $knownGuids = @{}
    $knownOwners = @{}
    foreach ($file in @($evidenceFiles | Where-Object -FilterScript { $_.Name -like '[359]0-*.apply.*' })) {
        try {
            $earlier = Get-Content -LiteralPath $file.FullName -Raw -Encoding utf8 -ErrorAction Stop | ConvertFrom-Json -ErrorAction Stop
            if ('campus-rooms' -ne [string]$earlier.Bundle) { continue }
            if ('applied' -ne [string]$earlier.Result) {
                if ('stopped' -eq [string]$earlier.Result -and '0' -eq [string]$earlier.Writes) { continue }
                # A run that did not come to its end may have made anew what it found absent.
                foreach ($item in @($earlier.Before)) {
                    if ('absent' -eq [string]$item.State) { $knownGuids['{0} {1}' -f [string]$item.Kind, [string]$item.Name] = '' }
                }
                continue
            }
            foreach ($item in @($earlier.After)) {
                $itemName = '{0} {1}' -f [string]$item.Kind, [string]$item.Name
                if ('absent' -eq [string]$item.State) { $knownGuids[$itemName] = '' }
                elseif ('90-Remove-Access' -ne [string]$earlier.Step) {
                    $knownGuids[$itemName] = [string]$item.Guid
                    if ('list' -eq [string]$item.Kind) { $knownOwners[$itemName] = @($item.Owners) -join '; ' }
                }
            }
        }
        catch { Show-Warning -Text ('the record {0} cannot be read, so what it says is not compared' -f $file.Name) }
    }

    # The service account, resolved to one object.
    $accounts = @(Read-Account -Name $accountName)
    if ($accounts.Count -ne 1) {
        throw ('The service account {0} is {1} objects of this directory; it must be one. Section 1 of RUNBOOK.md says how it is made. Nothing was changed.' -f $accountName, $accounts.Count)
    }
    $account = $accounts[0]
    $accountNames = @([string]$account.Identity, [string]$account.DistinguishedName, [string]$account.Guid)
    Show-Line -Text ('Service account {0} is {1}' -f $accountName, [string]$account.DistinguishedName)

    $otherGrants = @(Read-OtherGrant -Holder ([string]$account.DistinguishedName))
    foreach ($line in $otherGrants) {
        Show-Warning -Text ('the service account holds another grant, {0}: it reaches what that one reaches' -f $line)
    }

    # One wide read of all room mailboxes, matched by primary address without regard to case.
    $record['Reads'] += 1
    $mailboxes = @(
        Get-Mailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop |
            Select-Object -Property Guid, PrimarySmtpAddress, DisplayName, ExchangeUserAccountControl
    )
    $mailboxByAddress = @{}
    $doubleAddresses = @{}
    foreach ($mailbox in $mailboxes) {
        $address = [string]$mailbox.PrimarySmtpAddress
        if ($mailboxByAddress.ContainsKey($address)) { $doubleAddresses[$address] = $true }
        $mailboxByAddress[$address] = $mailbox
    }
    $unmatched = @(
        foreach ($room in $rooms) {
            $address = [string]$room.PrimarySmtpAddress
            if ($doubleAddresses.ContainsKey($address) -or -not $mailboxByAddress.ContainsKey($address)) { $address }
        }
    )
    # What did not match is looked up by name, for at most 50 rooms: the reason is what the administrator needs.
    $lookups = @{}
    foreach ($address in @($unmatched | Select-Object -First 50)) {
        $record['Reads'] += 1
        $holderFilter = 'EmailAddresses -eq ''smtp:{0}''' -f $address.Replace('''', '''''')
        $lookups[$address] = @(Get-Recipient -Filter $holderFilter -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop)
    }
    $roomFaults = @(
        foreach ($address in $unmatched) {
            if (-not $lookups.ContainsKey($address)) { $reason = 'not among the room mailboxes; why was looked up for the first 50 only' }
            else {
                $holders = @($lookups[$address])
                if ($holders.Count -eq 0) { $reason = 'no recipient has this address' }
                elseif ($holders.Count -gt 1) {
                    $reason = 'several recipients have this address: {0}' -f (@($holders | ForEach-Object -Process { [string]$_.DistinguishedName }) -join '; ')
                }
                elseif ('RoomMailbox' -ne [string]$holders[0].RecipientTypeDetails) {
                    $reason = 'it is a {0}, not a room mailbox' -f [string]$holders[0].RecipientTypeDetails
                }
                elseif ($address -ne [string]$holders[0].PrimarySmtpAddress) {
                    $reason = 'it is another address of the room {0}; the inventory needs that primary address' -f [string]$holders[0].PrimarySmtpAddress
                }
                else { $reason = 'it is a room mailbox that the list of all room mailboxes left out: that answer was cut short' }
            }
            'row {0}, {1}: {2}' -f $rowByAddress[$address], $address, $reason
        }
    )
    if ($roomFaults.Count -ne 0) {
        $record['Warnings'] += $roomFaults
        foreach ($line in @($roomFaults | Select-Object -First 100)) { Show-Line -Text ('  {0}' -f $line) }
        if ($roomFaults.Count -gt 100) { Show-Line -Text ('  and {0} more, all of them in the record.' -f ($roomFaults.Count - 100)) }
        throw ('Rooms of rooms.csv that are not usable: {0} of {1}: {2}. Correct the inventory or the directory, and render again if the inventory changed. Nothing was changed.' -f
            $unmatched.Count, $rooms.Count, (@($roomFaults | Select-Object -First 5) -join '; '))
    }

    # Worth knowing, no reason to stop.
    $oddities = @(
        foreach ($room in $rooms) {
            $mailbox = $mailboxByAddress[[string]$room.PrimarySmtpAddress]
            if ('' -ne [string]$room.DisplayName -and [string]$room.DisplayName -cne [string]$mailbox.DisplayName) {
                '{0} is called {1} in the directory, {2} in rooms.csv' -f [string]$room.PrimarySmtpAddress, [string]$mailbox.DisplayName, [string]$room.DisplayName
            }
            if ('' -ne [string]$mailbox.ExchangeUserAccountControl -and [string]$mailbox.ExchangeUserAccountControl -notmatch 'AccountDisabled') {
                '{0} has an enabled user account; somebody may sign in as this room' -f [string]$room.PrimarySmtpAddress
            }
        }
    )
    $record['Warnings'] += $oddities
    foreach ($line in @($oddities | Select-Object -First 20)) { Show-Line -Text ('WARNING: {0}' -f $line) }
    if ($oddities.Count -gt 20) { Show-Line -Text ('WARNING: and {0} more of this kind, all of them in the record.' -f ($oddities.Count - 20)) }

    $ownerNames = @(Read-Owner)
    if ($null -ne $listOwner -and $ownerNames.Count -eq 0) {
        throw ('The owner of the lists, {0}, does not exist in this directory. Make it, or render again with another room-lists.owner. Nothing was changed.' -f $listOwner)
    }

    # The controls must exist, or their refusal would prove nothing.
    foreach ($control in $controls) {
        $record['Reads'] += 1
        $holders = @(
            Get-Recipient -Filter ('EmailAddresses -eq ''smtp:{0}''' -f $control.Replace('''', '''''')) -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
        )
        if ($holders.Count -ne 1) {
            throw ('The control mailbox {0} is {1} recipients; it must be one. Render with a control that exists. Nothing was changed.' -f $control, $holders.Count)
        }
        if ([string]$holders[0].RecipientTypeDetails -notmatch 'Mailbox$') {
            throw ('The control {0} is a {1}, not a mailbox, so its refusal would prove nothing. Nothing was changed.' -f $control, [string]$holders[0].RecipientTypeDetails)
        }
        if ($roomByAddress.ContainsKey([string]$holders[0].PrimarySmtpAddress)) {
            throw ('The control {0} is a room of rooms.csv, so it would not be refused. Nothing was changed.' -f $control)
        }
    }

    # Names: what is there already must be what this bundle makes.
    $listStates = @(Read-RoomListState)
    $listNames = @{}
    foreach ($state in $listStates) { $listNames[$state['Address']] = $state['DistinguishedName'] }
    $record['Reads'] += 1
    $assignments = @(Get-ManagementRoleAssignment -DomainController $DomainController -ErrorAction Stop)

    $grantStates = @(Read-ScopeState) + @(Read-AssignmentState)
    $record['Before'] = $listStates + $grantStates
    $states = $listStates + $grantStates
    # What there is, as a table; of many lists only those that are not as this bundle makes them.
    $shown = @($states)
    if ($shown.Count -gt 20) { $shown = @($shown | Where-Object -FilterScript { 'list' -ne $_['Kind'] -or 'kept' -ne $_['State'] } | Select-Object -First 20) }
    foreach ($state in $shown) { Show-Line -Text ('  {0,-10}  {1,-8}  {2}' -f $state['Kind'], $state['State'], $state['Name']) }
    Show-Line -Text ('  of {0}: {1} kept, {2} absent, {3} in conflict' -f @($states).Count,
        @($states | Where-Object -FilterScript { 'kept' -eq $_['State'] }).Count,
        @($states | Where-Object -FilterScript { 'absent' -eq $_['State'] }).Count,
        @($states | Where-Object -FilterScript { 'conflict' -eq $_['State'] }).Count)

    $conflicts = @(
        foreach ($state in $states) {
            foreach ($difference in $state['Differences']) { '{0}: {1}' -f $state['Name'], $difference }
            foreach ($difference in @(Read-KnownDifference -Kind $state['Kind'] -Name $state['Name'] -Guid $state['Guid'] -Owners ($state['Owners'] -join '; '))) {
                '{0}: {1}' -f $state['Name'], $difference
            }
        }
    )
    if ($conflicts.Count -ne 0) {
        foreach ($line in $conflicts) { Show-Line -Text ('  CONFLICT {0}' -f $line) }
        throw ('Conflicts with what is there: {0}, the first: {1}. Nothing is replaced: put it right, rename or remove what is there, or render with other names. Nothing was changed.' -f
            $conflicts.Count, $conflicts[0])
    }

    $members = @{}
    foreach ($state in $listStates) { foreach ($member in $state['Members']) { $members[$member] = $true } }
    foreach ($control in $controls) {
        if ($members.ContainsKey($control)) { throw ('The control {0} is a member of a list. Nothing was changed.' -f $control) }
    }

    $record['Result'] = 'unchanged'
    Show-Line -Text ('Ready: rooms: {0}, lists: {1} (there already: {2}), controls: {3}, warnings: {4}.' -f
        $rooms.Count, $lists.Count, @($listStates | Where-Object -FilterScript { 'absent' -ne $_['State'] }).Count, $controls.Count, $record['Warnings'].Count)
    Show-Line -Text 'Next: .\30-New-RoomLists.ps1, without -Apply first.'
}
catch {
    $record['Result'] = 'stopped'
    $record['Error'] = [string]$_.Exception.Message
    # What Exchange or the machine said does not say what was changed.
    if ($record['Error'] -ne [string]$_.FullyQualifiedErrorId) {
        $record['Error'] = '{0} {1} Mend the cause, then run this script again without -Apply: it shows what is left.' -f $record['Error'], (Read-Ending)
    }
    $record['Error'] = Read-CleanText -Text $record['Error']
    throw $record['Error']
}
finally {
    Save-Record
    Show-Line -Text ('Record: {0}' -f $evidenceFile)
}
