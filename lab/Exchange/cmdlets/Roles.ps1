# Management roles and role groups.

function Get-ManagementRole {
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [Parameter(Mandatory, ParameterSetName = 'Recurse')][switch]$Recurse,
        [Parameter(Mandatory, ParameterSetName = 'GetChildren')][switch]$GetChildren,
        [Parameter(ParameterSetName = 'Identity')][string]$Cmdlet,
        [Parameter(ParameterSetName = 'Identity')][string[]]$CmdletParameters,
        [string]$RoleType,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            foreach ($role in (Select-Role -Call $Call)) {
                if ($Call.Bound['RoleType'] -and $role['roleType'] -ne $Call.Bound['RoleType']) { continue }
                if ($Call.Bound['Cmdlet'] -and -not (Test-RoleEntry -Call $Call -Role $role)) { continue }
                ConvertTo-RoleResult -Role $role
            }
        }
    }
}

function Get-RoleGroup {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $groups = @($Call.View['roleGroups'].Values)
            if ($Call.Bound['Identity']) { $groups = @(Get-NamedRoleGroup -Call $Call) }
            foreach ($group in (Limit-Result -Call $Call -Results $groups)) {
                ConvertTo-RoleGroupResult -View $Call.View -Group $group
            }
        }
    }
}

function Get-RoleGroupMember {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $members = @(Get-Existing -View $Call.View -Guids (Get-NamedRoleGroup -Call $Call)['members'])
            ConvertTo-RecipientResult -Call $Call -Recipients (Limit-Result -Call $Call -Results $members)
        }
    }
}
