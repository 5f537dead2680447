"""Recipient filters: the part of OPATH that scopes are written in, and a loud error for the rest."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from lab.filters.population import TEXTS, Population

TOKEN = re.compile(
    r"\s*(?:(?P<mark>[()])|(?P<operator>-[A-Za-z]+)|(?P<word>[A-Za-z]+)|'(?P<value>(?:[^']|'')+)')"
)

TYPES = frozenset(
    {
        "usermailbox", "linkedmailbox", "sharedmailbox", "roommailbox", "equipmentmailbox",
        "linkedroommailbox", "schedulingmailbox", "discoverymailbox", "arbitrationmailbox",
        "mailuser", "mailcontact", "user", "disableduser", "contact", "remoteusermailbox",
        "remoteroommailbox", "remoteequipmentmailbox", "remotesharedmailbox", "roomlist",
        "mailuniversaldistributiongroup", "mailuniversalsecuritygroup", "mailnonuniversalgroup",
        "dynamicdistributiongroup", "groupmailbox", "publicfolder", "teammailbox",
    }
)  # fmt: skip

EXACT = frozenset({"distinguishedname", "recipienttypedetails", "guid", "memberofgroup"})


class FilterError(ValueError):
    """The filter is not one that the lab understands."""

    def __init__(self, sentence: str, got: str) -> None:
        super().__init__(f"{sentence}, got {got!r}.")


def matching(text: str, population: Population) -> set[str]:
    """The guids of the recipients that the filter describes."""
    parser = Parser(tuple(tokens(text)), population)
    found = parser.expression()
    if parser.kind:
        raise FilterError("The filter should have ended", parser.text)
    return found


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """The kind and the text of each token."""
    position, end = 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if not match or not match.lastgroup:
            raise FilterError(
                "Expected a property, an operator or a value in single quotes", text[position:]
            )
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


@dataclass(slots=True)
class Parser:
    """Reads tokens from left to right and answers with sets of guids."""

    rest: tuple[tuple[str, str], ...]
    population: Population
    position: int = 0

    @property
    def kind(self) -> str:
        """The kind of the token ahead, empty at the end."""
        return self.rest[self.position][0] if self.position < len(self.rest) else ""

    @property
    def text(self) -> str:
        """The token ahead in lower case, empty at the end."""
        return self.rest[self.position][1].lower() if self.kind else ""

    def take(self, kind: str, *texts: str) -> str:
        """The text of the token ahead, which must be of this kind."""
        if self.kind != kind or (texts and self.text not in texts):
            raise FilterError("Expected " + (" or ".join(texts) or kind), self.text)
        self.position += 1
        return self.rest[self.position - 1][1]

    def expression(self) -> set[str]:
        """Terms joined by one operator; Exchange's order for a mixture is not documented."""
        found = self.term()
        joint = self.text if self.text in {"-and", "-or"} else ""
        while joint and self.text in {"-and", "-or"}:
            self.take("operator", joint)
            other = self.term()
            found = found & other if joint == "-and" else found | other
        return found

    def term(self) -> set[str]:
        """A condition, a parenthesis, or a negated parenthesis."""
        if self.text == "-not":
            self.take("operator")
            if self.text not in {"(", "-not"}:
                raise FilterError("Expected a parenthesis after -not", self.text)
            return self.population.everybody() - self.term()
        if self.kind == "mark":
            self.take("mark", "(")
            found = self.expression()
            self.take("mark", ")")
            return found
        return self.condition()

    def condition(self) -> set[str]:
        """A property, an operator and a value."""
        name = self.take("word").lower()
        if name not in TEXTS and name not in {"emailaddresses", "memberofgroup"}:
            raise FilterError("Expected a property that is known here", name)
        operator = self.take("operator", "-eq", "-ne", "-like").lower()
        value = self.take("value").replace("''", "'")
        check(name, operator, value)
        found = self.alike(name, value) if operator == "-like" else self.equal(name, value)
        return self.population.everybody() - found if operator == "-ne" else found

    def equal(self, name: str, value: str) -> set[str]:
        """Who has exactly this value."""
        if name == "memberofgroup":
            return self.population.members(value)
        return self.population.index(name).get(value.lower(), set())

    def alike(self, name: str, value: str) -> set[str]:
        """Who has a value that agrees with the pattern."""
        fits = wildcard(value.lower())
        index = self.population.index(name)
        return {guid for text, guids in index.items() if fits(text) for guid in guids}


def check(name: str, operator: str, value: str) -> None:
    """Refuses a value that Exchange could not convert, and a pattern where none is allowed."""
    if operator == "-like" and name in EXACT:
        raise FilterError("Expected a property that -like can compare", name)
    if operator == "-like" and "*" in value[1:-1]:
        raise FilterError("Expected a star first or last only", value)
    if name == "recipienttypedetails" and value.lower() not in TYPES:
        raise FilterError("Expected a recipient type", value)
    if name == "guid":
        check_guid(value)


def check_guid(value: str) -> None:
    """Refuses what is not a guid."""
    try:
        UUID(value)
    except ValueError:
        raise FilterError("Expected a guid", value) from None


def wildcard(pattern: str) -> Callable[[str], bool]:
    """A test for a pattern with a star at its start, its end or both."""
    core = pattern.removeprefix("*").removesuffix("*")
    if pattern in {"*", "**"}:
        return lambda _text: True
    if pattern.startswith("*") and pattern.endswith("*"):
        return lambda text: core in text
    if pattern.startswith("*"):
        return lambda text: text.endswith(core)
    if pattern.endswith("*"):
        return lambda text: text.startswith(core)
    return lambda text: text == core
