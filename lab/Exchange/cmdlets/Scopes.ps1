# Management scopes.

function Get-ManagementScope {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowEmptyString()][string]$Identity,
        [bool]$Exclusive,
        [switch]$Orphan,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $scopes = $Call.View['managementScopes'].Values
            if ($Call.Bound['Identity']) {
                $scopes = Find-Scope -Call $Call -View $Call.View -Identity $Call.Bound['Identity']
            }
            foreach ($scope in $scopes) {
                if ($Call.Bound.ContainsKey('Exclusive') -and $scope['exclusive'] -ne $Call.Bound['Exclusive']) {
                    continue
                }
                if ($Call.Bound['Orphan'] -and (Get-ScopeUser -View $Call.View -Scope $scope)) { continue }
                ConvertTo-ScopeResult -Scope $scope
            }
        }
    }
}

function New-ManagementScope {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0)][string]$Name,
        [Parameter(Mandatory)][string]$RecipientRestrictionFilter,
        [string]$RecipientRoot,
        [switch]$Exclusive,
        [switch]$Force,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $scope = New-ScopeRecord -Call $Call
            if ($scope['exclusive'] -and -not $Call.Bound['Force'] -and -not $Call.Bound['WhatIf']) {
                if (-not $Call.Cmdlet.ShouldContinue($scope['name'], 'New-ManagementScope -Exclusive')) { return }
            }
            $put = [ordered]@{ op = 'put'; kind = 'managementScopes'; key = $scope['name']; value = $scope }
            if (Submit-Change -Call $Call -Target $scope['name'] -Changes $put) {
                ConvertTo-ScopeResult -Scope $scope
            }
        }
    }
}

function Set-ManagementScope {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$Name,
        [string]$RecipientRestrictionFilter,
        [AllowEmptyString()][string]$RecipientRoot,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $scope = Find-Scope -Call $Call -View $Call.Main -Identity $Call.Bound['Identity']
            $changes = @(Get-ScopeChange -Call $Call -Scope $scope)
            $null = Submit-Change -Call $Call -Target $scope['name'] -Changes $changes
        }
    }
}

function Remove-ManagementScope {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $scope = Find-Scope -Call $Call -View $Call.Main -Identity $Call.Bound['Identity']
            $users = @(Get-ScopeUser -View $Call.Main -Scope $scope)
            if ($users) {
                $names = $scope['name'], $users[0]['name']
                Stop-Call -Reason 'InvalidOperationException' -Message 'ScopeInUse' -With $names
            }
            $remove = [ordered]@{ op = 'remove'; kind = 'managementScopes'; key = $scope['name'] }
            $null = Submit-Change -Call $Call -Target $scope['name'] -Changes $remove
        }
    }
}
