"""The rules about bytes, characters, strings and comments; the lexer and the grammar hold them."""

from roomscope.generator.audit.rule import Rule

RULES = (
    Rule(
        "RSA001",
        "One encoding",
        "Windows PowerShell reads a script without a byte order mark in the code page of its machine, and editors disagree "
        "about other line ends. So that everybody sees the same text, a script is UTF-8 with a mark and ends each line with CR LF.",
        "Deliver the bytes that `roomscope render` wrote; do not open and save a script.",
        "A script saved without the byte order mark, or with LF only.",
        "EF BB BF, then lines that end with 0D 0A, the last one too.",
    ),
    Rule(
        "RSA002",
        "Plain characters outside of data",
        "A Cyrillic letter in a command's name, a dash that is no hyphen, a right-to-left mark: what runs is not what a reviewer "
        "sees. Outside single-quoted strings there is only printable ASCII; controls and invisible marks are nowhere.",
        "Remove the character. A value that needs it belongs into a single-quoted string, unless it cannot be seen at all.",
        "Get-M\u0430ilbox -Identity $address",
        "$listName = 'R\u00e4ume Z\u00fcrich'",
    ),
    Rule(
        "RSA003",
        "Only known tokens",
        "Redirection, background jobs, the call operator, scope modifiers, sub-expressions and whatever a later PowerShell adds all "
        "begin with a character that a rendered script does not need. What the lexer does not know is refused.",
        "Write it with the forms that the templates use.",
        "$x = & $command",
        "$x = Get-Date",
    ),
    Rule(
        "RSA004",
        "No backtick",
        "A backtick joins lines, hides characters and makes a grammar and PowerShell see different comments.",
        "Use splatting or break the line after a pipe, a comma or an operator.",
        "Get-Da`te",
        "Get-Date",
    ),
    Rule(
        "RSA005",
        "No here-string",
        "A here-string ends at any of several quotes at the start of a line, where a grammar may go on reading.",
        "Use a single-quoted string for each line.",
        "$text = @'\nabc\n'@",
        "$text = 'abc'",
    ),
    Rule(
        "RSA006",
        "Simple strings",
        "PowerShell takes five characters for a single quote and joins any two in a row; a double-quoted string can run commands. "
        "Single-quoted strings double each quote with itself and end on their line; double-quoted ones expand plain variables only.",
        "Let the literal layer write the string, or join the parts with the format operator.",
        'Write-Information -MessageData "$(Get-Date)"',
        'Write-Information -MessageData "Plan: $plan"',
    ),
    Rule(
        "RSA007",
        "Simple comments",
        "Comments are where readers stop reading. A block comment can end early and let code through. There is one, the help at "
        "the top; every other comment has its line for itself.",
        "Put the comment on a line of its own, without marks of block comments.",
        "$x = 1 <# quiet #>",
        "# Quiet.\n$x = 1",
    ),
    Rule(
        "RSA008",
        "One requirement",
        "`#Requires -Modules` loads code before the first line runs, wherever it stands. Only `#Requires -Version 5.1` is there, first.",
        "Remove the line.",
        "#Requires -Modules Evil",
        "#Requires -Version 5.1",
    ),
    Rule(
        "RSA009",
        "One signature at most",
        "What follows a signature block, or pretends to be one, is not what was signed. One block at the very end is cut off before "
        "anything is read; no other line may look like one.",
        "Sign the delivered script again, once.",
        "# SIG # Begin signature block",
        "# Signed scripts are read without their signature.",
    ),
    Rule(
        "RSA010",
        "The grammar understands all of it",
        "What one parser does not understand, another may run.",
        "Write it with the forms that the templates use.",
        "if ($x { }",
        "if ($x) { }",
    ),
)
