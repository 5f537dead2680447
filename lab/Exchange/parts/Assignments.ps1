# What a role assignment is made of, whom it reaches, and which ones a question is about.

function Find-Assignment {
    param([hashtable]$Call, [hashtable]$View, [string]$Identity)

    foreach ($assignment in $View['roleAssignments'].Values) {
        if ($Identity -in $assignment['name'], $assignment['guid'], (Get-AssignmentDn -Name $assignment['name'])) {
            return $assignment
        }
    }
    Stop-NotFound -Call $Call -Identity $Identity
}

function Get-AssignmentDn {
    param([string]$Name)

    return "CN=$(Get-EscapedName -Name $Name),CN=Role Assignments,CN=RBAC,$(Get-OrganizationDn)"
}

function New-AssignmentRecord {
    param([hashtable]$Call)

    $role = Find-Role -Call $Call -View $Call.Main -Identity $Call.Bound['Role']
    $assignee = Resolve-NewAssignee -Call $Call
    $name = $Call.Bound['Name']
    if (-not $name) {
        $name = "$($role['name'])-$($assignee.Name)"; $name = $name.Substring(0, [Math]::Min(64, $name.Length))
    }
    if ($name.Length -gt 64) {
        Stop-Call -Reason 'DataValidationException' -Message 'TooLong' -With 'Name', 64, $name.Length
    }
    if ($Call.Main['roleAssignments'].ContainsKey($name)) {
        Stop-Call -Reason 'ADObjectAlreadyExistsException' -Message 'AlreadyExists' -With $name, $Call.Server
    }
    $assignment = [ordered]@{
        name = $name; guid = [guid]::NewGuid().ToString(); role = $role['name']
        roleAssignee = $assignee.Key; roleAssigneeType = $assignee.Type
        customRecipientWriteScope = ''; recipientWriteScope = 'Organization'
        enabled = $true; delegating = [bool]$Call.Bound['Delegating']
    }
    Set-WriteScope -Call $Call -Assignment $assignment
    return $assignment
}

function Resolve-NewAssignee {
    param([hashtable]$Call)

    $bound = $Call.Bound
    if ($bound.ContainsKey('App')) {
        $pointer = Find-Pointer -Call $Call -Identity $bound['App']
        return @{ Key = $pointer['objectId']; Type = 'ServicePrincipal'; Name = $pointer['displayName'] }
    }
    if ($bound.ContainsKey('User')) {
        $user = Find-Recipient -Call $Call -View $Call.Main -Identity $bound['User'] -Kind 'User'
        return @{ Key = $user['guid']; Type = 'User'; Name = $user['name'] }
    }
    $group = Find-RoleGroup -View $Call.Main -Identity $bound['SecurityGroup']
    if ($null -ne $group) { return @{ Key = $group['name']; Type = 'RoleGroup'; Name = $group['name'] } }
    $security = Find-Recipient -Call $Call -View $Call.Main -Identity $bound['SecurityGroup'] -Kind 'SecurityGroup'
    return @{ Key = $security['guid']; Type = 'SecurityGroup'; Name = $security['name'] }
}

function Set-WriteScope {
    param([hashtable]$Call, [Collections.IDictionary]$Assignment)

    $bound = $Call.Bound
    if ($bound['CustomRecipientWriteScope'] -and $bound.ContainsKey('RecipientRelativeWriteScope')) {
        $names = 'CustomRecipientWriteScope, RecipientRelativeWriteScope'
        Stop-Call -Reason 'ParameterBindingException' -Message 'ParametersConflict' -With $names
    }
    if ($bound['CustomRecipientWriteScope']) {
        $scope = Find-Scope -Call $Call -View $Call.Main -Identity $bound['CustomRecipientWriteScope']
        if ($scope['exclusive']) {
            Stop-Call -Reason 'InvalidOperationException' -Message 'ScopeConflict' -With $scope['name']
        }
        $Assignment['customRecipientWriteScope'] = $scope['name']
        $Assignment['recipientWriteScope'] = 'CustomRecipientScope'
    }
    if ($bound.ContainsKey('RecipientRelativeWriteScope')) {
        $Assignment['customRecipientWriteScope'] = ''
        $Assignment['recipientWriteScope'] = 'Organization'
    }
}

# Everything through which -RoleAssignee holds roles: itself, the groups and the role groups it is in.
function Get-AskedHolder {
    param([hashtable]$Call)

    $asked = $Call.Bound['RoleAssignee']
    if (-not $asked) { return $null }
    $pointer = Get-Pointer -View $Call.View -Identity $asked
    if ($null -ne $pointer) { return @{ Own = $pointer['objectId']; All = @($pointer['objectId']) } }
    $group = Find-RoleGroup -View $Call.View -Identity $asked
    if ($null -ne $group) { return @{ Own = $group['name']; All = @($group['name']) } }
    $own = (Find-Recipient -Call $Call -Identity $asked -Kind 'Any')['guid']
    return @{ Own = $own; All = @(Get-Containing -View $Call.View -Guid $own) }
}

# Only Exchange Online has pointers to the service principals of applications.
function Get-Pointer {
    param([hashtable]$View, [string]$Identity)

    foreach ($pointer in $View['servicePrincipals'].Values) {
        $names = $pointer['objectId'], $pointer['appId'], $pointer['guid'], $pointer['displayName'], $pointer['distinguishedName']
        if ($Identity -in $names) { return $pointer }
    }
}

function Get-Containing {
    param([hashtable]$View, [string]$Guid)

    $found = New-GuidSet -From @($Guid)
    $groups = @($View['recipients'].Values | Where-Object -FilterScript { $null -ne $_['group'] })
    do {
        $before = $found.Count
        foreach ($group in $groups) {
            if (-not $found.Contains($group['guid']) -and $found.Overlaps($group['group']['members'])) {
                $null = $found.Add($group['guid'])
            }
        }
    } while ($found.Count -gt $before)
    $found
    foreach ($role in $View['roleGroups'].Values) {
        if ($found.Overlaps([string[]]@($role['members']))) { $role['name'] }
    }
}

function Test-Asked {
    param([hashtable]$Call, [Collections.IDictionary]$Assignment)

    $bound = $Call.Bound
    if ($bound['Role'] -and $bound['Role'] -ne $Assignment['role']) { return $false }
    if ($bound['RoleAssigneeType'] -and $Assignment['roleAssigneeType'] -notin $bound['RoleAssigneeType']) {
        return $false
    }
    if ($bound['RecipientWriteScope'] -and $Assignment['recipientWriteScope'] -ne $bound['RecipientWriteScope']) {
        return $false
    }
    $custom = $bound['CustomRecipientWriteScope']
    if ($custom -and $Assignment['customRecipientWriteScope'] -ne $custom) {
        return $false
    }
    if ($bound.ContainsKey('Delegating') -and $Assignment['delegating'] -ne $bound['Delegating']) { return $false }
    if ($bound.ContainsKey('Enabled') -and $Assignment['enabled'] -ne $bound['Enabled']) { return $false }
    # Exclusive write scopes cannot be made here, so no assignment has one.
    return -not $bound['Exclusive']
}

# The users that an assignment reaches; groups in groups too.
function Get-EffectiveUser {
    param([hashtable]$View, [Collections.IDictionary]$Assignment)

    $ahead = [Collections.Generic.Queue[string]]::new()
    if ($Assignment['roleAssigneeType'] -ne 'RoleGroup') { $ahead.Enqueue($Assignment['roleAssignee']) }
    else {
        $group = Find-RoleGroup -View $View -Identity $Assignment['roleAssignee']
        foreach ($guid in $group['members']) { $ahead.Enqueue($guid) }
    }
    $seen = New-GuidSet
    while ($ahead.Count) {
        $guid = $ahead.Dequeue()
        if (-not $seen.Add($guid) -or -not $View['recipients'].ContainsKey($guid)) { continue }
        $one = $View['recipients'][$guid]
        if ($null -eq $one['group']) { $one }
        else { foreach ($member in $one['group']['members']) { $ahead.Enqueue($member) } }
    }
}

function ConvertTo-AssignmentResult {
    param([hashtable]$Call, [Collections.IDictionary]$Assignment, [hashtable]$Holders, [hashtable]$View = $Call.View)

    if ($null -ne $Holders -and $Assignment['roleAssignee'] -notin $Holders.All) { return }
    $direct = $Assignment['roleAssigneeType'] -in 'User', 'ServicePrincipal'
    $own = $direct -or ($null -ne $Holders -and $Holders.Own -eq $Assignment['roleAssignee'])
    $method = if ($own) { 'Direct' } else { $Assignment['roleAssigneeType'] }
    if ($Call.Bound['AssignmentMethod'] -and $method -notin $Call.Bound['AssignmentMethod']) { return }
    $assignee = Get-AssigneeName -View $View -Assignment $Assignment
    if (-not $Call.Bound['GetEffectiveUsers']) {
        $effective = if ($direct) { $assignee.Name } else { 'All Group Members' }
        $row = @{ Assignee = $assignee; Method = $method; EffectiveUser = $effective }
        return New-AssignmentResult -Assignment $Assignment @row
    }
    foreach ($user in (Get-EffectiveUser -View $View -Assignment $Assignment)) {
        $reached = if ($direct) { 'Direct' } else { $Assignment['roleAssigneeType'] }
        $row = @{ Assignee = $assignee; Method = $reached; EffectiveUser = $user['name'] }
        New-AssignmentResult -Assignment $Assignment @row
    }
}

function Get-AssigneeName {
    param([hashtable]$View, [Collections.IDictionary]$Assignment)

    $key = $Assignment['roleAssignee']
    if ($Assignment['roleAssigneeType'] -eq 'RoleGroup') {
        return @{ Name = $key; Path = (Get-CanonicalName -DistinguishedName (Get-RoleGroupDn -Name $key)) }
    }
    if (-not $View['recipients'].ContainsKey($key)) { return @{ Name = $key; Path = $key } }
    $one = $View['recipients'][$key]
    return @{ Name = $one['name']; Path = (Get-CanonicalName -DistinguishedName $one['distinguishedName']) }
}

function New-AssignmentResult {
    param([Collections.IDictionary]$Assignment, [hashtable]$Assignee, [string]$Method, [string]$EffectiveUser)

    [pscustomobject]@{
        PSTypeName                   = $script:Deserialized + 'SystemConfiguration.ExchangeRoleAssignmentPresentation'
        Identity                     = $Assignment['name']
        Name                         = $Assignment['name']
        Guid                         = $Assignment['guid']
        DistinguishedName            = Get-AssignmentDn -Name $Assignment['name']
        Role                         = $Assignment['role']
        RoleAssignee                 = $Assignee.Path
        RoleAssigneeName             = $Assignee.Name
        RoleAssigneeType             = $Assignment['roleAssigneeType']
        AssignmentMethod             = $Method
        EffectiveUserName            = $EffectiveUser
        RoleAssignmentDelegationType = if ($Assignment['delegating']) { 'DelegatingOrgWide' } else { 'Regular' }
        RecipientReadScope           = 'Organization'
        RecipientWriteScope          = $Assignment['recipientWriteScope']
        CustomRecipientWriteScope    = $Assignment['customRecipientWriteScope']
        ConfigReadScope              = 'OrganizationConfig'
        ConfigWriteScope             = 'OrganizationConfig'
        CustomConfigWriteScope       = ''
        Enabled                      = $Assignment['enabled']
    }
}
