# Making, changing and removing distribution groups.

function New-DistributionGroup {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0)][string]$Name,
        [string]$Alias,
        [string]$DisplayName,
        [string]$PrimarySmtpAddress,
        [string[]]$ManagedBy,
        [string[]]$Members,
        [ValidateSet('Open', 'Closed', 'ApprovalRequired')][string]$MemberJoinRestriction,
        [ValidateSet('Open', 'Closed')][string]$MemberDepartRestriction,
        [string]$Notes,
        [string]$OrganizationalUnit,
        [string]$SamAccountName,
        [ValidateSet('Distribution', 'Security')][string]$Type,
        [switch]$RoomList,
        [switch]$CopyOwnerToMember,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $group = New-GroupRecord -Call $Call
            $put = [ordered]@{ op = 'put'; kind = 'recipients'; key = $group['guid']; value = $group }
            if (Submit-Change -Call $Call -Target $group['name'] -Changes $put) {
                $made = $Call.Main['recipients'][$group['guid']]
                ConvertTo-DistributionGroupResult -Call $Call -View $Call.Main -Recipients $made
            }
        }
    }
}

function Set-DistributionGroup {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$Name,
        [string]$Alias,
        [string]$DisplayName,
        [string]$PrimarySmtpAddress,
        [string[]]$EmailAddresses,
        [string[]]$ManagedBy,
        [ValidateSet('Open', 'Closed', 'ApprovalRequired')][string]$MemberJoinRestriction,
        [ValidateSet('Open', 'Closed')][string]$MemberDepartRestriction,
        [bool]$HiddenFromAddressListsEnabled,
        [switch]$RoomList,
        [switch]$BypassSecurityGroupManagerCheck,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $group = Find-Target -Call $Call -Kind 'DistributionGroup'
            Assert-Manager -Call $Call -Group $group
            Submit-Recipient -Call $Call -Before $group -After (Get-ChangedRecipient -Call $Call -Recipient $group)
        }
    }
}

function Set-Group {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$Name,
        [string]$DisplayName,
        [AllowEmptyString()][string]$Notes,
        [string[]]$ManagedBy,
        [switch]$BypassSecurityGroupManagerCheck,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $group = Find-Target -Call $Call -Kind 'Group'
            Assert-Manager -Call $Call -Group $group
            Submit-Recipient -Call $Call -Before $group -After (Get-ChangedRecipient -Call $Call -Recipient $group)
        }
    }
}

function Remove-DistributionGroup {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [switch]$BypassSecurityGroupManagerCheck,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $group = Find-Target -Call $Call -Kind 'DistributionGroup'
            Assert-Manager -Call $Call -Group $group
            $remove = [ordered]@{ op = 'remove'; kind = 'recipients'; key = $group['guid'] }
            $null = Submit-Change -Call $Call -Target $group['name'] -Changes $remove
        }
    }
}

function Set-Mailbox {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$Name,
        [string]$Alias,
        [string]$DisplayName,
        [string]$PrimarySmtpAddress,
        [string[]]$EmailAddresses,
        [bool]$HiddenFromAddressListsEnabled,
        [bool]$AccountDisabled,
        [ValidateSet('Regular', 'Room', 'Equipment', 'Shared')][string]$Type,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $mailbox = Find-Target -Call $Call -Kind 'Mailbox'
            $after = Get-ChangedRecipient -Call $Call -Recipient $mailbox
            Submit-Recipient -Call $Call -Before $mailbox -After $after
        }
    }
}
