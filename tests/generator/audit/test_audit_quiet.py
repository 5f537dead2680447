"""Changes that call nothing new, random ones, and scripts made to keep the audit busy."""

import random
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from roomscope.generator.audit.check import audit_script
from roomscope.generator.audit.release import Release
from roomscope.generator.bundle.release import release_of
from roomscope.generator.delivery.check import audit_delivery
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.script.characters import decode, encode
from roomscope.generator.script.parts import CODE, Parts, cut
from roomscope.generator.script.script import Script
from tests.generator.audit.mutants import GRANT, Edit, add, shared, swap

Files = Mapping[str, bytes]

# No other rule has an opinion about these.
QUIET: Mapping[str, tuple[str, Edit]] = {
    "a comparison is turned round": ("RSA052", shared(r"(?<='True' )-eq(?= \[string\]\$organization\.IsDehydrated)", "-ne")),
    "a conflict does not stop": ("RSA052", shared(r"(?<=\$conflicts\.Count )-ne 0", "-gt 9")),
    "rooms.csv is not compared": ("RSA052", shared(r"(?<=\$before )-ne(?= \$Digest)", "-eq")),
    "a throw becomes a text": ("RSA052", shared(r"throw (?=\(\$text -f \$many)", "")),
    "a message lies": ("RSA112", swap("No assignment was made. Run this again", "All is well. Run this again")),
    "a warning is not shown": ("RSA052", shared(r"(?<=if \()-not (?=\$Unshown\))", "")),
    "a record is not written": ("RSA112", swap("finally { Save-End -Record $record }", "finally { 'x' }")),
    "an expected value is changed": ("RSA052", shared(r"'Closed'", "'Open'")),
    "a type is not checked": ("RSA052", shared(r"'RoomMailbox' -ne ", "'' -eq ")),
    "an assignment more": ("RSA112", add("    $planned = 1")),
    "a domain is not compared": ("RSA052", shared(r"-not (?=\(Read-IsIn -Text \$_ -Texts \$accepted)", "")),
    "two lines change places": ("RSA112", swap("        $filters = @{}\n        foreach ($grant in $grants) {\n", "        foreach ($grant in $grants) {\n        $filters = @{}\n")),
    "a line end is taken out": ("RSA112", swap("\n        $mailboxes = ", "; $mailboxes = ")),
    "nothing behind the last line": ("RSA112", swap("        Show-Done -Record $record\n", "        Show-Done -Record $record\n        'x'\n")),
    "a row with another key": ("RSA053", swap("@{ Address = ", "@{ Other = 'x'; Address = ")),
    "a list that is computed": ("RSA053", swap("$lists = @(\n", "$lists = @(\n    $planId\n")),
    "the gate has another condition": ("RSA112", swap("if ($Apply -and $plan.Count -ne 0) {", "if ($Apply -and $plan.Count -eq 0) {")),
    "what is there is not read again": ("RSA112", swap("$record['After'] = $states", "$record['After'] = @()")),
    "the scope is not compared before the right is given": ("RSA112", swap("Assert-Kept -States $states -Advice 'No assignment", "Show-Line -Text 'No assignment")),
    "an empty domain list of nobody": ("RSA053", swap("$domains = @('", "$domain = @('")),
    "a function gives back something else": ("RSA052", shared(r"(?<=\n)    \$mailboxes\n\}", "    @{}\n}")),
    "a default is added to a parameter": ("RSA052", shared(r"(?<=function Show-Line\(\[string\]\$Text)\)", " = 'x')")),
    "the guard skips a command": ("RSA052", shared(r"'Set-Content', ", "")),
}  # fmt: skip


@pytest.fixture(scope="module")
def release() -> Release:
    return release_of(EXCHANGE_SERVER)


@pytest.mark.parametrize(("rule", "edit"), QUIET.values(), ids=QUIET)
def test_a_quiet_change_is_caught_without_a_ticket(
    article: Files, release: Release, seal: Callable[[Files], Files], rule: str, edit: Edit
) -> None:
    data = edit(article[GRANT])
    assert rule in {finding.rule for finding in audit_script(GRANT, data, release, 50)}
    # A region that differs between scripts would be found anyway.
    names = [GRANT] if rule != "RSA052" else [step.file for step in EXCHANGE_SERVER.steps]
    files = seal({**article, **{name: edit(article[name]) for name in names}})
    found = audit_delivery(Delivery("x", "bundle", files, ())).findings
    assert {rule, "RSA113"} <= {finding.rule for finding in found}
    assert not {"RSA100", "RSA101", "RSA105", "RSA106"} & {finding.rule for finding in found}


def test_a_random_edit_is_caught_or_changes_data_or_help_only(article: Files, release: Release) -> None:
    original = decode(article[GRANT])[0]
    parts = _parts(original)
    unnoticed = []
    for at, edited in _edits(original, 60):
        if not audit_script(GRANT, encode(edited), release, 50):
            unnoticed.append(at)
    assert [at for at in unnoticed if not (at < parts.opening or parts.data <= at < parts.code)] == []


def _parts(text: str) -> Parts:
    found = cut(text, Script.read(text).tokens)
    assert found is not None
    return found


def _edits(original: str, count: int) -> Iterator[tuple[int, str]]:
    """Where something is changed, and the whole text afterwards; the same ones every time."""
    chance = random.Random(5)  # noqa: S311 - the same edits every time
    letters = "'\"`$;|&<>#@{}()%\\-\u2013\u2019 \n.,=aZ0"
    for _ in range(count):
        at = chance.randrange(len(original) - 2)
        other = chance.randrange(len(original) - 20)
        yield at, chance.choice([
            original[:at] + original[at + 1 :],
            original[:at] + chance.choice(letters) + original[at:],
            original[:at] + chance.choice(letters.replace(original[at], "")) + original[at + 1 :],
            original[:at] + original[other : other + chance.randint(2, 20)] + original[at:],
        ])


KNOTS = {
    "a long pipe": "$zz = 'a'" + " | ForEach-Object -Process { $_ }" * 3000,
    "functions that call the next one twice": "\n".join(
        f"function Read-F{number} {{\n    Read-F{number + 1}\n    Read-F{number + 1}\n}}" for number in range(2000)
    ),
    "functions that read what they do not set": "\n".join(f"function Read-F{number} {{\n    if ($q) {{ $n = 1 }}\n    $n\n}}" for number in range(1500)),
    "one function called with everything": "function Read-X($A) { $A }\n" + "\n".join(f"Read-X -A $e{number}" for number in range(4000)),
    "a call with many parameters": "Get-Date" + "".join(f" -P{number} 'x'" for number in range(12000)),
    "a chain of variables": "$z0 = 'x'\n" + "\n".join(f"$z{number + 1} = $z{number}" for number in range(9000)),
    "a chain of variables of the session": "\n".join(f"$z{number + 1} = $z{number} + $e{number}" for number in range(6000)),
    "one variable": "\n".join(f"$z = 'x{number}'" for number in range(9000)),
    "a table of many tables": "$zz = @{ A = @{} }\n" + "\n".join(f"$zz['A']['k{number}'] = 1" for number in range(5000)),
    "a table of many keys": "$t = @{}\n" + "\n".join(f"$t['k{number}'] = $e{number}\n$u{number} = $t\n$v{number} = $u{number}['k{number}']" for number in range(1500)),
    "many tables of one name": "\n".join("$t = @{ A = @{} }\n$t['A']['k'] = 1" for _ in range(2500)),
    "many splats": "\n".join(f"$t{number} = @{{ A = 'x' }}\nGet-Date @t{number}" for number in range(2500)),
    "one splat of much": "$t = @{ A = 'x' }\n" + "\n".join(f"$t['B{number}'] = 'x'" for number in range(5000)) + "\nGet-Date @t",
    "many regions": "#region x\n" * 20000,
    "lines of the frame": f"    {CODE}\n" * 20000,
}  # fmt: skip


@pytest.mark.parametrize("knot", KNOTS.values(), ids=KNOTS)
def test_a_script_made_to_keep_the_audit_busy_is_judged_in_a_bearable_time(knot: str, article: Files, release: Release) -> None:
    data = add(knot)(article[GRANT])
    started = time.process_time()
    assert audit_script(GRANT, data, release, 50)
    # Without a limit some of these took hours, or all memory; this is no measurement.
    assert time.process_time() - started < 60
