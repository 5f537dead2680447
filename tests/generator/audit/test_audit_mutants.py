"""Attacks on delivered scripts: each is caught by the rule that is meant for it, also with all digests adjusted."""

from collections.abc import Callable, Mapping

import pytest

from roomscope.generator.audit.check import audit_script
from roomscope.generator.bundle.release import release_of
from roomscope.generator.bundle.sums import digest
from roomscope.generator.delivery.check import audit_delivery
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.statement.derive import step_of
from tests.generator.audit.mutants import (
    BACK,
    LISTS,
    READY,
    ROOMS,
    Mutant,
    add,
    raw,
    resub,
    shared,
    swap,
    text,
)

Files = Mapping[str, bytes]

SCOPE = "New-ManagementScope @newScope | Out-Null"
ASSIGN = "New-ManagementRoleAssignment @newAssignment | Out-Null"
GATED = "if ($Apply -and $plan.Count -ne 0) {"
FORCED = "-Name 'x' -RecipientRestrictionFilter 'x' -DomainController $DomainController -ErrorAction Stop"

BYTES = [
    Mutant("no byte order mark", "RSA001", raw(lambda data: data[3:])),
    Mutant("two byte order marks", "RSA002", raw(lambda data: data[:3] + data)),
    Mutant("UTF-16", "RSA001", raw(lambda data: data.decode("utf-8-sig").encode("utf-16"))),
    Mutant("UTF-16 big-endian without mark", "RSA001", raw(lambda data: data.decode("utf-8-sig").encode("utf-16-be"))),
    Mutant("plain line feeds", "RSA001", raw(lambda data: data.replace(b"\r\n", b"\n"))),
    Mutant("one bare line feed", "RSA001", raw(lambda data: data.replace(b"\r\n", b"\n", 1))),
    Mutant("a bare carriage return ends a comment", "RSA001", raw(lambda data: data.replace(b"# What this", b"# x\rGet-Process #"))),
    Mutant("no last line end", "RSA001", raw(lambda data: data[:-2])),
    Mutant("a byte that is not UTF-8", "RSA001", raw(lambda data: data.replace(b"# What", b"# \xff", 1))),
    Mutant("an overlong encoding", "RSA001", raw(lambda data: data.replace(b"# What", b"# \xc0\xa7", 1))),
    Mutant("empty", "RSA050", raw(lambda data: data[:3] + b"\r\n")),
    Mutant("larger than any script", "RSA001", raw(lambda data: data + b"#" * (5 * 1024 * 1024))),
    Mutant("nested deeper than any script", "RSA010", add("$x = " + "(" * 60 + "1" + ")" * 60)),
]
CHARACTERS = [
    Mutant("typographic quotes around a string", "RSA003", add("$a = \u2018x\u2019")),
    Mutant("a typographic quote closes a string", "RSA006", add("$a = 'x\u2019; Get-Process; $b = \u2018y'")),
    Mutant("a low quote closes a string", "RSA006", add("$a = 'x\u201a; Get-Process; $b = 'y'")),
    Mutant("a reversed quote closes a string", "RSA006", add("$a = 'x\u201b; Get-Process; $b = 'y'")),
    Mutant("two different quotes are one character", "RSA006", add("$a = 'x\u2018\u2019y'")),
    Mutant("typographic double quotes", "RSA003", add("$a = \u201cx\u201d")),
    Mutant("a typographic double quote closes a string", "RSA006", add('$a = "x\u201d; Get-Process; $b = \u201cy"')),
    Mutant("an en dash for a parameter", "RSA002", add("Get-Date \u2013Format 'x'")),
    Mutant("an em dash for a parameter", "RSA002", add("Get-Date \u2014Format 'x'")),
    Mutant("a horizontal bar for a parameter", "RSA002", add("Get-Date \u2015Format 'x'")),
    Mutant("a minus sign for a parameter", "RSA002", add("Get-Date \u2212Format 'x'")),
    Mutant("a Cyrillic letter in a command", "RSA002", add("Get-D\u0430te")),
    Mutant("a Greek letter in a command", "RSA002", swap("New-ManagementScope @", "New-M\u03b1nagementScope @")),
    Mutant("a Cyrillic letter in a variable", "RSA002", swap("$Apply -and", "$\u0410pply -and")),
    Mutant("a full-width dollar", "RSA002", add("\uff04x = 1")),
    Mutant("a dotless i in a parameter", "RSA002", swap("-FilterScript", "-F\u0131lterScript")),
    Mutant("a no-break space between tokens", "RSA002", swap("Set-StrictMode -Version", "Set-StrictMode\u00a0-Version")),
    Mutant("NEL between tokens", "RSA002", add("# x\u0085Get-Process")),
    Mutant("a line separator in a comment", "RSA002", add("# x\u2028Get-Process")),
    Mutant("a right-to-left override in a string", "RSA002", add("$a = 'x\u202ey'")),
    Mutant("a right-to-left isolate in a comment", "RSA002", add("# \u2067x")),
    Mutant("a left-to-right mark in a name", "RSA002", swap("CronofyImpersonationScope", "Cronofy\u200eImpersonationScope")),
    Mutant("a zero-width space in a name", "RSA002", swap("CronofyImpersonationScope", "Cronofy\u200bImpersonationScope")),
    Mutant("a byte order mark in the middle", "RSA002", add("\ufeff$a = 1")),
    Mutant("NUL in a string", "RSA002", add("$a = 'x\0'")),
    Mutant("NUL in a comment", "RSA002", add("# x\0")),
    Mutant("an escape sequence in a string", "RSA002", add("$a = '\x1b[2J'")),
    Mutant("a vertical tab", "RSA002", add("# x\x0bGet-Process")),
    Mutant("a tab", "RSA002", swap("\n    try {", "\n\ttry {")),
    Mutant("a soft hyphen in a comment", "RSA002", add("# x\u00ady")),
]
TOKENS = [
    Mutant("a backtick joins lines", "RSA004", add("Get-Date `\n    -Format 'x'")),
    Mutant("a backtick hides a command from a grammar", "RSA007", add("<# `#> Get-Process <# #>")),
    Mutant("a backtick in a command's name", "RSA004", add("Get-Pro`cess")),
    Mutant("a here-string", "RSA005", add("$a = @'\nx\n'@")),
    Mutant("an expanding here-string", "RSA005", add('$a = @"\n$(Get-Process)\n"@')),
    Mutant("a here-string closed by a typographic quote", "RSA005", add("$a = @'\nx\n\u2019@; Get-Process; $b = @'\n'@")),
    Mutant("a block comment inside a line", "RSA007", add("$a = 1 <# x #>")),
    Mutant("a block comment around code", "RSA007", swap("\n    try {", "\n    <#\n    try {")),
    Mutant("the help ends early", "RSA007", swap(".DESCRIPTION", "#>\nGet-Process\n<#\n.DESCRIPTION")),
    Mutant("a comment behind code", "RSA007", add("$a = 1 # x")),
    Mutant("#Requires -Modules", "RSA008", add("#Requires -Modules Evil")),
    Mutant("#requires in small letters", "RSA008", add("#requires -PSSnapin Evil")),
    Mutant("a module on the first line", "RSA008", swap("#Requires -Version 5.1", "#Requires -Version 5.1 -Modules Evil")),
    Mutant("another version required", "RSA008", swap("#Requires -Version 5.1", "#Requires -Version 2.0")),
    Mutant("no requirement", "RSA007", text(lambda before: before.replace("#Requires -Version 5.1\n", "# x\n", 1))),
    Mutant("no help", "RSA050", resub(r"<#.*?#>\n", "")),
    Mutant("using module", "RSA011", swap("[CmdletBinding()]", "using module Evil\n[CmdletBinding()]")),
    Mutant("using assembly", "RSA011", swap("[CmdletBinding()]", "using assembly Evil\n[CmdletBinding()]")),
    Mutant("the call operator with a text", "RSA003", add("& 'Get-Process'")),
    Mutant("the call operator with a variable", "RSA003", add("$a = 'Get-Process'\n& $a")),
    Mutant("dot-sourcing", "RSA025", add(". $roomsPath")),
    Mutant("dot-sourcing a file", "RSA003", add(". .\\evil.ps1")),
    Mutant("a script beside it", "RSA003", add(".\\evil.ps1")),
    Mutant("a sub-expression in a string", "RSA006", add('$a = "$(Get-Process)"')),
    Mutant("a braced variable in a string", "RSA006", add('$a = "${env:x}"')),
    Mutant("an environment variable in a string", "RSA006", add('$a = "$env:TEMP"')),
    Mutant("a sub-expression", "RSA003", add("$a = $(Get-Process)")),
    Mutant("a braced variable", "RSA003", add("${Apply} = 1")),
    Mutant("redirection to a file", "RSA003", add("Get-Date > 'x'")),
    Mutant("errors redirected", "RSA003", add("Get-Date 2>$null")),
    Mutant("streams merged", "RSA003", add("Get-Date *>&1")),
    Mutant("a background job", "RSA003", add("Get-Date &")),
    Mutant("&&", "RSA003", add("Get-Date && Get-Date")),
    Mutant("||", "RSA011", add("Get-Date || Get-Date")),
    Mutant("the stop-parsing mark", "RSA003", add("Get-Date --% x")),
    Mutant("the stop-parsing mark in quotes", "RSA006", add("Get-Date '--%' x")),
    Mutant("the stop-parsing mark in double quotes", "RSA006", add("Get-Date \"--%\" x")),
    Mutant("a ternary", "RSA003", add("$a = $Apply ? 1 : 2")),
    Mutant("null coalescing", "RSA003", add("$a = $planId ?? 'x'")),
    Mutant("a null-conditional member", "RSA003", add("$a = ${planId}?.Length")),
    Mutant("a command in the same line", "RSA020", add("$a = 1; Get-Process")),
    Mutant("a program by its path", "RSA003", add("C:\\x.exe")),
    Mutant("a program by a path with slashes", "RSA003", add("x/evil")),
    Mutant("a command of a module", "RSA003", add("Microsoft.PowerShell.Utility\\Invoke-Expression 'x'")),
    Mutant("a signature in the middle", "RSA009", add("# SIG # Begin signature block\n# AAAA\n# SIG # End signature block")),
    Mutant("code behind a signature", "RSA009", text(lambda before: before + "# SIG # Begin signature block\n# AAAA\n# SIG # End signature block\nGet-Process\n")),
]
COMMANDS = [
    Mutant(name, "RSA020", add(code))
    for name, code in {
        "Invoke-Expression": "Invoke-Expression -Command 'x'",
        "iex": "iex 'x'",
        "Invoke-Command": "Invoke-Command -ScriptBlock { Get-Process }",
        "Start-Process": "Start-Process -FilePath 'x'",
        "Invoke-WebRequest": "Invoke-WebRequest -Uri 'https://evil.example'",
        "Start-BitsTransfer": "Start-BitsTransfer -Source 'x'",
        "Start-Job": "Start-Job -ScriptBlock { Get-Process }",
        "Register-ScheduledTask": "Register-ScheduledTask -TaskName 'x'",
        "New-PSSession": "New-PSSession -ComputerName 'evil'",
        "Import-PSSession": "Import-PSSession -Session 'x'",
        "Import-Module": "Import-Module -Name 'x'",
        "Add-Type": "Add-Type -TypeDefinition 'x'",
        "New-Object": "New-Object -TypeName 'x'",
        "Set-Alias": "Set-Alias -Name 'Get-Mailbox' -Value 'Get-Process'",
        "Set-Variable": "Set-Variable -Name 'Apply' -Value $true",
        "Remove-Item": "Remove-Item -LiteralPath $roomsPath",
        "Out-File": "Out-File -LiteralPath $roomsPath",
        "Set-Item on a function": "Set-Item -LiteralPath 'function:Get-Mailbox' -Value 'x'",
        "powershell.exe": "powershell.exe -EncodedCommand 'x'",
        "cmd": "cmd -c 'x'",
        "an alias": "gci -LiteralPath $roomsPath",
        "Set-Mailbox": "Set-Mailbox -Identity 'ceo@contoso.com'",
        "Add-MailboxPermission": "Add-MailboxPermission -Identity 'ceo@contoso.com' -User 'x'",
        "New-RoleGroup": "New-RoleGroup -Name 'x'",
        "Set-ManagementScope": "Set-ManagementScope -Identity 'x' -RecipientRestrictionFilter 'x'",
        "Set-DistributionGroup": "Set-DistributionGroup -Identity 'x' -ManagedBy 'x'",
        "Set-ADServerSettings": "Set-ADServerSettings -ViewEntireForest $true",
        "a command of another step": "New-DistributionGroup -Name 'x'",
        "a command in small letters": f"new-managementscope {FORCED}",
    }.items()
] + [
    Mutant("the alias % for a pipeline", "RSA020", add("$planId | % { Get-Process }")),
    Mutant("the alias ? for a pipeline", "RSA003", add("$planId | ? { Get-Process }")),
]
MEMBERS = [
    Mutant("a file by .NET", "RSA030", add("[IO.File]::WriteAllText('x', 'y')")),
    Mutant("a web client", "RSA030", add("$a = [System.Net.WebClient]::new()")),
    Mutant("a type from a text", "RSA011", add("$a = 'IO.File' -as [string]")),
    Mutant("a cast to a script block", "RSA003", add("$a = [scriptblock]'Get-Process'")),
    Mutant("[scriptblock]::Create", "RSA030", add("$a = [scriptblock]::Create('x')")),
    Mutant("[PSCustomObject]", "RSA030", add("$a = [PSCustomObject]@{ x = 1 }")),
    Mutant("[string]::new", "RSA031", add("$a = [string]::new('x')")),
    Mutant("a static property", "RSA032", add("$a = [string]::Empty")),
    Mutant(".Invoke()", "RSA031", add("$planId.Invoke()")),
    Mutant("a script block's .Invoke()", "RSA003", add("{ Get-Process }.Invoke()")),
    Mutant("$ExecutionContext", "RSA041", add("$ExecutionContext.InvokeCommand.InvokeScript('x')")),
    Mutant(".GetType()", "RSA031", add("$a = $planId.GetType()")),
    Mutant(".ForEach()", "RSA032", add("$planId.ForEach('Trim')")),
    Mutant(".Where()", "RSA003", add("$planId.Where({ Get-Process })")),
    Mutant("a computed member", "RSA003", add("$a = $planId.$roomsPath")),
    Mutant("a member in quotes", "RSA003", add("$a = $planId.'Length'")),
    Mutant("a property that leads to code", "RSA032", add("$a = (Get-Command -Name 'Get-Date' -ErrorAction Stop).ScriptBlock")),
    Mutant("ForEach-Object -MemberName", "RSA021", add("$planId | ForEach-Object -MemberName 'Trim'")),
    Mutant("ForEach-Object -Begin", "RSA021", add("$planId | ForEach-Object -Begin { 'x' } -Process { 'x' }")),
    Mutant("a calculated property", "RSA020", add("$planId | Select-Object -Property @{ Name = 'x'; Expression = { Get-Process } }")),
    Mutant("a script block for -replace", "RSA033", add("$a = $planId -replace 'x', { Get-Process }")),
    Mutant("a stored script block", "RSA033", add("$a = { Get-Process }")),
    Mutant("a script block as a delay-bind value", "RSA033", add("$planId | Get-Item -LiteralPath { Get-Process }")),
    Mutant("a computed key", "RSA011", add("$a = @{ $planId = 1 }")),
]
FORMS = [
    Mutant("a class", "RSA011", add("class X { }")),
    Mutant("an enum", "RSA011", add("enum X { A }")),
    Mutant("a trap", "RSA011", add("trap { continue }")),
    Mutant("a try without a catch", "RSA011", add("try { Get-Date | Out-Null }")),
    Mutant("a data section", "RSA011", add("data { 'x' }")),
    Mutant("a switch on a file", "RSA011", add("switch -File $roomsPath {\n    'x' { 'y' }\n}")),
    Mutant("exit", "RSA011", add("exit")),
    Mutant("return", "RSA011", add("return")),
    Mutant("break", "RSA011", add("break")),
    Mutant("an empty catch", "RSA062", add("try { Get-ADServerSettings -ErrorAction Stop } catch { }")),
    Mutant("a typed catch", "RSA011", add("try { Get-Date } catch [System.Exception] { throw }")),
    Mutant("a for loop", "RSA011", add("for ($a = 0; $a -lt 3; $a += 1) { 'x' }")),
    Mutant("a hex number", "RSA003", add("$a = 0x10")),
    Mutant("a number with a suffix", "RSA003", add("$a = 1gb")),
    Mutant("a bitwise operator", "RSA011", add("$a = 1 -band 3")),
    Mutant("a brace inside a word", "RSA003", swap("-Property Guid", "-Property Gu{d")),
    Mutant("a cast over two lines", "RSA010", swap("[string]$organization.IsDehydrated", "[string]\n$organization.IsDehydrated")),
    Mutant("a range", "RSA003", add("$a = 1..3")),
    Mutant("a filter", "RSA011", add("filter Show-X { 'x' }")),
    Mutant("a function that shadows a cmdlet", "RSA043", add("function Get-Mailbox {\n    'x'\n}")),
    Mutant("a function that shadows Write-Information", "RSA043", add("function Write-Information {\n    'x'\n}")),
    Mutant("a function that is defined again", "RSA043", add("function Show-Line {\n    'x'\n}")),
    Mutant("a function inside a block", "RSA043", add("if ($Apply) {\n    function Show-X {\n        'x'\n    }\n}")),
    Mutant("a begin block", "RSA011", add("function Show-X {\n    begin { 'x' }\n}")),
    Mutant("dynamic parameters", "RSA011", add("function Show-X {\n    dynamicparam { 'x' }\n}")),
]
VARIABLES = [
    Mutant("default parameter values are set", "RSA040", add("$PSDefaultParameterValues = @{ x = 1 }")),
    Mutant("one default parameter value", "RSA040", add("$PSDefaultParameterValues['*:ErrorAction'] = 'Ignore'")),
    Mutant("errors are silenced", "RSA040", add("$ErrorActionPreference = 'SilentlyContinue'")),
    Mutant("confirmation is off", "RSA040", add("$ConfirmPreference = 'None'")),
    Mutant("WhatIf is set", "RSA040", add("$WhatIfPreference = $false")),
    Mutant("a global variable", "RSA003", add("$global:x = 1")),
    Mutant("a variable of the script's scope", "RSA003", add("$script:Apply = $true")),
    Mutant("an environment variable is set", "RSA003", add("$env:Path = 'x'")),
    Mutant("another environment variable is read", "RSA003", add("$a = $env:APPDATA")),
    Mutant("an environment variable of ours is set", "RSA040", add("$env:USERNAME = 'x'")),
    Mutant("a function by its drive", "RSA003", add("$function:Get_Mailbox = 'x'")),
    Mutant("$PSCmdlet", "RSA041", add("$a = $PSCmdlet")),
    Mutant("$args", "RSA041", add("$a = $args")),
    Mutant("$Host", "RSA041", add("$a = $Host")),
    Mutant("a variable of the session", "RSA041", add("$a = $evil")),
    Mutant("a variable before it is set", "RSA042", add("$a = $evil\n$evil = 1")),
    Mutant("two variables at once", "RSA040", add("$a, $Apply = 1, $true")),
    Mutant("a table under another name", "RSA044", add("$a = $grants\n$a['Scope'] = 'x'")),
    Mutant("an element of a list of tables", "RSA044", add("$grants[0]['Scope'] = 'x'")),
    Mutant("a property is set", "RSA044", add("$record.Result = 'x'")),
]
GATE = [
    Mutant("a write before the gate", "RSA060", add(f"New-ManagementScope {FORCED}")),
    Mutant("a gate that always holds", "RSA060", swap(GATED, "if ($true) {")),
    Mutant("a gate with -or", "RSA060", swap(GATED, "if ($Apply -or $true) {")),
    Mutant("a gate the other way round", "RSA060", swap(GATED, "if (-not $Apply) {")),
    Mutant("a gate that compares", "RSA060", swap(GATED, "if ($Apply -ne $true) {")),
    Mutant("a gate that assigns", "RSA061", swap(GATED, "if ($Apply = $true) {")),
    Mutant("a gate on a namesake", "RSA060", swap(GATED, "if ($record) {")),
    Mutant("a write in the else of the gate", "RSA060", add(f"if ($Apply) {{ 'x' }}\nelse {{\n    New-ManagementScope {FORCED}\n}}")),
    Mutant("a write in an elseif of the gate", "RSA060", add(f"if ($Apply) {{ 'x' }}\nelseif ($true) {{\n    New-ManagementScope {FORCED}\n}}")),
    Mutant("a write in a function", "RSA060", add(f"function Save-Scope {{\n    if ($Apply) {{\n        New-ManagementScope {FORCED}\n    }}\n}}")),
    Mutant("a write in a script block", "RSA060", add(f"$planId | ForEach-Object -Process {{ New-ManagementScope {FORCED} }}")),
    Mutant("a write in a filter", "RSA060", add(f"if ($Apply) {{\n    $planId | Where-Object -FilterScript {{ New-ManagementScope {FORCED} }}\n}}")),
    Mutant("a write in the condition of the gate", "RSA060", add(f"if ((New-ManagementScope {FORCED}) -and $Apply) {{ 'x' }}")),
    Mutant("a write as a default value", "RSA050", swap("[string]$DomainController = ''", f"[string]$DomainController = (New-ManagementScope {FORCED})")),
    Mutant("a brace is moved up", "RSA060", swap(GATED, "if ($Apply) { 'x' }\n        if ($true) {")),
    Mutant("$Apply is set", "RSA061", add("$Apply = $true")),
    Mutant("$apply is set", "RSA061", add("$apply = $true")),
    Mutant("$Apply is a loop variable", "RSA061", add("foreach ($Apply in @(1)) { 'x' }")),
    Mutant("$Apply has a default", "RSA061", swap("[switch]$Apply", "[switch]$Apply = $true")),
    Mutant("$Apply is a text", "RSA061", swap("[switch]$Apply", "[string]$Apply")),
    Mutant("$Apply is a parameter of a function", "RSA061", add("function Show-X {\n    param([switch]$Apply)\n    'x'\n}")),
]
FRAME = [
    Mutant("no guard against default parameter values", "RSA052", shared(r"    if \(\$PSDefaultParameterValues[^\n]*\n", "")),
    Mutant("the guard the other way round", "RSA052", shared(r"\$PSDefaultParameterValues.Count -ne 0", "$PSDefaultParameterValues.Count -eq 0")),
    Mutant("the guard only warns", "RSA052", shared(r"throw (?='This session sets default)", "")),
    Mutant("a command before the guard", "RSA052", shared(r"(?=if \(\$null -ne \$\{Variable:ExecutionContext)", "Get-Date\n")),
    Mutant("no strict mode", "RSA052", shared(r"Set-StrictMode -Version 3.0\n", "")),
    Mutant("a laxer strict mode", "RSA022", swap("Set-StrictMode -Version 3.0", "Set-StrictMode -Version 1.0")),
    Mutant("strict mode off", "RSA021", swap("Set-StrictMode -Version 3.0", "Set-StrictMode -Off")),
    Mutant("no preference to stop", "RSA052", shared(r"\$ErrorActionPreference = 'Stop'\n", "")),
    Mutant("the guard does not know a command", "RSA051", swap(", 'New-ManagementScope'", "")),
    Mutant("the guard does not know Set-Content", "RSA051", swap("'Set-Content', ", "")),
    Mutant("the guard takes any source", "RSA052", shared(r"-and \$plainModules -contains \[string\]\$one\.Source", "")),
    Mutant("an alias of a parameter", "RSA050", swap("    [switch]$Apply", "    [Alias('x')]\n    [switch]$Apply")),
    Mutant("a validation that runs code", "RSA003", swap("    [switch]$Apply", "    [ValidateScript({ Get-Process })]\n    [switch]$Apply")),
    Mutant("another parameter", "RSA050", swap("    [switch]$Apply,", "    [switch]$Apply,\n\n    [string]$Other,")),
    Mutant("SupportsShouldProcess", "RSA050", swap("[CmdletBinding()]", "[CmdletBinding(SupportsShouldProcess)]")),
]
PARAMETERS = [
    Mutant("another role", "RSA022", resub(r"\bRole\s+= 'ApplicationImpersonation'", "Role = 'Mailbox Import Export'")),
    Mutant("the role from a variable", "RSA022", resub(r"\bRole\s+= 'ApplicationImpersonation'", "Role = $planId")),
    Mutant("no scope on the assignment", "RSA023", resub(r"CustomRecipientWriteScope\s+= [^;\n]*[;\n]", "")),
    Mutant("a write scope for all", "RSA021", resub(r"CustomRecipientWriteScope\s+= [^;\n]*", "RecipientRelativeWriteScope = 'Organization'")),
    Mutant("another assignee", "RSA028", resub(r"\bUser\s+= [^;\n]*", "User = 'evil@contoso.com'")),
    Mutant("the assignment goes to a group", "RSA021", resub(r"\bUser\s+= ", "SecurityGroup = ")),
    Mutant("a delegating assignment", "RSA021", resub(r"\bUser\s+= ", "Delegating = $true; User = ")),
    Mutant("an exclusive scope", "RSA021", swap("RecipientRestrictionFilter = $filters", "Exclusive = $true\n                        RecipientRestrictionFilter = $filters")),
    Mutant("a weaker filter", "RSA112", swap("'(RecipientTypeDetails -eq ''RoomMailbox'') -and ({0})'", "'(RecipientTypeDetails -eq ''UserMailbox'') -or ({0})'")),
    Mutant("a filter from elsewhere", "RSA112", swap("RecipientRestrictionFilter = $filters[$grant['Scope']]", "RecipientRestrictionFilter = 'Alias -ne $null'")),
    Mutant("the filter is changed later", "RSA112", swap(SCOPE, f"$filters[$grant['Scope']] = 'Alias -ne $null'\n                    {SCOPE}")),
    Mutant("another list in the filter", "RSA112", swap("$quoted = @{}\n", "$quoted = @{}\n$quoted['x'] = 'CN=Everyone'\n")),
    Mutant("a grant of one's own", "RSA112", add("foreach ($grant in @(@{ Scope = 'x'; Assignment = 'y'; Lists = @('z') })) { 'x' }")),
    Mutant("a splat where no command takes it", "RSA027", swap("-States $states", "-States @(@states)")),
    Mutant("a splatted table is changed", "RSA021", swap(SCOPE, f"$newScope['Exclusive'] = $true\n                    {SCOPE}")),
    Mutant("a splatted table under another name", "RSA027", swap(SCOPE, f"$other = $newScope\n                        $other['Exclusive'] = $true\n                        {SCOPE}")),
    Mutant("a splatted table that is written elsewhere", "RSA027", swap(SCOPE, "New-ManagementScope @record | Out-Null")),
    Mutant("a splatted table is written after the call", "RSA027", add("if ($Apply) {\n    New-ManagementScope @late\n    $late = @{ Name = 'x' }\n}")),
    Mutant("a splat and a parameter", "RSA026", swap(SCOPE, "New-ManagementScope @newScope -Name 'x' | Out-Null")),
    Mutant("no -ErrorAction", "RSA023", swap("Get-ADServerSettings -ErrorAction Stop", "Get-ADServerSettings")),
    Mutant("-ErrorAction SilentlyContinue", "RSA022", swap("Get-ADServerSettings -ErrorAction Stop", "Get-ADServerSettings -ErrorAction SilentlyContinue")),
    Mutant("-ErrorAction Ignore", "RSA022", swap("Get-ADServerSettings -ErrorAction Stop", "Get-ADServerSettings -ErrorAction Ignore")),
    Mutant("-ErrorAction from a variable", "RSA022", swap("Get-ADServerSettings -ErrorAction Stop", "Get-ADServerSettings -ErrorAction $planId")),
    Mutant("-EA", "RSA021", swap("Get-ADServerSettings -ErrorAction Stop", "Get-ADServerSettings -EA Stop")),
    Mutant("no -DomainController", "RSA023", shared(r"(?<=-ResultSize Unlimited) (?:-DomainController \$Record\['DomainController'\]|@\w+)", "")),
    Mutant("another domain controller", "RSA028", add("$DomainController = 'evil'")),
    Mutant("a cut result", "RSA022", swap("-ResultSize Unlimited", "-ResultSize 5")),
    Mutant("a shortened parameter", "RSA021", swap("-ResultSize Unlimited", "-ResultS Unlimited")),
    Mutant("a value by position", "RSA024", shared(r"Get-Command -Name \$", "Get-Command $")),
    Mutant("a value by pipe", "RSA024", swap("Get-ADServerSettings -ErrorAction Stop", "'x' | Get-ADServerSettings -ErrorAction Stop")),
    Mutant("a write that is fed", "RSA024", swap(SCOPE, f"'x' | {SCOPE}")),
    Mutant("a switch with a value", "RSA024", swap("ConvertTo-Json -InputObject", "ConvertTo-Json -Compress:$false -InputObject")),
    Mutant("-WhatIf", "RSA021", swap(SCOPE, "New-ManagementScope @newScope -WhatIf | Out-Null")),
    Mutant("-Force", "RSA021", swap(ASSIGN, "New-ManagementRoleAssignment @newAssignment -Force | Out-Null")),
    Mutant("-OutVariable", "RSA021", swap("Get-ADServerSettings -ErrorAction Stop", "Get-ADServerSettings -ErrorAction Stop -OutVariable Apply")),
    Mutant("-Path for -LiteralPath", "RSA021", swap("Get-FileHash -LiteralPath", "Get-FileHash -Path")),
    Mutant("a share", "RSA029", shared(r"Import-Csv -LiteralPath \([^)]*\)", "Import-Csv -LiteralPath '\\\\evil\\share'")),
    Mutant("a path that leaves the folder", "RSA029", swap("-ChildPath 'rooms.csv'", "-ChildPath '..\\rooms.csv'")),
    Mutant("rooms from the environment", "RSA028", shared(r"Import-Csv -LiteralPath \([^)]*\)", "Import-Csv -LiteralPath $env:USERNAME")),
    Mutant("another digest", "RSA022", swap("-Algorithm SHA256", "-Algorithm MD5")),
    Mutant("another encoding", "RSA022", shared(r"(?<='rooms\.csv'\)) -Encoding utf8", " -Encoding unicode")),
    Mutant("an open list", "RSA022", resub(r"MemberJoinRestriction +=[^\n]*", "MemberJoinRestriction = 'Open'"), LISTS),
    Mutant("a group that is no room list", "RSA023", resub(r" +RoomList +=[^\n]*\n", ""), LISTS),
    Mutant("a switch that is off", "RSA024", resub(r"RoomList +=[^\n]*", "RoomList = $false"), LISTS),
    Mutant("an owner from elsewhere", "RSA028", swap("$newList['ManagedBy'] = $listOwner", "$newList['ManagedBy'] = $env:USERNAME"), LISTS),
    Mutant("another member", "RSA028", resub(r"(?<=Member = )[^\n]*", "'ceo@contoso.com'"), ROOMS),
    Mutant("a member from rooms.csv", "RSA028", resub(r"(?<=Member = )[^\n]*", "[string]$rooms[$item['Target']].PrimarySmtpAddress"), ROOMS),
    Mutant("a member of another kind", "RSA022", shared(r"(?:(?<=RecipientTypeDetails = ')|(?<=-RecipientTypeDetails ))RoomMailbox", "UserMailbox"), ROOMS),
    Mutant("mailboxes from elsewhere", "RSA028", swap("        $guids = @{}\n", "        $mailboxes = @{}\n        $mailboxes['x'] = 'ceo'\n        $guids = @{}\n"), ROOMS),
    Mutant("the way back asks", "RSA023", swap("Confirm = $false; ", ""), BACK),
    Mutant("the way back removes something else", "RSA112", swap("$old = @{ Identity = $state['Guid']", "$old = @{ Identity = 'Organization Management'"), BACK),
    Mutant("the first step writes", "RSA020", add(f"New-ManagementScope {FORCED}"), READY),
]
MUTANTS = [*BYTES, *CHARACTERS, *TOKENS, *COMMANDS, *MEMBERS, *FORMS, *VARIABLES, *GATE, *FRAME, *PARAMETERS]


@pytest.fixture
def mutated(article: Files, seal: Callable[[Files], Files]) -> Callable[[Mutant], Files]:
    return lambda mutant: seal({**article, mutant.file: mutant.edit(article[mutant.file])})


def test_there_are_enough_attacks_and_no_two_alike() -> None:
    assert len(MUTANTS) >= 120
    assert len({mutant.id for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_an_attack_is_caught_by_the_rule_that_is_meant_for_it(article: Files, mutant: Mutant) -> None:
    data = mutant.edit(article[mutant.file])
    assert data != article[mutant.file]
    found = audit_script(mutant.file, data, release_of(EXCHANGE_SERVER), step_of(mutant.file))
    assert mutant.rule in {finding.rule for finding in found}


@pytest.mark.parametrize("mutant", MUTANTS[:: len(MUTANTS) // 12], ids=lambda mutant: mutant.id)
def test_adjusting_all_digests_does_not_help(
    article: Files, mutated: Callable[[Mutant], Files], mutant: Mutant
) -> None:
    delivery = Delivery("bundle", "bundle", mutated(mutant), ())
    assert mutant.rule in {finding.rule for finding in audit_delivery(delivery).findings}
    ticket = digest(article["SHA256SUMS"])
    assert "RSA104" in {finding.rule for finding in audit_delivery(delivery, ticket).findings}
