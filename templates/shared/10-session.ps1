# The guard against a session that puts something else behind a name. The first of it calls no command and needs no variable.
$ErrorActionPreference = 'Stop'
if ($null -ne ${Variable:ExecutionContext}.SessionState.InvokeCommand.PreCommandLookupAction -or
    $null -ne ${Variable:ExecutionContext}.SessionState.InvokeCommand.PostCommandLookupAction -or
    $null -ne ${Variable:ExecutionContext}.SessionState.InvokeCommand.CommandNotFoundAction -or
    (@(${Alias:Get-Command}, ${Function:Get-Command}, ${Alias:Write-Error}, ${Function:Write-Error}) -ne $null).Count -ne 0) {
    throw 'This session replaces commands. Nothing was changed. Open a new session with -NoProfile.'
}
$plainCommands = @(
    'Compare-Object', 'ConvertFrom-Json', 'ConvertTo-Json', 'ForEach-Object', 'Get-ChildItem', 'Get-Command', 'Get-Content',
    'Get-Date', 'Get-FileHash', 'Get-Item', 'Group-Object', 'Import-Csv', 'Join-Path', 'Measure-Object', 'New-Item', 'Out-Null',
    'Out-String', 'Select-Object', 'Set-Content', 'Set-StrictMode', 'Sort-Object', 'Start-Sleep', 'Test-Path', 'Where-Object',
    'Write-Error', 'Write-Information', 'Write-Output', 'Write-Progress', 'Write-Warning'
)
$plainModules = @('Microsoft.PowerShell.Core', 'Microsoft.PowerShell.Management', 'Microsoft.PowerShell.Utility')
$refusals = @(
    foreach ($one in @(Get-Command -Name $plainCommands -ErrorAction Stop)) {
        # In Windows PowerShell 5.1 this one is a function.
        $kind = @('Cmdlet', 'Function')['Get-FileHash' -eq $one.Name -and $PSVersionTable.PSVersion -like '5.*']
        $isPlain = $kind -eq [string]$one.CommandType -and $plainModules -contains [string]$one.Source
        if (-not $isPlain) { '{0} is not the command of PowerShell' -f $one.Name }
    }
    # An alias of this session would stand before a function of this script; a read-only function would not give way to it.
    foreach ($one in @(Get-Command -Name @('Assert-*', 'Read-*', 'Save-*', 'Show-*') -ListImported -ErrorAction Stop)) {
        $isFixed = 'Function' -eq [string]$one.CommandType -and [string]$one.Options -match 'ReadOnly|Constant'
        $isAlias = 'Alias' -eq [string]$one.CommandType
        if ($isAlias -or $isFixed) { '{0} is an alias, or a function that cannot be replaced' -f $one.Name }
    }
)
if ($refusals.Count -ne 0) {
    $refusal = 'In this session {0}. Nothing was changed. Remove it, or open a new session with -NoProfile.' -f $refusals[0]
    Write-Error -Message $refusal -ErrorAction Stop
    throw $refusal
}
Set-StrictMode -Version 3.0
function Assert-Session($Commands, [string]$Roles) {
    if ([string]::IsNullOrEmpty($PSScriptRoot)) { throw 'Run this as a file, not as pasted text: it needs the files beside it.' }
    if ($PSDefaultParameterValues.Count -ne 0) { throw 'This session sets default parameter values. Open one with -NoProfile.' }
    if ($WhatIfPreference) { throw 'Here commands would only pretend. Run: $WhatIfPreference = $false.' }
    if (@('Low', 'Medium') -contains [string]$ConfirmPreference) { throw 'This session sets ConfirmPreference. Set it to High.' }
    $absent = @()
    $names = @($Commands | Select-Object -Unique)
    $found = @(foreach ($name in $names) { try { Get-Command -Name $name -ErrorAction Stop } catch { $absent += @($name) } })
    $text = 'This session lacks {0}. Who runs this, needs: {1}. A connection with -Prefix, or to something else, hides it, too.'
    if ($absent.Count -ne 0) { throw ($text -f ($absent -join ', '), $Roles) }
    $own = @($found | Where-Object -FilterScript { 'Alias' -eq [string]$_.CommandType -or '' -eq [string]$_.Source })
    if ($own.Count -ne 0) { throw ('{0} is a function or an alias of this session, not the command of Exchange.' -f $own.Name) }
    Assert-Module -Found $found
}
