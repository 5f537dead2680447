# Management roles, what they let somebody run, and the role groups.

$script:GroupEntries = @(
    'New-DistributionGroup', 'Set-DistributionGroup', 'Remove-DistributionGroup', 'Get-DistributionGroup',
    'Add-DistributionGroupMember', 'Remove-DistributionGroupMember', 'Update-DistributionGroupMember',
    'Get-DistributionGroupMember', 'Get-Group', 'Set-Group', 'Get-Recipient', 'Get-AcceptedDomain', 'Get-ADServerSettings',
    'Set-ADServerSettings'
)
$script:RoleEntries = @{
    'Distribution Groups'                    = $script:GroupEntries
    'Security Group Creation and Membership' = $script:GroupEntries
    'Role Management'                        = @(
        'New-ManagementScope', 'Get-ManagementScope', 'Set-ManagementScope', 'Remove-ManagementScope',
        'New-ManagementRoleAssignment', 'Get-ManagementRoleAssignment', 'Set-ManagementRoleAssignment',
        'Remove-ManagementRoleAssignment', 'Get-ManagementRole', 'Get-RoleGroup', 'Get-RoleGroupMember',
        'Get-Recipient', 'Get-User', 'Get-Group'
    )
    'Mail Recipients'                        = @('Get-Mailbox', 'Set-Mailbox', 'Get-Recipient', 'Get-User')
    'View-Only Recipients'                   = @(
        'Get-Mailbox', 'Get-Recipient', 'Get-User', 'Get-Group', 'Get-DistributionGroup',
        'Get-DistributionGroupMember'
    )
    'View-Only Configuration'                = @(
        'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-ExchangeServer', 'Get-ManagementScope',
        'Get-ManagementRole', 'Get-ManagementRoleAssignment', 'Get-RoleGroup', 'Get-RoleGroupMember'
    )
    'Organization Configuration'             = @('Get-OrganizationConfig')
    'Remote and Accepted Domains'            = @('Get-AcceptedDomain')
}
# Only this role may change a group that somebody else manages.
$script:ManagerBypass = 'Security Group Creation and Membership'

function Find-Role {
    param([hashtable]$Call, [hashtable]$View, [string]$Identity)

    $role = $null
    if (-not $View['roles'].TryGetValue($Identity, [ref]$role)) { Stop-NotFound -Call $Call -Identity $Identity }
    return $role
}

function Select-Role {
    param([hashtable]$Call)

    $bound = $Call.Bound
    $roles = $Call.View['roles'].Values
    if (-not $bound['Identity']) {
        if ($bound['Recurse'] -or $bound['GetChildren']) {
            $both = 'Recurse, GetChildren'
            Stop-Call -Reason 'ParameterBindingException' -Message 'ParametersConflict' -With $both
        }
        return $roles
    }
    $role = Find-Role -Call $Call -View $Call.View -Identity $bound['Identity']
    if ($bound['GetChildren']) { return @($roles | Where-Object -FilterScript { $_['parent'] -eq $role['name'] }) }
    if (-not $bound['Recurse']) { return @($role) }
    return @($role) + @(Get-Descendant -View $Call.View -Name $role['name'])
}

function Get-Descendant {
    param([hashtable]$View, [string]$Name)

    foreach ($role in $View['roles'].Values) {
        if ($role['parent'] -ne $Name) { continue }
        $role
        Get-Descendant -View $View -Name $role['name']
    }
}

function Get-KnownParameter {
    param([string]$Name)

    return (Get-Command -Name $Name -CommandType Function).Parameters.Keys
}

# Whether a role, or the built-in one it derives from, holds a cmdlet with these parameters.
function Test-RoleEntry {
    param([hashtable]$Call, [Collections.IDictionary]$Role)

    $top = $Role
    while ($top['parent']) { $top = Find-Role -Call $Call -View $Call.View -Identity $top['parent'] }
    if (-not $script:RoleEntries.ContainsKey($top['name'])) { return $false }
    $cmdlet = $Call.Bound['Cmdlet']
    if ($cmdlet -notin $script:RoleEntries[$top['name']]) { return $false }
    $known = @(Get-KnownParameter -Name $cmdlet)
    foreach ($parameter in $Call.Bound['CmdletParameters']) {
        if ($parameter -notin $known) { return $false }
        if ($parameter -eq 'BypassSecurityGroupManagerCheck' -and $top['name'] -ne $script:ManagerBypass) {
            return $false
        }
    }
    return $true
}

function ConvertTo-RoleResult {
    param([Collections.IDictionary]$Role)

    [pscustomobject]@{
        PSTypeName = $script:Deserialized + 'SystemConfiguration.ExchangeRole'
        Identity   = $Role['name']
        Name       = $Role['name']
        RoleType   = $Role['roleType']
        Parent     = $Role['parent']
        IsRootRole = -not $Role['parent']
    }
}

function Find-RoleGroup {
    param([hashtable]$View, [string]$Identity)

    $group = $null
    if ($View['roleGroups'].TryGetValue($Identity, [ref]$group)) { return $group }
    foreach ($group in $View['roleGroups'].Values) {
        $dn = Get-RoleGroupDn -Name $group['name']
        $names = $dn, (Get-CanonicalName -DistinguishedName $dn), (Get-RoleGroupGuid -Name $group['name'])
        if ($Identity -in $names) {
            return $group
        }
    }
    return $null
}

function Get-NamedRoleGroup {
    param([hashtable]$Call)

    $group = Find-RoleGroup -View $Call.View -Identity $Call.Bound['Identity']
    if ($null -eq $group) { Stop-NotFound -Call $Call -Identity $Call.Bound['Identity'] }
    return $group
}

function Get-RoleGroupDn {
    param([string]$Name)

    $root = (Get-Forest)['domains'][0]['dn']
    return "CN=$(Get-EscapedName -Name $Name),OU=Microsoft Exchange Security Groups,$root"
}

# The state gives role groups no guid; theirs follows from the name.
function Get-RoleGroupGuid {
    param([string]$Name)

    $bytes = [Text.Encoding]::UTF8.GetBytes($Name.ToLowerInvariant())
    return [guid]::new([Security.Cryptography.MD5]::HashData($bytes)).ToString()
}

function ConvertTo-RoleGroupResult {
    param([hashtable]$View, [Collections.IDictionary]$Group)

    $dn = Get-RoleGroupDn -Name $Group['name']
    $assignments = foreach ($one in $View['roleAssignments'].Values) {
        if ($one['roleAssigneeType'] -eq 'RoleGroup' -and $one['roleAssignee'] -eq $Group['name']) { $one['name'] }
    }
    $members = foreach ($member in (Get-Existing -View $View -Guids $Group['members'])) {
        Get-CanonicalName -DistinguishedName $member['distinguishedName']
    }
    [pscustomobject]@{
        PSTypeName        = $script:Deserialized + 'Management.RoleGroup'
        Identity          = Get-CanonicalName -DistinguishedName $dn
        Name              = $Group['name']
        Guid              = Get-RoleGroupGuid -Name $Group['name']
        DistinguishedName = $dn
        Members           = [string[]]@($members)
        Roles             = [string[]]@($Group['roles'])
        RoleAssignments   = [string[]]@($assignments)
    }
}
