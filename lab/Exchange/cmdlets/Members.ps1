# Who is in a group.

function Get-DistributionGroupMember {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowNull()][AllowEmptyString()][string]$Identity,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            # The documentation warns that an empty identity answers with all objects.
            if (-not $Call.Bound['Identity']) {
                $found = @(Get-Listed -Call $Call -Types $script:Kinds['Recipient'])
            }
            else {
                $group = Find-Recipient -Call $Call -Identity $Call.Bound['Identity'] -Kind 'DistributionGroup'
                $found = @(Get-Existing -View $Call.View -Guids $group['group']['members'])
            }
            ConvertTo-RecipientResult -Call $Call -Recipients (Limit-Result -Call $Call -Results $found)
        }
    }
}

function Add-DistributionGroupMember {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0)][string]$Identity,
        [Parameter(Mandatory, ValueFromPipeline)][string]$Member,
        [switch]$BypassSecurityGroupManagerCheck,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $group = Find-Target -Call $Call -Kind 'DistributionGroup'
            Assert-Manager -Call $Call -Group $group
            $member = Find-Target -Call $Call -Parameter 'Member' -Kind 'Recipient'
            if ($group['group']['members'].Contains($member['guid'])) {
                $names = $Call.Bound['Member'], $group['name']
                Stop-Call -Reason 'MemberAlreadyExistsException' -Message 'MemberExists' -With $names
            }
            $add = [ordered]@{ op = 'addMember'; group = $group['guid']; member = $member['guid'] }
            $null = Submit-Change -Call $Call -Target $group['name'] -Changes $add
        }
    }
}

function Remove-DistributionGroupMember {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory, Position = 0)][string]$Identity,
        [Parameter(Mandatory, ValueFromPipeline)][string]$Member,
        [switch]$BypassSecurityGroupManagerCheck,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $group = Find-Target -Call $Call -Kind 'DistributionGroup'
            Assert-Manager -Call $Call -Group $group
            $member = Find-Target -Call $Call -Parameter 'Member' -Kind 'Any'
            if (-not $group['group']['members'].Contains($member['guid'])) {
                $names = $Call.Bound['Member'], $group['name']
                Stop-Call -Reason 'MemberNotFoundException' -Message 'MemberNotFound' -With $names
            }
            $take = [ordered]@{ op = 'removeMember'; group = $group['guid']; member = $member['guid'] }
            $null = Submit-Change -Call $Call -Target $group['name'] -Changes $take
        }
    }
}

# All members are replaced at once; none are left without -Members.
function Update-DistributionGroupMember {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [AllowNull()][AllowEmptyCollection()][string[]]$Members,
        [switch]$BypassSecurityGroupManagerCheck,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $group = Find-Target -Call $Call -Kind 'DistributionGroup'
            Assert-Manager -Call $Call -Group $group
            if (@($Call.Bound['Members']).Count -gt 10000) {
                Stop-Call -Reason 'DataValidationException' -Message 'TooLong' -With 'Members', 10000, $Call.Bound['Members'].Count
            }
            $wanted = New-GuidSet -From @(Resolve-Each -Call $Call -Asked $Call.Bound['Members'] -Kind 'Recipient')
            $present = $group['group']['members']
            $changes = @(
                foreach ($guid in $present) {
                    if (-not $wanted.Contains($guid)) { [ordered]@{ op = 'removeMember'; group = $group['guid']; member = $guid } }
                }
                foreach ($guid in $wanted) {
                    if (-not $present.Contains($guid)) { [ordered]@{ op = 'addMember'; group = $group['guid']; member = $guid } }
                }
            )
            $null = Submit-Change -Call $Call -Target $group['name'] -Changes $changes
        }
    }
}
