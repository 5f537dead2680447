"""What is four times as long takes some four times the time and the room, not sixteen: no small script exhausts the audit."""

import time
import tracemalloc
from collections.abc import Callable, Mapping

import pytest

from roomscope.generator.audit.check import MOST, audit_script
from roomscope.generator.bundle.release import release_of
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.script.characters import encode
from roomscope.generator.script.flow import LOST, MOST_ORIGINS, Piece, followed
from roomscope.generator.script.lexer import MAX_FAULTS, MAX_TOKENS, lex
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.script import Script, ScriptError
from roomscope.generator.script.tree import MAX_DEPTH

GRANT = "50-Grant-Access.ps1"
RELEASE = release_of(EXCHANGE_SERVER)


def each(count: int, line: Callable[[int], str]) -> str:
    return "".join(line(number) + "\n" for number in range(count))


SCRIPTS: Mapping[str, tuple[Callable[[int], str], int]] = {
    "blanks and equals signs on one line": (lambda n: "$x " + "   = " * n + "\n", 12_000),
    "comments behind code": (lambda n: "$x = 1 " * n + "# x\n", 12_000),
    "block comments": (lambda n: "<#\nx\n#>\n" * n, 20_000),
    "characters that may be nowhere": (lambda n: "#" + "x" * n * 10 + "".join(chr(0xE000 + k) for k in range(min(n, 6400))) + "\n", 6_000),
    "letters of other scripts": (lambda n: "'a'\n# \u00e4\n" * n, 6_000),
    "quotes that are never closed": (lambda n: "$x = '" + "''" * n + "\n", 200_000),
    "a block comment that is never closed": (lambda n: "<#" + "#" * n + "\n", 400_000),
    "a variable that is set again and again": (lambda n: "$x = 1\n" * n, 2_000),
    "variables from variables, backwards": (lambda n: each(n, lambda k: f"$a{k} = $a{k + 1}"), 4_000),
    "variables from variables in a ring": (lambda n: each(n, lambda k: f"$a{k} = $a{(k + 1) % n} + (Get-X{k})"), 600),
    "a variable from everywhere": (lambda n: each(n, lambda k: f"$x = (Get-X{k})\n$y{k} = $x"), 600),
    "members of members": (lambda n: ("$x" + ".a" * 40 + "\n") * (n // 40), 2_000),
    "sums": (lambda n: ("$x = 'a'" + " + 'a'" * 30 + "\n") * (n // 30), 2_000),
    "stages of a pipe": (lambda n: "$x = 1" + " | ForEach-Object -Process { $_ }" * n + "\n", 600),
    "stages that add to a pipe": (lambda n: "$x = 1" + "".join(f" | ForEach-Object -Process {{ $_; Get-X{k} }}" for k in range(n)) + "\n", 400),
    "functions that call the next one": (lambda n: each(n, lambda k: f"function Read-A{k} {{\n    Get-X{k}\n    Read-A{k + 1}\n}}\n$y{k} = Read-A{k}"), 300),
    "functions that read one variable": (lambda n: each(n, lambda k: f"function Read-A{k} {{\n    $x\n    $x = {k}\n}}"), 300),
    "tables with entries": (lambda n: "$t = @{}\n" + each(n, lambda k: f"$t['a{k}'] = {k}"), 1_000),
    "one table many times": (lambda n: "$t = @{}\n" * n + "$t['a'] = 1\n" * n, 800),
    "tables in tables": (lambda n: "$t = @{ " + "a = @{}; " * n + "}\n" + "$t['a']['b'] = 1\n" * n, 500),
    "splatted again and again": (lambda n: "$t = @{ a = 1 }\nGet-Date" + " @t" * n + " -A 1" * n + "\n", 1_500),
    "a large splatted table": (lambda n: "$t = @{ " + "a = 1; " * n + "}\nGet-Date @t\n", 1_500),
    "calls": (lambda n: "Get-Date\n" * n, 2_000),
    "parameters": (lambda n: "Get-Date" + " -Format 'x'" * n + "\n", 2_000),
    "values from many places": (lambda n: each(n, lambda k: f"$x = (Get-X{k})") + "Get-Date -Format $x\n" * n, 600),
    "catches": (lambda n: "try {\n" + "Get-Mailbox\n" * n + "}\ncatch {\n" + "1\n" * n + "}\n", 6_000),
    "gates in gates": (lambda n: ("if ($Apply) {\n" * 12 + "Get-Mailbox\n" * 20 + "}\n" * 12) * (n // 20), 1_200),
    "a list of texts": (lambda n: "$x = @(" + ", ".join(f"'{k}'" for k in range(n)) + ")\n", 3_000),
    "what the grammar does not understand": (lambda n: "$x = 1 2 3 ,\n" * n, 2_000),
    "brackets that are never closed": (lambda n: "$x = (1 +\n" * 39 + "if else foreach\n" * n, 2_000),
    "lines": (lambda n: "\n" * n, 100_000),
}  # fmt: skip


def cost(text: str) -> float:
    """The processor's time for everything that is done with a script."""
    data = encode(text)
    before = time.process_time()
    audit_script(GRANT, data, RELEASE, 50)
    return time.process_time() - before


@pytest.mark.parametrize(("make", "size"), SCRIPTS.values(), ids=SCRIPTS)
def test_the_time_grows_with_the_length(make: Callable[[int], str], size: int) -> None:
    ratios = []
    for attempt in range(3):
        # A script that was read is remembered, so each attempt has one of its own.
        mark = f"# {attempt}\n"
        ratios.append(cost(make(4 * size) + mark) / cost(make(size) + mark))
        if ratios[-1] < 7:
            return
    pytest.fail(f"Four times the length takes {ratios} times the time.")


@pytest.mark.parametrize(("make", "size"), SCRIPTS.values(), ids=SCRIPTS)
def test_the_room_grows_with_the_length(make: Callable[[int], str], size: int) -> None:
    few = room(make(size // 16) + "# few\n")
    assert room(make(size // 4) + "# many\n") < 8 * few + 500_000


def room(text: str) -> int:
    """The most bytes that are held at once."""
    data = encode(text)
    tracemalloc.start()
    try:
        audit_script(GRANT, data, RELEASE, 50)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_script_has_a_bounded_number_of_tokens() -> None:
    assert lex("a " * MAX_TOKENS).faults == ()
    assert [fault.rule for fault in lex("a " * (MAX_TOKENS + 1)).faults] == ["RSA010"]


def test_a_tree_has_a_bounded_depth() -> None:
    Script.read("$x" + ".a" * (MAX_DEPTH - 10) + "\n")
    with pytest.raises(ScriptError, match="RSA010"):
        Script.read("$x" + ".a" * MAX_DEPTH + "\n")


@pytest.mark.parametrize("text", ["#x`\n", "<#\n#>\n", "'\ue000'\n", "# \u00e4\n", "$x = 1 2 ,\n"])
def test_no_more_faults_are_said_than_anybody_reads(text: str) -> None:
    with pytest.raises(ScriptError) as caught:
        Script.parse(encode(text * 5_000))
    assert 0 < len(caught.value.faults) <= 2 * MAX_FAULTS


def test_no_more_places_of_a_rule_are_listed_than_anybody_reads() -> None:
    found = [one for one in audit_script(GRANT, encode("Get-Process\n" * (MOST + 5)), RELEASE, 50) if one.rule == "RSA020"]
    assert len(found) == MOST + 1
    assert "There are more" in found[-1].message


def origins(text: str, variable: str) -> frozenset[str]:
    return Reading.of(Script.read(text)).origins.variables[variable]


def test_what_comes_from_too_many_places_is_lost_and_may_be_given_to_nothing() -> None:
    def lines(count: int) -> str:
        return each(count, lambda k: f"$name = (Get-X{k})") + "New-ManagementScope -Name $name\n"

    assert len(origins(lines(MOST_ORIGINS), "$$name")) == MOST_ORIGINS
    assert origins(lines(MOST_ORIGINS + 1), "$$name") == {LOST}
    found = audit_script(GRANT, encode(lines(MOST_ORIGINS + 1)), RELEASE, 50)
    assert any(one.rule == "RSA028" and LOST in one.message for one in found)
    piped = "$x = " + "; ".join(f"Get-X{k}" for k in range(MOST_ORIGINS + 1))
    assert origins(f"$x = @({piped[5:]}) | ForEach-Object -Process {{ $_ }}\n", "$$x") == {LOST}


def test_what_is_passed_on_too_often_is_lost() -> None:
    ring = {f"$${k}": [Piece(f"o{k % 50}"), *(Piece(f"$${(k + step) % 4000}") for step in range(1, 90, 2))] for k in range(4_000)}
    assert set(followed(ring)["$$7"]["*"]) == {LOST}
    few = {f"$${k}": [Piece(f"o{k}"), Piece(f"$${(k + 1) % 50}")] for k in range(50)}
    assert all(held["*"] == {f"o{k}" for k in range(50)} for held in followed(few).values())
