# What a group is made of, and what Exchange refuses about it.

$script:MailboxOfType = @{
    Regular = 'UserMailbox'; Room = 'RoomMailbox'; Equipment = 'EquipmentMailbox'; Shared = 'SharedMailbox'
}
$script:FieldOf = @{
    DisplayName                   = 'displayName'
    HiddenFromAddressListsEnabled = 'hiddenFromAddressLists'
    AccountDisabled               = 'accountDisabled'
}
$script:GroupFieldOf = @{
    MemberJoinRestriction   = 'memberJoinRestriction'
    MemberDepartRestriction = 'memberDepartRestriction'
    Notes                   = 'notes'
}

function New-GroupRecord {
    param([hashtable]$Call)

    $bound = $Call.Bound
    $name = Get-PolicyName -Call $Call -Name $bound['Name']
    $display = Get-PolicyName -Call $Call -Name ($bound['DisplayName'] ?? $bound['Name'])
    $alias = $bound['Alias'] ?? (Get-DerivedAlias -Name $name)
    $address = $bound['PrimarySmtpAddress'] ?? ($alias + '@' + @($Call.Main['acceptedDomains'])[0])
    $container = Get-ContainerDn -Identity ($bound['OrganizationalUnit'] ?? (Get-UsualContainer -Call $Call))
    $dn = "CN=$(Get-EscapedName -Name $name),$container"
    $guid = [guid]::NewGuid().ToString()
    $sam = $bound['SamAccountName'] ?? (($name -replace '["/\\\[\]:;|=,+*?<>@]', '') + '-' + $guid.Substring(0, 8))
    Assert-Names -Name $name -DisplayName $display -Alias $alias
    Assert-Address -Call $Call -Address $address
    Assert-Unused -Call $Call -Name $name -Alias $alias -Addresses $address -DistinguishedName $dn
    $owners = @(Resolve-Owner -Call $Call -Asked ($bound['ManagedBy'] ?? @($Call.Main['session']['operator'])))
    $members = @(Resolve-Each -Call $Call -Asked $bound['Members'] -Kind 'Recipient')
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
            memberDepartRestriction = $bound['MemberDepartRestriction'] ?? ('Open', 'Closed')[[int]$security]
            notes = [string]$bound['Notes']
            members = @($members | Select-Object -Unique)
        }
    }
}

# A naming policy puts something before the name that was asked for, or behind it.
function Get-PolicyName {
    param([hashtable]$Call, [string]$Name)

    if ($Call.Fault -ne 'namingPolicy') { return $Name }
    return ($script:Met['prefix'] ?? 'GRP_') + $Name + $script:Met['suffix']
}

function Get-UsualContainer {
    param([hashtable]$Call)

    return $Call.Main['domains'][0]['fqdn'] + '/Groups'
}

function Get-NewGroupType {
    param([bool]$RoomList, [bool]$Security)

    if ($RoomList -and $Security) {
        throw [NotImplementedException]::new('What Exchange makes of -RoomList with -Type Security is not known.')
    }
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
            $facts = $limit[0], $limit[2], $limit[1].Length
            Stop-Call -Reason 'DataValidationException' -Message 'TooLong' -With $facts
        }
    }
    $letters = "[A-Za-z0-9!#$%&'*+\-/=?^_``{|}~\u00A1-\u00FF]+"
    if ($Alias -notmatch "^$letters(\.$letters)*$") {
        Stop-Call -Reason 'DataValidationException' -Message 'InvalidAlias' -With $Alias
    }
}

function Assert-Address {
    param([hashtable]$Call, [string]$Address)

    if ($Address -notmatch '^[^@\s]+@[^@\s]+$') {
        Stop-Call -Reason 'DataValidationException' -Message 'InvalidAddress' -With $Address
    }
    if ($Address.Split('@')[1] -notin $Call.Main['acceptedDomains']) {
        Stop-Call -Reason 'NotAcceptedDomainException' -Message 'NotAcceptedDomain' -With $Address
    }
}

# Nothing that has a name, an alias or an address may share it, whatever kind of recipient it is.
function Assert-Unused {
    param(
        [hashtable]$Call, [string]$Name, [string]$Alias, [string[]]$Addresses, [string]$DistinguishedName,
        [string]$But = ''
    )

    $exists = 'ADObjectAlreadyExistsException'
    foreach ($key in @($DistinguishedName, $Name, $Alias) + $Addresses) {
        foreach ($other in (Get-Candidate -View $Call.Main -Identity $key)) {
            if ($other['guid'] -eq $But) { continue }
            $shown = Get-CanonicalName -DistinguishedName $other['distinguishedName']
            if ($other['distinguishedName'] -eq $DistinguishedName -or $other['name'] -eq $Name) {
                Stop-Call -Reason $exists -Message 'AlreadyExists' -With $Name, $Call.Server
            }
            if ($other['alias'] -eq $Alias) {
                Stop-Call -Reason $exists -Message 'AliasInUse' -With $Alias, $shown
            }
            foreach ($address in $Addresses) {
                if ("smtp:$address" -in $other['emailAddresses']) {
                    Stop-Call -Reason $exists -Message 'AddressInUse' -With $address, $shown
                }
            }
        }
    }
}

function Resolve-Owner {
    param([hashtable]$Call, [string[]]$Asked)

    if (-not $Asked) {
        $group = $Call.Bound['Name'] ?? $Call.Bound['Identity']
        Stop-Call -Reason 'DataValidationException' -Message 'NoOwner' -With $group
    }
    return @(Resolve-Each -Call $Call -Asked $Asked -Kind 'Owner' | Select-Object -Unique)
}

function Resolve-Each {
    param([hashtable]$Call, [string[]]$Asked, [string]$Kind)

    foreach ($one in $Asked) { (Find-Recipient -Call $Call -View $Call.Main -Identity $one -Kind $Kind)['guid'] }
}

function Assert-Manager {
    param([hashtable]$Call, [Collections.IDictionary]$Group)

    if ($Call.Bound['BypassSecurityGroupManagerCheck']) { return }
    foreach ($operator in (Get-Candidate -View $Call.Main -Identity $Call.Main['session']['operator'])) {
        if ($operator['guid'] -in $Group['group']['managedBy']) { return }
    }
    Stop-Call -Reason 'OperationRequiresGroupManagerException' -Message 'NotManager' -With $Group['name']
}

# The record as the parameters want it; the one in the view stays as it is.
function Get-ChangedRecipient {
    param([hashtable]$Call, [Collections.IDictionary]$Recipient)

    $bound = $Call.Bound
    $after = Copy-Recipient -Recipient $Recipient
    foreach ($name in $bound.Keys) {
        if ($script:FieldOf.ContainsKey($name)) { $after[$script:FieldOf[$name]] = $bound[$name] }
        if ($script:GroupFieldOf.ContainsKey($name)) {
            $after['group'][$script:GroupFieldOf[$name]] = $bound[$name]
        }
    }
    if ($bound.ContainsKey('ManagedBy')) {
        $after['group']['managedBy'] = @(Resolve-Owner -Call $Call -Asked $bound['ManagedBy'])
    }
    if ($bound.ContainsKey('Type')) { $after['recipientTypeDetails'] = $script:MailboxOfType[$bound['Type']] }
    if ($bound['RoomList']) { $after['recipientTypeDetails'] = 'RoomList' }
    if ($bound.ContainsKey('Alias')) { $after['alias'] = $bound['Alias'] }
    if ($bound.ContainsKey('Name')) {
        $after['name'] = $bound['Name']
        $parent = Get-ParentDn -DistinguishedName $Recipient['distinguishedName']
        $after['distinguishedName'] = "CN=$(Get-EscapedName -Name $bound['Name']),$parent"
    }
    Set-Addresses -Call $Call -Recipient $after
    Assert-Names -Name $after['name'] -DisplayName $after['displayName'] -Alias $after['alias']
    $addresses = @($after['emailAddresses'] | ForEach-Object -Process { $_.Substring($_.IndexOf(':') + 1) })
    $names = @{
        Name = $after['name']; Alias = $after['alias']; Addresses = $addresses
        DistinguishedName = $after['distinguishedName']; But = $after['guid']
    }
    Assert-Unused -Call $Call @names
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
        $both = 'EmailAddresses, PrimarySmtpAddress'
        Stop-Call -Reason 'ParameterBindingException' -Message 'ParametersConflict' -With $both
    }
    if ($bound.ContainsKey('EmailAddresses')) {
        $Recipient['emailAddresses'] = @(foreach ($address in $bound['EmailAddresses']) {
                if ($address -like 'smtp:*') { $address } else { "smtp:$address" }
            })
        $primary = @($Recipient['emailAddresses'] | Where-Object -FilterScript { $_ -clike 'SMTP:*' })
        if ($primary.Count -ne 1) {
            $all = $bound['EmailAddresses'] -join ','
            Stop-Call -Reason 'DataValidationException' -Message 'InvalidAddress' -With $all
        }
        $Recipient['primarySmtpAddress'] = $primary[0].Substring(5)
    }
    if ($bound.ContainsKey('PrimarySmtpAddress')) {
        $new = $bound['PrimarySmtpAddress']
        $others = @($Recipient['emailAddresses'] -ne "smtp:$new" -creplace '^SMTP:', 'smtp:')
        $Recipient['emailAddresses'] = @("SMTP:$new") + $others
        $Recipient['primarySmtpAddress'] = $new
    }
    if ($bound.ContainsKey('EmailAddresses') -or $bound.ContainsKey('PrimarySmtpAddress')) {
        Assert-Address -Call $Call -Address $Recipient['primarySmtpAddress']
    }
}

function Submit-Recipient {
    param([hashtable]$Call, [Collections.IDictionary]$Before, [Collections.IDictionary]$After)

    $put = [ordered]@{ op = 'put'; kind = 'recipients'; key = $Before['guid']; value = $After }
    $null = Submit-Change -Call $Call -Target $Before['name'] -Changes $put
}
