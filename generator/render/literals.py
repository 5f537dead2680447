"""How a value looks in PowerShell; the only place that calls a text finished."""

import re
from collections.abc import Iterable, Mapping

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from roomscope.generator.common.errors import LiteralError
from roomscope.generator.common.text import TYPOGRAPHIC, problem, shown

_DOUBLED = {ord(quote): quote * 2 for quote in "'\u2018\u2019\u201a\u201b"}
_STOP_PARSING = "--%"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_NOT_IN_COMMENT = re.compile(
    r"[^ -~]|`"  # outside printable ASCII; the backtick, which some grammars take for an escape
    r"|\\(?=u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"  # what would look like an escape of ours
    r"|(?<=<)#|#(?=>)|\A[#>]|[#<]\Z"  # an end of a block comment, also together with the template's own text
    r"|(?<=[Ss][Ii][Gg] )#"  # a signature block
    r"|\A[ .]"  # a keyword of help, such as .EXTERNALHELP
)
_INT64 = range(-(2**63), 2**63)


def literal(value: object) -> Markup:
    """Writes a value as one PowerShell literal, whatever stands in it; templates get every value through here."""
    match value:
        case Markup():
            return value
        case list() | tuple():
            return _finished(f"@({', '.join(_scalar(item) for item in value)})")
        case _:
            return _finished(_scalar(value))


_WIDTH = 130
"""The longest line that a reader meets."""


def rows(values: Iterable[str], indent: int = 4, before: int = 24) -> Markup:
    """A list of texts, over several lines where one would be too long.

    `indent` is that of its own line, and `before` how much may stand there already.
    """
    items = tuple(_scalar(value) for value in values)
    line = f"@({', '.join(items)})"
    if len(line) <= _WIDTH - indent - before:
        return _finished(line)
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) + len(" ,") > _WIDTH - indent - len("    "):
            lines.append("")
        lines[-1] += f" {item}," if lines[-1] else f"{item},"
    inner = "\n".join(" " * (indent + 4) + one for one in lines).removesuffix(",")
    return _finished(f"@(\n{inner}\n{' ' * indent})")


def row(values: Mapping[str, object], indent: int = 8) -> Markup:
    """A hashtable, over several lines where one would be too long."""
    lines = [f"{' ' * indent}@{{ "]
    for key, value in values.items():
        entry = f"{name(key)} = {rows(value, indent + 4) if isinstance(value, tuple) else literal(value)}"
        if lines[-1].endswith("@{ "):
            lines[-1] += entry
        elif "\n" in entry or len(f"{lines[-1]}; {entry} }}") > _WIDTH:
            lines.append(" " * (indent + 4) + entry)
        else:
            lines[-1] += f"; {entry}"
    return _finished("\n".join(lines) + " }")


@pass_context
def finalize(_: Context, value: object) -> Markup:
    """The literal of a value, for jinja2; asking for the context keeps it from writing a template's constants unquoted."""
    return literal(value)


def name(text: str) -> Markup:
    """A bare name, such as a key of a hashtable: a letter, then letters and digits."""
    if not _NAME.fullmatch(text):
        message = f"{shown(text)} is no bare name. Use a letter, then letters and digits."
        raise LiteralError(message)
    return _finished(text)


def verbatim(text: str) -> Markup:
    """A text of this release's own files, never one that holds data."""
    return _finished(text)


def comment(text: str) -> Markup:
    r"""One line of ASCII that can neither end a comment nor start anything in it.

    What cannot stand there is written as `\u00FC` or `\U0001F600`, so that it is seen. Texts of others belong into block
    comments: a line comment that only resembles the first line of a signature block ends the script for PowerShell.
    """
    return _finished(_NOT_IN_COMMENT.sub(lambda found: _escaped(found.group()), text))


def opath(text: str) -> str:
    """Quotes a value for a recipient filter, a language of its own inside the script."""
    # Whether the filter's parser takes these for quotes is not documented, so neither form of them would be safe.
    if found := TYPOGRAPHIC.search(text):
        message = (
            f"{shown(text)} cannot be written into a recipient filter: it holds U+{ord(found.group()):04X}. "
            "Use the plain apostrophe, or name the object by its address."
        )
        raise LiteralError(message)
    doubled = _checked(text).replace("'", "''")
    return f"'{doubled}'"


def _scalar(value: object) -> str:
    match value:
        case None:
            return "$null"
        case bool():
            return f"${value}".lower()
        case int() if value in _INT64:
            return f"{value:d}"
        case str() if not isinstance(value, Markup):
            return f"'{_harmless(value).translate(_DOUBLED)}'"
        case _:
            # Naming the value makes jinja2's undefined values raise their own, better error.
            message = f"A {type(value).__name__} has no PowerShell literal: {value!s:.80}"
            raise TypeError(message)


def _harmless(text: str) -> str:
    # PowerShell takes it for the stop-parsing sign in quotation marks too, and reads the rest of the line as bare words.
    if text == _STOP_PARSING:
        message = f"{shown(text)} cannot be written into a script: PowerShell stops reading values there. Use another text."
        raise LiteralError(message)
    return _checked(text)


def _checked(text: str) -> str:
    if reason := problem(text):
        message = f"{shown(text)} cannot be written into a script: it {reason}."
        raise LiteralError(message)
    return text


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004 - the end of the first plane


def _finished(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - the one place where text becomes code, after quoting or checking
