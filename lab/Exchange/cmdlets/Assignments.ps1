# Management role assignments.

function Get-ManagementRoleAssignment {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [string]$Role,
        [string]$RoleAssignee,
        [ValidateSet('User', 'SecurityGroup', 'RoleGroup')][string[]]$RoleAssigneeType,
        [ValidateSet('Direct', 'SecurityGroup', 'RoleGroup')][string[]]$AssignmentMethod,
        [ValidateSet('None', 'Organization', 'MyGAL', 'Self', 'OU', 'CustomRecipientScope', 'MyDistributionGroups',
            'ExclusiveRecipientScope')]
        [string]$RecipientWriteScope,
        [string]$CustomRecipientWriteScope,
        [bool]$Delegating,
        [bool]$Enabled,
        [bool]$Exclusive,
        [switch]$GetEffectiveUsers,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $found = $Call.View['roleAssignments'].Values
            if ($Call.Bound['Identity']) {
                $found = Find-Assignment -Call $Call -View $Call.View -Identity $Call.Bound['Identity']
            }
            $holders = Get-AskedHolder -Call $Call
            if ($Call.Bound['Role']) {
                $role = Find-Role -Call $Call -View $Call.View -Identity $Call.Bound['Role']
                $Call.Bound['Role'] = $role['name']
            }
            foreach ($assignment in $found) {
                if (Test-Asked -Call $Call -Assignment $assignment) {
                    ConvertTo-AssignmentResult -Call $Call -Assignment $assignment -Holders $holders
                }
            }
        }
    }
}

function New-ManagementRoleAssignment {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Position = 0)][string]$Name,
        [Parameter(Mandatory)][string]$Role,
        [Parameter(Mandatory, ParameterSetName = 'User')][string]$User,
        [Parameter(Mandatory, ParameterSetName = 'SecurityGroup')][string]$SecurityGroup,
        [string]$CustomRecipientWriteScope,
        [switch]$Delegating,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $assignment = New-AssignmentRecord -Call $Call
            $put = [ordered]@{ op = 'put'; kind = 'roleAssignments'; key = $assignment['name']; value = $assignment }
            if (Submit-Change -Call $Call -Target $assignment['name'] -Changes $put) {
                ConvertTo-AssignmentResult -Call $Call -View $Call.Main -Assignment $assignment
            }
        }
    }
}

function Set-ManagementRoleAssignment {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [bool]$Enabled,
        [string]$CustomRecipientWriteScope,
        [ValidateSet('Organization')][string]$RecipientRelativeWriteScope,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $before = Find-Assignment -Call $Call -View $Call.Main -Identity $Call.Bound['Identity']
            $after = [ordered]@{}
            foreach ($key in $before.Keys) { $after[$key] = $before[$key] }
            if ($Call.Bound.ContainsKey('Enabled')) { $after['enabled'] = $Call.Bound['Enabled'] }
            Set-WriteScope -Call $Call -Assignment $after
            $put = [ordered]@{ op = 'put'; kind = 'roleAssignments'; key = $before['name']; value = $after }
            $null = Submit-Change -Call $Call -Target $before['name'] -Changes $put
        }
    }
}

function Remove-ManagementRoleAssignment {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $assignment = Find-Assignment -Call $Call -View $Call.Main -Identity $Call.Bound['Identity']
            $remove = [ordered]@{ op = 'remove'; kind = 'roleAssignments'; key = $assignment['name'] }
            $null = Submit-Change -Call $Call -Target $assignment['name'] -Changes $remove
        }
    }
}
