# The guard against the session. Whether Get-Command is itself, is read without calling any command.
if ($null -ne ${Alias:Get-Command} -or $null -ne ${Function:Get-Command}) {
    throw 'Get-Command is an alias or a function of this session. Open a session without a profile. Nothing was changed.'
}
$ErrorActionPreference = 'Stop'
$plainCommands = @(
    'Compare-Object', 'ConvertFrom-Json', 'ConvertTo-Json', 'ForEach-Object', 'Get-ChildItem', 'Get-Command', 'Get-Content',
    'Get-Date', 'Get-FileHash', 'Get-Item', 'Group-Object', 'Import-Csv', 'Join-Path', 'Measure-Object', 'New-Item', 'Out-Null',
    'Out-String', 'Select-Object', 'Set-Content', 'Set-StrictMode', 'Sort-Object', 'Start-Sleep', 'Test-Path', 'Where-Object',
    'Write-Error', 'Write-Information', 'Write-Output', 'Write-Progress', 'Write-Warning'
)
foreach ($plain in $plainCommands) {
    if ([string](Get-Command -Name $plain -ErrorAction Stop).Source -like 'Microsoft.PowerShell.*') { continue }
    throw ('{0} is not the command of PowerShell here. Open a session without a profile. Nothing was changed.' -f $plain)
}
# An alias of this session would stand before a function of this script.
foreach ($one in @(Get-Command -Name @('Assert-*', 'Read-*', 'Save-*', 'Show-*') -ListImported -ErrorAction Stop)) {
    if ('Alias' -eq [string]$one.CommandType) { throw ('{0} is an alias here. Nothing was changed.' -f $one.Name) }
}
Set-StrictMode -Version 3.0
# Refuses a session that would add to what is called here, or that lacks commands of Exchange or has them from elsewhere.
function Assert-Session($Commands, [string]$Roles) {
    if ([string]::IsNullOrEmpty($PSScriptRoot)) { throw 'Run this as a file, not as pasted text: it needs the files beside it.' }
    if ($PSDefaultParameterValues.Count -ne 0) { throw 'This session sets default parameter values, which would change calls.' }
    if ($WhatIfPreference) { throw 'This session sets WhatIfPreference, so that commands would only pretend.' }
    if (@('Low', 'Medium') -contains [string]$ConfirmPreference) { throw 'This session sets ConfirmPreference. Set it to High.' }
    $absent = @()
    $found = @(foreach ($name in $Commands) { try { Get-Command -Name $name -ErrorAction Stop } catch { $absent += @($name) } })
    if ($absent.Count -ne 0) { throw ('This session lacks {0}. Who runs this, needs: {1}.' -f ($absent -join ', '), $Roles) }
    $own = @($found | Where-Object -FilterScript { 'Alias' -eq [string]$_.CommandType -or '' -eq [string]$_.Source })
    if ($own.Count -ne 0) { throw ('{0} is a function or an alias of this session, not the command of Exchange.' -f $own.Name) }
    Assert-Module -Found $found
}
