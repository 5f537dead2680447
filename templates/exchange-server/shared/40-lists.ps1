# What there is of each list: absent, kept (as this bundle makes it) or conflict, with the differences.
# -Expected holds Lists, Rooms, Owners and Known. -Present and -Gone are waited for, and -Full for the rooms in their lists.
function Read-ListState {
    param($Record, [string]$DomainController, $Expected, $Present, $Gone, [switch]$Full)
    $tries = 0
    do {
        $tries += 1
        $Record['Reads'] += 1
        $groups = @(
            Get-DistributionGroup -RecipientTypeDetails RoomList -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
        )
        $names = @($groups | ForEach-Object -Process { @([string]$_.Guid, [string]$_.PrimarySmtpAddress) })
    } while (Wait-Shown -Tries $tries -Found $names -Present $Present -Gone $Gone)
    $notesByGuid = @{}
    $Record['Reads'] += 1
    Get-Group -RecipientTypeDetails RoomList -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop |
        ForEach-Object -Process { $notesByGuid[[string]$_.Guid] = [string]$_.Notes }
    $groupByGuid = @{}
    $groupByAddress = @{}
    foreach ($group in $groups) {
        $groupByGuid[[string]$group.Guid] = $group
        $groupByAddress[[string]$group.PrimarySmtpAddress] = $group
    }
    $roomsByList = @{}
    if ($Full) { foreach ($room in $Expected['Rooms'].Values) { $roomsByList[[string]$room.RoomListAddress] += @([string]$room.PrimarySmtpAddress) } }
    foreach ($list in $Expected['Lists']) {
        # A list that is not there: whoever else has its name, alias or address is in its way.
        if ($groupByAddress.ContainsKey($list['Address'])) { $holders = @($groupByAddress[$list['Address']]) }
        else { $holders = @(Read-Recipient -Record $Record -DomainController $DomainController -Filter (Read-ListFilter -List $list)) }
        $state = [ordered]@{
            Kind        = 'list'; Address = $list['Address']; Name = $list['Name']; State = 'absent'; Differences = @(); Guid = ''
            DistinguishedName = ''; Owners = @(); Mark = ''; Members = @()
        }
        $group = $null
        if ($holders.Count -eq 1) {
            $state['Guid'] = [string]$holders[0].Guid
            $state['DistinguishedName'] = [string]$holders[0].DistinguishedName
            $group = $groupByGuid[$state['Guid']]
            if ($null -eq $group -and 'RoomList' -eq [string]$holders[0].RecipientTypeDetails) {
                throw ('{0} is a room list that the list of all room lists left out: that answer was cut short. {1}' -f
                    $list['Address'], (Read-Ending -Record $Record))
            }
            if ($null -eq $group) {
                $state['Differences'] = @('a room list expected, {0} found: {1}' -f [string]$holders[0].RecipientTypeDetails, $state['DistinguishedName'])
            }
        }
        elseif ($holders.Count -gt 1) {
            $state['Differences'] = @(
                'one recipient expected, {0} found with this name, alias or address: {1}' -f
                    $holders.Count, (@($holders | ForEach-Object -Process { [string]$_.DistinguishedName }) -join '; ')
            )
        }
        if ($null -ne $group) {
            if (-not $notesByGuid.ContainsKey($state['Guid'])) {
                throw ('The notes of {0} are not among those of all room lists: that answer was cut short. {1}' -f
                    $list['Address'], (Read-Ending -Record $Record))
            }
            $state['Mark'] = [string]$notesByGuid[$state['Guid']]
            $state['Owners'] = @($group.ManagedBy | ForEach-Object -Process { [string]$_ })
            $tries = 0
            do {
                $tries += 1
                $members = @(Read-Member -Record $Record -DomainController $DomainController -Guid $state['Guid'])
                $state['Members'] = @($members | ForEach-Object -Process { [string]$_.PrimarySmtpAddress })
            } while (Wait-Shown -Tries $tries -Found $state['Members'] -Present $roomsByList[$list['Address']])
            $state['State'] = 'kept'
            $state['Differences'] = @(
                Read-ListDifference -Record $Record -List $list -Group $group -State $state -Owners $Expected['Owners'] -Known $Expected['Known']
                Read-MemberDifference -Members $members -Rooms $Expected['Rooms']
            )
        }
        if ($state['Differences'].Count -ne 0) { $state['State'] = 'conflict' }
        $state
    }
}

# Whoever has the name, the alias or the address of a list. A name with a typographic quote is not asked for.
function Read-ListFilter {
    param($List)
    $filter = 'EmailAddresses -eq ''smtp:{0}'' -or Alias -eq ''{1}''' -f $List['Address'].Replace('''', ''''''), $List['Alias'].Replace('''', '''''')
    if ($List['Name'] -notmatch '[\u2018-\u201b]') { $filter += ' -or Name -eq ''{0}''' -f $List['Name'].Replace('''', '''''') }
    $filter
}

function Read-Member {
    param($Record, [string]$DomainController, [string]$Guid)
    $Record['Reads'] += 1
    Get-DistributionGroupMember -Identity $Guid -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
}

function Read-ListDifference {
    param($Record, $List, $Group, $State, $Owners, $Known)
    $name = [string]$Group.Name
    $mark = 'roomscope {0} ' -f $Record['Bundle']
    $foundMark = $State['Mark']
    if ('' -eq $foundMark) { $foundMark = 'none' }
    $found = $State['Owners'] -join '; '
    if ('' -eq $found) { $found = 'none' }
    $strange = @($State['Owners'] | Where-Object -FilterScript { $Owners['Names'] -notcontains $_ })
    $barred = @($State['Owners'] | Where-Object -FilterScript { $Owners['Barred'] -contains $_ })
    $before = [string]$Known['owners of list {0}' -f $List['Name']]
    if ($List['Address'] -ne [string]$Group.PrimarySmtpAddress) {
        'primary address: expected {0}, found {1}' -f $List['Address'], [string]$Group.PrimarySmtpAddress
    }
    if ($List['Name'] -eq $name -and $List['Name'] -cne $name) {
        'name: expected {0}, found {1}, which differs in upper and lower case' -f $List['Name'], $name
    }
    # A naming policy puts something around the name.
    elseif ('' -eq $List['Name'] -or -not $name.Contains($List['Name'])) {
        'name: expected {0}, found {1}' -f $List['Name'], $name
    }
    if ($barred.Count -ne 0) { 'owners: {0} is the service account, which could widen its own scope' -f $barred[0] }
    if ($null -ne $Owners['Asked']) {
        if ($strange.Count -ne 0 -or $State['Owners'].Count -ne 1) { 'owners: expected {0}, found {1}' -f $Owners['Asked'], $found }
    }
    elseif ($State['Owners'].Count -ne 1) { 'owners: expected one, found {0}' -f $found }
    elseif ('' -ne $before -and $before -ne $found) {
        'owners: expected {0}, as when this bundle made it, found {1}' -f $before, $found
    }
    if ('Closed' -ne [string]$Group.MemberJoinRestriction) {
        'join restriction: expected Closed, found {0}' -f [string]$Group.MemberJoinRestriction
    }
    if ('Closed' -ne [string]$Group.MemberDepartRestriction) {
        'depart restriction: expected Closed, found {0}' -f [string]$Group.MemberDepartRestriction
    }
    if ('True' -eq [string]$Group.HiddenFromAddressListsEnabled) { 'hidden from address lists: expected no, found yes' }
    if ('True' -eq [string]$Group.IsDirSynced) { 'synchronised from another directory: expected no, found yes' }
    if (-not $State['Mark'].StartsWith($mark)) { 'mark in its notes: expected {0}, found {1}' -f $mark, $foundMark }
}

function Read-MemberDifference {
    param($Members, $Rooms)
    $strangers = @(
        foreach ($member in $Members) {
            $address = [string]$member.PrimarySmtpAddress
            if ('RoomMailbox' -ne [string]$member.RecipientTypeDetails) { '{0} is a {1}' -f $address, [string]$member.RecipientTypeDetails }
            elseif ($null -eq $Rooms[$address]) { '{0} is not in rooms.csv' -f $address }
        }
    )
    if ($Members.Count -eq 1000) { 'members: 1000 came back, which is how an answer looks that was cut short' }
    if ($strangers.Count -ne 0) { 'members: {0} too many: {1}' -f $strangers.Count, (@($strangers | Select-Object -First 5) -join '; ') }
}

# Every room is in a list, every list is as this bundle makes it, and so nobody else is in one.
function Assert-Members {
    param($Record, $States, $Rooms, [string]$Advice)
    $memberOf = @{}
    foreach ($state in $States) { foreach ($member in $state['Members']) { $memberOf[$member] = $true } }
    $homeless = @($Rooms.Keys | Where-Object -FilterScript { -not $memberOf.ContainsKey($_) })
    $wrong = @(
        foreach ($state in $States) {
            if ('kept' -ne $state['State']) { '{0} is {1} {2}' -f $state['Address'], $state['State'], ($state['Differences'] -join '; ') }
        }
    )
    $reasons = @(
        if ($homeless.Count -ne 0) { 'rooms in no list: {0} ({1})' -f $homeless.Count, (@($homeless | Select-Object -First 5) -join ', ') }
        if ($wrong.Count -ne 0) { 'lists that differ: {0} ({1})' -f $wrong.Count, (@($wrong | Select-Object -First 3) -join ' | ') }
    )
    if ($reasons.Count -ne 0) {
        throw ('The lists are not the inventory: {0}. {1} {2}' -f ($reasons -join ', '), $Advice, (Read-Ending -Record $Record))
    }
}

# Read again: what is there now must be what was asked for.
function Assert-Made {
    param($Record, $States, [string]$Advice)
    $wrong = @(
        foreach ($state in $States) {
            if ('kept' -ne $state['State']) { '{0} is {1} {2}' -f $state['Name'], $state['State'], ($state['Differences'] -join '; ') }
        }
    )
    if ($wrong.Count -ne 0) {
        throw ('What is there is not what was asked for, or this domain controller does not show it yet: {0}. {1} {2}' -f
            ($wrong -join ' | '), (Read-Ending -Record $Record), $Advice)
    }
}

# Whether Exchange takes a typographic quote in a filter for the end of a name is not known, so no filter is built with one.
function Assert-FilterName {
    param($States)
    foreach ($state in $States) {
        if (($state['Name'] + $state['DistinguishedName']) -match '[\u2018-\u201b]') {
            throw ('The list {0} ({1}) has a typographic quote in its name, which Exchange may take for the end of a name. {2} Nothing was changed.' -f
                $state['Name'], $state['DistinguishedName'], 'Rename it, or render again with a plain apostrophe in the name.')
        }
    }
}
