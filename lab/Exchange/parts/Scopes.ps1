# What a management scope is made of.

function Find-Scope {
    param([hashtable]$Call, [hashtable]$View, [string]$Identity)

    foreach ($scope in $View['managementScopes'].Values) {
        if ($Identity -in $scope['name'], $scope['guid'], $scope['distinguishedName']) { return $scope }
    }
    Stop-NotFound -Call $Call -Identity $Identity
}

function New-ScopeRecord {
    param([hashtable]$Call)

    $bound = $Call.Bound
    $name = $bound['Name']
    Assert-ScopeName -Call $Call -Name $name
    return [ordered]@{
        name = $name; guid = [guid]::NewGuid().ToString()
        distinguishedName = Get-ScopeDn -Name $name
        recipientRoot = Get-RootName -Identity $bound['RecipientRoot']
        recipientFilter = Format-Filter -Node (Read-Filter -Text $bound['RecipientRestrictionFilter'])
        exclusive = [bool]$bound['Exclusive']
        scopeRestrictionType = 'RecipientScope'
    }
}

function Get-RootName {
    param([string]$Identity)

    if (-not $Identity) { return '' }
    return Get-CanonicalName -DistinguishedName (Get-ContainerDn -Identity $Identity)
}

function Assert-ScopeName {
    param([hashtable]$Call, [string]$Name)

    if ($Name.Length -gt 64) {
        Stop-Call -Reason 'DataValidationException' -Message 'TooLong' -With 'Name', 64, $Name.Length
    }
    if ($Call.Main['managementScopes'].ContainsKey($Name)) {
        Stop-Call -Reason 'ADObjectAlreadyExistsException' -Message 'AlreadyExists' -With $Name, $Call.Server
    }
}

function Get-ScopeDn {
    param([string]$Name)

    return "CN=$(Get-EscapedName -Name $Name),CN=Scopes,CN=RBAC,$(Get-OrganizationDn)"
}

# The changes that rename or redefine a scope, in every assignment that uses it too.
function Get-ScopeChange {
    param([hashtable]$Call, [Collections.IDictionary]$Scope)

    $bound = $Call.Bound
    $after = [ordered]@{}
    foreach ($key in $Scope.Keys) { $after[$key] = $Scope[$key] }
    if ($bound['RecipientRestrictionFilter']) {
        $after['recipientFilter'] = Format-Filter -Node (Read-Filter -Text $bound['RecipientRestrictionFilter'])
    }
    if ($bound.ContainsKey('RecipientRoot')) {
        $after['recipientRoot'] = Get-RootName -Identity $bound['RecipientRoot']
    }
    if ($bound['Name'] -and $bound['Name'] -cne $Scope['name']) {
        if ($bound['Name'] -ne $Scope['name']) { Assert-ScopeName -Call $Call -Name $bound['Name'] }
        $after['name'] = $bound['Name']
        $after['distinguishedName'] = Get-ScopeDn -Name $bound['Name']
        [ordered]@{ op = 'remove'; kind = 'managementScopes'; key = $Scope['name'] }
    }
    [ordered]@{ op = 'put'; kind = 'managementScopes'; key = $after['name']; value = $after }
    if ($after['name'] -cne $Scope['name']) {
        foreach ($user in (Get-ScopeUser -View $Call.Main -Scope $Scope)) {
            $moved = [ordered]@{}
            foreach ($key in $user.Keys) { $moved[$key] = $user[$key] }
            $moved['customRecipientWriteScope'] = $after['name']
            [ordered]@{ op = 'put'; kind = 'roleAssignments'; key = $user['name']; value = $moved }
        }
    }
}

function Get-ScopeUser {
    param([hashtable]$View, [Collections.IDictionary]$Scope)

    foreach ($assignment in $View['roleAssignments'].Values) {
        # An assignment over a group names the group where others name their scope.
        if ($assignment['recipientWriteScope'] -eq 'Group') { continue }
        if ($Scope['name'] -in $assignment['customRecipientWriteScope'], $assignment['customResourceScope']) { $assignment }
    }
}

function ConvertTo-ScopeResult {
    param([Collections.IDictionary]$Scope)

    [pscustomobject]@{
        PSTypeName           = $script:Deserialized + 'SystemConfiguration.ManagementScope'
        Identity             = $Scope['name']
        Name                 = $Scope['name']
        Guid                 = $Scope['guid']
        DistinguishedName    = $Scope['distinguishedName']
        RecipientRoot        = $Scope['recipientRoot']
        RecipientFilter      = $Scope['recipientFilter']
        ServerFilter         = ''
        DatabaseFilter       = ''
        Exclusive            = $Scope['exclusive']
        ScopeRestrictionType = $Scope['scopeRestrictionType']
    }
}
