# What a group is made of, and what Exchange refuses about it.

$script:MailboxOfType = @{ Regular = 'UserMailbox'; Room = 'RoomMailbox'; Equipment = 'EquipmentMailbox'; Shared = 'SharedMailbox' }
$script:FieldOf = @{
    DisplayName = 'displayName'; HiddenFromAddressListsEnabled = 'hiddenFromAddressLists'; AccountDisabled = 'accountDisabled'
}
$script:GroupFieldOf = @{ MemberJoinRestriction = 'memberJoinRestriction'; MemberDepartRestriction = 'memberDepartRestriction'; Notes = 'notes' }

function New-GroupRecord {
    param([hashtable]$Call)

    $bound = $Call.Bound
    $name = if ($Call.Fault -eq 'namingPolicy') { 'GRP_' + $bound['Name'] } else { $bound['Name'] }
    $display = $bound['DisplayName'] ?? $bound['Name']
    if ($Call.Fault -eq 'namingPolicy') { $display = 'GRP_' + $display }
    $alias = $bound['Alias'] ?? (Get-DerivedAlias -Name $name)
    $address = $bound['PrimarySmtpAddress'] ?? ($alias + '@' + @($Call.Main['acceptedDomains'])[0])
    $container = Get-ContainerDn -Identity ($bound['OrganizationalUnit'] ?? ($Call.Main['domains'][0]['fqdn'] + '/Groups'))
    $dn = "CN=$(Get-EscapedName -Name $name),$container"
    $guid = [guid]::NewGuid().ToString()
    $sam = $bound['SamAccountName'] ?? (($name -replace '["/\\\[\]:;|=,+*?<>@]', '') + '-' + $guid.Substring(0, 8))
    Assert-Names -Name $name -DisplayName $display -Alias $alias
    Assert-Address -Call $Call -Address $address
    Assert-Unused -Call $Call -Name $name -Alias $alias -Addresses $address -DistinguishedName $dn
    $owners = @(Resolve-Owner -Call $Call -Asked ($bound['ManagedBy'] ?? @($Call.Main['session']['operator'])))
    $members = @(foreach ($member in $bound['Members']) { (Find-Recipient -Call $Call -View $Call.Main -Identity $member -Kind 'Recipient')['guid'] })
    if ($bound['CopyOwnerToMember']) { $members += $owners }
    $security = $bound['Type'] -eq 'Security'
    return [ordered]@{
        guid = $guid; name = $name; displayName = $display; alias = $alias
        primarySmtpAddress = $address; emailAddresses = @("SMTP:$address"); distinguishedName = $dn
        recipientTypeDetails = Get-NewGroupType -RoomList ([bool]$bound['RoomList']) -Security $security
        userPrincipalName = ''; samAccountName = $sam; domain = (Get-DomainOf -DistinguishedName $dn)['fqdn']
        accountDisabled = $false; hiddenFromAddressLists = $false; isDirSynced = $false
        group = [ordered]@{
            managedBy = $owners
            memberJoinRestriction = $bound['MemberJoinRestriction'] ?? 'Closed'
            memberDepartRestriction = $bound['MemberDepartRestriction'] ?? $(if ($security) { 'Closed' } else { 'Open' })
            notes = [string]$bound['Notes']
            members = @($members | Select-Object -Unique)
        }
    }
}

function Get-NewGroupType {
    param([bool]$RoomList, [bool]$Security)

    if ($RoomList -and $Security) { throw [NotImplementedException]::new('What Exchange makes of -RoomList with -Type Security is not known.') }
    if ($RoomList) { return 'RoomList' }
    if ($Security) { return 'MailUniversalSecurityGroup' }
    return 'MailUniversalDistributionGroup'
}

function Get-DerivedAlias {
    param([string]$Name)

    return $Name.Replace(' ', '') -replace "[^A-Za-z0-9!#%*+\-/=?^_~.\u00A1-\u00FF]", '?'
}

function Assert-Names {
    param([string]$Name, [string]$DisplayName, [string]$Alias)

    foreach ($limit in @('Name', $Name, 64), @('Alias', $Alias, 64), @('DisplayName', $DisplayName, 256)) {
        if ($limit[1].Length -gt $limit[2]) {
            Stop-Call -Reason 'DataValidationException' -Message 'TooLong' -With $limit[0], $limit[2], $limit[1].Length
        }
    }
    if ($Alias -notmatch "^[A-Za-z0-9!#$%&'*+\-/=?^_``{|}~\u00A1-\u00FF]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_``{|}~\u00A1-\u00FF]+)*$") {
        Stop-Call -Reason 'DataValidationException' -Message 'InvalidAlias' -With $Alias
    }
}

function Assert-Address {
    param([hashtable]$Call, [string]$Address)

    if ($Address -notmatch '^[^@\s]+@[^@\s]+$') { Stop-Call -Reason 'DataValidationException' -Message 'InvalidAddress' -With $Address }
    if ($Address.Split('@')[1] -notin $Call.Main['acceptedDomains']) {
        Stop-Call -Reason 'NotAcceptedDomainException' -Message 'NotAcceptedDomain' -With $Address
    }
}

# Nothing that has a name, an alias or an address may share it, whatever kind of recipient it is.
function Assert-Unused {
    param([hashtable]$Call, [string]$Name, [string]$Alias, [string[]]$Addresses, [string]$DistinguishedName, [string]$But = '')

    foreach ($key in @($DistinguishedName, $Name, $Alias) + $Addresses) {
        foreach ($other in (Get-Candidate -View $Call.Main -Identity $key)) {
            if ($other['guid'] -eq $But) { continue }
            $shown = Get-CanonicalName -DistinguishedName $other['distinguishedName']
            if ($other['distinguishedName'] -eq $DistinguishedName -or $other['name'] -eq $Name) {
                Stop-Call -Reason 'ADObjectAlreadyExistsException' -Message 'AlreadyExists' -With $Name, $Call.Server -Category 'ResourceExists'
            }
            if ($other['alias'] -eq $Alias) {
                Stop-Call -Reason 'ADObjectAlreadyExistsException' -Message 'AliasInUse' -With $Alias, $shown -Category 'ResourceExists'
            }
            foreach ($address in $Addresses) {
                if ("smtp:$address" -in $other['emailAddresses']) {
                    Stop-Call -Reason 'ADObjectAlreadyExistsException' -Message 'AddressInUse' -With $address, $shown -Category 'ResourceExists'
                }
            }
        }
    }
}

function Resolve-Owner {
    param([hashtable]$Call, [string[]]$Asked)

    if (-not $Asked) { Stop-Call -Reason 'DataValidationException' -Message 'NoOwner' -With ($Call.Bound['Name'] ?? $Call.Bound['Identity']) }
    $guids = foreach ($owner in $Asked) { (Find-Recipient -Call $Call -View $Call.Main -Identity $owner -Kind 'Owner')['guid'] }
    return @($guids | Select-Object -Unique)
}

function Assert-Manager {
    param([hashtable]$Call, [Collections.IDictionary]$Group)

    if ($Call.Bound['BypassSecurityGroupManagerCheck']) { return }
    foreach ($operator in (Get-Candidate -View $Call.Main -Identity $Call.Main['session']['operator'])) {
        if ($operator['guid'] -in $Group['group']['managedBy']) { return }
    }
    Stop-Call -Reason 'OperationRequiresGroupManagerException' -Message 'NotManager' -With $Group['name'] -Category 'PermissionDenied'
}

# The record as the parameters want it; the one in the view stays as it is.
function Get-ChangedRecipient {
    param([hashtable]$Call, [Collections.IDictionary]$Recipient)

    $bound = $Call.Bound
    $after = Copy-Recipient -Recipient $Recipient
    foreach ($name in $script:FieldOf.Keys) { if ($bound.ContainsKey($name)) { $after[$script:FieldOf[$name]] = $bound[$name] } }
    foreach ($name in $script:GroupFieldOf.Keys) { if ($bound.ContainsKey($name)) { $after['group'][$script:GroupFieldOf[$name]] = $bound[$name] } }
    if ($bound.ContainsKey('ManagedBy')) { $after['group']['managedBy'] = @(Resolve-Owner -Call $Call -Asked $bound['ManagedBy']) }
    if ($bound.ContainsKey('Type')) { $after['recipientTypeDetails'] = $script:MailboxOfType[$bound['Type']] }
    if ($bound['RoomList']) { $after['recipientTypeDetails'] = 'RoomList' }
    if ($bound.ContainsKey('Alias')) { $after['alias'] = $bound['Alias'] }
    if ($bound.ContainsKey('Name')) {
        $after['name'] = $bound['Name']
        $after['distinguishedName'] = "CN=$(Get-EscapedName -Name $bound['Name'])," + (Get-ParentDn -DistinguishedName $Recipient['distinguishedName'])
    }
    Set-Addresses -Call $Call -Recipient $after
    Assert-Names -Name $after['name'] -DisplayName $after['displayName'] -Alias $after['alias']
    $addresses = @($after['emailAddresses'] | ForEach-Object -Process { $_.Substring($_.IndexOf(':') + 1) })
    $names = @{ Name = $after['name']; Alias = $after['alias']; Addresses = $addresses; DistinguishedName = $after['distinguishedName'] }
    Assert-Unused -Call $Call @names -But $after['guid']
    return $after
}

function Copy-Recipient {
    param([Collections.IDictionary]$Recipient)

    $copy = [ordered]@{}
    foreach ($key in $Recipient.Keys) { $copy[$key] = $Recipient[$key] }
    if ($null -ne $Recipient['group']) {
        $copy['group'] = [ordered]@{}
        foreach ($key in $Recipient['group'].Keys) { $copy['group'][$key] = @($Recipient['group'][$key]) }
        foreach ($key in $script:GroupFieldOf.Values) { $copy['group'][$key] = $Recipient['group'][$key] }
    }
    return $copy
}

# A new primary address; the old one stays as a secondary one.
function Set-Addresses {
    param([hashtable]$Call, [Collections.IDictionary]$Recipient)

    $bound = $Call.Bound
    if ($bound.ContainsKey('EmailAddresses') -and $bound.ContainsKey('PrimarySmtpAddress')) {
        Stop-Call -Reason 'ParameterBindingException' -Message 'ParametersConflict' -With 'EmailAddresses, PrimarySmtpAddress'
    }
    if ($bound.ContainsKey('EmailAddresses')) {
        $Recipient['emailAddresses'] = @($bound['EmailAddresses'] | ForEach-Object -Process { if ($_ -like 'smtp:*') { $_ } else { "smtp:$_" } })
        $primary = @($Recipient['emailAddresses'] | Where-Object -FilterScript { $_ -clike 'SMTP:*' })
        if ($primary.Count -ne 1) { Stop-Call -Reason 'DataValidationException' -Message 'InvalidAddress' -With ($bound['EmailAddresses'] -join ',') }
        $Recipient['primarySmtpAddress'] = $primary[0].Substring(5)
    }
    if ($bound.ContainsKey('PrimarySmtpAddress')) {
        $new = $bound['PrimarySmtpAddress']
        $others = @($Recipient['emailAddresses'] | Where-Object -FilterScript { $_ -ne "smtp:$new" } | ForEach-Object -Process { $_ -creplace '^SMTP:', 'smtp:' })
        $Recipient['emailAddresses'] = @("SMTP:$new") + $others
        $Recipient['primarySmtpAddress'] = $new
    }
    if ($bound.ContainsKey('EmailAddresses') -or $bound.ContainsKey('PrimarySmtpAddress')) { Assert-Address -Call $Call -Address $Recipient['primarySmtpAddress'] }
}

function Submit-Recipient {
    param([hashtable]$Call, [Collections.IDictionary]$Before, [Collections.IDictionary]$After)

    $put = [ordered]@{ op = 'put'; kind = 'recipients'; key = $Before['guid']; value = $After }
    $null = Submit-Change -Call $Call -Target $Before['name'] -Changes $put
}
