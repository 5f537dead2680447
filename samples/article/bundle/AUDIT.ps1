#Requires -Version 5.1
using namespace System.Management.Automation.Language
<#
.SYNOPSIS
    A second opinion on a bundle: reads the scripts with PowerShell's own parser and compares with audit.json and SHA256SUMS.
.DESCRIPTION
    Runs nothing that it reads, changes nothing, needs no module and no Exchange. Needs full language mode, because it uses
    the parser itself. Use your own copy: the one in a bundle came with the bundle, and its digest is in the release notes.
    Path: the folder of the bundle. Digest: the bundle digest on the ticket. Example:
    .\AUDIT.ps1 -Path .\contoso-rooms -Digest 0123...
#>
[CmdletBinding()]
param([string]$Path = $PSScriptRoot, [string]$Digest = '')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') { throw 'This needs full language mode. Nothing was compared.' }
$differences = New-Object 'System.Collections.Generic.List[string]'
$ordinal = [System.StringComparer]::Ordinal
$through = 'ForEach-Object', 'Join-Path', 'ConvertTo-Json', 'ConvertFrom-Json', 'Out-String', 'Write-Output'
$silent = 'Where-Object', 'Select-Object', 'Sort-Object', 'Group-Object', 'Measure-Object', 'Compare-Object', 'Out-Null', 'Set-Content',
    'Set-StrictMode', 'Start-Sleep', 'New-Item', 'Test-Path', 'Format-Table', 'Write-Information', 'Write-Warning', 'Write-Progress'
$plain = $through + $silent + @('Import-Csv')
$uses = @{ 'New-Item' = 'write Path'; 'Set-Content' = 'write LiteralPath' }
foreach ($reader in 'Get-ChildItem', 'Get-Content', 'Get-FileHash', 'Get-Item', 'Import-Csv', 'Test-Path') { $uses[$reader] = 'read LiteralPath' }

# The bytes as they were rendered: without one signature block at the very end and the line break before it.
function Read-Unsigned([string]$File) {
    $text = [System.Text.Encoding]::GetEncoding(28591).GetString([System.IO.File]::ReadAllBytes($File))
    if ($File -clike '*.ps1' -and $text -cmatch '(?s)\A(.*?)\r?\n# SIG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)+# SIG # End signature block(?:\r?\n)?\z') { $text = $Matches[1] }
    , [System.Text.Encoding]::GetEncoding(28591).GetBytes($text)
}
function Get-Sha256([byte[]]$Bytes) { [System.BitConverter]::ToString([System.Security.Cryptography.SHA256]::Create().ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant() }
function Get-Sorted($Values) {
    $set = New-Object 'System.Collections.Generic.SortedSet[string]' $ordinal
    foreach ($value in $Values) { [void]$set.Add([string]$value) }; $set
}
function Get-Around([Ast]$Node, [type[]]$Types) { for ($one = $Node.Parent; $null -ne $one; $one = $one.Parent) { foreach ($type in $Types) { if ($one -is $type) { return $one } } } }
function Get-Name([Ast]$Variable) { '$$' + $Variable.VariablePath.UserPath.ToLowerInvariant() }

# Where a value can come from, as origins and as $$variables that are followed later.
function Get-Source([Ast]$Node) {
    if ($Node -is [VariableExpressionAst]) {
        if ($Node.VariablePath.UserPath -in 'true', 'false', 'null') { return 'literal' }
        if ($Node.VariablePath.UserPath -eq '_') { return Get-Piped $Node }
        return Get-Name $Node
    }
    if ($Node -is [ConstantExpressionAst]) { return 'literal' }
    if ($Node -is [ExpandableStringExpressionAst]) { 'literal'; foreach ($one in $Node.NestedExpressions) { Get-Source $one }; return }
    if ($Node -is [AssignmentStatementAst] -or $Node -is [FunctionDefinitionAst]) { return }
    if ($Node -is [CommandAst]) { return Get-Made $Node }
    if ($Node -is [InvokeMemberExpressionAst]) { $inner = @($Node.Expression) + @($Node.Arguments) }
    elseif ($Node -is [MemberExpressionAst]) { $inner = @($Node.Expression) }
    elseif ($Node -is [IndexExpressionAst]) { $inner = @($Node.Target) }
    elseif ($Node -is [HashtableAst]) { $inner = @($Node.KeyValuePairs | ForEach-Object { $_.Item2 }) }
    elseif ($Node -is [IfStatementAst]) { $inner = @($Node.Clauses | ForEach-Object { $_.Item2 }) + @($Node.ElseClause) }
    elseif ($Node -is [LoopStatementAst]) { $inner = @($Node.Body) }
    else { $inner = @($children[$Node]) }
    foreach ($one in $inner) { if ($null -ne $one) { Get-Source $one } }
}
function Get-Made([CommandAst]$Command) {
    $name = [string]$Command.GetCommandName()
    if ($functions.ContainsKey($name)) { $made[$name] }
    elseif ($name -eq 'Import-Csv') { 'rooms.csv' }
    elseif ($name -notin $plain) { $name }
    if ($name -in $through) { foreach ($one in @($Command.CommandElements | Select-Object -Skip 1)) { Get-Source $one } }
}
function Get-Piped([Ast]$Node) {
    $block = Get-Around $Node ([CatchClauseAst], [ScriptBlockExpressionAst])
    if ($block -is [CatchClauseAst]) { return 'error' }
    for ($one = $block; $null -ne $one; $one = $one.Parent) {
        if ($one.Parent -is [PipelineAst] -and $one.Parent.PipelineElements.Count -gt 1) {
            foreach ($element in $one.Parent.PipelineElements) { if ($element.Extent.StartOffset -lt $one.Extent.StartOffset) { Get-Source $element } }
            return
        }
    }
}
function Get-Base([Ast]$Target) {
    if ($Target -is [VariableExpressionAst]) { return $Target }
    foreach ($name in 'Target', 'Child', 'Expression') { if ($Target.PSObject.Properties[$name]) { return Get-Base $Target.$name } }
}
function Get-Origin([Ast]$Node) {
    Get-Sorted @(foreach ($source in @(Get-Source $Node)) {
        if (-not $source.StartsWith('$$')) { $source } elseif ($known.ContainsKey($source)) { $known[$source] -notlike '$$*' } else { $source.Substring(1) }
    })
}
# What is given to each parameter, what is splatted last: pairs of a name and a value.
function Get-Given([CommandAst]$Command) {
    $waiting = $null
    foreach ($element in @($Command.CommandElements | Select-Object -Skip 1)) {
        if ($element -is [VariableExpressionAst] -and $element.Splatted) { continue }
        if ($element -isnot [CommandParameterAst]) { , @([string]$waiting, $element); $waiting = $null; continue }
        if ($null -ne $waiting) { , @($waiting, $null) }
        if ($null -ne $element.Argument) { , @($element.ParameterName, $element.Argument); $waiting = $null } else { $waiting = $element.ParameterName }
    }
    if ($null -ne $waiting) { , @($waiting, $null) }
    foreach ($splat in @($Command.CommandElements | Where-Object { $_ -is [VariableExpressionAst] -and $_.Splatted })) { foreach ($pair in @($tables[(Get-Name $splat)])) { if ($null -ne $pair) { , @($pair.Item1.Extent.Text, $pair.Item2) } } }
}
# The condition of the nearest gate around a call, which must hold $Apply.
function Get-Gate([Ast]$Node) {
    if (Get-Around $Node ([FunctionDefinitionAst], [ScriptBlockExpressionAst])) { return '' }
    for ($one = $Node; $null -ne $one.Parent; $one = $one.Parent) {
        if ($one.Parent -is [IfStatementAst] -and $one -eq $one.Parent.Clauses[0].Item2) {
            $condition = $one.Parent.Clauses[0].Item1
            if ($condition.PipelineElements.Count -eq 1 -and (Test-Opening $condition.PipelineElements[0].Expression)) { return $condition.Extent.Text }
        }
    }
    ''
}
function Test-Opening([Ast]$Condition) {
    if ($Condition -is [VariableExpressionAst]) { return $Condition.VariablePath.UserPath -ceq 'Apply' }
    $Condition -is [BinaryExpressionAst] -and $Condition.Operator -eq 'And' -and ((Test-Opening $Condition.Left) -or (Test-Opening $Condition.Right))
}
function Get-Line([string]$Kind, $Parts) { $Kind + ' ' + (@($Parts) -join [char]1) }

# Everything that a script can do, as lines.
function Get-Statement([string]$Text) {
    $tokens = $null; $errors = $null
    $tree = [Parser]::ParseInput($Text, [ref]$tokens, [ref]$errors)
    foreach ($fault in $errors) { $differences.Add("PowerShell's parser: $($fault.Message)") }
    $all = @($tree.FindAll({ $true }, $true))
    $children = @{}; $functions = @{}; $made = @{}; $known = @{}; $tables = @{}; $times = @{}
    foreach ($node in $all) {
        $children[$node] = New-Object System.Collections.ArrayList
        if ($null -ne $node.Parent) { [void]$children[$node.Parent].Add($node) }
        if ($node -is [FunctionDefinitionAst]) { $functions[$node.Name] = $node; $made[$node.Name] = @() }
        elseif ($node -is [VariableExpressionAst]) { $name = Get-Name $node; $times[$name] = 1 + $times[$name] }
    }
    foreach ($round in 0..$functions.Count) { foreach ($name in @($functions.Keys)) { $made[$name] = @(Get-Sorted @($functions[$name].FindAll({ $args[0] -is [CommandAst] }, $true) | Where-Object { $_.GetCommandName() -notin $through } | ForEach-Object { Get-Made $_ })) } }
    $commands = @($all | Where-Object { $_ -is [CommandAst] } | Sort-Object { $_.Extent.StartOffset })
    $set = @(foreach ($node in $all) {
        if ($node -is [AssignmentStatementAst]) { , @((Get-Base $node.Left), $node.Right) }
        elseif ($node -is [ForEachStatementAst]) { , @($node.Variable, $node.Condition) }
        elseif ($node -is [ParameterAst]) { , @($node.Name, $node) }
    })
    foreach ($pair in $set) {
        if ($null -eq $pair[0]) { $differences.Add('An assignment changes something that is not one variable.'); continue }
        $name = Get-Name $pair[0]
        if (-not $known.ContainsKey($name)) { $known[$name] = @() }
        if ($pair[1] -isnot [ParameterAst]) { $known[$name] += @(Get-Source $pair[1]) }
        elseif (-not (Get-Around $pair[1] ([FunctionDefinitionAst]))) { $known[$name] += '-' + $pair[0].VariablePath.UserPath }
        if ($pair[1].Extent.Text.StartsWith('@{') -and $times[$name] -eq 2) { $tables[$name] = $pair[1].Expression.KeyValuePairs }
    }
    foreach ($command in @($commands | Where-Object { $functions.ContainsKey([string]$_.GetCommandName()) })) {
        foreach ($pair in @(Get-Given $command)) { if ($null -ne $pair[1]) { $known['$$' + $pair[0].ToLowerInvariant()] += @(Get-Source $pair[1]) } }
    }
    do {
        $before = @($known.Values | ForEach-Object { $_ }) -join ' '
        foreach ($name in @($known.Keys)) { $known[$name] = @(Get-Sorted @($known[$name] + @($known[$name] -like '$$*' | ForEach-Object { if ($known.ContainsKey($_)) { $known[$_] } else { $_.Substring(1) } }))) }
    } while ($before -cne (@($known.Values | ForEach-Object { $_ }) -join ' '))
    foreach ($command in $commands) {
        $name = [string]$command.GetCommandName()
        $around = Get-Around $command ([FunctionDefinitionAst])
        $given = @(foreach ($pair in @(Get-Given $command)) { if ($null -eq $pair[1]) { $pair[0]; ''; '' } else { $pair[0]; $pair[1].Extent.Text; (Get-Origin $pair[1]) -join ',' } })
        $writes = -not $functions.ContainsKey($name) -and $name -notin $plain -and $name -notlike 'Get-*'
        $place = $command.Extent.StartLineNumber
        Get-Line 'call' (@($place, $name, $writes, (Get-Gate $command), $(if ($around) { $around.Name } else { '' })) + $given)
        if ($uses.ContainsKey($name)) { foreach ($pair in @(Get-Given $command)) { if ($uses[$name] -like "* $($pair[0])") { Get-Line 'file' @($place, $uses[$name].Split(' ')[0], $pair[1].Extent.Text, ((Get-Origin $pair[1]) -join ',')) } } }
    }
    Get-Sorted @(foreach ($node in $all) { if ($node -is [MemberExpressionAst]) { $(if ($node.Static) { 'static ' } elseif ($node -is [InvokeMemberExpressionAst]) { 'method ' } else { 'property ' }) + $node.Member.Extent.Text } }) | ForEach-Object { Get-Line 'member' $_ }
    Get-Sorted @(foreach ($node in $all) { if ($node -is [TypeConstraintAst] -or $node -is [TypeExpressionAst]) { $node.Extent.Text } elseif ($node -is [AttributeAst]) { $node.TypeName.Name } }) | ForEach-Object { Get-Line 'type' $_ }
    Get-Sorted @($set | ForEach-Object { if ($_[0]) { $_[0].Extent.Text } }) | ForEach-Object { Get-Line 'variable' @($_, (@($known['$$' + $_.Substring(1).ToLowerInvariant()] -notlike '$$*') -join ',')) }
    Get-Sorted @(foreach ($node in $all) { if ($node -is [ExpandableStringExpressionAst] -or ($node -is [StringConstantExpressionAst] -and $node.StringConstantType -ne 'BareWord')) { $node.Value } }) | ForEach-Object { Get-Line 'text' $_ }
}
# The same lines from what audit.json says.
function Get-Claim($Script) {
    foreach ($call in $Script.calls) { Get-Line 'call' (@($call.line, $call.command, $call.writes, $call.gate, $call.function) + @($call.given | ForEach-Object { $_.parameter; $_.value; @($_.origins) -join ',' })) }
    foreach ($file in $Script.files) { Get-Line 'file' @($file.line, $file.use, $file.path, (@($file.origins) -join ',')) }
    foreach ($one in $Script.members) { Get-Line 'member' $one }
    foreach ($one in $Script.types) { Get-Line 'type' $one }
    foreach ($one in $Script.variables) { Get-Line 'variable' @($one.name, (@($one.origins) -join ',')) }
    foreach ($one in $Script.texts) { Get-Line 'text' $one }
}

$folder = (Get-Item -LiteralPath $Path).FullName
$sums = @{}
$sumsPath = Join-Path -Path $folder -ChildPath 'SHA256SUMS'
foreach ($line in [System.IO.File]::ReadAllLines($sumsPath)) { $sums[$line.Substring(66)] = $line.Substring(0, 64) }
$found = Get-Sha256 ([System.IO.File]::ReadAllBytes($sumsPath))
if ($Digest -and $Digest -ne $found) { throw "The bundle digest is $found, the ticket says ${Digest}: do not run this bundle. Nothing else was compared." }
$names = @(Get-ChildItem -LiteralPath $folder -Recurse -File -Force | ForEach-Object { $_.FullName.Substring($folder.Length + 1).Replace('\', '/') } | Where-Object { $_ -ne 'SHA256SUMS' -and $_ -notlike 'evidence/*' })
foreach ($name in Get-Sorted @($names + @($sums.Keys))) {
    if (-not $sums.ContainsKey($name)) { $differences.Add("${name}: not listed in SHA256SUMS"); continue }
    if ($names -cnotcontains $name) { $differences.Add("${name}: missing"); continue }
    if ((Get-Sha256 (Read-Unsigned (Join-Path -Path $folder -ChildPath $name))) -ne $sums[$name]) { $differences.Add("${name}: not the bytes of SHA256SUMS") }
}
$claims = [System.IO.File]::ReadAllText((Join-Path -Path $folder -ChildPath 'audit.json')) | ConvertFrom-Json
$scripts = @($names | Where-Object { $_ -like '*.ps1' -and $_ -cne 'AUDIT.ps1' })
foreach ($name in Get-Sorted @($scripts + @($claims.scripts | ForEach-Object { $_.file }))) {
    $claim = @($claims.scripts | Where-Object { $_.file -ceq $name })
    if ($claim.Count -ne 1 -or $scripts -cnotcontains $name) { $differences.Add("${name}: not in both the bundle and audit.json"); continue }
    $text = [System.Text.Encoding]::UTF8.GetString((Read-Unsigned (Join-Path -Path $folder -ChildPath $name))).TrimStart([char]0xFEFF).Replace("`r`n", "`n")
    foreach ($difference in @(Compare-Object -ReferenceObject @(Get-Claim $claim[0]) -DifferenceObject @(Get-Statement $text) -CaseSensitive)) {
        $differences.Add("${name}: only $(if ($difference.SideIndicator -eq '<=') { 'audit.json says' } else { 'PowerShell reads' }) $($difference.InputObject.Replace([string][char]1, ' | '))")
    }
}
foreach ($difference in $differences) { Write-Output -InputObject $difference }
if ($differences.Count -ne 0) { throw "$($differences.Count) differences: do not run this bundle." }
Write-Output -InputObject "PowerShell's parser agrees with audit.json on $($scripts.Count) scripts; every file is the one of SHA256SUMS. Bundle digest: $found. $(if ($Digest) { 'It is the one on the ticket.' } else { 'Not compared with a ticket.' })"
