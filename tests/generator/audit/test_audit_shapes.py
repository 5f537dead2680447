"""A script of this release differs from its template in nothing but data."""

import time
from collections.abc import Callable, Mapping

import pytest

from roomscope.generator.audit.check import audit_named
from roomscope.generator.audit.shapes import check_shape
from roomscope.generator.delivery.check import audit_delivery
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.script.characters import decode, encode
from roomscope.generator.script.script import Script

Files = Mapping[str, bytes]
GRANT = "50-Grant-Access.ps1"

# Changes that call nothing new, so that no other rule has an opinion about them.
QUIET = {
    "a comparison is turned round": ("'True' -eq [string]$organization.IsDehydrated", "'True' -ne [string]$organization.IsDehydrated"),
    "a conflict does not stop": ("if ($conflicts.Count -ne 0)", "if ($conflicts.Count -gt 9)"),
    "rooms.csv is not compared": (".Hash -ne $roomsDigest", ".Hash -eq $roomsDigest"),
    "a plan is not compared": ("if ($added.Count + $gone.Count -ne 0)", "if ($added.Count + $gone.Count -lt 0)"),
    "a throw becomes a text": ("    throw ('Conflicts with what is there: {0}", "    ('{0} conflicts"),
    "a message lies": ("Plan: nothing to do.", "Plan: all is well."),
    "a warning is not shown": ("    Show-Line -Text ('WARNING: {0}' -f $Text)\n", ""),
    "a record is not written": ("finally {\n    ", "finally {\n    #"),
    "an expected value is changed": ("'Closed' -ne [string]$group.MemberJoinRestriction", "'Open' -ne [string]$group.MemberJoinRestriction"),
    "a type is not checked": ("'RoomMailbox' -ne [string]$member.RecipientTypeDetails", "'' -eq [string]$member.RecipientTypeDetails"),
    "an assignment more": ("$planId = ", "$planned = 1\n$planId = "),
    "a domain is not compared": ("if ($foreignDomains.Count -ne 0)", "if ($foreignDomains.Count -eq 99)"),
    "two lines change places": ("Set-StrictMode -Version 3.0\n$ErrorActionPreference = 'Stop'\n", "$ErrorActionPreference = 'Stop'\nSet-StrictMode -Version 3.0\n"),
    "a line end is taken out": ("\n$ErrorActionPreference", "; $ErrorActionPreference"),
    "nothing behind the last line": ("\nfinally {", "\n'x'\nfinally {"),
    "a row with another key": ("@{ Address = ", "@{ Other = 'x'; Address = "),
    "a list that is computed": ("$lists = @(\n", "$lists = @(\n    $planId\n"),
}  # fmt: skip


def text_of(data: bytes) -> str:
    return decode(data)[0]


def differs(text: str) -> bool:
    return bool(check_shape(GRANT, Script.read(text), "exchange-server"))


def test_rendered_scripts_have_the_shape_of_their_template(samples: Mapping[str, Files]) -> None:
    for files in samples.values():
        for name, data in files.items():
            if name[0].isdigit():
                assert check_shape(name, Script.parse(data), "exchange-server") == ()


def test_a_script_of_no_template_has_no_shape(article: Files) -> None:
    assert check_shape("50-x.ps1", Script.parse(article[GRANT]), "exchange-server")


def test_data_may_differ(article: Files) -> None:
    text = text_of(article[GRANT])
    assert not differs(text.replace("CronofyImpersonationScope", "o''brien; \u00e4"))
    row = next(line for line in text.split("\n") if line.startswith("    @{ Address"))
    assert not differs(text.replace(row, f"{row}\n{row}\n{row}", 1))
    assert not differs(text.replace("Lists = @('", "Lists = @('x', '", 1))


@pytest.mark.parametrize(("old", "new"), QUIET.values(), ids=QUIET)
def test_a_quiet_change_is_caught_without_a_ticket(
    article: Files, seal: Callable[[Files], Files], old: str, new: str
) -> None:
    text = text_of(article[GRANT])
    assert old in text, f"The templates no longer have {old!r}."
    files = seal({**article, GRANT: encode(text.replace(old, new, 1))})
    found = audit_delivery(Delivery("x", "bundle", files, ())).findings
    assert "RSA112" in {finding.rule for finding in found}
    assert not {"RSA100", "RSA101", "RSA105", "RSA106"} & {finding.rule for finding in found}


KNOTS = {
    "a long pipe": "$zz = 'a'" + " | ForEach-Object -Process { $_ }" * 30,
    "functions that call the next one twice": "\n".join(
        f"function Read-F{number} {{\n    Read-F{number + 1}\n    Read-F{number + 1}\n}}" for number in range(30)
    ),
    "a chain of variables": "$z0 = 'x'\n" + "\n".join(f"$z{number + 1} = $z{number}" for number in range(2000)),
    "a table of many tables": "$zz = @{ A = @{} }\n" + "\n".join(f"$zz['A']['k{number}'] = 1" for number in range(2000)),
}


@pytest.mark.parametrize("knot", KNOTS.values(), ids=KNOTS)
def test_a_script_made_to_keep_the_audit_busy_is_judged_in_a_bearable_time(knot: str, article: Files) -> None:
    text = article[GRANT].decode("utf-8-sig").replace("\r\n", "\n")
    data = text.replace("if ($Apply) { $mode", f"{knot}\nif ($Apply) {{ $mode", 1).replace("\n", "\r\n").encode("utf-8-sig")
    started = time.process_time()
    assert audit_named(GRANT, data, "exchange-server", 50) is not None
    # Without a limit the first two took hours; this is no measurement.
    assert time.process_time() - started < 60
