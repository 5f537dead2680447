# Management role assignments, of applications too.

function Get-ManagementRoleAssignment {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [string]$Role,
        [string]$RoleAssignee,
        [ValidateSet('User', 'SecurityGroup', 'RoleGroup')][string[]]$RoleAssigneeType,
        [ValidateSet('Direct', 'SecurityGroup', 'RoleGroup')][string[]]$AssignmentMethod,
        [ValidateSet('None', 'MyGAL', 'Self', 'OU', 'CustomRecipientScope', 'MyDistributionGroups', 'ExclusiveRecipientScope')]
        [string]$RecipientWriteScope,
        [string]$CustomRecipientWriteScope,
        [bool]$Delegating,
        [bool]$Enabled,
        [bool]$Exclusive,
        [switch]$GetEffectiveUsers
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $found = $Call.View['roleAssignments'].Values
            if ($Call.Bound['Identity']) { $found = Find-Assignment -Call $Call -View $Call.View -Identity $Call.Bound['Identity'] }
            $holders = Get-AskedHolder -Call $Call
            if ($Call.Bound['Role']) { $Call.Bound['Role'] = (Find-Role -Call $Call -View $Call.View -Identity $Call.Bound['Role'])['name'] }
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
        [Parameter(Mandatory, ParameterSetName = 'App')][string]$App,
        [Parameter(Mandatory, ParameterSetName = 'User')][string]$User,
        [Parameter(Mandatory, ParameterSetName = 'SecurityGroup')][string]$SecurityGroup,
        [Parameter(ParameterSetName = 'App')][string]$CustomResourceScope,
        [Parameter(ParameterSetName = 'App')][string]$RecipientGroupScope,
        [Parameter(ParameterSetName = 'User')][Parameter(ParameterSetName = 'SecurityGroup')][string]$CustomRecipientWriteScope,
        [switch]$Delegating,
        [switch]$Force
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $assignment = New-AssignmentRecord -Call $Call
            Assert-Assignable -Call $Call -Assignment $assignment
            $put = [ordered]@{ op = 'put'; kind = 'roleAssignments'; key = $assignment['name']; value = $assignment }
            if (Submit-Change -Call $Call -Target $assignment['name'] -Changes $put) {
                ConvertTo-AssignmentResult -Call $Call -View $Call.Main -Assignment $assignment
            }
        }
    }
}

function Remove-ManagementRoleAssignment {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [switch]$Force
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
