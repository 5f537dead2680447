# Who is in a group.

function Get-DistributionGroupMember {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][AllowNull()][AllowEmptyString()][string]$Identity,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $recipients = $Call.View['recipients']
            # The documentation warns that an empty identity answers with all objects.
            if (-not $Call.Bound['Identity']) { $found = @(Get-Listed -Call $Call -Types $script:Kinds['Recipient']) }
            else {
                $group = Find-Recipient -Call $Call -Identity $Call.Bound['Identity'] -Kind 'DistributionGroup'
                $found = @(foreach ($guid in $group['group']['members']) { if ($recipients.ContainsKey($guid)) { $recipients[$guid] } })
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
            $group = Find-Recipient -Call $Call -View $Call.Main -Identity $Call.Bound['Identity'] -Kind 'DistributionGroup'
            Assert-Manager -Call $Call -Group $group
            $member = Find-Recipient -Call $Call -View $Call.Main -Identity $Call.Bound['Member'] -Kind 'Recipient'
            if ($group['group']['members'].Contains($member['guid'])) {
                Stop-Call -Reason 'MemberAlreadyExistsException' -Message 'MemberExists' -With $Call.Bound['Member'], $group['name'] -Category 'ResourceExists'
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
            $group = Find-Recipient -Call $Call -View $Call.Main -Identity $Call.Bound['Identity'] -Kind 'DistributionGroup'
            Assert-Manager -Call $Call -Group $group
            $member = Find-Recipient -Call $Call -View $Call.Main -Identity $Call.Bound['Member'] -Kind 'Any'
            if (-not $group['group']['members'].Contains($member['guid'])) {
                Stop-Call -Reason 'MemberNotFoundException' -Message 'MemberNotFound' -With $Call.Bound['Member'], $group['name'] -Category 'ObjectNotFound'
            }
            $take = [ordered]@{ op = 'removeMember'; group = $group['guid']; member = $member['guid'] }
            $null = Submit-Change -Call $Call -Target $group['name'] -Changes $take
        }
    }
}
