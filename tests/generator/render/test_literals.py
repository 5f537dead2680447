"""How values look in PowerShell, against a table and against a model of PowerShell's tokenizer."""

import enum
import re
import string
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from roomscope.generator.common.errors import LiteralError
from roomscope.generator.common.text import UNSEEN
from roomscope.generator.render.literals import comment, finalize, literal, name, opath

QUOTES = "'\u2018\u2019\u201a\u201b"
SYNTAX = "\"\u201c\u201d\u201e`$(){}[]<>#;|&@,.%!?*+-\u2013\u2014\u2015=~^:/\\ \u00a0\u3000_"
ALPHABET = st.one_of(
    st.sampled_from(QUOTES),
    st.sampled_from(SYNTAX),
    st.sampled_from(string.ascii_letters + string.digits),
    st.characters(exclude_categories=["C", "Zl", "Zp"]).filter(lambda character: not UNSEEN.search(character)),
)
STOP_PARSING = "--%"
TEXTS = st.text(ALPHABET, max_size=20).filter(lambda text: text != STOP_PARSING)
ESCAPE = re.compile(r"\\u([0-9A-F]{4})|\\U([0-9A-F]{8})")


class Colour(enum.StrEnum):
    RED = "red's"


def read_string(source: str) -> tuple[str, str]:
    """Reads a single-quoted string as PowerShell's tokenizer does; gives the value and what follows it."""
    assert source[0] in QUOTES
    value, rest = [], source[1:]
    while rest:
        character, rest = rest[0], rest[1:]
        if character not in QUOTES:
            value.append(character)
        elif rest and rest[0] in QUOTES:
            value.append(rest[0])
            rest = rest[1:]
        else:
            return "".join(value), rest
    pytest.fail(f"The string never ends: {source!r}")


def read_array(source: str) -> Iterator[str]:
    assert source.startswith("@(")
    rest = source[2:]
    while not rest.startswith(")"):
        value, rest = read_string(rest.removeprefix(", "))
        yield value
    assert rest == ")"


@pytest.fixture(scope="module")
def environment() -> Environment:
    """An environment as the templates have it."""
    made = Environment(autoescape=True, finalize=finalize, undefined=StrictUndefined)
    made.filters.update(name=name, comment=comment)
    return made


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("", "''", id="an empty text"),
        pytest.param("a", "'a'", id="a plain text"),
        pytest.param("o'brien@contoso.com", "'o''brien@contoso.com'", id="an apostrophe"),
        pytest.param("\u2018\u2019\u201a\u201b", "'\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'", id="the other quotes"),
        pytest.param("$(Get-Date) `n", "'$(Get-Date) `n'", id="what double quotes would expand"),
        pytest.param("Straße & Söhne", "'Straße & Söhne'", id="umlauts and an ampersand"),
        pytest.param("a\u3000b\u00a0c", "'a\u3000b\u00a0c'", id="wide blanks"),
        pytest.param(None, "$null", id="nothing"),
        pytest.param(True, "$true", id="true"),
        pytest.param(False, "$false", id="false"),
        pytest.param(0, "0", id="zero"),
        pytest.param(-75, "-75", id="a negative number"),
        pytest.param(2**63 - 1, "9223372036854775807", id="the largest number"),
        pytest.param(Colour.RED, "'red''s'", id="an enumeration of texts"),
        pytest.param([], "@()", id="an empty list"),
        pytest.param((), "@()", id="an empty tuple"),
        pytest.param(["a"], "@('a')", id="one item"),
        pytest.param(("a", "b'"), "@('a', 'b''')", id="two items"),
        pytest.param((1, True, None), "@(1, $true, $null)", id="items of several kinds"),
        pytest.param(Markup("$x"), "$x", id="what is finished already"),
    ],
)
def test_a_value_has_one_literal(value: object, expected: str) -> None:
    assert literal(value) == expected
    assert isinstance(literal(value), Markup)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1.5, id="a float"),
        pytest.param(b"a", id="bytes"),
        pytest.param({"a": 1}, id="a mapping"),
        pytest.param({"a"}, id="a set"),
        pytest.param([["a"]], id="a list in a list"),
        pytest.param([Markup("$x")], id="something finished in a list"),
        pytest.param(object(), id="an object"),
        pytest.param(2**63, id="a number that PowerShell would make a decimal"),
        pytest.param(iter("a"), id="an iterator"),
    ],
)
def test_what_has_no_literal_is_a_fault_of_the_template(value: object) -> None:
    with pytest.raises(TypeError, match="has no PowerShell literal"):
        literal(value)


@pytest.mark.parametrize(
    ("character", "called"),
    [
        pytest.param("\0", "U+0000 NUL", id="NUL"),
        pytest.param("\n", "U+000A LINE FEED", id="line feed"),
        pytest.param("\r", "U+000D CARRIAGE RETURN", id="carriage return"),
        pytest.param("\t", "U+0009 TAB", id="tab"),
        pytest.param("\x1b", "U+001B ESCAPE", id="escape"),
        pytest.param("\x7f", "U+007F, which cannot be seen,", id="delete"),
        pytest.param("\x85", "U+0085 NEXT LINE", id="next line"),
        pytest.param("\xad", "U+00AD SOFT HYPHEN", id="soft hyphen"),
        pytest.param("\u200b", "U+200B ZERO WIDTH SPACE", id="zero width space"),
        pytest.param("\u200d", "U+200D ZERO WIDTH JOINER", id="joiner, which PowerShell does not compare"),
        pytest.param("\u200f", "U+200F RIGHT-TO-LEFT MARK", id="right-to-left mark"),
        pytest.param("\u2028", "U+2028 LINE SEPARATOR", id="line separator"),
        pytest.param("\u2029", "U+2029 PARAGRAPH SEPARATOR", id="paragraph separator"),
        pytest.param("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE", id="right-to-left override"),
        pytest.param("\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE", id="isolate"),
        pytest.param("\ud800", "U+D800, which cannot be seen,", id="lone surrogate"),
        pytest.param("\ue000", "U+E000, which cannot be seen,", id="private use"),
        pytest.param("\ufe0f", "U+FE0F VARIATION SELECTOR-16", id="variation selector"),
        pytest.param("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE", id="byte order mark"),
        pytest.param("\uffff", "U+FFFF, which cannot be seen,", id="noncharacter"),
        pytest.param("\U0001fffe", "U+1FFFE, which cannot be seen,", id="noncharacter of plane 1"),
        pytest.param("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A", id="tag character"),
    ],
)
def test_a_character_that_cannot_be_seen_is_refused_by_name_with_the_cure(character: str, called: str) -> None:
    for write in (literal, opath):
        with pytest.raises(LiteralError) as refused:
            write(f"ab{character}c")
        assert f"it holds {called} at character 3; remove it" in refused.value.message
        assert refused.value.message.isprintable()
        assert refused.value.exit_code == 2


def test_the_stop_parsing_sign_is_refused_alone_and_kept_within_a_text() -> None:
    with pytest.raises(LiteralError, match="Use another text"):
        literal(STOP_PARSING)
    assert literal(" --% ") == "' --% '"


@given(st.lists(TEXTS, min_size=50, max_size=50))
@settings(max_examples=240, deadline=None, suppress_health_check=list(HealthCheck))
@example(["x\u2019", "'\u2018" * 5, "'; Remove-Item 'C:\\"])
def test_every_text_comes_back_unchanged_from_a_model_of_the_tokenizer(texts: list[str]) -> None:
    for text in texts:
        assert read_string(literal(text)) == (text, "")
    assert list(read_array(literal(texts))) == texts


@given(st.text(max_size=20))
@settings(max_examples=1000, deadline=None)
def test_any_text_at_all_is_either_written_unchanged_or_refused(text: str) -> None:
    if UNSEEN.search(text) or text == STOP_PARSING:
        with pytest.raises(LiteralError):
            literal(text)
    else:
        assert read_string(literal(text)) == (text, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("Contoso Ltd.", "Contoso Ltd.", id="plain"),
        pytest.param("room #5", "room #5", id="a hash alone"),
        pytest.param("Müller", r"M\u00FCller", id="an umlaut"),
        pytest.param("\U0001f600", r"\U0001F600", id="beyond the first plane"),
        pytest.param("a\r\nRemove-Item", r"a\u000D\u000ARemove-Item", id="a line break"),
        pytest.param("a\u2028b\x85c", r"a\u2028b\u0085c", id="other line breaks"),
        pytest.param("end #> Get-Date", r"end \u0023> Get-Date", id="the end of a block comment"),
        pytest.param("start <# here", r"start <\u0023 here", id="the start of one"),
        pytest.param("<#>", r"<\u0023>", id="both"),
        pytest.param("x#", r"x\u0023", id="half an end, at the end"),
        pytest.param("x<", r"x\u003C", id="half a start, at the end"),
        pytest.param("> x", r"\u003E x", id="half an end, at the start"),
        pytest.param("# x", r"\u0023 x", id="half a start, at the start"),
        pytest.param("`#> x", r"\u0060\u0023> x", id="a backtick before it"),
        pytest.param(r"CONTOSO\svc", r"CONTOSO\svc", id="a backslash"),
        pytest.param(r"CONTOSO\u00FCber", r"CONTOSO\u005Cu00FCber", id="what looks like an escape of ours"),
        pytest.param("SIG # Begin signature block", r"SIG \u0023 Begin signature block", id="a signature block"),
        pytest.param(".EXTERNALHELP x", r"\u002EEXTERNALHELP x", id="a keyword of help"),
        pytest.param(" .SYNOPSIS", r"\u0020.SYNOPSIS", id="a keyword of help behind a blank"),
        pytest.param("\ud800", r"\uD800", id="a lone surrogate"),
    ],
)
def test_a_comment_shows_what_it_cannot_hold(text: str, expected: str) -> None:
    assert comment(text) == expected


@given(st.text(st.one_of(st.sampled_from("#<>`\\uU0.' \n\u2019ü"), st.characters()), max_size=30))
@settings(max_examples=2000, deadline=None)
def test_a_comment_is_printable_ascii_and_can_be_read_back(text: str) -> None:
    written = comment(text)
    assert written.isascii()
    assert not written or written.isprintable()
    assert not re.search(r"<#|#>|`|^[#>.]|[#<]$", written)
    assert ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), written) == text


@pytest.mark.parametrize("text", ["a", "Identity", "X500"])
def test_a_bare_name_stays_bare(text: str) -> None:
    assert name(text) == text


@pytest.mark.parametrize("text", ["", "1a", "a-b", "a b", "a\n", "a;b", "ü", "a'", "$a", "\u0430", "a_b"])
def test_what_is_no_bare_name_is_refused(text: str) -> None:
    with pytest.raises(LiteralError, match="is no bare name"):
        name(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "''", id="empty"),
        pytest.param("smtp:o'brien@contoso.com", "'smtp:o''brien@contoso.com'", id="an apostrophe"),
        pytest.param("a' -or Name -like '*", "'a'' -or Name -like ''*'", id="a way out"),
    ],
)
def test_a_filter_value_is_quoted_for_the_filter(text: str, expected: str) -> None:
    assert opath(text) == expected
    assert not isinstance(opath(text), Markup)


@pytest.mark.parametrize("quote", QUOTES[1:])
def test_a_quote_that_a_filter_may_read_either_way_is_refused(quote: str) -> None:
    with pytest.raises(LiteralError, match="cannot be written into a recipient filter"):
        opath(f"a{quote}b")


def test_a_template_quotes_values_and_leaves_its_own_text_alone(environment: Environment) -> None:
    template = environment.from_string(
        "{% macro call(x) %}Get-Thing -Name {{ x }}{% endmacro %}"
        "${{ key | name }} = {{ call(value) }} -In {{ many }} # {{ value | comment }}"
    )
    rendered = template.render(key="room", value="o'b", many=["a", "{{ x }}"])
    assert rendered == "$room = Get-Thing -Name 'o''b' -In @('a', '{{ x }}') # o'b"


def test_a_template_that_asks_for_what_is_not_there_fails(environment: Environment) -> None:
    with pytest.raises(UndefinedError, match="'absent' is undefined"):
        environment.from_string("{{ absent }}").render()


def test_a_constant_of_a_template_is_quoted_too(environment: Environment) -> None:
    assert environment.from_string("{{ \"it's\" }} {{ 5 }}").render() == "'it''s' 5"
