#Requires -Version 5.1
<#
.SYNOPSIS
    Takes the right away, then what this bundle made.
.DESCRIPTION
    The role assignment goes first and always, whatever its scope has become. Management scope and lists go only while
    they still look as this bundle left them; what somebody changed since stays and is named. What was read or changed
    in the mailboxes meanwhile cannot be undone, nor can messages that users sent to a list.

    Without -Apply this script only reads, prints its plan, records it and ends. With -Apply it carries out the plan
    that was recorded, if what it finds still gives the same plan.

    How to find the way in it: first the guard against the session, then what the bundle stands for and the record;
    then functions (Read- reads the directory, Show- writes to this console, Save-Record writes the record).
    At "try" the work begins: the right place, what there is, what is in the way, the plan.
    Everything that changes the directory stands below "if ($Apply) {", near the end; then it is read again.

    Step 90 of bundle cronofy-rooms, ticket CHG0012345.
    Needs: Organization Management.

.PARAMETER Apply
    Carries out the recorded plan.

.PARAMETER EvidencePath
    Folder for the records of these runs. Without it: the folder "evidence" beside this script.

.PARAMETER DomainController
    The domain controller that answers every call. Without it: the global catalog of this session.

.EXAMPLE
    .\90-Remove-Access.ps1

    Shows what would change.
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
$exchangeCommands = @('Get-ADServerSettings', 'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-DistributionGroup', 'Get-Group', 'Get-Recipient', 'Get-DistributionGroupMember', 'Get-User', 'Get-ManagementScope', 'Get-ManagementRoleAssignment', 'Get-ManagementRole', 'Remove-ManagementRoleAssignment', 'Remove-ManagementScope', 'Remove-DistributionGroup')
$plainCommands = @('ConvertFrom-Json', 'ConvertTo-Json', 'ForEach-Object', 'Get-ChildItem', 'Get-Command', 'Get-Content', 'Get-Date', 'Get-FileHash', 'Get-Item', 'Import-Csv', 'Join-Path', 'New-Item', 'Out-Null', 'Select-Object', 'Set-Content', 'Set-StrictMode', 'Sort-Object', 'Start-Sleep', 'Test-Path', 'Where-Object', 'Write-Information')
$absentCommands = @(
    foreach ($commandName in $exchangeCommands + $plainCommands) {
        try { Get-Command -Name $commandName -ErrorAction Stop | Out-Null }
        catch { $commandName }
    }
)
if ($absentCommands.Count -ne 0) {
    throw ('This session lacks {0}. Open the Exchange Management Shell with an account that holds: {1}. Nothing was changed.' -f
        ($absentCommands -join ', '), 'Organization Management')
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

# What this bundle stands for. Template 1ea52f31081e998e07f235220933056bd32b0556d90e0a5974cc7dc1ef1497f7.
$planId = '4fd5d2f99f95bc076cc97833a8d16f30aeb3763c8a74cd29e7addf5a36bb85dc'
$roomsDigest = 'db858bed5fac2cd64f084fa620a8a3722dcb0769fda7756a3fadc1b2bdedecf4'
$roomsPath = Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv'

$lists = @(
    @{ Address = 'cronofy.resource.list@example.com'; Name = 'Cronofy Room List'; Alias = 'cronofy.resource.list'; Search = 'EmailAddresses -eq ''smtp:cronofy.resource.list@example.com'' -or Alias -eq ''cronofy.resource.list'' -or Name -eq ''Cronofy Room List''' }
)
$listOwner = $null
$markStart = 'roomscope cronofy-rooms '

$accountName = 'cronofy.service.account@example.com'
$grants = @(
    @{ Scope = 'CronofyImpersonationScope'; Assignment = 'CronofyImpersonationAssignment'; Lists = @('cronofy.resource.list@example.com') }
)


if ($Apply) { $mode = 'apply' } else { $mode = 'plan' }
$record = [ordered]@{
    Format           = 'roomscope-evidence/1'
    Step             = '90-Remove-Access'
    Mode             = $mode
    Bundle           = 'cronofy-rooms'
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
$evidenceName = '{0}.{1}.{2}.json' -f '90-Remove-Access', $mode, ($record['Start'] -replace '[-:]|\.\d+', '')
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
    $knownOwner = [string]$knownOwners['{0} {1}' -f $Kind, $Name]
    if ('' -ne $knownGuid -and '' -ne $Guid -and $knownGuid -ne $Guid) {
        'GUID: expected {0}, which this bundle made, found {1}, which is another object' -f $knownGuid, $Guid
    }
    elseif ('' -ne $knownOwner -and '' -ne $Guid -and $knownOwner -ne $Owners) {
        'owners: expected {0}, as when this bundle made it, found {1}' -f $knownOwner, $Owners
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
    $foreignDomains = @(@('example.com') | Where-Object -FilterScript { $acceptedDomains -notcontains $_ })
    if ($foreignDomains.Count -ne 0) {
        Show-Warning -Text ('this is organisation {0}, which does not accept mail for {1}; what the bundle made there is looked for all the same' -f
            $record['Organization'], ($foreignDomains -join ', '))
    }
    Show-Line -Text ('{0} in organisation {1}, domain controller {2}' -f '90-Remove-Access', $record['Organization'], $DomainController)

    # What earlier runs of this bundle made: the same name with another GUID is another object.
    $knownGuids = @{}
    $knownOwners = @{}
    foreach ($file in @($evidenceFiles | Where-Object -FilterScript { $_.Name -like '[359]0-*.apply.*' })) {
        try {
            $earlier = Get-Content -LiteralPath $file.FullName -Raw -Encoding utf8 -ErrorAction Stop | ConvertFrom-Json -ErrorAction Stop
            if ('cronofy-rooms' -ne [string]$earlier.Bundle) { continue }
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

    $record['Reads'] += 1
    $assignments = @(Get-ManagementRoleAssignment -DomainController $DomainController -ErrorAction Stop)

    # The right has to go whatever else cannot be read; what cannot be compared stays.
    $unread = @()
    $accounts = @()
    $accountNames = @()
    $accountState = 'unread'
    try {
        $accounts = @(Read-Account -Name $accountName)
        $accountState = 'absent'
        if ($accounts.Count -ne 0) { $accountState = 'found' }
        $accountNames = @($accounts | ForEach-Object -Process { @([string]$_.Identity, [string]$_.DistinguishedName, [string]$_.Guid) })
        Show-Line -Text ('Service account {0}: {1}' -f $accountName, (@($accounts | ForEach-Object -Process { [string]$_.DistinguishedName }) -join '; '))
        if ($accounts.Count -eq 0) { Show-Warning -Text ('the service account {0} does not exist any more' -f $accountName) }
    }
    catch { $unread = @('the service account could not be read: {0}' -f [string]$_.Exception.Message) }
    # What this script does not take away.
    try {
        foreach ($account in $accounts) {
            foreach ($line in @(Read-OtherGrant -Holder ([string]$account.DistinguishedName))) {
                Show-Warning -Text ('the service account holds another grant, {0}, which stays and reaches what that one reaches' -f $line)
            }
        }
    }
    catch { $unread += @('what else lets the service account impersonate could not be read: {0}' -f [string]$_.Exception.Message) }
    $listNames = @{}
    $listStates = @()
    $scopeStates = @()
    $roomByAddress = @{}
    try {
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

        $ownerNames = @(Read-Owner)
        $listStates = @(Read-RoomListState)
        foreach ($state in $listStates) { $listNames[$state['Address']] = $state['DistinguishedName'] }
        $scopeStates = @(Read-ScopeState)
    }
    catch { $unread += @('what the bundle made could not be compared, so it stays: {0}' -f [string]$_.Exception.Message) }
    foreach ($line in $unread) { Show-Warning -Text $line }
    $assignmentStates = @(Read-AssignmentState)
    $states = $listStates + $scopeStates + $assignmentStates
    $record['Before'] = $states
    # What there is, as a table; of many lists only those that are not as this bundle makes them.
    $shown = @($states)
    if ($shown.Count -gt 20) { $shown = @($shown | Where-Object -FilterScript { 'list' -ne $_['Kind'] -or 'kept' -ne $_['State'] } | Select-Object -First 20) }
    foreach ($state in $shown) { Show-Line -Text ('  {0,-10}  {1,-8}  {2}' -f $state['Kind'], $state['State'], $state['Name']) }
    Show-Line -Text ('  of {0}: {1} kept, {2} absent, {3} in conflict' -f @($states).Count,
        @($states | Where-Object -FilterScript { 'kept' -eq $_['State'] }).Count,
        @($states | Where-Object -FilterScript { 'absent' -eq $_['State'] }).Count,
        @($states | Where-Object -FilterScript { 'conflict' -eq $_['State'] }).Count)


    # An assignment is ours by name and role, and by its account or the GUID that was recorded, whatever its scope
    # became. Where the account is gone, it is ours too if what it names exists no more.
    $ourAssignments = @(
        foreach ($state in @($assignmentStates | Where-Object -FilterScript { 'absent' -ne $_['State'] })) {
            $differences = $state['Differences'] + @(Read-KnownDifference -Kind 'assignment' -Name $state['Name'] -Guid $state['Guid'])
            foreach ($difference in $differences) { Show-Warning -Text ('{0}: {1}' -f $state['Name'], $difference) }
            $isOurs = $accountNames -contains $state['Assignee'] -or $state['Guid'] -eq [string]$knownGuids['assignment ' + $state['Name']]
            if (-not $isOurs -and 'absent' -eq $accountState) {
                $isUser = @($assignments | Where-Object -FilterScript { $state['Guid'] -eq [string]$_.Guid -and 'User' -eq [string]$_.RoleAssigneeType }).Count -ne 0
                $isOurs = $isUser -and @(Read-Account -Name $state['Assignee']).Count -eq 0
            }
            if ('ApplicationImpersonation' -eq $state['Role'] -and $isOurs) { $state }
            else { Show-Warning -Text ('{0} is another assignment, of {1} to {2}, and stays' -f $state['Name'], $state['Role'], $state['Assignee']) }
        }
    )
    $standing = @(
        $assignmentStates |
            Where-Object -FilterScript { 'absent' -ne $_['State'] -and 'ApplicationImpersonation' -eq $_['Role'] -and $ourAssignments -notcontains $_ } |
            ForEach-Object -Process { '{0}, held by {1}' -f $_['Name'], $_['Assignee'] }
    )
    $ourGuids = @($ourAssignments | ForEach-Object -Process { $_['Guid'] })
    $ourScopes = @(
        foreach ($state in @($scopeStates | Where-Object -FilterScript { 'absent' -ne $_['State'] })) {
            $differences = $state['Differences'] + @(Read-KnownDifference -Kind 'scope' -Name $state['Name'] -Guid $state['Guid'])
            $users = @($assignments | Where-Object -FilterScript { $state['Name'] -eq [string]$_.CustomRecipientWriteScope -and $ourGuids -notcontains [string]$_.Guid })
            if ($users.Count -ne 0) {
                Show-Warning -Text ('the scope {0} is used by the assignment {1} and stays, with its lists' -f $state['Name'], (@($users | ForEach-Object -Process { [string]$_.Name }) -join ', '))
            }
            elseif ($differences.Count -eq 0) { $state }
            else { Show-Warning -Text ('the scope {0} was changed and stays: {1}' -f $state['Name'], ($differences -join '; ')) }
        }
    )
    $usedLists = @{}
    foreach ($grant in $grants) {
        $users = @($assignments | Where-Object -FilterScript { $grant['Scope'] -eq [string]$_.CustomRecipientWriteScope -and $ourGuids -notcontains [string]$_.Guid })
        if ($users.Count -ne 0) { foreach ($address in $grant['Lists']) { $usedLists[$address] = $true } }
    }
    $ourLists = @(
        foreach ($state in $listStates) {
            $differences = $state['Differences'] + @(Read-KnownDifference -Kind 'list' -Name $state['Name'] -Guid $state['Guid'] -Owners ($state['Owners'] -join '; '))
            $part = $state['DistinguishedName'].Replace('''''', '''''''').ToLowerInvariant()
            $users = @(
                if ('' -ne $part) { $otherFilters.Keys | Where-Object -FilterScript { $otherFilters[$_].Contains($part) } }
            )
            if ($differences.Count -ne 0) { Show-Warning -Text ('the list {0} was changed and stays: {1}' -f $state['Name'], ($differences -join '; ')) }
            elseif ($users.Count -ne 0) {
                Show-Warning -Text ('the list {0} is used by another scope too, {1}, and stays' -f $state['Name'], ($users -join '; '))
            }
            elseif ('kept' -eq $state['State'] -and $scopeStates.Count -ne 0 -and -not $usedLists.ContainsKey($state['Address'])) { $state }
        }
    )
    $plan = @(
        $ourAssignments | ForEach-Object -Process { 'remove role assignment {0}' -f $_['Name'] }
        $ourScopes | ForEach-Object -Process { 'remove management scope {0}' -f $_['Name'] }
        $ourLists | ForEach-Object -Process { 'remove room list {0} ({1})' -f $_['Name'], $_['Address'] }
    )

    # The plan: what would be done, one line each.
    $record['Plan'] = $plan
    if ($plan.Count -eq 0) { Show-Line -Text ('Plan: nothing to do. Reading calls: {0}.' -f $record['Reads']) }
    else { Show-Line -Text ('Plan: changes: {0}, with as many writing calls; reading calls so far: {1}.' -f $plan.Count, $record['Reads']) }
    foreach ($line in @($plan | Select-Object -First 40)) { Show-Line -Text ('  {0}' -f $line) }
    if ($plan.Count -gt 40) { Show-Line -Text ('  and {0} more, all of them in the record.' -f ($plan.Count - 40)) }
    $record['Result'] = 'planned'
    if (-not $Apply -and $plan.Count -ne 0) { Show-Line -Text ('Nothing was changed. To carry out this plan: .\{0} -Apply' -f '90-Remove-Access.ps1') }

    # A plan that is dated ahead of this clock would always be the newest one.
    $planFiles = @($evidenceFiles | Where-Object -FilterScript { $_.Name -like ('{0}.plan.*' -f '90-Remove-Access') })
    $latest = (Get-Date).ToUniversalTime().AddMinutes(5).ToString('o') -replace '[-:]|\.\d+', ''
    foreach ($file in @($planFiles | Where-Object -FilterScript { ($_.Name -split '\.')[2] -gt $latest })) {
        Show-Warning -Text ('the plan {0} is dated ahead of the clock of this machine, so it is not used' -f $file.Name)
    }
    $planFiles = @($planFiles | Where-Object -FilterScript { ($_.Name -split '\.')[2] -le $latest })

    # With -Apply the plan must be the one that was recorded last, by this bundle, for this place.
    if ($Apply -and $plan.Count -ne 0) {
        $record['Result'] = 'stopped'
        if ($planFiles.Count -eq 0) {
            throw 'There is no recorded plan of this step. Run this script without -Apply first, read its plan, then run it with -Apply. Nothing was changed.'
        }
        try {
            $planned = Get-Content -LiteralPath $planFiles[-1].FullName -Raw -Encoding utf8 -ErrorAction Stop | ConvertFrom-Json -ErrorAction Stop |
                Select-Object -Property Result, PlanId, ManifestSha256, Organization, Plan
            $plannedFor = @([string]$planned.Result, [string]$planned.PlanId, [string]$planned.ManifestSha256, [string]$planned.Organization) -join ' '
            $plannedPlan = @($planned.Plan)
        }
        catch { throw ('The last plan, {0}, cannot be read. Run this script without -Apply again. Nothing was changed.' -f $planFiles[-1].Name) }
        if ($plannedFor -ne (@('planned', $planId, $record['ManifestSha256'], $record['Organization']) -join ' ')) {
            throw ('The last plan, {0}, is of another bundle or another place, or did not end well. Run this script without -Apply again. Nothing was changed.' -f $planFiles[-1].Name)
        }
        $plannedLines = @{}
        foreach ($line in $plannedPlan) { $plannedLines[[string]$line] = $true }
        $currentLines = @{}
        foreach ($line in $plan) { $currentLines[$line] = $true }
        $added = @($plan | Where-Object -FilterScript { -not $plannedLines.ContainsKey($_) })
        $gone = @($plannedLines.Keys | Where-Object -FilterScript { -not $currentLines.ContainsKey($_) } | Sort-Object)
        # Doing less than was planned harms nobody, and the right has to go.
        foreach ($line in $gone) { Show-Warning -Text ('planned, but not done now: {0}' -f $line) }
        if ($added.Count -ne 0) {
            $since = @(
                if ($added.Count -ne 0) { 'new changes: {0} ({1})' -f $added.Count, (@($added | Select-Object -First 3) -join '; ') }
                if ($gone.Count -ne 0) { 'no longer needed: {0} ({1})' -f $gone.Count, (@($gone | Select-Object -First 3) -join '; ') }
            )
            throw ('Things have changed since the plan {0}: {1}. Run this script without -Apply again. Nothing was changed.' -f
                $planFiles[-1].Name, ($since -join ', '))
        }
    }

    if ($Apply) {
        if ($plan.Count -eq 0) { $record['Result'] = 'unchanged' }
        else {
        # From here on the record says interrupted, until it says how it ended.
        $record['Result'] = 'interrupted'
        Save-Record

            foreach ($state in $ourAssignments) {
                $oldAssignment = @{
                    Identity         = $state['Name']
                    Confirm          = $false
                    DomainController = $DomainController
                    ErrorAction      = 'Stop'
                }
                $action = 'remove role assignment {0}' -f $state['Name']
                $record['Writes'] += 1
                $record['Actions'][$action] = 'unknown'
                try {
                    Remove-ManagementRoleAssignment @oldAssignment | Out-Null
                    $record['Actions'][$action] = 'done'
                }
                catch {
                    if (-not ($_.FullyQualifiedErrorId + $_.CategoryInfo.Reason + $_.Exception.Message).Contains('ManagementObjectNotFoundException')) { throw }
                    $record['Actions'][$action] = 'already gone'
                }
            }
            foreach ($state in $ourScopes) {
                $oldScope = @{
                    Identity         = $state['Name']
                    Confirm          = $false
                    DomainController = $DomainController
                    ErrorAction      = 'Stop'
                }
                $action = 'remove management scope {0}' -f $state['Name']
                $record['Writes'] += 1
                $record['Actions'][$action] = 'unknown'
                try {
                    Remove-ManagementScope @oldScope | Out-Null
                    $record['Actions'][$action] = 'done'
                }
                catch {
                    if (-not ($_.FullyQualifiedErrorId + $_.CategoryInfo.Reason + $_.Exception.Message).Contains('ManagementObjectNotFoundException')) { throw }
                    $record['Actions'][$action] = 'already gone'
                }
            }
            foreach ($state in $ourLists) {
                $oldList = @{
                    Identity                        = $state['Guid']
                    BypassSecurityGroupManagerCheck = $true
                    Confirm                         = $false
                    DomainController                = $DomainController
                    ErrorAction                     = 'Stop'
                }
                $action = 'remove room list {0} ({1})' -f $state['Name'], $state['Address']
                $record['Writes'] += 1
                $record['Actions'][$action] = 'unknown'
                try {
                    Remove-DistributionGroup @oldList | Out-Null
                    $record['Actions'][$action] = 'done'
                }
                catch {
                    if (-not ($_.FullyQualifiedErrorId + $_.CategoryInfo.Reason + $_.Exception.Message).Contains('ManagementObjectNotFoundException')) { throw }
                    $record['Actions'][$action] = 'already gone'
                }
            }
    $record['Reads'] += 1
    $assignments = @(Get-ManagementRoleAssignment -DomainController $DomainController -ErrorAction Stop)

            $assignmentStates = @(Read-AssignmentState)
            $record['After'] = $assignmentStates
            $remaining = @(
                $assignmentStates |
                    Where-Object -FilterScript { 'absent' -ne $_['State'] -and 'ApplicationImpersonation' -eq $_['Role'] } |
                    Where-Object -FilterScript { $ourGuids -contains $_['Guid'] -or $accountNames -contains $_['Assignee'] }
            )
            if ($remaining.Count -ne 0) {
                throw ('The right is still there, or this domain controller still shows it: {0}. {1} Run this script again without -Apply.' -f $remaining[0]['Name'], (Read-Ending))
            }
            if ($scopeStates.Count -ne 0) { $record['After'] = @(Read-RoomListState) + @(Read-ScopeState) + $assignmentStates }
        $record['Result'] = 'applied'
        Show-Line -Text ('Done: changes: {0}, reading calls: {1}, writing calls: {2}.' -f $record['Actions'].Count, $record['Reads'], $record['Writes'])
        Show-Line -Text 'Next: the operator proves that nobody is reached any more, with --expect-none; section 5 of RUNBOOK.md.'

        }
    }
    if ($standing.Count -ne 0) {
        $byHand = 'Look who that is; if the right is not wanted, take it away by hand: Remove-ManagementRoleAssignment -Identity with that name.'
        if ($Apply -or $plan.Count -eq 0) {
            throw ('A right of this name still stands: {0}. It is not of the service account {1}, and no record says that this bundle made it. {2} {3}' -f
                ($standing -join '; '), $accountName, $byHand, (Read-Ending))
        }
        Show-Line -Text ('A right of this name will STILL STAND: {0}. {1}' -f ($standing -join '; '), $byHand)
    }
    if ($unread.Count -ne 0) {
        if ($plan.Count -eq 0) {
            throw ('There is no right to take away, but {0} Mend the cause and run this script again without -Apply. Nothing was changed.' -f ($unread -join '; '))
        }
        Show-Line -Text 'NOT everything could be read, so something may have stayed: see the warnings, mend the cause, and run this script again without -Apply.'
    }
    Show-Line -Text 'What cannot be undone: what the service account read or changed in the rooms meanwhile, and messages that were sent to the lists.'
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
