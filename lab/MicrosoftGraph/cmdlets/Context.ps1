# Signing in to Graph, and who is signed in.

function Get-MgContext {
    [CmdletBinding()]
    param()
    process {
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            $null = $Call
            $script:Context
        }
    }
}

function Connect-MgGraph {
    [CmdletBinding()]
    param([string[]]$Scopes, [string]$TenantId, [string]$Environment = 'Global', [switch]$NoWelcome, [switch]$UseDeviceCode)
    process {
        $null = $NoWelcome, $UseDeviceCode
        $view = Get-MainView
        $script:Context = [pscustomobject]@{
            PSTypeName  = 'Microsoft.Graph.PowerShell.Authentication.AuthContext'
            ClientId    = '14d82eec-204b-4c2f-b7e8-296a70dab67e'
            TenantId    = if ($TenantId) { $TenantId } else { $view['tenant']['id'] }
            Scopes      = [string[]]@($Scopes)
            AuthType    = 'Delegated'
            Account     = $view['session']['operator']
            AppName     = 'Microsoft Graph Command Line Tools'
            Environment = $Environment
        }
    }
}

function Disconnect-MgGraph {
    [CmdletBinding()]
    param()
    process { $script:Context = $null }
}
