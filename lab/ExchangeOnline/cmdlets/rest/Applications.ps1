# Pointers to applications, and what these may do.

function Get-ServicePrincipal {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowNull()][AllowEmptyString()][string]$Identity
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $wanted = $Call.Bound['Identity']
            $found = @($Call.View['servicePrincipals'].Values)
            if ($wanted) {
                $named = Get-Pointer -View $Call.View -Identity $wanted
                # The documentation warns that an identity which nobody has may answer with all of them.
                if ($null -ne $named) { $found = @($named) }
                elseif ($Call.Fault -ne 'everybody') { Stop-NotFound -Call $Call -Identity $wanted }
            }
            foreach ($pointer in $found) { ConvertTo-PointerResult -Pointer $pointer }
        }
    }
}

function New-ServicePrincipal {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'ObjectId')]
    param(
        [Parameter(Mandatory)][guid]$AppId,
        [Parameter(Mandatory, ParameterSetName = 'ObjectId')][guid]$ObjectId,
        [Parameter(Mandatory, ParameterSetName = 'ServiceId')][guid]$ServiceId,
        [string]$DisplayName
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $pointer = New-PointerRecord -Call $Call
            $put = [ordered]@{ op = 'put'; kind = 'servicePrincipals'; key = $pointer['objectId']; value = $pointer }
            if (Submit-Change -Call $Call -Target $pointer['objectId'] -Changes $put) {
                $script:PointerLag = [int]$script:Standing['pointerLag']
                ConvertTo-PointerResult -Pointer $pointer
            }
        }
    }
}

function Remove-ServicePrincipal {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $pointer = Find-Pointer -Call $Call -Identity $Call.Bound['Identity']
            $remove = [ordered]@{ op = 'remove'; kind = 'servicePrincipals'; key = $pointer['objectId'] }
            $null = Submit-Change -Call $Call -Target $pointer['objectId'] -Changes $remove
        }
    }
}

# Asks the stored grants, without the cache that applications meet; -WhatIf and -Confirm are there and do nothing.
function Test-ServicePrincipalAuthorization {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$Resource
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $pointer = Find-Pointer -Call $Call -View $Call.View -Identity $Call.Bound['Identity']
            $resource = $null
            if ($Call.Bound['Resource']) { $resource = Find-Recipient -Call $Call -Identity $Call.Bound['Resource'] -Kind 'Recipient' }
            Get-Authorization -Call $Call -Pointer $pointer -Resource $resource
        }
    }
}
