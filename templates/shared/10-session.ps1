# The guard against the session: nothing of it may stand in for a command or a function of this script.
# Whether Get-Command is itself, is read without calling any command.
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
foreach ($commandName in $plainCommands) {
    $command = Get-Command -Name $commandName -ErrorAction Stop
    if ('Alias' -eq [string]$command.CommandType -or [string]$command.Source -notlike 'Microsoft.PowerShell.*') {
        throw ('{0} is not the command of PowerShell in this session. Open a session without a profile. Nothing was changed.' -f
            $commandName)
    }
}
# An alias of this session would stand before a function of this script.
$ownFunctions = @(
    'Assert-Bundle', 'Assert-Command', 'Assert-FilterName', 'Assert-Made', 'Assert-Members', 'Assert-NoConflict',
    'Assert-Owner', 'Assert-Place', 'Assert-Planned', 'Assert-Room', 'Assert-RoomsFile', 'Assert-Session', 'Read-Account',
    'Read-AccountName', 'Read-Assignment', 'Read-AssignmentState', 'Read-CleanText', 'Read-Count', 'Read-Digest',
    'Read-DomainController', 'Read-Ending', 'Read-ExclusiveScope', 'Read-FilterShape', 'Read-GrantState', 'Read-HeldGrant',
    'Read-Holder', 'Read-Item', 'Read-Known', 'Read-ListDifference', 'Read-ListFilter', 'Read-ListState', 'Read-Member',
    'Read-MemberDifference', 'Read-Now', 'Read-OurAssignment', 'Read-OurList', 'Read-OurScope', 'Read-Outcome', 'Read-Owner',
    'Read-Planned', 'Read-Preview', 'Read-Recipient', 'Read-Room', 'Read-RoomMailbox', 'Read-Scope', 'Read-ScopeState',
    'Read-Signed', 'Read-Stamp', 'Read-UsableAccount', 'Save-Action', 'Save-End', 'Save-Outcome', 'Save-Record', 'Save-Start',
    'Save-Stop', 'Show-Before', 'Show-Done', 'Show-First', 'Show-Line', 'Show-MemberRole', 'Show-OtherGrant', 'Show-OtherGuid',
    'Show-Owner', 'Show-Plan', 'Show-Unread', 'Show-Unreadable', 'Show-Warning', 'Wait-Shown'
)
foreach ($functionName in $ownFunctions) {
    $standIn = ''
    try { $standIn = [string](Get-Command -Name $functionName -ListImported -ErrorAction Stop).CommandType }
    catch { $standIn = '' }
    if ('Alias' -eq $standIn) {
        throw ('{0} is an alias of this session, and would replace what this script does. {1} Nothing was changed.' -f
            $functionName, 'Open a session without a profile.')
    }
}
Set-StrictMode -Version 3.0

# Refuses a session that would add to what is called here, or that lacks the commands of Exchange or has them from elsewhere.
function Assert-Session {
    param($ExchangeCommands, [string]$Roles)
    if ([string]::IsNullOrEmpty($PSScriptRoot)) {
        throw 'Run this as a file, not as pasted text: it needs the files beside it. Nothing was changed.'
    }
    if ($PSDefaultParameterValues.Count -ne 0) {
        throw 'This session sets default parameter values, which would change what is called here. Nothing was changed.'
    }
    if ($WhatIfPreference) {
        throw 'This session sets WhatIfPreference, so that commands would only pretend. Nothing was changed.'
    }
    if (@('Low', 'Medium') -contains [string]$ConfirmPreference) {
        throw ('This session sets ConfirmPreference to {0}, so that commands would ask in between. {1} Nothing was changed.' -f
            [string]$ConfirmPreference, 'Run $ConfirmPreference = ''High'', then this script again.')
    }
    $absent = @(
        foreach ($name in $ExchangeCommands) {
            try { Get-Command -Name $name -ErrorAction Stop | Out-Null }
            catch { $name }
        }
    )
    if ($absent.Count -ne 0) {
        throw ('This session lacks {0}. Open the Exchange Management Shell with an account that holds: {1}. Nothing was changed.' -f
            ($absent -join ', '), $Roles)
    }
    $sources = @(
        foreach ($name in $ExchangeCommands) {
            $command = Get-Command -Name $name -ErrorAction Stop
            if ('Alias' -eq [string]$command.CommandType -or [string]::IsNullOrEmpty([string]$command.Source)) {
                throw ('{0} is a function or an alias of this session, not the command of Exchange. Nothing was changed.' -f $name)
            }
            [string]$command.Source
        }
    )
    if (@($sources | Sort-Object -Unique).Count -ne 1) {
        throw ('The Exchange commands of this session come from several modules ({0}). {1} Nothing was changed.' -f
            (@($sources | Sort-Object -Unique) -join ', '), 'Open a new Exchange Management Shell.')
    }
}
