# Reading service principals and their grants. A list without -All ends after 100.

function Get-MgServicePrincipal {
    [CmdletBinding(DefaultParameterSetName = 'List')]
    param(
        [Parameter(Mandatory, ParameterSetName = 'Get')][string]$ServicePrincipalId,
        [Parameter(ParameterSetName = 'List')][string]$Filter,
        [Parameter(ParameterSetName = 'List')][switch]$All,
        [string[]]$Property
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $found = @(Get-Principal -View $Call.View)
            $id = $Call.Bound['ServicePrincipalId']
            if ($id) {
                $found = @($found | Where-Object -FilterScript { $_.Id -eq $id })
                if ($found.Count -eq 0) { Stop-Call -Reason 'Request_ResourceNotFound' -Message 'ResourceNotFound' -With $id }
            }
            if ($Call.Bound['Filter']) {
                if ($Call.Bound['Filter'] -notmatch "^appId eq '([0-9a-f-]{36})'$") {
                    throw [NotImplementedException]::new("The lab knows no such filter: $($Call.Bound['Filter']).")
                }
                $found = @($found | Where-Object -FilterScript { $_.AppId -eq $Matches[1] })
            }
            if ($Call.Bound['All']) { $found } else { $found | Select-Object -First 100 }
        }
    }
}

function Get-MgServicePrincipalAppRoleAssignment {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)][string]$ServicePrincipalId,
        [switch]$All
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $id = $Call.Bound['ServicePrincipalId']
            if ($id -notin @(Get-Principal -View $Call.View).Id) {
                Stop-Call -Reason 'Request_ResourceNotFound' -Message 'ResourceNotFound' -With $id
            }
            $found = @(Get-Grant -View $Call.View -PrincipalId $id)
            if ($Call.Bound['All']) { $found } else { $found | Select-Object -First 100 }
        }
    }
}
