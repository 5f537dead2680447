"""Cuts a script into the few kinds of token that a rendered script may have, and refuses every other.

PowerShell takes five characters for a single quote and four for a double quote, and a grammar that knows one
of each can be walked around. So the boundaries of strings and comments are found here, strictly, and the
grammar is handed a copy in which nothing is left to disagree about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

Kind = Literal["single", "double", "comment", "help", "variable", "number", "dash", "word", "mark"]

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
DOUBLE_QUOTES = '"\u201c\u201d\u201e'
REQUIRES = "#Requires -Version 5.1"
_ABOVE_HELP = REQUIRES + "\n\n"
MAX_DEPTH = 40
MAX_TOKENS = 50_000
"""A script of as many room lists as a plan may have has fewer; beyond that a reader would be kept waiting."""

MAX_FAULTS = 100
"""So many faults of a script are said; nobody reads more at once."""

_PAIRS = "|".join(quote * 2 for quote in SINGLE_QUOTES)
_TOKEN = re.compile(
    rf"""(?P<space>[ \n]+)
    |(?P<help><\#(?:[^#]|\#(?!>))*+\#>)
    |(?P<comment>\#[^\n]*)
    |(?P<single>'(?:[^{SINGLE_QUOTES}\n]|{_PAIRS})*+'(?![{SINGLE_QUOTES}]))
    |(?P<double>"[^{DOUBLE_QUOTES}\n]*"(?![{DOUBLE_QUOTES}]))
    |(?P<variable>\$env:(?:USERDOMAIN|USERNAME|COMPUTERNAME)\b|[$@][A-Za-z_][A-Za-z0-9_]*
        |\$\{{(?:(?:Alias|Function):(?:Get-Command|Write-Error)|Variable:ExecutionContext)\}})
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<dash>-[A-Za-z][A-Za-z0-9]*:?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z][A-Za-z0-9]*)*)
    |(?P<mark>@\(|@\{{|\+=|\+\+|::|[(){{}}\[\],;.=|+]|-(?!-)|[*/%](?=[ ]))
    """,
    re.VERBOSE,
)
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*+)(?![:?])")

# What may stand directly before and after a token, besides the start and the end of the script.
_BEFORE: dict[str, str] = {
    "single": " \n([,",
    "double": " \n([,",
    "variable": " \n([,:-!+]",
    "number": " \n([,-",
    "dash": " \n(",
    "word": " \n([.:",
    "{": " \n",
    "@{": " \n(]",
    "}": " \n{",
}
_AFTER: dict[str, str] = {
    "single": " \n)],.;",
    "double": " \n)],.;",
    "variable": " \n)],.;[+",
    "number": " \n)],;",
    "dash": " \n)",
    "word": " \n()[],.;",
    "{": " \n",
    "@{": " \n}",
    "}": " \n),;",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a script that is not white space."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in a script that breaks a rule."""

    rule: str
    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of a text and what was wrong with it."""

    tokens: tuple[Token, ...]
    faults: tuple[Fault, ...]


def lex(text: str) -> Lexed:
    """Cuts a text with plain newlines; the first piece that is not understood ends the tokens with a fault."""
    tokens: list[Token] = []
    faults: list[Fault] = []
    for found in islice(_pieces(text), MAX_TOKENS + 1):
        if isinstance(found, Fault):
            faults.append(found)
        else:
            faults.extend(_check(text, found, alone=_is_first(text, tokens, found)))
            tokens.append(found)
        if len(faults) >= MAX_FAULTS:
            break
    if len(tokens) > MAX_TOKENS:
        faults.append(Fault("RSA010", tokens[-1].start, f"The script has more than {MAX_TOKENS} tokens."))
    faults.extend(_depth(tokens))
    return Lexed(tuple(tokens), tuple(faults))


def _is_first(text: str, before: list[Token], token: Token) -> bool:
    """Whether nothing but blanks stands before a token on its line."""
    return not before or text.find("\n", before[-1].end, token.start) >= 0


def string_value(token: Token) -> str:
    """What PowerShell reads from a single-quoted string."""
    inner = token.text[1:-1]
    for quote in SINGLE_QUOTES:
        inner = inner.replace(quote * 2, quote)
    return inner


def expanded(token: Token) -> tuple[str, ...]:
    """The variables that a double-quoted string expands, each once, in order."""
    return tuple(dict.fromkeys(match[1] for match in _VARIABLE.finditer(token.text)))


def normalised(text: str, tokens: tuple[Token, ...]) -> str:
    """The text for the grammar: comments are blank and strings are filled with one letter, length for length."""
    pieces, position = [], 0
    for token in tokens:
        pieces += [text[position : token.start], _plain(token)]
        position = token.end
    return "".join([*pieces, text[position:]])


def _plain(token: Token) -> str:
    match token.kind:
        case "comment" | "help":
            return re.sub(r"[^\n]", " ", token.text)
        case "single" | "double":
            return token.text[0] + "x" * (len(token.text) - 2) + token.text[0]
        case _:
            return token.text


def _pieces(text: str) -> Iterator[Token | Fault]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            yield _unknown(text, position)
            return
        kind = match.lastgroup
        if kind != "space":
            yield Token(_kind(kind), match[0], position)
        position = match.end()


def _kind(name: str | None) -> Kind:
    match name:
        case "single" | "double" | "comment" | "help" | "variable" | "number" | "dash" | "word":
            return name
        case _:
            return "mark"


def _unknown(text: str, position: int) -> Fault:
    piece = text[position : position + 2]
    if piece[:1] == "`":
        return Fault("RSA004", position, "A backtick stands outside a single-quoted string.")
    if piece[:1] in {"'", '"'}:
        return Fault("RSA006", position, "This string is not closed on its line, or a quote in it is not doubled.")
    if piece[:1] == "@" and piece[1:] in {"'", '"'}:
        return Fault("RSA005", position, "This is a here-string.")
    if piece == "<#":
        return Fault("RSA007", position, "This block comment is not closed.")
    return Fault("RSA003", position, f"{piece[:1]!r} begins nothing that a rendered script has.")


def _check(text: str, token: Token, *, alone: bool) -> Iterator[Fault]:
    match token.kind:
        case "comment":
            yield from _check_comment(token, alone=alone)
        case "help":
            yield from _check_help(text, token)
        case "double":
            yield from _check_double(token)
        case _:
            pass
    if token.kind in {"single", "double"} and token.text[1:-1].strip() == "--%":
        # PowerShell takes it for the stop-parsing mark in quotes, too.
        yield Fault("RSA006", token.start, "PowerShell stops reading values at this text.")
    if token.text == "=" and alone:
        yield Fault("RSA003", token.start, "A line begins with an equals sign.")
    key = token.text if token.kind == "mark" else token.kind
    if key in _BEFORE:
        yield from _check_neighbours(text, token, key)


def _check_neighbours(text: str, token: Token, key: str) -> Iterator[Fault]:
    before = text[token.start - 1 : token.start]
    after = text[token.end : token.end + 1]
    follows = "$" if token.text[-1] == ":" else _AFTER[key]
    if before and before not in _BEFORE[key]:
        yield Fault("RSA003", token.start, f"{before!r} touches {token.text[:40]!r}.")
    elif after and after not in follows:
        yield Fault("RSA003", token.start, f"{after!r} touches {token.text[:40]!r}.")


def _check_comment(token: Token, *, alone: bool) -> Iterator[Fault]:
    lowered = token.text.lower()
    if not alone:
        yield Fault("RSA007", token.start, "This comment does not have its line for itself.")
    if "<#" in token.text or "#>" in token.text or "`" in token.text:
        yield Fault("RSA007", token.start, "This comment holds a mark of a block comment or a backtick.")
    if lowered.startswith("#requires") and (token.start, token.text) != (0, REQUIRES):
        yield Fault("RSA008", token.start, f"Only the first line may require something: {REQUIRES}.")
    if "sig #" in lowered:
        yield Fault("RSA009", token.start, "A line of a signature block stands where no signature is.")


def _check_help(text: str, token: Token) -> Iterator[Fault]:
    inner = token.text[2:-2]
    if text[: len(_ABOVE_HELP)] != _ABOVE_HELP or token.start != len(_ABOVE_HELP):
        yield Fault("RSA007", token.start, "The only block comment is the help on the third line.")
    if not (inner.startswith("\n") and inner.endswith("\n") and text[token.end : token.end + 1] == "\n"):
        yield Fault("RSA007", token.start, "The marks of the help do not have their lines for themselves.")
    if "<#" in inner or "`" in inner:
        yield Fault("RSA007", token.start, "The help holds a mark of a block comment or a backtick.")
    if "sig #" in inner.lower():
        yield Fault("RSA009", token.start, "A line of a signature block stands in the help.")


def _check_double(token: Token) -> Iterator[Fault]:
    if "`" in token.text:
        yield Fault("RSA004", token.start, "A backtick stands in a double-quoted string.")
    if _VARIABLE.sub("", token.text).count("$"):
        yield Fault("RSA006", token.start, "A double-quoted string expands more than plain variables.")


def _depth(tokens: list[Token]) -> Iterator[Fault]:
    depth = 0
    for token in tokens:
        if token.kind == "mark" and token.text[-1] in "({[":
            depth += 1
        elif token.kind == "mark" and token.text in {")", "}", "]"}:
            depth -= 1
        if depth > MAX_DEPTH:
            yield Fault("RSA010", token.start, f"Brackets are nested deeper than {MAX_DEPTH}.")
            return
