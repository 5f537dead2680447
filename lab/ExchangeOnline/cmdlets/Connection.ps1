# Connecting, and what there is of connections. These belong to the module that connects, not to a connection's own.

function Get-ConnectionInformation {
    [CmdletBinding(DefaultParameterSetName = 'Default')]
    param(
        [Parameter(Mandatory, ParameterSetName = 'ConnectionId')][string[]]$ConnectionId,
        [Parameter(Mandatory, ParameterSetName = 'ModulePrefix')][string[]]$ModulePrefix
    )
    process {
        $script:Connection = $null
        Invoke-Call -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Body {
            param($Call)
            # Who looks at the connection begins something: what was changed before has had its time.
            Clear-Lag
            if ($Call.Fault -eq 'anotherConnection') { New-Connection -User $Call.Main['session']['operator'] }
            if ($Call.Fault -eq 'complianceSession') { New-Connection -User $Call.Main['session']['operator'] -IsEopSession }
            foreach ($one in $script:Connections) {
                if ($Call.Bound.ContainsKey('ConnectionId') -and [string]$one['Id'] -notin $Call.Bound['ConnectionId']) { continue }
                if ($Call.Bound.ContainsKey('ModulePrefix') -and $one['Prefix'] -notin $Call.Bound['ModulePrefix']) { continue }
                ConvertTo-ConnectionResult -Connection $one -Tenant $Call.Main['tenant'] -IsExpired:($Call.Fault -eq 'expired')
            }
        }
    }
}

function Connect-ExchangeOnline {
    [CmdletBinding()]
    param(
        [string]$UserPrincipalName,
        [string]$Organization,
        [string]$AppId,
        [string]$CertificateThumbprint,
        [string]$CertificateFilePath,
        [string]$Prefix,
        [string[]]$CommandName,
        [string]$ExchangeEnvironmentName,
        [object]$SigningCertificate,
        [switch]$ShowBanner,
        [switch]$DisableWAM,
        [switch]$Device
    )
    process {
        $null = $ExchangeEnvironmentName, $SigningCertificate, $ShowBanner, $DisableWAM, $Device
        $made = @{ Prefix = $Prefix; CommandName = $CommandName; Organization = $Organization }
        if ($AppId -and -not $Organization) { throw 'An application that signs in needs -Organization.' }
        if ($AppId) { $made += @{ AppId = $AppId; Certificate = [bool]($CertificateThumbprint + $CertificateFilePath) } }
        elseif ($UserPrincipalName) { $made['User'] = $UserPrincipalName }
        else { $made['User'] = (Get-MainView)['session']['operator'] }
        New-Connection @made
    }
}

# Of a module that Exchange's people keep too: it loads commands of the same names, which then answer in place of Exchange's.
function Connect-IPPSSession {
    [CmdletBinding()]
    param([string]$UserPrincipalName, [string]$Organization)
    process {
        $user = if ($UserPrincipalName) { $UserPrincipalName } else { (Get-MainView)['session']['operator'] }
        New-Connection -User $user -Organization $Organization -IsEopSession
    }
}

function Disconnect-ExchangeOnline {
    [CmdletBinding(SupportsShouldProcess)]
    param([string[]]$ConnectionId, [string[]]$ModulePrefix)
    process {
        $chosen = @($script:Connections | Where-Object -FilterScript {
                (-not $ConnectionId -or [string]$_['Id'] -in $ConnectionId) -and (-not $ModulePrefix -or $_['Prefix'] -in $ModulePrefix)
            })
        if ($PSCmdlet.ShouldProcess("$($chosen.Count) connections")) { Remove-Connection -Connections $chosen }
    }
}
