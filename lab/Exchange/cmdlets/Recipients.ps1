# Reading recipients.

function Get-Mailbox {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [string]$Filter,
        [string[]]$RecipientTypeDetails,
        [string]$OrganizationalUnit,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            ConvertTo-MailboxResult -Recipients (Select-Recipient -Call $Call -Kind 'Mailbox')
        }
    }
}

function Get-Recipient {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [string]$Filter,
        [string]$RecipientPreviewFilter,
        [string[]]$RecipientTypeDetails,
        [string]$OrganizationalUnit,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            ConvertTo-RecipientResult -Call $Call -Recipients (Select-Recipient -Call $Call -Kind 'Recipient')
        }
    }
}

function Get-User {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [string]$Filter,
        [string[]]$RecipientTypeDetails,
        [string]$OrganizationalUnit,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            ConvertTo-UserResult -Recipients (Select-Recipient -Call $Call -Kind 'User')
        }
    }
}

function Get-Group {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [string]$Filter,
        [string[]]$RecipientTypeDetails,
        [string]$OrganizationalUnit,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            ConvertTo-GroupResult -Call $Call -Recipients (Select-Recipient -Call $Call -Kind 'Group')
        }
    }
}

function Get-DistributionGroup {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [string]$Filter,
        [string[]]$RecipientTypeDetails,
        [string]$OrganizationalUnit,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $groups = Select-Recipient -Call $Call -Kind 'DistributionGroup'
            ConvertTo-DistributionGroupResult -Call $Call -Recipients $groups
        }
    }
}
