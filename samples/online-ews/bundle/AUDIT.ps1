#Requires -Version 5.1

<#
.SYNOPSIS
    A second opinion on a bundle: reads its scripts with PowerShell's own parser, and holds its files to them and to each other.
.DESCRIPTION
    Runs nothing that it reads, changes nothing, needs no module and no Exchange. Needs full language mode, because it uses the
    parser itself. Use your own copy: the one in a bundle came with the bundle, and its digest is in the release notes.
    It says first what it does not compare. Exit code 0: no difference; 1: differences, or it could not be compared.
.PARAMETER Path
    The folder of the bundle. Without it: the folder that this script stands in.
.PARAMETER Digest
    The bundle digest on the ticket.
.EXAMPLE
    .\AUDIT.ps1 -Path .\contoso-rooms -Digest 0123...

    Compares the bundle with this release, with the ticket, and its files with each other.
#>
using namespace System.Management.Automation.Language
[CmdletBinding()]
param([string]$Path = $PSScriptRoot, [string]$Digest = '')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') { 'Needs full language mode. Nothing was compared.'; exit 1 }

# Compared as they are: PowerShell's own operators take a text with unseen characters for the same one.
function New-Set($Values = @(), $How = [StringComparer]::Ordinal) {
    , (New-Object 'System.Collections.Generic.HashSet[string]' ([string[]]@($Values)), $How)
}
function Test-Same([string]$One, [string]$Other) { [string]::Equals($One, $Other) }

# What is the same in every bundle of this release, by its digest: the code, the region, and what is said of both.
$release = @{
    'exchange-server' = '2c656940c543561ebd9e9b235cd822009ece8aa4d468a2b2c622e29c7f773ded'
    'exchange-online calendars-read' = '04e32a9f52a39cc30abb4f1ae2d95a30a5e393ea55196b7a7c0d23222e625f6d'
    'exchange-online calendars-readwrite' = '7fc1d3b86ef233d7bf56a0de013618c86593e8b8e2bcd4102775664e1c3a28d2'
    'exchange-online ews' = 'c6d1523ae6e23e383db9e6625adcd035411b6210edda9337c2aff5949c60ec50'
}
$plain = -split 'Compare-Object ConvertFrom-Json ConvertTo-Json ForEach-Object Get-ChildItem Get-Command Get-Content Get-Date
    Get-FileHash Get-Item Group-Object Import-Csv Join-Path Measure-Object New-Item Out-Null Out-String Select-Object Set-Content
    Set-StrictMode Sort-Object Start-Sleep Test-Path Where-Object Write-Error Write-Information Write-Output Write-Progress
    Write-Warning'
$reads = -split 'Get-ADServerSettings Get-OrganizationConfig Get-AcceptedDomain Get-Mailbox Get-Recipient Get-User Get-Group
    Get-DistributionGroup Get-DistributionGroupMember Get-ManagementScope Get-ManagementRoleAssignment Get-ManagementRole
    Get-ConnectionInformation Get-CASMailbox Get-ServicePrincipal Get-ApplicationAccessPolicy Test-ServicePrincipalAuthorization
    Get-MgContext Get-MgServicePrincipal Get-MgServicePrincipalAppRoleAssignment'
$writes = -split 'New-DistributionGroup Update-DistributionGroupMember Add-DistributionGroupMember New-ManagementScope
    New-ManagementRoleAssignment Remove-ManagementRoleAssignment Remove-ManagementScope Remove-DistributionGroup
    Enable-OrganizationCustomization New-ServicePrincipal Remove-ServicePrincipal'
$roles = @{
    'calendars-read' = 'Application Calendars.Read'; 'calendars-readwrite' = 'Application Calendars.ReadWrite'
    'ews' = 'Application EWS.AccessAsApp'
}
# What a manifest holds, key by key.
$keys = @{
    'manifest' = 'files format plan plan_id region'; 'account' = 'address user'
    'plan' = 'account account_may_own_lists application approver bundle controls domains endpoint format grants list_owner
        list_size lists lists_per_scope organizational_unit owner product review_by rooms ticket'
    'application' = 'access allowed_entra_permissions client_id cloud display_name object_id owner tenant_id'
    'one of grants' = 'assignment lists scope'; 'one of lists' = 'address alias name rooms'
}
$several = -split 'allowed_entra_permissions controls domains grants lists'
$numbers = -split 'list_size lists_per_scope rooms'
$changing = New-Set $writes ([StringComparer]::OrdinalIgnoreCase)

# --- What is found, the important first: 0 the bundle, 1 what changes Exchange, 2 other calls, 3 names, 4 texts. ---
$found = New-Object 'System.Collections.Generic.List[object]'
function Add-Difference([int]$Rank, [string]$Text) { $found.Add([pscustomobject]@{ Rank = $Rank; Text = $Text }) }
# Lines with their rank in front: what only one of both says. Compared as they are, by no culture.
function Compare-Lines([string]$What, [string]$Said, $Lines, [string]$Derived, $Others) {
    $rest = New-Object 'System.Collections.Generic.List[string]' (, [string[]]@($Others))
    $more = @(foreach ($line in $Lines) { if (-not $rest.Remove($line)) { $line } })
    foreach ($line in $more) { Add-Difference $line.Substring(0, 1) "${What}only $Said says: $($line.Substring(1))" }
    foreach ($line in $rest) { Add-Difference $line.Substring(0, 1) "${What}only $Derived says: $($line.Substring(1))" }
}
# Foreign text must not steer the console: what cannot be seen is shown by its code.
function Get-Harmless([string]$Text) {
    $line = $Text -replace '[\x01\x02\n]+ *', ' '
    if ($line.Length -gt 400) { $line = $line.Substring(0, 400) + ' ...' }
    [regex]::Replace($line, '[\p{C}\p{Z}-[ \ud800-\udfff]]', { param($One) '\u{0:X4}' -f [int][char]$One.Value })
}
function Get-Sorted($Values) {
    $set = New-Object 'System.Collections.Generic.SortedSet[string]' ([StringComparer]::Ordinal)
    foreach ($value in $Values) { [void]$set.Add([string]$value) }
    $set
}
function Get-Sha256([byte[]]$Bytes) {
    [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant()
}
function Get-TextSha256([string]$Text) { Get-Sha256 ((New-Object Text.UTF8Encoding($false)).GetBytes($Text)) }
# JSON as it is rendered, with no key but those of a manifest: with line breaks, or for the plan id in one line of ASCII.
function Get-Json($Value, [string]$Name, [string]$Break) {
    $inner, $colon = if ($Break) { "$Break  ", ': ' } else { '', ':' }
    if ($Name -in $numbers) { return [string][int]$Value }
    if ($Name -eq 'account_may_own_lists') { return ([string][bool]$Value).ToLowerInvariant() }
    if ($Name -in $several) {
        $parts = @(foreach ($one in @($Value)) { Get-Json $one "one of $Name" $inner })
        if ($parts) { return "[$inner$($parts -join ",$inner")$Break]" } else { return '[]' }
    }
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [Management.Automation.PSCustomObject]) {
        $names = if ($Name -eq 'files') { Get-Sorted $Value.PSObject.Properties.Name } else { -split $keys[$Name] }
        $parts = foreach ($one in $names) { "$(Get-Json $one '' $Break)$colon$(Get-Json $Value.$one $one $inner)" }
        return "{$inner$($parts -join ",$inner")$Break}"
    }
    $escaped = if ($Break) { '["\\\x00-\x1f]' } else { '["\\\x00-\x1f\x7f-\uffff]' }
    '"' + [regex]::Replace([string]$Value, $escaped, {
        param($One)
        if ($One.Value -in '"', '\') { "\$($One.Value)" } else { '\u{0:x4}' -f [int][char]$One.Value }
    }) + '"'
}
function Test-Odd($Item) { $Item.PSIsContainer -or ($Item.Attributes -band [IO.FileAttributes]::ReparsePoint) }
# The bytes as they were rendered: without one signature block at the very end and the line break before it.
function Read-Unsigned([string]$Name, [string]$From = $folder) {
    $latin = [Text.Encoding]::GetEncoding(28591)
    $item = Get-Item -LiteralPath (Join-Path -Path $From -ChildPath $Name) -Force
    if (Test-Odd $item) { throw "$Name is a link or a folder" }
    $text = $latin.GetString([IO.File]::ReadAllBytes($item.FullName))
    $block = '\r?\n# SIG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)+# SIG # End signature block(?:\r?\n)?\z'
    if ($Name -clike '*.ps1') { $text = [regex]::Replace($text, $block, '') }
    , $latin.GetBytes($text)
}
function Read-Text([string]$Name) {
    $text = (New-Object Text.UTF8Encoding($false, $true)).GetString((Read-Unsigned $Name))
    if ($Name -clike '*.ps1' -and $text -match '(?<!\r)\n') { Add-Difference 0 "${Name}: a line that does not end with CR LF" }
    $text = $text.Replace("`r`n", "`n")
    if ($text.Length -and [int]$text[0] -eq 0xFEFF) { $text.Substring(1) }
    elseif ($Name -clike '*.ps1') { throw "$Name has no byte order mark: Windows PowerShell would read another text" }
    else { $text }
}

# --- What PowerShell's parser reads. ---
function Get-Around([Ast]$Node, [type[]]$Types) {
    for ($one = $Node.Parent; $null -ne $one; $one = $one.Parent) {
        if ($one.GetType() -in $Types) { return $one }
    }
}
# What is given to a command: parameter, value, and whether only under a condition; what is splatted comes last.
function Get-Given([CommandAst]$Command) {
    $waiting, $splats = $null, @()
    foreach ($element in $Command.CommandElements) {
        if ($element -is [VariableExpressionAst] -and $element.Splatted) { $splats += $element; continue }
        if ($element -eq $Command.CommandElements[0]) { continue }
        if ($element -isnot [CommandParameterAst]) { , @([string]$waiting, $element, $false); $waiting = $null; continue }
        if ($null -ne $waiting) { , @($waiting, $null, $false) }
        $waiting = $element.ParameterName
        if ($null -ne $element.Argument) { , @($waiting, $element.Argument, $false); $waiting = $null }
    }
    if ($null -ne $waiting) { , @($waiting, $null, $false) }
    foreach ($splat in $splats) {
        $table = $null
        $name = '$' + $splat.VariablePath.UserPath
        foreach ($one in $assignments) {
            if ($one.Extent.StartOffset -gt $Command.Extent.StartOffset) { break }
            if ((Test-Same $one.Left.Extent.Text $name) -and $one.Right.Extent.Text -clike '@{*') {
                for ($up = [Ast]$Command; $null -ne $up -and $up -ne $one.Parent; $up = $up.Parent) { }
                if ($null -eq $up) { continue }
                $table = $one
                $pairs = @($one.Right.Expression.KeyValuePairs | ForEach-Object { , @($_.Item1.Extent.Text, $_.Item2, $false) })
            }
            elseif ($table -and $one.Left -is [IndexExpressionAst] -and (Test-Same $one.Left.Target.Extent.Text $name)) {
                $pairs += , @([string]$one.Left.Index.Value, $one.Right, ($one.Parent -ne $table.Parent))
            }
        }
        if ($null -ne $table) { $pairs }
    }
}
# The condition of the nearest gate around a call, which must hold $Apply.
function Get-Gate([Ast]$Node) {
    if (Get-Around $Node ([FunctionDefinitionAst], [ScriptBlockExpressionAst])) { return '' }
    for ($one = $Node; $null -ne $one.Parent; $one = $one.Parent) {
        if ($one.Parent -isnot [IfStatementAst] -or $one -ne $one.Parent.Clauses[0].Item2) { continue }
        $condition = $one.Parent.Clauses[0].Item1
        if ($condition.PipelineElements.Count -eq 1 -and (Test-Opening $condition.PipelineElements[0].Expression)) {
            return $condition.Extent.Text
        }
    }
    ''
}
function Test-Opening([Ast]$Condition) {
    if ($Condition -is [VariableExpressionAst]) { return Test-Same $Condition.VariablePath.UserPath 'Apply' }
    $Condition -is [BinaryExpressionAst] -and $Condition.Operator -eq 'And' -and
        ((Test-Opening $Condition.Left) -or (Test-Opening $Condition.Right))
}
# What data stands for: texts, numbers, $null, lists and tables of these; anything else would be computed.
function Get-Constant([Ast]$Node) {
    if ($Node -is [PipelineAst] -and $Node.PipelineElements.Count -eq 1 -and
        (Test-Same $Node.Extent.Text $Node.PipelineElements[0].Extent.Text)) { return Get-Constant $Node.PipelineElements[0] }
    if ($Node -is [CommandExpressionAst] -and -not $Node.Redirections.Count) { return Get-Constant $Node.Expression }
    if ($Node -is [ConstantExpressionAst]) { return $Node.Value }
    if ($Node -is [ArrayExpressionAst] -and -not $Node.SubExpression.Traps) {
        return , @(foreach ($one in $Node.SubExpression.Statements) { Get-Constant $one })
    }
    if ($Node -is [ArrayLiteralAst]) { return @(foreach ($one in $Node.Elements) { Get-Constant $one }) }
    if ($Node -is [HashtableAst]) {
        $table = @{}
        foreach ($pair in $Node.KeyValuePairs) { $table[[string](Get-Constant $pair.Item1)] = Get-Constant $pair.Item2 }
        return $table
    }
    switch ($Node.Extent.Text) {
        '$null' { return }
        '$true' { return $true }
        '$false' { return $false }
    }
    Add-Difference 0 "The data is computed: $($Node.Extent.Text)"
}
# A method of .NET tells the types: a script block, run for each node of a tree, takes most of the time.
function Find-Nodes([Ast[]]$Blocks, [type[]]$Types) {
    foreach ($type in $Types) {
        $isOne = [type].GetMethod('IsInstanceOfType').CreateDelegate([Func[Ast, bool]], $type)
        foreach ($block in $Blocks) { $block.FindAll($isOne, $true) }
    }
}
# The region, or a script's own part, as lines; Functions are those of the region.
function Read-Part([string]$What, [Ast[]]$Blocks, $Functions, [int]$Code) {
    $part = @{ Lines = New-Object 'System.Collections.Generic.List[string]'; Data = @{} }
    $assignments = @(Find-Nodes $Blocks ([AssignmentStatementAst]) | Sort-Object -Property { $_.Extent.StartOffset })
    $own = @(foreach ($node in Find-Nodes $Blocks ([FunctionDefinitionAst])) { $node.Name })
    $part.Functions = @($Functions) + $own
    $known = New-Set ($part.Functions + $plain + $reads) ([StringComparer]::OrdinalIgnoreCase)
    $data = @(if ($Code) { $Blocks[-1].Statements | Where-Object { $_.Extent.StartOffset -lt $Code } })
    foreach ($one in $data) {
        if ($one -isnot [AssignmentStatementAst] -or $one.Left -isnot [VariableExpressionAst] -or $one.Operator -ne 'Equals' -or
            $one.Extent.StartColumnNumber -ne 5) {
            Add-Difference 0 "${What}: not only data in the data"
            continue
        }
        $part.Data[$one.Left.Extent.Text] = Get-Constant $one.Right
        $part.Lines.Add("1data $($one.Left.Extent.Text)$([char]1)$($one.Right.Extent.Text)")
    }
    foreach ($node in Find-Nodes $Blocks ([CommandAst])) { $part.Lines.Add((Read-Call $node)) }
    $words = @(
        foreach ($name in $own) { "1function $name" }
        foreach ($node in Find-Nodes $Blocks ([MemberExpressionAst])) {
            $kind = if ($node.Static) { 'static' } elseif ($node -is [InvokeMemberExpressionAst]) { 'method' } else { 'property' }
            "3member $kind $($node.Member.Extent.Text)"
        }
        foreach ($node in Find-Nodes $Blocks ([TypeConstraintAst]), ([TypeExpressionAst])) { "3type $($node.Extent.Text)" }
        foreach ($node in Find-Nodes $Blocks ([AttributeAst])) { "3type $($node.TypeName.Name)" }
        foreach ($node in Find-Nodes $Blocks ([ParameterAst])) { "3variable $($node.Name.Extent.Text)" }
        foreach ($node in Find-Nodes $Blocks ([ForEachStatementAst])) { "3variable $($node.Variable.Extent.Text)" }
        foreach ($node in $assignments) { "3variable $(Get-Base $node.Left)" }
        foreach ($node in Find-Nodes $Blocks ([ExpandableStringExpressionAst]), ([StringConstantExpressionAst])) {
            $in = $data -and $node.Extent.StartOffset -gt $data[0].Extent.StartOffset -and $node.Extent.StartOffset -lt $Code
            if (-not $in -and $node.StringConstantType -ne 'BareWord') { "4text $($node.Value)" }
        }
    )
    foreach ($line in Get-Sorted $words) { $part.Lines.Add($line) }
    $part
}
# The variable that an assignment changes, also by an element or a member.
function Get-Base([Ast]$Target) {
    foreach ($one in 'Target', 'Child', 'Expression') { if ($Target.PSObject.Properties[$one]) { return Get-Base $Target.$one } }
    $Target.Extent.Text
}
function Read-Tree([string]$What, [string]$Text) {
    $tokens = $null; $errors = $null
    $tree = [Parser]::ParseInput($Text, [ref]$tokens, [ref]$errors)
    foreach ($one in $errors) { Add-Difference 0 "${What}: PowerShell's parser: $($one.Message)" }
    $tree, $tokens
}
function Read-Call([CommandAst]$Command) {
    $name = [string]$Command.GetCommandName()
    $around = Get-Around $Command ([FunctionDefinitionAst])
    $call = @{ command = $name; function = $(if ($around) { $around.Name } else { '' }); gate = Get-Gate $Command }
    $call.writes = $changing.Contains($name) -or -not $known.Contains($name)
    $call.given = @(foreach ($one in @(Get-Given $Command)) {
        @{ parameter = $one[0]; value = $(if ($null -ne $one[1]) { $one[1].Extent.Text } else { '' }); optional = $one[2] }
    })
    $odd = if (-not ($known.Contains($name) -or $changing.Contains($name))) { "calls '$name', which no script of ours calls" }
    elseif ($Command.InvocationOperator -ne 'Unknown' -or $Command.Redirections.Count) { "calls $name by & or . or redirects it" }
    elseif ($call.writes -and -not $call.gate) { "$name can be reached without -Apply" }
    if ($odd) { Add-Difference 1 "$What line $($Command.Extent.StartLineNumber): $odd" }
    Get-Line $call
}
# A call in one line: what it is, not where it stands.
function Get-Line($Call) {
    @(
        "$(2 - [int]$Call.writes)call $($Call.command)"
        foreach ($one in $Call.given) {
            "-$($one.parameter)$([char]2)$($one.value)$(if ($one.optional) { "$([char]2)(under a condition)" })"
        }
        if ($Call.gate) { "if$([char]2)$($Call.gate)" }
        if ($Call.function) { "in$([char]2)$($Call.function)" }
    ) -join [char]1
}
# One script, cut into its parts: the region by its bytes, its own part by what PowerShell reads.
function Read-Script([string]$Name) {
    $text = Read-Text $Name
    $form = '(?s)\A#Requires -Version 5\.1\n\n<#\n(?:[^#]|#(?!>))*#>\n' +
        '(?<head>\[CmdletBinding\(\)\]\nparam\(\n.*?\n(?<params>\))\n\n' +
        'end \{\n    # What this bundle stands for\.\n).*?\n' +
        '(?<code>    # The step itself: the same in every bundle of this release\.\n.*)\n(?<ends>\})\n\n' +
        'begin \{\n#region Shared functions (?<digest>[0-9a-f]{64})\n(?<region>.*)#endregion\n\}\n\z'
    $cut = [regex]::Match($text, $form)
    if (-not $cut.Success -or [regex]::Matches($text, '(?im)^[ \t]*#[ \t]*(end)?region').Count -ne 2) {
        Add-Difference 0 "${Name}: not in the frame of a script: head, data, code, one shared region"
        return
    }
    $shared = $cut.Groups['region'].Value
    foreach ($one in (Get-TextSha256 $shared.Replace("`n", "`r`n")), $cut.Groups['digest'].Value) {
        if (-not (Test-Same $one $manifest.region)) { Add-Difference 0 "${Name}: not the shared region of manifest.json" }
    }
    $tree, $tokens = Read-Tree $Name $text
    # A text or a comment could hide what the form saw, and a block could end early.
    $own = foreach ($token in $tokens) { if ($token.Extent.StartOffset -gt $cut.Groups['ends'].Index) { break }; $token }
    $comments = @(foreach ($token in $own) { if ($token.Kind -eq [TokenKind]::Comment) { $token.Text } })
    $ends = @($tree.ParamBlock, $tree.EndBlock, $tree.BeginBlock | ForEach-Object { if ($_) { $_.Extent.EndOffset } })
    $expected = ($cut.Groups['params'].Index + 1), ($cut.Groups['ends'].Index + 1), ($text.Length - 1)
    $strange = '(?m)^[ \t]*\.(?!(SYNOPSIS|DESCRIPTION|PARAMETER|EXAMPLE)\b)\w'
    $odd = @(
        if ($tree.ProcessBlock -or $tree.DynamicParamBlock -or ($ends -join ' ') -ne ($expected -join ' ')) { 'other blocks' }
        if ($tree.EndBlock -and $tree.EndBlock.Traps) { 'a trap' }
        if ("$($comments | Select-Object -Skip 3 -First 1)" -notlike '# The step itself: *') { 'a comment among the data' }
        if (@($comments -like '<#*').Count -ne 1) { 'a second block comment' }
        if (@($comments -match '^#\s*requires').Count -ne 1) { 'a second #Requires' }
        if ("$($comments | Select-Object -Skip 1 -First 1)" -match $strange) { 'a help that leads elsewhere' }
        foreach ($token in $own) { if ($token -is [StringToken] -and $token.Text.Contains("`n")) { 'a text of several lines' } }
        if ($text -match '[\p{Cc}\p{Cf}-[\n]]') { 'a character that cannot be seen' }
        if ($comments -match 'SIG #') { 'a line of a signature' }
    )
    foreach ($one in $odd) { Add-Difference 0 "${Name}: not in the frame of a script: $one" }
    if ($odd) { return }
    if (-not $regions[$shared]) {
        $regions[$shared] = Read-Part 'the shared region' (Read-Tree 'the shared region' $shared)[0] @() 0
    }
    $part = Read-Part $Name @($tree.ParamBlock, $tree.EndBlock) $regions[$shared].Functions $cut.Groups['code'].Index
    $part.Constant = $cut.Groups['head'].Value + $cut.Groups['code'].Value
    $part
}
# The same lines from what audit.json says.
function Get-Claim($Said) {
    foreach ($one in $Said.calls) { Get-Line $one }
    foreach ($one in $Said.functions) { "1function $one" }
    foreach ($one in $Said.members) { "3member $one" }
    foreach ($one in $Said.types) { "3type $one" }
    foreach ($one in $Said.variables) { "3variable $($one.name)" }
    foreach ($one in $Said.texts) { "4text $one" }
    if ($Said.PSObject.Properties['data']) { foreach ($one in $Said.data) { "1data $($one.name)$([char]1)$($one.value)" } }
}

# --- What AUDIT.md must say first. ---
function Get-Code([string]$Value) {
    $line = $Value -replace '[ \n]+', ' '
    $longest = 0
    foreach ($run in [regex]::Matches($line, '`+')) { $longest = [Math]::Max($longest, $run.Length) }
    $fence = '`' * ($longest + 1)
    if ($line.Trim(' ') -and $line -match '^[ `]|[ `]$') { $line = " $line " }
    if ($line) { "$fence$line$fence" } else { '(empty)' }
}
function Get-Lists($Codes, [string]$Where) {
    $said = "$($Codes.Count) room list$(if ($Codes.Count -ne 1) { 's' }): "
    if ($Codes.Count -le 5) { return $said + $(if ($Codes) { $Codes -join ', ' } else { 'none' }) }
    $said + "$($Codes[0..4] -join ', ') and $($Codes.Count - 5) more, in ``$Where`` of ``audit.json``"
}
function Get-Facts {
    '# What this bundle can do', '', "**$($claims.grants)**", '', 'Read off the scripts:', ''
    $other = ", **which may be another account's**: step 10 compares the two objects and stops if they are not one"
    if ($app) {
        $id = "client id $(Get-Code $app.client_id), object id of its service principal $(Get-Code $app.object_id)"
        "- Application: $id, in tenant $(Get-Code $app.tenant_id)"
        "- Pointer to it in Exchange: $(Get-Code $app.display_name)"
        "- Role: $(Get-Code $roles[[string]$app.access])"
        $besides = @($app.allowed_entra_permissions | ForEach-Object { Get-Code $_ }) -join ', '
        "- Entra may grant it besides: $(if ($besides) { $besides } else { 'nothing' })"
    }
    else {
        "- Service account, as it is looked up and signs in: $(Get-Code $user)"
        "- Its mailbox: $(Get-Code $mailbox)$(if (-not (Test-Same $user $mailbox)) { $other })"
    }
    foreach ($one in $plan.grants) {
        "- Role assignment $(Get-Code $one.assignment), limited to scope $(Get-Code $one.scope) over " +
            (Get-Lists @($one.lists | ForEach-Object { Get-Code $_ }) '$grants')
    }
    '- ' + (Get-Lists @($plan.lists | ForEach-Object { "$(Get-Code $_.name) at $(Get-Code $_.address)" }) '$lists')
    "- Owner of the lists: $(if ($plan.list_owner) { Get-Code $plan.list_owner } else { 'whoever runs step 30' })"
    $codes = @($plan.controls | ForEach-Object { Get-Code $_ })
    "- Must be refused, $($codes.Count): $(if ($codes) { $codes -join ', ' } else { 'nobody, so the scope cannot be proven' })"
    "- SHA-256 of rooms.csv: $(Get-Code $roomsDigest)"
    "- Plan id: $(Get-Code $manifest.plan_id)"
    "- SHA-256 of the shared region: $(Get-Code $manifest.region)"
    '', 'Read off manifest.json, because no script holds it; `roomscope verify` believes it:', ''
    if ($app) {
        "- The credential goes to the sign-in of Microsoft's cloud $(Get-Code $app.cloud), and nowhere else"
        "- The application belongs to: $(if ($app.owner) { Get-Code $app.owner } else { 'the tenant itself' })"
    }
    else {
        $place = if ($plan.endpoint) { Get-Code $plan.endpoint } else { 'nowhere yet, whoever runs verify says' }
        "- The password goes to: $place"
    }
}
function Compare-Page([string]$Head) {
    $page = $Head.Split("`n")
    $facts = @(Get-Facts)
    if (-not (Test-Same ($page[0..($facts.Count - 1)] -join "`n") ($facts -join "`n"))) {
        Compare-Lines 'AUDIT.md: ' 'it' @($page[0..($facts.Count - 1)] -replace '^', '1') 'the plan' @($facts -replace '^', '1')
        Add-Difference 1 'AUDIT.md: its facts are not those of the scripts and the manifest'
    }
    $names = @($user, $mailbox, $plan.list_owner, $plan.endpoint; $plan.controls; if ($app) { $app.display_name }
        foreach ($one in $plan.grants) { $one.scope; $one.assignment; $one.lists }
        foreach ($one in $plan.lists) { $one.name; $one.address })
    $points = New-Set
    $notes = New-Set 'Not ASCII, so look twice; a letter can look like another:'
    foreach ($name in @($names -match '[^\x00-\x7e]')) {
        $code = Get-Code $name
        $letters = @([regex]::Matches($name, '[\ud800-\udbff][\udc00-\udfff]|[^\x00-\x7e]') | ForEach-Object {
            'U+{0:X4}' -f [char]::ConvertToUtf32($_.Value, 0)
        } | Select-Object -Unique)
        [void]$notes.Add((Get-Bare "- ${code}: $($letters -join ', ')."))
        foreach ($one in $letters) { [void]$points.Add($one); [void]$notes.Add((Get-Bare "- ${one}: in names, such as $code.")) }
    }
    foreach ($line in @($page | Select-Object -Skip $facts.Count)) {
        if ($line -and -not $notes.Remove((Get-Bare $line))) { Add-Difference 1 "AUDIT.md: says more than its facts: $line" }
    }
    foreach ($one in $points) {
        if (-not ($page -like "*$one *")) { Add-Difference 1 "AUDIT.md: does not name $one" }
    }
}
# A line about letters without what cannot be told here: their names, their scripts, and how many names hold one.
function Get-Bare([string]$Line) {
    $Line -creplace '(U\+[0-9A-F]{4,6}) (?:[A-Z0-9 -]+|without a name)', '$1' -creplace
        ': in [0-9]+ names?, ', ': in names, ' -creplace '\.( \*\*Letters of several scripts: [A-Za-z, -]+\.\*\*)\z', '.'
}

# --- The bundle. ---
# Only plain files that SHA256SUMS lists, and records below evidence.
function Compare-Files {
    $sums = New-Object Collections.Hashtable ([StringComparer]::Ordinal)
    foreach ($line in (Read-Text 'SHA256SUMS').TrimEnd("`n").Split("`n")) {
        $form = $line -cmatch '\A([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)\z'
        if ($form -and -not $sums.ContainsKey($Matches[2])) { $sums[$Matches[2]] = $Matches[1] }
        else { Add-Difference 0 "SHA256SUMS: not a line of it: $line" }
    }
    $names = New-Set @(foreach ($item in Get-ChildItem -LiteralPath $folder -Force) {
        if (Test-Same $item.Name 'evidence') { Compare-Evidence $item }
        elseif (Test-Odd $item) { Add-Difference 0 "$($item.Name): a link or a folder" }
        elseif (Test-Same $item.Name 'SHA256SUMS') { }
        elseif (-not $sums.ContainsKey($item.Name)) { Add-Difference 0 "$($item.Name): not listed in SHA256SUMS" }
        else { $item.Name }
    })
    $bundle = New-Set (@($claims.scripts | ForEach-Object { $_.file }) + (-split 'AUDIT.md AUDIT.ps1 RUNBOOK.md audit.json
        manifest.json rooms.csv'))
    foreach ($name in Get-Sorted $sums.Keys) {
        $listed = $manifest.files.PSObject.Properties[$name]
        if (-not $names.Contains($name)) { Add-Difference 0 "${name}: missing"; continue }
        if (-not $bundle.Contains($name)) { Add-Difference 0 "${name}: no file of a bundle" }
        if ((Get-Sha256 (Read-Unsigned $name)) -ne $sums[$name]) { Add-Difference 0 "${name}: not the bytes of SHA256SUMS" }
        elseif ($name -ne 'manifest.json' -and ($null -eq $listed -or -not (Test-Same $listed.Value $sums[$name]))) {
            Add-Difference 0 "${name}: manifest.json has another digest"
        }
    }
    $names | Where-Object { $_ -clike '*.ps1' -and $_ -ne 'AUDIT.ps1' }
}
function Compare-Evidence($Folder) {
    if (-not $Folder.PSIsContainer -or ($Folder.Attributes -band [IO.FileAttributes]::ReparsePoint)) {
        Add-Difference 0 'evidence: a link or a file, not a folder'
        return
    }
    foreach ($item in Get-ChildItem -LiteralPath $Folder.FullName -Force) {
        if (Test-Odd $item) { Add-Difference 0 "evidence/$($item.Name): a link or a folder" }
        elseif ($item.Name -cnotmatch '\A[0-9]{2}-[A-Za-z-]+\.(plan|apply)\.[0-9]{8}T[0-9]{6}Z\.json\z') {
            Add-Difference 0 "evidence/$($item.Name): not named like a record"
        }
    }
}
# The data that a bundle has from its plan, of a row its values and their number; any other is the same in every bundle.
function Get-Planned([string]$Step) {
    @{
        '$planId' = $manifest.plan_id; '$bundle' = $plan.bundle; '$product' = $plan.product; '$roomsDigest' = $roomsDigest
        '$accountName' = $user; '$accountAddress' = $mailbox; '$accountMayOwnLists' = $plan.account_may_own_lists
        '$tenantId' = $(if ($app) { $app.tenant_id }); '$clientId' = $(if ($app) { $app.client_id })
        '$objectId' = $(if ($app) { $app.object_id }); '$pointerName' = $(if ($app) { $app.display_name })
        '$allowed' = $(if ($app) { $app.allowed_entra_permissions })
        '$listOwner' = $plan.list_owner; '$controls' = $plan.controls; '$domains' = $plan.domains
        '$organizationalUnit' = $plan.organizational_unit; '$step' = $Step
        '$lists' = @($plan.lists | ForEach-Object { @($_.address, $_.name, $_.alias, 3) -join [char]2 })
        '$grants' = @($plan.grants | ForEach-Object { @($_.scope; $_.assignment; 3; $_.lists) -join [char]2 })
    }
}
function Compare-Data([string]$Name, $Data) {
    $planned = Get-Planned $Name.Substring(0, $Name.Length - 4)
    foreach ($one in @($planned.Keys | Where-Object { $Data.ContainsKey($_) })) {
        $value = @(foreach ($row in @($Data[$one])) {
            if ($one -eq '$lists') { @($row.Address, $row.Name, $row.Alias, $row.Count) -join [char]2 }
            elseif ($one -eq '$grants') { @($row.Scope; $row.Assignment; $row.Count; $row.Lists) -join [char]2 }
            else { $row }
        })
        if (-not (Test-Same ($value -join [char]1) (@($planned[$one]) -join [char]1))) {
            Add-Difference 1 "${Name}: $one is not what manifest.json says"
        }
    }
}
# Begins like a formula, holds what cannot be seen, or blanks that are not single and plain.
$unlikely = '^[=+@\uff1d\uff0b\uff0d\uff20-]|^ |  | $|[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5' +
    '\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff' +
    '\uffa0\ufff0-\ufffb\ufffe\uffff\udb40-\udbff]|\ud82f[\udca0-\udca3]|\ud834[\udd73-\udd7a]'
function Compare-Rooms {
    $text = Read-Text 'rooms.csv'
    $header = "PrimarySmtpAddress,RoomListAddress,DisplayName`n"
    if (-not $text.StartsWith($header, [StringComparison]::Ordinal)) { Add-Difference 1 'rooms.csv: other columns' }
    $rooms = New-Set -How ([StringComparer]::OrdinalIgnoreCase)
    $domains = New-Set $plan.domains ([StringComparer]::OrdinalIgnoreCase)
    $odd = @($plan.domains -cnotmatch '\A[a-z0-9-]+(\.[a-z0-9-]+)+\z')
    if (-not $domains.Count -or $odd) { Add-Difference 1 "manifest.json: no domains, or what is none: $($odd -join ', ')" }
    $counts = New-Object Collections.Hashtable ([StringComparer]::Ordinal)
    $atom = '[a-z0-9!#%&''+/=^_~-]+'
    $form = "\A(?!-)(?=.{1,64}@)$atom(\.$atom)*@[a-z0-9.-]+\z"
    $rows = @($text | ConvertFrom-Csv)
    foreach ($row in $rows) {
        $counts[[string]$row.RoomListAddress] += 1
        $address = [string]$row.PrimarySmtpAddress
        if ($address -cnotmatch $form) { Add-Difference 1 "rooms.csv: not an address: $address" }
        $domain = ($address -split '@')[-1]
        if (-not $domains.Contains($domain)) { Add-Difference 1 "rooms.csv: in none of the domains: $address" }
        if (-not $rooms.Add($address)) { Add-Difference 1 "rooms.csv: twice: $address" }
        $name = [string]$row.DisplayName
        if ($name -match $unlikely -or $name.Length -gt 256) { Add-Difference 1 "rooms.csv: no name of a room: $name" }
    }
    $cells = foreach ($row in $rows) { , [string[]]@($row.PrimarySmtpAddress, $row.RoomListAddress, $row.DisplayName) }
    $lines = foreach ($row in $cells) { @($row -replace '"', '""' -replace '(?s)\A(.*[",\n].*)\z', '"$1"') -join ',' }
    if (-not (Test-Same $text "$header$($lines -join "`n")`n")) { Add-Difference 1 'rooms.csv: not in the form that is rendered' }
    $said = foreach ($row in $cells) {
        if ($row -cmatch '["\\]|[^ -~]') { "[$(@($row | ForEach-Object { Get-Json $_ '' '' }) -join ',')]" }
        else { "[`"$($row -join '","')`"]" }
    }
    $id = Get-TextSha256 "{`"plan`":$(Get-Json $plan 'plan' ''),`"rooms`":[$($said -join ',')]}"
    if (-not (Test-Same $id $manifest.plan_id)) {
        Add-Difference 1 "manifest.json: the plan id of its plan and of rooms.csv is $id"
    }
    foreach ($one in @($plan.controls) + @($user, $mailbox)) {
        if ($one -and $rooms.Contains($one)) { Add-Difference 1 "rooms.csv: holds a control or the service account: $one" }
    }
    foreach ($list in $plan.lists) {
        if ($counts[$list.address] -ne $list.rooms) { Add-Difference 1 "rooms.csv: not the planned rooms in $($list.address)" }
    }
    if ($rooms.Count -ne $plan.rooms -or $counts.Count -ne @($plan.lists).Count) {
        $planned = "$($plan.rooms) in $(@($plan.lists).Count)"
        Add-Difference 1 "rooms.csv: $($rooms.Count) rooms in $($counts.Count) lists, planned are $planned"
    }
}
function Compare-Scripts($Names) {
    foreach ($name in Get-Sorted (@($Names) + @($claims.scripts | ForEach-Object { $_.file }))) {
        $claim = @($claims.scripts | Where-Object { Test-Same $_.file $name })
        if ($claim.Count -ne 1 -or @($Names) -notcontains $name) { Add-Difference 0 "${name}: not once in both"; continue }
        $part = Read-Script $name
        if ($null -eq $part) { continue }
        Compare-Lines "${name}: " 'audit.json' @(Get-Claim $claim[0]) 'PowerShell' $part.Lines
        Compare-Data $name $part.Data
        "$name $(@($part.Lines -clike '1data *' -replace '(?s)\x01.*', '') -join ' ')`n$($part.Constant)"
    }
    foreach ($shared in $regions.Keys) {
        Compare-Lines 'the shared region: ' 'audit.json' @(Get-Claim $claims.region) 'PowerShell' $regions[$shared].Lines
        $shared
    }
}
# What is left of audit.json and of AUDIT.md without what a bundle has from its plan: places, data, and the facts.
function Get-Same([string]$Tail) {
    $names = ((Get-Planned '').Keys | ForEach-Object { [regex]::Escape($_) }) -join '|'
    $data = '(?m)^(    \{"name": "(?:' + $names + ')", "value": )"(?:[^"\\]|\\.)*"'
    (Read-Text 'audit.json') -replace $data, '$1' -replace '"line": [0-9]+, ', '' -replace '(, )?"literal"', ''
    $Tail -replace ' line [0-9]+ \|', ' |' -replace '(, )?fixed in the script', ''
}

if ($PSBoundParameters.ContainsKey('Digest') -and $Digest -notmatch '\A\s*[0-9a-f]{64}\s*\z') {
    "'$(Get-Harmless $Digest)' is no digest: it has 64 hex digits. Nothing was compared."
    exit 1
}
$Digest = $Digest.Trim()
$until = ''
$regions = New-Object Collections.Hashtable ([StringComparer]::Ordinal)
$own = 'unknown'
try {
    $folder = (Get-Item -LiteralPath $Path).FullName
    $own = Get-Sha256 (Read-Unsigned 'SHA256SUMS')
    if ($Digest -and $Digest -ne $own) { Add-Difference 0 "The bundle digest is $own, the ticket says $Digest" }
    $claims = Read-Text 'audit.json' | ConvertFrom-Json
    $manifest = Read-Text 'manifest.json' | ConvertFrom-Json
    $plan = $manifest.plan
    if (-not (Test-Same (Read-Text 'manifest.json') "$(Get-Json $manifest 'manifest' "`n")`n")) {
        Add-Difference 0 'manifest.json: not in the form that is rendered: another key, or one twice, or not in its place'
    }
    if ("$($manifest.format) $($plan.format)" -cne 'roomscope-bundle/2 roomscope-plan/1') {
        Add-Difference 0 'manifest.json: another format'
    }
    $app = $plan.application
    $mailbox = if (-not $app) { $plan.account.address }
    $user = if (-not $app) { if ($plan.account.user) { $plan.account.user } else { $mailbox } }
    $kind = if ($app) { "$($plan.product) $($app.access)" } else { [string]$plan.product }
    $roomsDigest = Get-Sha256 (Read-Unsigned 'rooms.csv')
    $opinion = Read-Unsigned (Split-Path -Path $PSCommandPath -Leaf) (Split-Path -Path $PSCommandPath)
    if ((Get-Sha256 (Read-Unsigned 'AUDIT.ps1')) -ne (Get-Sha256 $opinion)) { Add-Difference 0 'AUDIT.ps1: not this one' }
    foreach ($pair in @($claims.region.digest, $manifest.region), @($claims.product, $plan.product)) {
        if (-not (Test-Same $pair[0] $pair[1])) { Add-Difference 0 "audit.json says $($pair[0]), manifest.json says $($pair[1])" }
    }
    $head, $tail = (Read-Text 'AUDIT.md') -split '(?m)^(?=This page is derived from the scripts)', 2
    $constant = @(Compare-Scripts @(Compare-Files)) + @(Get-Same $tail)
    $same = Get-TextSha256 ($constant -join "`n")
    if ($same -ne $release[$kind]) { Add-Difference 0 "Not the code and the statement of this release: $same" }
    Compare-Rooms
    Compare-Page $head
}
catch {
    $until = ', but not to the end'
    Add-Difference 0 "It could not be compared to the end: $($_.Exception.Message)"
}
'Not compared:'
if (-not $Digest) { '  the bundle with a ticket: give -Digest' }
'  RUNBOOK.md, but for its digest; help of scripts; numbers of lines; what letters are called; what evidence says; but for the'
'  plan id: ticket, approver, owner, review date, sizes and order of the lists; whether all this was wanted: read AUDIT.md'
"Compared${until}:"
'  every file with SHA256SUMS and manifest.json; the code, the region, and what audit.json and AUDIT.md say, with this release'
'  what PowerShell reads with audit.json: frame, data, commands, parameters, values, gates, members, types, texts'
'  the data with manifest.json and rooms.csv, these with the plan id; the facts of AUDIT.md with all of these'
'  the names below evidence'
$ranked = foreach ($rank in 0..4) { $found | Where-Object { $_.Rank -eq $rank } }
foreach ($one in @($ranked | Select-Object -First 20)) { "- $(Get-Harmless $one.Text)" }
if ($found.Count -gt 20) { "- and $($found.Count - 20) more" }
if ($found.Count) { "DO NOT RUN THIS BUNDLE: $($found.Count) difference$(if ($found.Count -ne 1) { 's' })."; exit 1 }
"No difference. Bundle digest: $own, $(if ($Digest) { 'the one on the ticket' } else { 'not compared with a ticket' })."
exit 0
