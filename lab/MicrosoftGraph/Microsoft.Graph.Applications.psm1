<#
    Reads service principals and what Entra granted them. Every call is handed over to the module that signs in.
#>
Set-StrictMode -Version 3.0

Import-Module -Name "$PSScriptRoot/Microsoft.Graph.Authentication.psd1" -Global -Force
$script:Lab = Get-Module -Name 'Microsoft.Graph.Authentication'

function Invoke-Call {
    param($Cmdlet, $Bound, $Body)

    & $script:Lab { param($a, $b, $c) Invoke-Request -Cmdlet $a -Bound $b -Body $c } $Cmdlet $Bound $Body
}

. "$PSScriptRoot/cmdlets/Principals.ps1"
Export-ModuleMember -Function 'Get-MgServicePrincipal', 'Get-MgServicePrincipalAppRoleAssignment'
