# The session and the organisation it is in.

function Get-ADServerSettings {
    [CmdletBinding()]
    param()
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $session = $Call.Main['session']
            $whole = [bool]($script:ForestView ?? $session['viewEntireForest'])
            $sight = Get-Sight -View $Call.Main
            $root = if ($whole) { '' } else { Get-CanonicalContainer -DistinguishedName $sight }
            [pscustomobject]@{
                PSTypeName                              = $script:Deserialized + 'Management.RunspaceServerSettingsPresentationObject'
                DefaultGlobalCatalog                    = $Call.Server
                PreferredDomainControllerForDomain      = [string[]]@()
                DefaultConfigurationDomainController    = $Call.Server
                DefaultPreferredDomainControllers       = [string[]]@($Call.Server)
                UserPreferredGlobalCatalog              = $null
                UserPreferredConfigurationDomainController = $null
                UserPreferredDomainControllers          = [string[]]@()
                RecipientViewRoot                       = $root
                ViewEntireForest                        = $whole
            }
        }
    }
}

function Set-ADServerSettings {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory)][bool]$ViewEntireForest
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            if (Submit-Change -Call $Call -Target 'ViewEntireForest' -Changes @()) {
                $script:ForestView = $Call.Bound['ViewEntireForest']
            }
        }
    }
}

function Get-OrganizationConfig {
    [CmdletBinding()]
    param([string]$DomainController)
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $organization = $Call.View['organization']
            [pscustomobject]@{
                PSTypeName          = $script:Deserialized + 'Management.ADOrganizationConfig'
                Identity            = $organization['name']
                Name                = $organization['name']
                Guid                = $organization['guid']
                IsDehydrated        = $organization['isDehydrated']
                AdminDisplayVersion = $organization['version']
                DistinguishedName   = Get-OrganizationDn
            }
        }
    }
}

function Get-AcceptedDomain {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $domains = $Call.View['acceptedDomains']
            $wanted = $Call.Bound['Identity']
            if ($wanted -and $wanted -notin $domains) { Stop-NotFound -Call $Call -Identity $wanted }
            foreach ($domain in $domains) {
                if ($wanted -and $wanted -ne $domain) { continue }
                [pscustomobject]@{
                    PSTypeName = $script:Deserialized + 'SystemConfiguration.AcceptedDomain'
                    Identity   = $domain
                    Name       = $domain
                    DomainName = $domain
                    DomainType = 'Authoritative'
                    Default    = $domain -eq @($domains)[0]
                }
            }
        }
    }
}

function Get-ExchangeServer {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [string]$DomainController
    )
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $fqdn = 'ex01.' + $Call.Main['domains'][0]['fqdn']
            if ($Call.Bound['Identity'] -and $Call.Bound['Identity'] -notin 'EX01', $fqdn) {
                Stop-NotFound -Call $Call -Identity $Call.Bound['Identity']
            }
            [pscustomobject]@{
                PSTypeName          = $script:Deserialized + 'Management.ExchangeServer'
                Identity            = 'EX01'
                Name                = 'EX01'
                Fqdn                = $fqdn
                ServerRole          = 'Mailbox'
                AdminDisplayVersion = $Call.View['organization']['version']
            }
        }
    }
}
