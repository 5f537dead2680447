<#
    A session of Microsoft Graph PowerShell that reads what Entra knows of applications. When this module is loaded, the operator of
    the state is signed in at once; with EXCHANGE_LAB_CONNECT=no nobody is, and Connect-MgGraph does it.
#>
Set-StrictMode -Version 3.0

$lab = [IO.Path]::GetDirectoryName($PSScriptRoot)
foreach ($part in 'Messages', 'State', 'View', 'Names', 'Kinds', 'Filter', 'Evaluate', 'Faults', 'Call') { . "$lab/Exchange/parts/$part.ps1" }
. "$lab/ExchangeOnline/parts/Messages.ps1"
foreach ($part in 'Requests', 'Principals') { . "$PSScriptRoot/parts/$part.ps1" }
. "$PSScriptRoot/cmdlets/Context.ps1"

Open-Lab -Folder $env:EXCHANGE_LAB_STATE
$script:Context = $null
if ($env:EXCHANGE_LAB_CONNECT -ne 'no') { Connect-MgGraph -Scopes 'Application.Read.All' -NoWelcome }
Export-ModuleMember -Function 'Connect-MgGraph', 'Disconnect-MgGraph', 'Get-MgContext'
