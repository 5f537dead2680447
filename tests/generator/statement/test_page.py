"""AUDIT.md says first what the grant gives, then the facts, and shows every value as it is, whatever it holds."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from roomscope.generator.common.markdown import cell, code
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.render.literals import literal
from roomscope.generator.statement.facts import PlanFacts
from roomscope.generator.statement.files import statement_files
from roomscope.generator.statement.letters import is_mixed
from tests.generator.statement.frames import delivered

Files = Mapping[str, bytes]
ENDPOINT = "https://mail.example.com/EWS/Exchange.asmx"
NAME = "50-Grant-Access.ps1"
CODE = "$x = $planId"
NASTY = [
    "a|b",
    "`|x|` <b> ``",
    "``",
    "`",
    " x ",
    " ",
    "a\\|b",
    "\\",
    "*x* _y_ [z](https://evil.example)",
    "<script>alert(1)</script>",
    "a\u00a0b",
    "# x",
    "&amp;",
    "| --- |",
]


def data(**values: object) -> str:
    """The data of a script; without a value, the usual one."""
    usual: dict[str, object] = {
        "planId": "p" * 64,
        "roomsDigest": "r" * 64,
        "accountName": "svc@example.com",
        "accountAddress": "svc@example.com",
        "listOwner": None,
        "controls": ("ceo@example.com",),
    }
    lists = values.pop("lists", (("Rooms", "rooms@example.com"),))
    grants = values.pop("grants", (("Scope", "Assignment", ("rooms@example.com",)),))
    lines = [f"${name} = {literal(value)}" for name, value in (usual | values).items()]
    assert isinstance(lists, tuple)
    assert isinstance(grants, tuple)
    rows = [f"    @{{ Address = {literal(address)}; Name = {literal(name)}; Alias = 'x' }}" for name, address in lists]
    lines += ["$lists = @(", *rows, ")"]
    rows = [f"    @{{ Scope = {literal(one)}; Assignment = {literal(two)}; Lists = {literal(of)} }}" for one, two, of in grants]
    return "\n".join([*lines, "$grants = @(", *rows, ")"])


def page(code: str = CODE, endpoint: str | None = ENDPOINT, **values: object) -> str:
    files = statement_files({NAME: delivered(code, data(**values))}, EXCHANGE_SERVER, PlanFacts(endpoint=endpoint))
    return files["AUDIT.md"].decode()


def facts(text: str) -> list[str]:
    """The lines of the facts."""
    return [line for line in text[: text.index("This page is derived")].splitlines() if line.startswith("- ")]


def tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield token
        yield from token.children or ()


def spans(text: str) -> list[str]:
    """What a renderer shows between backticks."""
    return [token.content for token in tokens(text) if token.type == "code_inline"]


def test_the_page_begins_with_what_the_grant_really_gives(article: Files) -> None:
    page = article["AUDIT.md"].decode()
    first = page.split("\n")[2]
    assert "whole mailbox" in first
    assert "reading and for writing" in first
    assert len(page.splitlines()) < 200
    for command in ("New-ManagementRoleAssignment", "CronofyImpersonationScope", "cronofy.service.account@"):
        assert command in page


def test_the_facts_follow_with_the_file_that_each_was_read_off() -> None:
    text = page()
    assert text.split("\n")[4] == "Read off the scripts:"
    assert "Read off manifest.json, because no script holds it" in text
    assert facts(text)[:8] == [
        "- Service account, as it is looked up and signs in: `svc@example.com`",
        "- Its mailbox: `svc@example.com`",
        "- Role assignment `Assignment`, limited to scope `Scope` over 1 room list: `rooms@example.com`",
        "- 1 room list: `Rooms` at `rooms@example.com`",
        "- Owner of the lists: whoever runs step 30",
        "- Must be refused, 1: `ceo@example.com`",
        f"- SHA-256 of rooms.csv: `{'r' * 64}`",
        f"- Plan id: `{'p' * 64}`",
    ]
    assert facts(text)[-1] == "- The password goes to: `https://mail.example.com/EWS/Exchange.asmx`"


def test_the_digest_of_the_region_is_named_with_what_it_can_do(article: Files) -> None:
    text = article["AUDIT.md"].decode()
    assert text.count("the SHA-256\n`") == 1
    assert "It changes nothing in Exchange: no call in it does." in text
    assert "**It changes Exchange" not in text


def test_a_region_that_changes_exchange_is_called_by_its_name() -> None:
    script = delivered(CODE, data(), "function Read-X {\n    Remove-ManagementScope -Identity 'x'\n}\n")
    text = statement_files({NAME: script}, EXCHANGE_SERVER, PlanFacts(endpoint=ENDPOINT))["AUDIT.md"].decode()
    assert "**It changes Exchange with `Remove-ManagementScope`**" in text
    assert "| **the shared region** line 2 | **none** | **Remove-ManagementScope** | | |" in text


def test_no_endpoint_no_control_and_no_list_are_said() -> None:
    text = page(endpoint=None, controls=(), lists=(), grants=())
    assert "- The password goes to: nowhere yet, whoever runs verify says" in facts(text)
    assert "- Must be refused, 0: nobody, so the scope cannot be proven" in facts(text)
    assert "- 0 room lists: none" in facts(text)


def test_an_account_of_another_name_than_its_mailbox_is_no_small_matter() -> None:
    line = facts(page(accountName="CONTOSO\\svc"))[1]
    assert "**which may be another account's**: step 10 compares the two objects and stops if they are not one" in line


def test_another_value_in_another_script_is_shown_beside_the_first() -> None:
    scripts = {NAME: delivered(CODE, data()), "10-Test-Readiness.ps1": delivered(CODE, data(accountName="evil@example.com"))}
    text = statement_files(scripts, EXCHANGE_SERVER, PlanFacts(endpoint=ENDPOINT))["AUDIT.md"].decode()
    assert facts(text)[0].endswith("`evil@example.com`, `svc@example.com`")


def test_of_many_lists_five_are_shown_and_the_others_are_counted_but_every_control_is_shown() -> None:
    names = tuple((f"Rooms {number}", f"rooms.{number}@example.com") for number in range(7))
    controls = tuple(f"boss.{number}@example.com" for number in range(40))
    text = page(lists=names, grants=(("S", "A", tuple(address for _, address in names)),), controls=controls)
    assert "and 2 more, in `$grants` of `audit.json`" in facts(text)[2]
    assert facts(text)[3].startswith("- 7 room lists: `Rooms 0` at `rooms.0@example.com`, ")
    assert facts(text)[3].endswith("`Rooms 4` at `rooms.4@example.com` and 2 more, in `$lists` of `audit.json`")
    assert facts(text)[5] == f"- Must be refused, 40: {', '.join(f'`{one}`' for one in controls)}"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("plain@example.com", None),
        ("Z\u00fcrich", "`Z\u00fcrich`: U+00FC LATIN SMALL LETTER U WITH DIAERESIS."),
        (
            "c\u0435o@example.com",
            "`c\u0435o@example.com`: U+0435 CYRILLIC SMALL LETTER IE. **Letters of several scripts: LATIN, CYRILLIC.**",
        ),
        ("\uff43eo", "U+FF43 FULLWIDTH LATIN SMALL LETTER C. **Letters of several scripts: FULLWIDTH, LATIN.**"),
        ("\u4f1a\u8b70\u30ed\u30d3\u30fc", "U+4F1A CJK UNIFIED IDEOGRAPH-4F1A, U+8B70"),
        ("a\u2019b", "U+2019 RIGHT SINGLE QUOTATION MARK."),
    ],
)
def test_a_letter_that_is_not_ascii_is_called_by_its_code_point(value: str, said: str | None) -> None:
    text = page(controls=(value,))
    assert ("Not ASCII, so look twice" in text) is (said is not None)
    assert said is None or said in text


def test_letters_of_several_scripts_are_not_lost_among_harmless_ones() -> None:
    lists = tuple((f"Geb\u00e4ude {number}", "x@example.com") for number in range(100))
    text = page(lists=(*lists, ("Off\u0456ce", "y@example.com")))
    assert "`Off\u0456ce`: U+0456" in text
    assert "- U+00E4 LATIN SMALL LETTER A WITH DIAERESIS: in 100 names, such as `Geb\u00e4ude 0`." in text
    assert text.count("U+00E4") == 1
    assert not is_mixed("\u4f1a\u8b70\u30ed\u30d3\u30fc")


@pytest.mark.parametrize("value", NASTY)
def test_a_value_is_shown_as_it_is_wherever_it_stands(value: str) -> None:
    names: dict[str, Any] = {"accountName": value, "listOwner": value, "controls": (value, value), "lists": ((value, value),)}
    text = page(grants=((value, value, (value,)),), **names)
    assert spans(text).count(value) == 8 + (not value.isascii())
    assert not any(token.type in {"html_inline", "link_open"} for token in tokens(text))


@pytest.mark.parametrize("value", NASTY)
def test_a_value_does_not_break_the_table_of_changes(value: str) -> None:
    text = page(f"if ($Apply -and {literal(value)} -eq $planId) {{\n    New-ManagementScope -Name {literal(value)}\n}}")
    rows: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows and token.level == 4:
            rows[-1].append("".join(child.content for child in token.children or ()))
    where = [row[1:] for row in rows if row[0].startswith(f"{NAME} line ")]
    assert [f"$Apply -and {literal(value)} -eq $planId", "New-ManagementScope", "", ""] in where
    assert ["", "", "-Name", str(literal(value)), "fixed in the script"] in rows


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", "(empty)"), ("x", "`x`"), ("a\n   b", "`a b`"), ("`", "`` ` ``"), ("x\u202ey", "`x\\u{202E}y`"), ("|", "`|`")],
)
def test_a_value_between_backticks(text: str, shown: str) -> None:
    assert code(text) == shown
    assert cell(text) == shown.replace("|", "\\|")


def test_singular_and_plural_are_kept_apart() -> None:
    text = page("Read-All -Name 'x'")
    assert "10 lines" in text
    assert "2 functions" in text
    one = statement_files({NAME: delivered(CODE, data(), "function Read-X { 'x' }\n")}, EXCHANGE_SERVER, PlanFacts(endpoint=ENDPOINT))["AUDIT.md"].decode()
    assert "1 line with" in one
    assert "makes 1 function:" in one
