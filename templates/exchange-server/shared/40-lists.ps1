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
