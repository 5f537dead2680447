<#
    Connects an administrator to a tenant of the lab. Each connection makes a module of its own, as the real one does, and the
    commands in it are Exchange's. When this module is loaded, the operator of the state is connected at once; with
    EXCHANGE_LAB_CONNECT=no nobody is, and Connect-ExchangeOnline does it.
    Other sessions are had as in life: Disconnect-ExchangeOnline, then Connect-ExchangeOnline with -Prefix, or with -AppId and
    -Organization; Connect-ExchangeOnline once more; Connect-IPPSSession. Faults: see parts/Messages.ps1.
#>
Set-StrictMode -Version 3.0

$server = [IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'Exchange')
foreach ($part in 'Messages', 'State', 'View', 'Names', 'Kinds', 'Filter', 'Evaluate', 'Faults', 'Call', 'Lookup', 'Shapes', 'Groups', 'Scopes', 'Assignments', 'Roles') {
    . "$server/parts/$part.ps1"
}
foreach ($part in 'Messages', 'Place', 'Rest', 'Lag', 'Connections', 'Pointers', 'Assignments', 'Authorization', 'Roles') {
    . "$PSScriptRoot/parts/$part.ps1"
}
. "$PSScriptRoot/cmdlets/Connection.ps1"
# What the module of a connection is made of. The cmdlets that both products have are the server's, with fewer parameters.
$script:Cmdlets = @{}
foreach ($folder in "$server/cmdlets", "$PSScriptRoot/cmdlets/rest") {
    foreach ($file in [IO.Directory]::GetFiles($folder, '*.ps1')) { Read-Cmdlet -Path $file }
}

Open-Lab -Folder $env:EXCHANGE_LAB_STATE
if ($env:EXCHANGE_LAB_CONNECT -ne 'no') { New-Connection -User (Get-MainView)['session']['operator'] }
$ExecutionContext.SessionState.Module.OnRemove = { Remove-Connection }
Export-ModuleMember -Function 'Connect-ExchangeOnline', 'Connect-IPPSSession', 'Disconnect-ExchangeOnline', 'Get-ConnectionInformation'
