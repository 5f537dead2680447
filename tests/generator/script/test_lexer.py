"""The lexer cuts what a rendered script may have and refuses everything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomscope.generator.common.errors import LiteralError
from roomscope.generator.render.literals import literal
from roomscope.generator.script.lexer import SINGLE_QUOTES, lex, normalised, string_value
from roomscope.generator.script.script import Script, ScriptError


def rules_of(text: str) -> set[str]:
    return {fault.rule for fault in lex(text).faults}


def test_an_empty_script_has_no_tokens() -> None:
    assert lex("") == lex(" \n")
    assert lex("").tokens == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("''", ""),
        ("'a'", "a"),
        ("'o''brien'", "o'brien"),
        ("'''' ", "'"),
        ("'\u2018\u2018\u2019\u2019'", "\u2018\u2019"),
        ("'`$(x) \" # <# #>'", '`$(x) " # <# #>'),
        ("'\u00e4\u20ac'", "\u00e4\u20ac"),
    ],
)
def test_a_single_quoted_string_gives_its_value(text: str, value: str) -> None:
    lexed = lex(text)
    assert lexed.faults == ()
    assert [string_value(token) for token in lexed.tokens] == [value]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("'abc", "RSA006"),
        ("'abc\u2019", "RSA006"),
        ("'a\u2018'b'", "RSA006"),
        ("'a\u2019; Get-Date; $y = \u2018b'", "RSA006"),
        ("'a\nb'", "RSA006"),
        ("\u2018abc\u2019", "RSA003"),
        ('"abc', "RSA006"),
        ('"a""b"', "RSA006"),
        ('"a\u201d; Get-Date; \u201cb"', "RSA006"),
        ('"$(Get-Date)"', "RSA006"),
        ('"${env:x}"', "RSA006"),
        ('"$env:x"', "RSA006"),
        ('"$a?"', "RSA006"),
        ('"$$"', "RSA006"),
        ('"a`n"', "RSA004"),
        ("@'\nabc\n'@", "RSA005"),
        ('@"\nabc\n"@', "RSA005"),
        ("Get-Da`te", "RSA004"),
        ("<# `#> Get-Date <# #>", "RSA007"),
        ("$x = 1 <# a #>", "RSA007"),
        ("<# open", "RSA007"),
        ("$x # trailing", "RSA007"),
        ("# <# x", "RSA007"),
        ("# x #>", "RSA007"),
        ("# x `", "RSA007"),
        ("#requires -Modules x", "RSA008"),
        ("\n#Requires -Version 5.1", "RSA008"),
        ("# SIG # Begin signature block", "RSA009"),
        ("& x", "RSA003"),
        ("x > y", "RSA003"),
        ("${x}", "RSA003"),
        ("$x:y", "RSA003"),
        ("$script:x", "RSA003"),
        ("$global:x = 1", "RSA003"),
        ("$env:Path", "RSA003"),
        ("$x?.y", "RSA003"),
        ("$x ? 1", "RSA003"),
        ("$(x)", "RSA003"),
        ("--%", "RSA003"),
        ("\t$x", "RSA003"),
        ("$x\u00a0= 1", "RSA003"),
        ("a'b c'", "RSA003"),
        ("'a'b", "RSA003"),
        ('x"a"', "RSA003"),
        ("x#y", "RSA007"),
        ("1kb", "RSA003"),
        ("0x10", "RSA003"),
        ("$x-eq", "RSA003"),
        ("x\\y", "RSA003"),
        ("Name, Gu{d", "RSA003"),
        ("{d }", "RSA003"),
        ("{ d}", "RSA003"),
        ("x{ }", "RSA003"),
        ("@{ Guid\n    = 1 }", "RSA003"),
        ("~", "RSA003"),
        ("(" * 41 + ")" * 41, "RSA010"),
    ],
)
def test_what_a_rendered_script_does_not_need_is_refused(text: str, rule: str) -> None:
    assert rule in rules_of(text)


@settings(max_examples=10_000, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from([*SINGLE_QUOTES, '"', "`", "$", "#"]), st.characters())))
def test_a_literal_is_one_string_with_the_same_value(value: str) -> None:
    try:
        text = str(literal(value))
    except LiteralError:
        return
    (token,) = lex(text).tokens
    assert string_value(token) == value


def test_the_copy_for_the_grammar_has_the_same_length_and_is_ascii() -> None:
    text = "#Requires -Version 5.1\n<#\nhelp\n#>\n# \u00e4\n$x = 'a\u2019\u2019;' + \"$b\"\n"
    plain = normalised(text, lex(text).tokens)
    assert len(plain) == len(text)
    assert plain.isascii()
    assert plain.split("\n")[5] == "$x = 'xxxx' + \"xx\""


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"$x = 1\r\n", "RSA001"),
        (b"\xef\xbb\xbf$x = 1\n", "RSA001"),
        (b"\xef\xbb\xbf$x = 1", "RSA001"),
        (b"\xef\xbb\xbf$x = 1\r\r\n", "RSA001"),
        (b"\xef\xbb\xbf$x = '\xff'\r\n", "RSA001"),
        ("$x = 1\r\n".encode("utf-16"), "RSA001"),
        ("\ufeff\ufeff$x = 1\r\n".encode(), "RSA002"),
        ("\ufeff$x = '\u202e'\r\n".encode(), "RSA002"),
        ("\ufeff$x = '\0'\r\n".encode(), "RSA002"),
        ("\ufeff# \u00e4\r\n".encode(), "RSA002"),
        ("\ufeffGet-D\u0430te\r\n".encode(), "RSA002"),
        ("\ufeffGet-Thing \u2013Name 1\r\n".encode(), "RSA002"),
    ],
)
def test_other_encodings_and_characters_are_refused(data: bytes, rule: str) -> None:
    with pytest.raises(ScriptError) as caught:
        Script.parse(data)
    assert rule in {fault.rule for _, fault in caught.value.faults}


@pytest.mark.parametrize(
    "line", ["$a.Replace(, '')", "$a.Replace('x',, 'y')", "[string]::Join(, 'x')", "Get-Date -Date , 'a'", "$x = ()", "if () { 1 }", "while () { 1 }"]
)
def test_what_powershell_takes_for_an_empty_place_is_refused(line: str) -> None:
    with pytest.raises(ScriptError, match="does not understand this place"):
        Script.read(f"{line}\n")


@pytest.mark.parametrize("line", ["$x = @(, $a)", "$a.Trim()", "$x = @()"])
def test_what_only_looks_like_an_empty_place_is_read(line: str) -> None:
    Script.read(f"{line}\n")
