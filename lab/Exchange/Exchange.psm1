<#
    The session that an administrator would have: the cmdlets that the operator's roles allow, over one state.
#>
Set-StrictMode -Version 3.0

foreach ($part in 'Messages', 'State', 'View', 'Names', 'Kinds', 'Filter', 'Evaluate', 'Faults', 'Call', 'Lookup', 'Shapes', 'Groups', 'Scopes', 'Assignments', 'Roles') {
    . "$PSScriptRoot/parts/$part.ps1"
}
$before = @((Get-ChildItem -LiteralPath function:).Name)
foreach ($file in Get-ChildItem -LiteralPath "$PSScriptRoot/cmdlets" -Filter '*.ps1') {
    . $file.FullName
}
$cmdlets = @((Get-ChildItem -LiteralPath function:).Name | Where-Object -FilterScript { $_ -notin $before })

Open-Lab -Folder $env:EXCHANGE_LAB_STATE
$session = (Get-MainView)['session']
foreach ($name in $session['absentParameters'].Keys) {
    . (Get-NarrowedFunction -Name $name -Absent $session['absentParameters'][$name])
}
Export-ModuleMember -Function @($cmdlets | Where-Object -FilterScript { $_ -notin $session['absentCmdlets'] })
