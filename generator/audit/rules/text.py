"""The rules about bytes, characters, strings and comments; the lexer and the grammar hold them."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Rule, Subject

_BY_THE_LEXER = (
    Rule(
        id="RSA001",
        title="One encoding",
        why="Windows PowerShell reads a script without a byte order mark in the code page of its machine, and editors disagree "
        "about other line ends. So that everybody sees the same text, a script is UTF-8 with a mark and ends each line with CR LF.",
        cure="Deliver the bytes that `roomscope render` wrote; do not open and save a script.",
        bad="A script saved without the byte order mark, or with LF only.",
        good="EF BB BF, then lines that end with 0D 0A, the last one too.",
    ),
    Rule(
        id="RSA002",
        title="Plain characters outside of data",
        why="A Cyrillic letter in a command's name, a dash that is no hyphen, a right-to-left mark: what runs is not what a reviewer "
        "sees. Outside single-quoted strings there is only printable ASCII; controls and invisible marks are nowhere.",
        cure="Remove the character. A value that needs it belongs into a single-quoted string, unless it cannot be seen at all.",
        bad="Get-M\u0430ilbox -Identity $address",
        good="$listName = 'R\u00e4ume Z\u00fcrich'",
    ),
    Rule(
        id="RSA003",
        title="Only known tokens",
        why="Redirection, background jobs, the call operator, scope modifiers, sub-expressions and whatever a later PowerShell adds all "
        "begin with a character that a rendered script does not need. What the lexer does not know is refused.",
        cure="Write it with the forms that the templates use.",
        bad="$x = & $command",
        good="$x = Get-Date",
    ),
    Rule(
        id="RSA004",
        title="No backtick",
        why="A backtick joins lines, hides characters and makes a grammar and PowerShell see different comments.",
        cure="Use splatting or break the line after a pipe, a comma or an operator.",
        bad="Get-Da`te",
        good="Get-Date",
    ),
    Rule(
        id="RSA005",
        title="No here-string",
        why="A here-string ends at any of several quotes at the start of a line, where a grammar may go on reading.",
        cure="Use a single-quoted string for each line.",
        bad="$text = @'\nabc\n'@",
        good="$text = 'abc'",
    ),
    Rule(
        id="RSA006",
        title="Simple strings",
        why="PowerShell takes five characters for a single quote and joins any two in a row; a double-quoted string can run commands. "
        "Single-quoted strings double each quote with itself and end on their line; double-quoted ones expand plain variables only.",
        cure="Let the literal layer write the string, or join the parts with the format operator.",
        bad='Write-Information -MessageData "$(Get-Date)"',
        good='Write-Information -MessageData "Plan: $plan"',
    ),
    Rule(
        id="RSA007",
        title="Simple comments",
        why="Comments are where readers stop reading. A block comment can end early and let code through. There is one, the help at "
        "the top; every other comment has its line for itself.",
        cure="Put the comment on a line of its own, without marks of block comments.",
        bad="$x = 1 <# quiet #>",
        good="# Quiet.\n$x = 1",
    ),
    Rule(
        id="RSA008",
        title="One requirement",
        why="`#Requires -Modules` loads code before the first line runs, wherever it stands. Only `#Requires -Version 5.1` is there, first.",
        cure="Remove the line.",
        bad="#Requires -Modules Evil",
        good="#Requires -Version 5.1",
    ),
    Rule(
        id="RSA009",
        title="One signature at most",
        why="What follows a signature block, or pretends to be one, is not what was signed. One block at the very end is cut off before "
        "anything is read; no other line may look like one.",
        cure="Sign the delivered script again, once.",
        bad="# SIG # Begin signature block",
        good="# Signed scripts are read without their signature.",
    ),
)


@Rule(
    id="RSA010",
    title="The grammar understands all of it",
    why="What one parser does not understand, another may run.",
    cure="Write it with the forms that the templates use.",
    bad="if ($x { }",
    good="if ($x) { }",
)
def the_grammar_reads_as_powershell_does(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds where the grammar reads on and PowerShell does not."""
    for node, _ in subject.script.walk():
        if node.kind == "cast_expression" and "\n" in subject.script.text[node.children[0].end : node.children[-1].start]:
            yield node.start, "A cast is broken over two lines."
        if node.kind == "script_parameter_default" and node.children[-1].kind == "array_literal_expression":
            yield node.start, "A default value takes the parameters behind it along."


RULES = (*_BY_THE_LEXER, the_grammar_reads_as_powershell_does)
