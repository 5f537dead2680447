# Service principals: those of the applications in the state, and those of the interfaces whose roles Entra grants.

$script:Interfaces = @{
    '00000003-0000-0000-c000-000000000000' = @{
        Name  = 'Microsoft Graph'
        Roles = @(
            'AppRoleAssignment.ReadWrite.All', 'Calendars.Read', 'Calendars.ReadBasic.All', 'Calendars.ReadWrite', 'Contacts.Read',
            'Directory.Read.All', 'Mail.Read', 'Mail.ReadWrite', 'Mail.Send', 'MailboxSettings.Read', 'Place.Read.All',
            'RoleManagement.ReadWrite.Exchange', 'User.Read.All'
        )
    }
    '00000002-0000-0ff1-ce00-000000000000' = @{
        Name  = 'Office 365 Exchange Online'
        Roles = @('Calendars.Read', 'Calendars.ReadWrite.All', 'Exchange.ManageAsApp', 'full_access_as_app', 'Mail.Read')
    }
}
$script:KnownIds = @{ 'full_access_as_app' = 'dc890d15-9560-4a4c-9b7f-a736ec74ec40' }

# The state has no such identifier, so it follows from what is identified.
function Get-MadeUpId {
    param([string]$Text)

    return [guid]::new([Security.Cryptography.MD5]::HashData([Text.Encoding]::UTF8.GetBytes($Text.ToLowerInvariant()))).ToString()
}

function Get-RoleId {
    param([string]$Resource, [string]$Value)

    return $script:KnownIds[$Value] ?? (Get-MadeUpId -Text "role $Resource $Value")
}

function Get-Principal {
    param([hashtable]$View)

    foreach ($one in $View['applications'].Values) {
        New-Principal -Id $one['objectId'] -AppId $one['clientId'] -Name $one['displayName'] -Values @() -Owner $View['tenant']['id']
    }
    $granted = @(foreach ($one in $View['applications'].Values) { $one['entraRoles'] })
    $resources = @($script:Interfaces.Keys) + @($granted | ForEach-Object -Process { $_['resource'] })
    foreach ($resource in @($resources | Sort-Object -Unique)) {
        $known = $script:Interfaces[$resource] ?? @{ Name = $resource; Roles = @() }
        $values = $known.Roles + @($granted | Where-Object -FilterScript { $_['resource'] -eq $resource } | ForEach-Object -Process { $_['value'] })
        New-Principal -Id (Get-MadeUpId -Text "principal $resource") -AppId $resource -Name $known.Name -Values $values
    }
}

function New-Principal {
    param([string]$Id, [string]$AppId, [string]$Name, [string[]]$Values, [string]$Owner = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a')

    $roles = foreach ($value in @($Values | Sort-Object -Unique)) {
        [pscustomobject]@{
            Id = Get-RoleId -Resource $AppId -Value $value; Value = $value; DisplayName = $value; IsEnabled = $true
            AllowedMemberTypes = [string[]]@('Application')
        }
    }
    [pscustomobject]@{
        PSTypeName             = 'Microsoft.Graph.PowerShell.Models.MicrosoftGraphServicePrincipal'
        Id                     = $Id
        AppId                  = $AppId
        DisplayName            = $Name
        AccountEnabled         = $true
        AppOwnerOrganizationId = $Owner
        ServicePrincipalType   = 'Application'
        AppRoles               = [object[]]@($roles)
    }
}

function Get-Grant {
    param([hashtable]$View, [string]$PrincipalId)

    foreach ($one in $View['applications'].Values) {
        if ($one['objectId'] -ne $PrincipalId) { continue }
        foreach ($role in $one['entraRoles']) {
            $name = $script:Interfaces.ContainsKey($role['resource']) ? $script:Interfaces[$role['resource']].Name : $role['resource']
            [pscustomobject]@{
                PSTypeName           = 'Microsoft.Graph.PowerShell.Models.MicrosoftGraphAppRoleAssignment'
                Id                   = Get-MadeUpId -Text "grant $PrincipalId $($role['resource']) $($role['value'])"
                AppRoleId            = Get-RoleId -Resource $role['resource'] -Value $role['value']
                PrincipalId          = $one['objectId']
                PrincipalDisplayName = $one['displayName']
                PrincipalType        = 'ServicePrincipal'
                ResourceId           = Get-MadeUpId -Text "principal $($role['resource'])"
                ResourceDisplayName  = $name
            }
        }
    }
}
