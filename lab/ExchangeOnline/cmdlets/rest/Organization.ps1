# The organisation and the gates in front of it.

function Get-OrganizationConfig {
    [CmdletBinding()]
    param([switch]$RetrieveEwsOperationAccessPolicy)
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $organization = $Call.View['organization']
            $gates = $Call.View['gates']
            # Without the switch every list of EWS comes back empty, whatever is in it.
            $shows = [bool]$Call.Bound['RetrieveEwsOperationAccessPolicy']
            [pscustomobject]@{
                PSTypeName                 = $script:Deserialized + 'Management.ADOrganizationConfig'
                Identity                   = $organization['name']
                Name                       = $organization['name']
                DisplayName                = $organization['name']
                Guid                       = $organization['guid']
                IsDehydrated               = $organization['isDehydrated']
                AdminDisplayVersion        = $organization['version']
                DistinguishedName          = Get-OrganizationDn
                EwsEnabled                 = $gates['ewsEnabled']
                EwsApplicationAccessPolicy = if ($gates['ewsApplicationAccessPolicy']) { $gates['ewsApplicationAccessPolicy'] } else { $null }
                EwsAllowedAppIDs           = if ($shows -and $gates['ewsAllowedAppIds']) { $gates['ewsAllowedAppIds'] } else { $null }
                EwsAllowList               = if ($shows) { [string[]]@($gates['ewsAllowList']) } else { $null }
                EwsBlockList               = if ($shows) { [string[]]@($gates['ewsBlockList']) } else { $null }
            }
        }
    }
}

function Enable-OrganizationCustomization {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param()
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $organization = $Call.Main['organization']
            if (-not $organization['isDehydrated']) { Stop-Call -Reason 'InvalidOperationException' -Message 'AlreadyHydrated' }
            $after = [ordered]@{}
            foreach ($key in $organization.Keys) { $after[$key] = $organization[$key] }
            $after['isDehydrated'] = $false
            $lag = if ($null -eq $Call.Main['hydration']) { 0 } else { $Call.Main['hydration']['lagWrites'] }
            $hydration = [ordered]@{ enabledAt = [datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ'); lagWrites = $lag }
            $changes = @(
                [ordered]@{ op = 'put'; kind = 'organization'; key = 'organization'; value = $after }
                [ordered]@{ op = 'put'; kind = 'hydration'; key = 'hydration'; value = $hydration }
            )
            $null = Submit-Change -Call $Call -Target $organization['name'] -Changes $changes
        }
    }
}

function Get-ApplicationAccessPolicy {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][AllowEmptyString()][string]$Identity)
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $wanted = $Call.Bound['Identity']
            $found = @($Call.View['accessPolicies'] | Where-Object -FilterScript { -not $wanted -or $_['identity'] -eq $wanted })
            if ($wanted -and $found.Count -eq 0) { Stop-NotFound -Call $Call -Identity $wanted }
            foreach ($policy in $found) {
                $scope = @(Get-Existing -View $Call.View -Guids $policy['scopeGroup'])
                [pscustomobject]@{
                    PSTypeName       = $script:Deserialized + 'SystemConfiguration.ApplicationAccessPolicy'
                    Identity         = $policy['identity']
                    AppId            = $policy['appId']
                    ScopeName        = if ($scope) { $scope[0]['name'] } else { '' }
                    ScopeIdentity    = if ($scope) { $scope[0]['name'] } else { '' }
                    ScopeIdentityRaw = ($policy['identity'] -split ':', 2)[-1]
                    AccessRight      = $policy['accessRight']
                    Description      = ''
                    IsValid          = $true
                }
            }
        }
    }
}

function Get-CASMailbox {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][AllowEmptyString()][string]$Identity,
        [string]$Filter,
        [string[]]$RecipientTypeDetails,
        [string]$OrganizationalUnit,
        [ValidatePattern('^(?i:unlimited|[1-9][0-9]*)$')][string]$ResultSize
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $closed = New-GuidSet -From $Call.View['gates']['mailboxesWithoutEws']
            foreach ($one in (Select-Recipient -Call $Call -Kind 'Mailbox')) {
                [pscustomobject]@{
                    PSTypeName                 = $script:Deserialized + 'Management.CASMailbox'
                    Identity                   = $one['name']
                    Guid                       = $one['guid']
                    Name                       = $one['name']
                    DisplayName                = $one['displayName']
                    PrimarySmtpAddress         = $one['primarySmtpAddress']
                    EwsEnabled                 = -not $closed.Contains($one['guid'])
                    EwsApplicationAccessPolicy = $null
                    EwsAllowList               = $null
                    EwsBlockList               = $null
                    DistinguishedName          = $one['distinguishedName']
                }
            }
        }
    }
}
