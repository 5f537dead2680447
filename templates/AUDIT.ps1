#Requires -Version 5.1

<#
.SYNOPSIS
    A second opinion on a bundle: reads its scripts with PowerShell's own parser and holds the other files to them.
.DESCRIPTION
    Runs nothing that it reads, changes nothing, needs no module and no Exchange. Needs full language mode, because it uses the
    parser itself. Use your own copy: the one in a bundle came with the bundle, and its digest is in the release notes.
    It says first what it does not compare. Exit code 0: no difference. 1: differences, or it could not be compared.
.PARAMETER Path
    The folder of the bundle. Without it: the folder that this script stands in.
.PARAMETER Digest
    The bundle digest on the ticket.
.PARAMETER Region
    The digest of the shared region in the release notes.
.EXAMPLE
    .\AUDIT.ps1 -Path .\contoso-rooms -Digest 0123... -Region 4567...

    Compares the bundle with its own files, with the ticket and with the release notes.
#>
using namespace System.Management.Automation.Language
[CmdletBinding()]
param([string]$Path = $PSScriptRoot, [string]$Digest = '', [string]$Region = '')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') { 'Needs full language mode. Nothing was compared.'; exit 1 }

# What the scripts of this release call, by what it does to a value: hands it on, gives none, or gives its own.
$through = -split 'ForEach-Object Join-Path ConvertTo-Json ConvertFrom-Json Out-String Write-Output'
$silent = -split 'Where-Object Select-Object Sort-Object Group-Object Measure-Object Compare-Object Out-Null Set-Content
    Set-StrictMode Start-Sleep New-Item Test-Path Write-Information Write-Warning Write-Progress'
$plain = $through + $silent + (-split 'Get-ChildItem Get-Command Get-Content Get-Date Get-FileHash Get-Item Import-Csv')
$reads = -split 'Get-ADServerSettings Get-OrganizationConfig Get-AcceptedDomain Get-Mailbox Get-Recipient Get-User Get-Group
    Get-DistributionGroup Get-DistributionGroupMember Get-ManagementScope Get-ManagementRoleAssignment Get-ManagementRole'
$writes = -split 'New-DistributionGroup Update-DistributionGroupMember Add-DistributionGroupMember New-ManagementScope
    New-ManagementRoleAssignment Remove-ManagementRoleAssignment Remove-ManagementScope Remove-DistributionGroup'
$types = -split '[string] [ordered] [switch] CmdletBinding ValidateNotNullOrEmpty'
$methods = -split 'AddMinutes Contains ContainsKey EndsWith Replace Split StartsWith ToLowerInvariant ToString ToUniversalTime
    Trim IsNullOrEmpty IsNullOrWhiteSpace'
$onEveryCall = @{ 'exchange-server' = -split 'DomainController ErrorAction' }
$says = @{ 'literal' = 'fixed in the script'; 'error' = 'an error''s text'; '$psscriptroot' = 'beside the script'
    'Get-Item' = 'the evidence folder'; '-EvidencePath' = 'the evidence folder'
    'Get-ChildItem' = 'a file of the evidence folder' }

# What is found, the important first: 0 the bundle, 1 what changes Exchange, 2 other calls, 3 names, 4 texts.
$found = New-Object 'System.Collections.Generic.List[object]'
function Add-Difference([int]$Rank, [string]$Text) { $found.Add([pscustomobject]@{ Rank = $Rank; Text = $Text }) }
# Foreign text must not steer the console: what cannot be seen is shown by its code.
function Get-Harmless([string]$Text) {
    [regex]::Replace($Text, '[\p{C}\p{Z}-[ ]]', { param($One) '\u{0:X4}' -f [int][char]$One.Value })
}
function Get-Sorted($Values) {
    $set = New-Object 'System.Collections.Generic.SortedSet[string]' ([StringComparer]::Ordinal)
    foreach ($value in $Values) { [void]$set.Add([string]$value) }
    $set
}
function Get-Sha256([byte[]]$Bytes) {
    [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant()
}
# The bytes as they were rendered: without one signature block at the very end and the line break before it.
function Read-Unsigned([string]$Name) {
    $latin = [Text.Encoding]::GetEncoding(28591)
    $text = $latin.GetString([IO.File]::ReadAllBytes((Join-Path -Path $folder -ChildPath $Name)))
    $block = '\r?\n# SIG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)+# SIG # End signature block(?:\r?\n)?\z'
    if ($Name -clike '*.ps1') { $text = [regex]::Replace($text, $block, '') }
    , $latin.GetBytes($text)
}
function Read-Text([string]$Name) {
    (New-Object Text.UTF8Encoding($false, $true)).GetString((Read-Unsigned $Name)).TrimStart([char]0xFEFF).Replace("`r`n", "`n")
}

# --- Where values come from: origins, and $$variables that are followed later. ---
function Get-Around([Ast]$Node, [type[]]$Types) {
    for ($one = $Node.Parent; $null -ne $one; $one = $one.Parent) {
        foreach ($type in $Types) { if ($one -is $type) { return $one } }
    }
}
function Get-Name([Ast]$Variable) { '$$' + $Variable.VariablePath.UserPath.ToLowerInvariant() }
function Get-Source([Ast]$Node) {
    if ($Node -is [VariableExpressionAst]) {
        if ($Node.VariablePath.UserPath -in 'true', 'false', 'null') { return 'literal' }
        if ($Node.VariablePath.UserPath -eq '_') { return Get-Piped $Node }
        return Get-Name $Node
    }
    if ($Node -is [ConstantExpressionAst]) { return 'literal' }
    if ($Node -is [AssignmentStatementAst] -or $Node -is [FunctionDefinitionAst]) { return }
    if ($Node -is [CommandAst]) { return Get-Made $Node }
    if ($Node -is [ExpandableStringExpressionAst]) { 'literal'; $inner = $Node.NestedExpressions }
    elseif ($Node -is [InvokeMemberExpressionAst]) { $inner = @($Node.Expression) + @($Node.Arguments) }
    elseif ($Node -is [MemberExpressionAst]) { $inner = @($Node.Expression) }
    elseif ($Node -is [IndexExpressionAst]) { $inner = @($Node.Target) }
    elseif ($Node -is [HashtableAst]) { $inner = @($Node.KeyValuePairs | ForEach-Object { $_.Item2 }) }
    elseif ($Node -is [IfStatementAst]) { $inner = @($Node.Clauses | ForEach-Object { $_.Item2 }) + @($Node.ElseClause) }
    elseif ($Node -is [LoopStatementAst]) { $inner = @($Node.Body) }
    else { $inner = @($read.Children[$Node]) }
    foreach ($one in $inner) { if ($null -ne $one) { Get-Source $one } }
}
function Get-Made([CommandAst]$Command) {
    $name = [string]$Command.GetCommandName()
    if ($read.Functions.ContainsKey($name)) { $read.Made[$name] }
    elseif ($name -eq 'Import-Csv') { 'rooms.csv' }
    elseif ($name -notin $through + $silent) { $name }
    if ($name -in $through) { foreach ($one in @($Command.CommandElements | Select-Object -Skip 1)) { Get-Source $one } }
}
function Get-Piped([Ast]$Node) {
    $block = Get-Around $Node ([CatchClauseAst], [ScriptBlockExpressionAst])
    if ($block -is [CatchClauseAst]) { return 'error' }
    for ($one = $block; $null -ne $one; $one = $one.Parent) {
        if ($one.Parent -isnot [PipelineAst] -or $one.Parent.PipelineElements.Count -eq 1) { continue }
        $start = $one.Extent.StartOffset
        foreach ($stage in $one.Parent.PipelineElements) { if ($stage.Extent.StartOffset -lt $start) { Get-Source $stage } }
        return
    }
}
function Get-Base([Ast]$Target) {
    if ($Target -is [VariableExpressionAst]) { return $Target }
    foreach ($part in 'Target', 'Child', 'Expression') { if ($Target.PSObject.Properties[$part]) { return Get-Base $Target.$part } }
}
function Get-Origin($Sources) {
    $pending = New-Object 'System.Collections.Generic.Queue[string]' (, [string[]]@($Sources))
    $seen = @{}
    Get-Sorted @(while ($pending.Count) {
        $one = $pending.Dequeue()
        if (-not $one.StartsWith('$$')) { $one; continue }
        if ($seen.ContainsKey($one)) { continue }
        $seen[$one] = $true
        if (-not $read.Known.ContainsKey($one)) { $one.Substring(1) }
        else { foreach ($next in $read.Known[$one]) { $pending.Enqueue($next) } }
    })
}

# --- What is given to a command: parameter, value, and whether only under a condition; what is splatted comes last. ---
function Get-Given([CommandAst]$Command) {
    $waiting = $null
    foreach ($element in @($Command.CommandElements | Select-Object -Skip 1)) {
        if ($element -is [VariableExpressionAst] -and $element.Splatted) { continue }
        if ($element -isnot [CommandParameterAst]) { , @([string]$waiting, $element, $false); $waiting = $null; continue }
        if ($null -ne $waiting) { , @($waiting, $null, $false) }
        $waiting = $element.ParameterName
        if ($null -ne $element.Argument) { , @($waiting, $element.Argument, $false); $waiting = $null }
    }
    if ($null -ne $waiting) { , @($waiting, $null, $false) }
    foreach ($splat in @($Command.CommandElements | Where-Object { $_ -is [VariableExpressionAst] -and $_.Splatted })) {
        $table, $second = $read.Tables[(Get-Name $splat)]
        $added = @($read.Added[(Get-Name $splat)] | Where-Object { $null -ne $_ })
        if ($null -eq $table -or $null -ne $second -or $read.Times[(Get-Name $splat)] -ne 2 + $added.Count) { continue }
        $outside = @(foreach ($one in @($splat) + $added) {
            for ($up = $one; $null -ne $up -and $up -ne $table.Parent; $up = $up.Parent) { }
            $at = $one.Extent.StartOffset
            if ($null -eq $up -or $at -lt $table.Extent.EndOffset -or $at -gt $splat.Extent.StartOffset) { $one }
        })
        if ($outside.Count -ne 0) { continue }
        foreach ($pair in $table.Right.Expression.KeyValuePairs) { , @($pair.Item1.Extent.Text, $pair.Item2, $false) }
        foreach ($one in $added) { , @($one.Left.Index.Value, $one.Right, ($one.Parent -ne $table.Parent)) }
    }
}
# The condition of the nearest gate around a call, which must hold $Apply.
function Get-Gate([Ast]$Node) {
    if (Get-Around $Node ([FunctionDefinitionAst], [ScriptBlockExpressionAst])) { return '' }
    for ($one = $Node; $null -ne $one.Parent; $one = $one.Parent) {
        if ($one.Parent -is [IfStatementAst] -and $one -eq $one.Parent.Clauses[0].Item2) {
            $condition = $one.Parent.Clauses[0].Item1
            if ($condition.PipelineElements.Count -eq 1 -and (Test-Opening $condition.PipelineElements[0].Expression)) {
                return $condition.Extent.Text
            }
        }
    }
    ''
}
function Test-Opening([Ast]$Condition) {
    if ($Condition -is [VariableExpressionAst]) { return $Condition.VariablePath.UserPath -ceq 'Apply' }
    $Condition -is [BinaryExpressionAst] -and $Condition.Operator -eq 'And' -and
        ((Test-Opening $Condition.Left) -or (Test-Opening $Condition.Right))
}
# What data stands for: texts, numbers, $null, lists and tables of these.
function Get-Constant([Ast]$Node) {
    if ($Node -is [PipelineAst] -and $Node.PipelineElements.Count -eq 1) { return Get-Constant $Node.PipelineElements[0] }
    if ($Node -is [CommandExpressionAst]) { return Get-Constant $Node.Expression }
    if ($Node -is [ConstantExpressionAst]) { return $Node.Value }
    if ($Node -is [ArrayExpressionAst]) { return , @(foreach ($one in $Node.SubExpression.Statements) { Get-Constant $one }) }
    if ($Node -is [ArrayLiteralAst]) { return @(foreach ($one in $Node.Elements) { Get-Constant $one }) }
    if ($Node -is [HashtableAst]) {
        $table = @{}
        foreach ($pair in $Node.KeyValuePairs) { $table[$pair.Item1.Extent.Text] = Get-Constant $pair.Item2 }
        return $table
    }
    if ($Node.Extent.Text -notin '$null', '$true', '$false') { Add-Difference 0 "The data is computed: $($Node.Extent.Text)" }
    elseif ($Node.Extent.Text -ne '$null') { $Node.Extent.Text -eq '$true' }
}

# --- A part of a script as lines with their ranks; what stands from Begin to End, the region, is followed and not stated. ---
function Get-Line($Call) {
    $given = foreach ($one in $Call.given) { @($one.parameter, $one.value, ($one.origins -join ','), $one.optional) -join [char]2 }
    @("$(if ($Call.writes) { 1 } else { 2 })call $($Call.command)", $Call.gate, $Call.function) + @($given) -join [char]1
}
function Read-Part([string]$What, [string]$Text, [int]$Begin, [int]$End, [int]$Code) {
    $tokens = $null; $errors = $null
    $tree = [Parser]::ParseInput($Text, [ref]$tokens, [ref]$errors)
    foreach ($one in $errors) { Add-Difference 0 "${What}: PowerShell's parser: $($one.Message)" }
    if ($End) { Test-Frame }
    $lines = New-Object 'System.Collections.Generic.List[string]'
    $part = @{ Lines = $lines; Rows = @(); Data = @{} }
    $read = @{}
    foreach ($one in 'Children', 'Functions', 'Made', 'Known', 'Tables', 'Added', 'Times') { $read[$one] = @{} }
    $all = @($tree.FindAll({ $true }, $true))
    foreach ($node in $all) {
        $read.Children[$node] = New-Object Collections.ArrayList
        if ($null -ne $node.Parent) { [void]$read.Children[$node.Parent].Add($node) }
        if ($node -is [FunctionDefinitionAst]) { $read.Functions[$node.Name] = $node }
        elseif ($node -is [VariableExpressionAst]) { $read.Times[(Get-Name $node)] += 1 }
    }
    $commands = @($all | Where-Object { $_ -is [CommandAst] } | Sort-Object { $_.Extent.StartOffset })
    Read-Functions
    $set = @(Read-Variables)
    $data = @(if ($End) { $tree.EndBlock.Statements | Where-Object { $_.Extent.StartOffset -lt $Code } })
    foreach ($one in $data) {
        if ($one -isnot [AssignmentStatementAst]) { Add-Difference 0 "${What}: the data holds something else than data"; continue }
        $part.Data[$one.Left.Extent.Text] = Get-Constant $one.Right
        $lines.Add("1data $($one.Left.Extent.Text)$([char]1)$($one.Right.Extent.Text)")
    }
    foreach ($command in $commands) { if (Test-Own $command) { Read-Call $command } }
    foreach ($line in Get-Sorted @($all | Where-Object { Test-Own $_ } | ForEach-Object { Read-Word $_ })) {
        $lines.Add($line)
        $word = $line.Substring($line.LastIndexOf(' ') + 1)
        if (($line -like '3type *' -and $word -notin $types) -or ($line -match '^3member [sm]' -and $word -notin $methods)) {
            Add-Difference 2 "${What}: uses $word, which no script of this release uses"
        }
    }
    foreach ($name in Get-Sorted @($set | Where-Object { Test-Own $_ } | ForEach-Object { $_.Extent.Text })) {
        $lines.Add("3variable $name$([char]1)$((Get-Origin ('$$' + $name.Substring(1).ToLowerInvariant())) -join ',')")
    }
    $part
}
function Test-Own([Ast]$Node) { $Node.Extent.StartOffset -lt $Begin -or $Node.Extent.StartOffset -ge $End }
function Read-Word([Ast]$Node) {
    if ($Node -is [FunctionDefinitionAst]) { "1function $($Node.Name)" }
    elseif ($Node -is [MemberExpressionAst]) {
        $kind = if ($Node.Static) { 'static' } elseif ($Node -is [InvokeMemberExpressionAst]) { 'method' } else { 'property' }
        "3member $kind $($Node.Member.Extent.Text)"
    }
    elseif ($Node -is [TypeConstraintAst] -or $Node -is [TypeExpressionAst]) { "3type $($Node.Extent.Text)" }
    elseif ($Node -is [AttributeAst]) { "3type $($Node.TypeName.Name)" }
    elseif ($Node -is [ExpandableStringExpressionAst] -or
        ($Node -is [StringConstantExpressionAst] -and $Node.StringConstantType -ne 'BareWord')) {
        $at = $Node.Extent.StartOffset
        if (-not ($data | Where-Object { $at -gt $_.Extent.StartOffset -and $at -lt $_.Extent.EndOffset })) { "4text $($Node.Value)" }
    }
}
# What stands before, between and behind the parts that were cut out of the text; a text or a comment could hide it.
function Test-Frame {
    $comments = @($tokens | Where-Object { $_.Kind -eq 'Comment' } | ForEach-Object { $_.Text })
    $odd = @(
        if ($tree.ProcessBlock -or $tree.DynamicParamBlock -or -not $tree.BeginBlock -or $tree.EndBlock.Unnamed) { 'other blocks' }
        elseif ($tree.BeginBlock.Extent.StartOffset -ne $Begin - 8 -or $tree.BeginBlock.Extent.EndOffset -ne $Text.Length - 1 -or
            $tree.EndBlock.Extent.EndOffset -ne $Begin - 10 -or $tree.EndBlock.Extent.StartOffset -gt $Code) { 'other blocks' }
        if (@($comments -like '<#*').Count -ne 1) { 'a second block comment' }
        if (@($comments -match '^#\s*requires').Count -ne 1) { 'a second #Requires' }
        if ($tokens | Where-Object { $_.Kind -like '*String*' -and $_.Text.Contains("`n") }) { 'a text of several lines' }
        if ($Text -match '[\p{C}\p{Z}-[ \n]]') { 'a character that cannot be seen' }
    )
    foreach ($one in $odd) { Add-Difference 0 "${What}: not in the frame of a script: $one" }
}
# What each function can give: what it calls, also through others.
function Read-Functions {
    $inside = @{}
    foreach ($command in $commands) {
        $around = Get-Around $command ([FunctionDefinitionAst])
        if ($around) { $inside[$around.Name] += @([string]$command.GetCommandName()) }
    }
    foreach ($name in @($read.Functions.Keys)) {
        $reach = @($name)
        for ($at = 0; $at -lt $reach.Count; $at++) {
            foreach ($one in $inside[$reach[$at]]) { if ($read.Functions[$one] -and $one -notin $reach) { $reach += $one } }
        }
        $made = @($reach | ForEach-Object { $inside[$_] } | Where-Object { $null -ne $_ -and $_ -notin $through + $silent })
        $read.Made[$name] = @(@($made | Where-Object { -not $read.Functions[$_] }) -replace '^Import-Csv$', 'rooms.csv')
    }
}
# Gives every variable that is set, and keeps what each is set to.
function Read-Variables {
    foreach ($node in $all) {
        $value = $null
        if ($node -is [AssignmentStatementAst]) { $target = Get-Base $node.Left; $value = $node.Right }
        elseif ($node -is [ForEachStatementAst]) { $target = $node.Variable; $value = $node.Condition }
        elseif ($node -is [ParameterAst]) { $target = $node.Name }
        else { continue }
        if ($null -eq $target) { Add-Difference 1 "${What}: an assignment changes something that is not one variable"; continue }
        $target
        $name = Get-Name $target
        if (-not $read.Known.ContainsKey($name)) { $read.Known[$name] = @() }
        if ($null -ne $value) { $read.Known[$name] += @(Get-Source $value) }
        elseif (-not $End -or -not (Get-Around $node ([FunctionDefinitionAst]))) { $read.Known[$name] += "-$($target.VariablePath)" }
        if ($node -isnot [AssignmentStatementAst] -or $node.Operator -ne 'Equals') { continue }
        if ($node.Left -eq $target -and $value.Extent.Text.StartsWith('@{')) { $read.Tables[$name] += @($node) }
        if ($node.Left -is [IndexExpressionAst] -and $node.Left.Target -eq $target -and
            $node.Left.Index.Extent.Text -match "^'[A-Za-z][A-Za-z0-9]*'$") { $read.Added[$name] += @($node) }
    }
    foreach ($command in @($commands | Where-Object { $read.Functions[[string]$_.GetCommandName()] })) {
        foreach ($one in @(Get-Given $command)) {
            if ($null -ne $one[1]) { $read.Known['$$' + $one[0].ToLowerInvariant()] += @(Get-Source $one[1]) }
        }
    }
}
function Read-Call([CommandAst]$Command) {
    $name = [string]$Command.GetCommandName()
    $place = "$What line $($Command.Extent.StartLineNumber)"
    $made = [bool]$read.Functions[$name]
    $around = Get-Around $Command ([FunctionDefinitionAst])
    $call = @{ command = $name; function = $(if ($around) { $around.Name } else { '' }); gate = Get-Gate $Command }
    $call.writes = $name -in $writes -or (-not $made -and $name -notin $plain + $reads)
    $odd = if (-not $made -and $name -notin $plain + $reads + $writes) { "calls '$name', which no script of this release calls" }
    elseif ($Command.InvocationOperator -ne 'Unknown' -or $Command.Redirections.Count) { "calls $name by an operator, or redirects" }
    elseif ($call.writes -and -not $call.gate) { "$name can be reached without -Apply" }
    if ($odd) { Add-Difference 1 "${place}: $odd" }
    $call.given = @(foreach ($one in @(Get-Given $Command)) {
        $value, $origins = if ($null -ne $one[1]) { $one[1].Extent.Text, @(Get-Origin (Get-Source $one[1])) } else { '', @() }
        @{ parameter = $one[0]; value = $value; origins = $origins; optional = $one[2] }
    })
    $lines.Add((Get-Line $call))
    if ($call.writes) { $part.Rows += @(Get-Row $What $Command.Extent.StartLineNumber $call) }
}
# The same lines from what audit.json says.
function Get-Claim($Said) {
    foreach ($one in $Said.calls) { Get-Line $one }
    foreach ($one in $Said.functions) { "1function $one" }
    foreach ($one in $Said.members) { "3member $one" }
    foreach ($one in $Said.types) { "3type $one" }
    foreach ($one in $Said.variables) { "3variable $($one.name)$([char]1)$($one.origins -join ',')" }
    foreach ($one in $Said.texts) { "4text $one" }
    if ($Said.PSObject.Properties['data']) { foreach ($one in $Said.data) { "1data $($one.name)$([char]1)$($one.value)" } }
}
function Compare-Lines([string]$What, [string]$File, $Said, $Derived) {
    $rest = New-Object 'System.Collections.Generic.List[string]' (, [string[]]@($Derived))
    $wrong = @(foreach ($line in $Said) { if (-not $rest.Remove($line)) { , @($line, $File) } })
    foreach ($one in $wrong + @($rest | ForEach-Object { , @($_, 'PowerShell') })) {
        Add-Difference ([string]$one[0][0]) "${What}only $($one[1]) says: $($one[0].Substring(1))"
    }
}

# --- What AUDIT.md must say: the facts from the data, the changes from the calls. ---
function Get-Code([string]$Value, [switch]$Cell) {
    $line = $Value -replace '[ \n]+', ' '
    $longest = 0
    foreach ($run in [regex]::Matches($line, '`+')) { $longest = [Math]::Max($longest, $run.Length) }
    $fence = '`' * ($longest + 1)
    if ($line.Trim(' ') -and $line -match '^[ `]|[ `]$') { $line = " $line " }
    if (-not $line) { '(empty)' } elseif ($Cell) { "$fence$line$fence".Replace('|', '\|') } else { "$fence$line$fence" }
}
function Get-Shown($Codes, [string]$Where) {
    if ($Codes.Count -le 5) { return $(if ($Codes) { $Codes -join ', ' } else { 'none' }) }
    "$($Codes[0..4] -join ', ') and $($Codes.Count - 5) more, in ``$Where`` of ``audit.json``"
}
function Get-Counted($Values) { "$(@($Values).Count) room list$(if (@($Values).Count -ne 1) { 's' })" }
function Get-Row([string]$File, [int]$Line, $Call) {
    $gate = if ($Call.gate) { Get-Code $Call.gate -Cell } else { '**none**' }
    "1| $(Get-Code $File -Cell) line $Line | $gate | **$($Call.command)** | | |"
    foreach ($one in $Call.given) {
        if ($one.parameter -in $common) { continue }
        $value = "$(if ($one.value) { Get-Code $one.value -Cell } else { 'on' })$(if ($one.optional) { ', under a condition' })"
        $from = @($one.origins | ForEach-Object { if ($says[$_]) { $says[$_] } else { Get-Code $_ -Cell } } | Select-Object -Unique)
        "1| | | $(Get-Code "-$($one.parameter)" -Cell) | $value | $(if ($from) { $from -join ', ' } else { '-' }) |"
    }
}
function Get-Facts {
    $other = ", **which may be another account's**: step 10 compares the two objects and stops if they are not one"
    'Read off the scripts:'
    ''
    "- Service account, as it is looked up and signs in: $(Get-Code $user)"
    "- Its mailbox: $(Get-Code $plan.account.address)$(if ($user -cne $plan.account.address) { $other })"
    foreach ($one in $plan.grants) {
        $codes = @($one.lists | ForEach-Object { Get-Code $_ })
        "- Role assignment $(Get-Code $one.assignment), limited to scope $(Get-Code $one.scope) over $(Get-Counted $codes): " +
            (Get-Shown $codes '$grants')
    }
    $codes = @($plan.lists | ForEach-Object { "$(Get-Code $_.name) at $(Get-Code $_.address)" })
    "- $(Get-Counted $codes): $(Get-Shown $codes '$lists')"
    "- Owner of the lists: $(if ($plan.list_owner) { Get-Code $plan.list_owner } else { 'whoever runs step 30' })"
    $codes = @($plan.controls | ForEach-Object { Get-Code $_ })
    "- Must be refused, $($codes.Count): $(if ($codes) { $codes -join ', ' } else { 'nobody, so the scope cannot be proven' })"
    "- SHA-256 of rooms.csv: $(Get-Code $roomsDigest)"
    "- Plan id: $(Get-Code $manifest.plan_id)"
    "- SHA-256 of the shared region: $(Get-Code $manifest.region)"
    ''
    'Read off manifest.json, because no script holds it; `roomscope verify` believes it:'
    ''
    "- The password goes to: $(if ($plan.endpoint) { Get-Code $plan.endpoint } else { 'nowhere yet, whoever runs verify says where' })"
    ''
}

# --- The bundle. ---
# Only plain files that SHA256SUMS lists, and records below evidence.
function Compare-Files {
    $sums = New-Object Collections.Hashtable ([StringComparer]::Ordinal)
    foreach ($line in (Read-Text 'SHA256SUMS').TrimEnd("`n").Split("`n")) {
        $form = $line -cmatch '^([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)$'
        if ($form -and -not $sums.ContainsKey($Matches[2])) { $sums[$Matches[2]] = $Matches[1] }
        else { Add-Difference 0 "SHA256SUMS: not a line of it: $line" }
    }
    $names = @(foreach ($item in Get-ChildItem -LiteralPath $folder -Force) {
        $odd = $item.PSIsContainer -or ($item.Attributes -band [IO.FileAttributes]::ReparsePoint)
        if ($item.Name -ceq 'evidence') { Compare-Evidence $item; continue }
        if ($odd) { Add-Difference 0 "$($item.Name): a link or a folder"; continue }
        if ($item.Name -cne 'SHA256SUMS' -and -not $sums.ContainsKey($item.Name)) { Add-Difference 0 "$($item.Name): not in SHA256SUMS" }
        $item.Name
    })
    foreach ($name in Get-Sorted $sums.Keys) {
        $listed = $manifest.files.PSObject.Properties[$name]
        if ($names -cnotcontains $name) { Add-Difference 0 "${name}: missing" }
        elseif ((Get-Sha256 (Read-Unsigned $name)) -cne $sums[$name]) { Add-Difference 0 "${name}: not the bytes of SHA256SUMS" }
        elseif ($name -cne 'manifest.json' -and ($null -eq $listed -or $listed.Value -cne $sums[$name])) {
            Add-Difference 0 "${name}: manifest.json has another digest"
        }
    }
    if (@($manifest.files.PSObject.Properties).Count -ne $sums.Count - 1) { Add-Difference 0 'manifest.json lists other files' }
    $names
}
function Compare-Evidence($Folder) {
    if (-not $Folder.PSIsContainer -or ($Folder.Attributes -band [IO.FileAttributes]::ReparsePoint)) {
        Add-Difference 0 'evidence: a link or a file, not a folder'
        return
    }
    foreach ($item in Get-ChildItem -LiteralPath $Folder.FullName -Force) {
        $plain = -not $item.PSIsContainer -and -not ($item.Attributes -band [IO.FileAttributes]::ReparsePoint)
        if (-not $plain) { Add-Difference 0 "evidence/$($item.Name): a link or a folder" }
        elseif ($item.Name -cnotmatch '^\d\d-[A-Za-z-]+\.(plan|apply)\.\d{8}T\d{6}Z\.json$') {
            Add-Difference 0 "evidence/$($item.Name): not named like a record"
        }
    }
}
# One script: its region by its digest, its own part by what can be read off it.
function Read-Script([string]$Name) {
    $text = Read-Text $Name
    $form = '(?s)\A#Requires -Version 5\.1\n\n<#\n(?:[^#]|#(?!>))*#>\n\[CmdletBinding\(\)\]\nparam\(\n.*?\n\)\n\nend \{\n' +
        '    # What this bundle stands for\.\n.*?\n(?<code>    # The step itself: the same in every bundle of this release\.\n).*\n\}\n\n' +
        'begin \{\n#region Shared functions (?<digest>[0-9a-f]{64})\n(?<region>.*)#endregion\n\}\n\z'
    $cut = [regex]::Match($text, $form)
    if (-not $cut.Success -or [regex]::Matches($text, '(?im)^[ \t]*#[ \t]*(end)?region').Count -ne 2) {
        Add-Difference 0 "${Name}: not in the frame of a script: head, data, code, one shared region"
        return
    }
    $region = $cut.Groups['region']
    $bytes = (New-Object Text.UTF8Encoding($false)).GetBytes($region.Value.Replace("`n", "`r`n"))
    foreach ($digest in (Get-Sha256 $bytes), $cut.Groups['digest'].Value) {
        if ($digest -cne $manifest.region) { Add-Difference 0 "${Name}: its shared region is not the one of manifest.json" }
    }
    if (-not $regions[$region.Value]) { $regions[$region.Value] = Read-Part 'the shared region' $region.Value }
    $end = $region.Index + $region.Length
    Read-Part $Name $text ($cut.Groups['digest'].Index - '#region Shared functions '.Length) $end $cut.Groups['code'].Index
}
# The data of the scripts, and rooms.csv, are what the manifest says.
function Compare-Plan($Scripts) {
    $expected = @{
        '$planId' = $manifest.plan_id; '$bundle' = $plan.bundle; '$product' = $plan.product; '$roomsDigest' = $roomsDigest
        '$accountName' = $user; '$accountAddress' = $plan.account.address; '$accountMayOwnLists' = $plan.account_may_own_lists
        '$listOwner' = $plan.list_owner; '$controls' = $plan.controls; '$domains' = $plan.domains
        '$organizationalUnit' = $plan.organizational_unit
        '$lists' = @($plan.lists | ForEach-Object { @($_.address, $_.name, $_.alias) -join [char]2 })
        '$grants' = @($plan.grants | ForEach-Object { @(@($_.scope, $_.assignment) + @($_.lists)) -join [char]2 })
    }
    foreach ($name in Get-Sorted $Scripts.Keys) {
        foreach ($one in Get-Sorted $Scripts[$name].Data.Keys) {
            $value = @($Scripts[$name].Data[$one])
            if ($one -ceq '$lists') { $value = @($value | ForEach-Object { @($_.Address, $_.Name, $_.Alias) -join [char]2 }) }
            if ($one -ceq '$grants') { $value = @($value | ForEach-Object { @(@($_.Scope, $_.Assignment) + @($_.Lists)) -join [char]2 }) }
            if (-not $expected.ContainsKey($one)) { [void]$alone.Add($one) }
            elseif (($value -join [char]1) -cne (@($expected[$one]) -join [char]1)) { Add-Difference 1 "${name}: $one is not what manifest.json says" }
        }
    }
}
function Compare-Rooms {
    $text = Read-Text 'rooms.csv'
    if (-not $text.StartsWith("PrimarySmtpAddress,RoomListAddress,DisplayName`n")) { Add-Difference 1 'rooms.csv: other columns' }
    $rows = @($text | ConvertFrom-Csv)
    $rooms = New-Object 'System.Collections.Generic.HashSet[string]' ([StringComparer]::OrdinalIgnoreCase)
    $counts = New-Object Collections.Hashtable ([StringComparer]::Ordinal)
    foreach ($row in $rows) {
        $address = [string]$row.PrimarySmtpAddress
        $counts[[string]$row.RoomListAddress] += 1
        if ($address -notmatch '^[^\s@,;"]+@[^\s@,;"]+$') { Add-Difference 1 "rooms.csv: not an address: $address" }
        elseif (-not $rooms.Add($address)) { Add-Difference 1 "rooms.csv: twice: $address" }
    }
    foreach ($one in @($plan.controls) + @($user, $plan.account.address)) {
        if ($one -and $rooms.Contains($one)) { Add-Difference 1 "rooms.csv: a control or the service account is among the rooms: $one" }
    }
    foreach ($list in $plan.lists) {
        if ($counts[$list.address] -ne $list.rooms) { Add-Difference 1 "rooms.csv: other rooms in $($list.address) than manifest.json counts" }
    }
    if ($rows.Count -ne $plan.rooms -or $counts.Count -ne @($plan.lists).Count) { Add-Difference 1 'rooms.csv: not the rooms and lists of manifest.json' }
}
# AUDIT.md: the facts at its head, the changes below their heading.
function Compare-Page($Scripts) {
    $page = (Read-Text 'AUDIT.md').TrimEnd("`n").Split("`n")
    $head = @('# What this bundle can do', '', "**$($claims.grants)**", '') + @(Get-Facts)
    if (($page | Select-Object -First $head.Count) -join "`n" -cne $head -join "`n") {
        Compare-Lines 'AUDIT.md: ' 'the page' ($page | Select-Object -First $head.Count | ForEach-Object { "1$_" }) ($head | ForEach-Object { "1$_" })
    }
    $at = [Array]::IndexOf($page, '## What changes Exchange')
    $rows = @(for ($at += 1; $at -gt 0 -and $at -lt $page.Count -and $page[$at] -cnotlike '## *'; $at++) { if ($page[$at].StartsWith('| ')) { "1$($page[$at])" } })
    $derived = @("1| Where | Condition | Parameter | Value | Comes from |") + @(foreach ($name in Get-Sorted $Scripts.Keys) { $Scripts[$name].Rows })
    if ($rows -join "`n" -cne $derived -join "`n") { Compare-Lines 'AUDIT.md: ' 'the page' $rows $derived }
    foreach ($one in [regex]::Matches($head -join '', '[^\x20-\x7e]')) {
        $point = 'U+{0:X4}' -f [char]::ConvertToUtf32($one.Value, 0)
    }
}
function Compare-Bundle {
    $names = @(Compare-Files)
    if ($Digest -and $Digest -ne $own) { Add-Difference 0 "The bundle digest is $own, the ticket says $Digest" }
    if ($Region -and $Region -ne $manifest.region) { Add-Difference 0 "The region is $($manifest.region), the release notes say $Region" }
    $scripts = @{}
    foreach ($name in @($names -clike '*.ps1' -cne 'AUDIT.ps1')) { $one = Read-Script $name; if ($one) { $scripts[$name] = $one } }
    foreach ($name in Get-Sorted @($scripts.Keys + @($claims.scripts | ForEach-Object { $_.file }))) {
        $claim = @($claims.scripts | Where-Object { $_.file -ceq $name })
        if ($claim.Count -ne 1 -or -not $scripts[$name]) { Add-Difference 0 "${name}: not in both the bundle and audit.json" }
        else { Compare-Lines "${name}: " 'audit.json' (Get-Claim $claim[0]) $scripts[$name].Lines }
    }
    foreach ($one in $regions.Values) { Compare-Lines 'the shared region: ' 'audit.json' (Get-Claim $claims.region) $one.Lines }
    if ($claims.region.digest -cne $manifest.region) { Add-Difference 0 'audit.json and manifest.json name different regions' }
    if ($claims.product -cne $plan.product -or -not $onEveryCall[$plan.product]) { Add-Difference 0 "another product: $($plan.product)" }
    Compare-Plan $scripts
    Compare-Rooms
    Compare-Page $scripts
}

$folder = (Get-Item -LiteralPath $Path).FullName
$regions = @{}
$alone = New-Object 'System.Collections.Generic.SortedSet[string]' ([StringComparer]::Ordinal)
$own = ''
try {
    $own = Get-Sha256 (Read-Unsigned 'SHA256SUMS')
    $claims = Read-Text 'audit.json' | ConvertFrom-Json
    $manifest = Read-Text 'manifest.json' | ConvertFrom-Json
    $plan = $manifest.plan
    $common = $onEveryCall[[string]$plan.product]
    $user = if ($plan.account.user) { $plan.account.user } else { $plan.account.address }
    $roomsDigest = Get-Sha256 (Read-Unsigned 'rooms.csv')
    Compare-Bundle
}
catch { Add-Difference 0 "It could not be compared to the end: $($_.Exception.Message)" }
'Not compared here:'
if (-not $Digest) { '  the bundle with a ticket: give -Digest' }
if (-not $Region) { '  the shared region with the release notes: give -Region' }
"  with manifest.json: $($alone -join ', ')"
'  order, conditions besides gates, help and comments of the scripts; RUNBOOK.md and REVIEW.html besides their digests; what AUDIT.md'
'  says besides its facts and "What changes Exchange"; whether this is what was wanted: read AUDIT.md.'
'Compared: each file with SHA256SUMS and manifest.json; each script, by PowerShell''s parser, with audit.json: frame, one shared'
'  region, data, commands, parameters, values, origins, gates, members, types, texts; the data with manifest.json; rooms.csv with'
'  both; AUDIT.md with all of these; the names in evidence.'
$sorted = @($found | Sort-Object -Property Rank)
$shown = @($sorted | Select-Object -First 20)
foreach ($one in $shown) { '  ' + (Get-Harmless $(if ($one.Text.Length -gt 400) { $one.Text.Substring(0, 400) + ' ...' } else { $one.Text })) }
if ($sorted.Count -gt 20) { "  and $($sorted.Count - 20) more" }
if ($found.Count) { "DO NOT RUN THIS BUNDLE: $($found.Count) difference$(if ($found.Count -ne 1) { 's' })."; exit 1 }
"No difference. Bundle digest: $own, $(if ($Digest) { 'the one on the ticket' } else { 'not compared with a ticket' })."
exit 0
