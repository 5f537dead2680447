"""PowerShell's own parser gives the same statement as ours, and AUDIT.ps1 notices what was changed."""

import json
import random
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from roomscope.generator.audit.check import audit_named
from roomscope.generator.bundle.sums import digest
from roomscope.generator.common.errors import LiteralError
from roomscope.generator.render.literals import literal
from roomscope.generator.script.characters import encode
from roomscope.generator.statement.derive import observe
from roomscope.generator.statement.files import second_opinion

Files = Mapping[str, bytes]
Opinion = Callable[[Iterable[Files]], list[str]]
LISTS = "30-New-RoomLists.ps1"
LOOP = """
$ErrorActionPreference = 'Stop'
foreach ($folder in Get-Content -LiteralPath '{root}/folders.txt') {{
    try {{ $said = @(& '{root}/AUDIT.ps1' -Path $folder) -join ' ' }}
    catch {{ $said = "REPORTS $($_.Exception.Message)" }}
    ConvertTo-Json -Compress -InputObject @($said)
}}
"""


@pytest.fixture
def opinion(pwsh: str, tmp_path: Path) -> Opinion:
    """Runs AUDIT.ps1 over many bundles in one PowerShell."""

    def ask(bundles: Iterable[Files]) -> list[str]:
        folders = []
        for number, files in enumerate(bundles):
            folder = tmp_path / f"b[{number}]"
            folder.mkdir()
            for name, data in files.items():
                (folder / name).write_bytes(data)
            folders.append(str(folder))
        (tmp_path / "folders.txt").write_text("\n".join(folders), encoding="utf-8")
        (tmp_path / "AUDIT.ps1").write_bytes(second_opinion())
        (tmp_path / "loop.ps1").write_text(LOOP.format(root=tmp_path), encoding="utf-8")
        command = [pwsh, "-NoProfile", "-File", str(tmp_path / "loop.ps1")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=True)
        return [json.loads(line)[0] for line in done.stdout.splitlines()]

    return ask


def alone(script: bytes, claimed: bytes | None = None, name: str = LISTS) -> Files:
    """A bundle of one script, with the statement about it or about another, and digests that fit."""
    files = {name: script, "audit.json": observe({name: script if claimed is None else claimed}).text().encode()}
    sums = "".join(f"{digest(data)}  {one}\n" for one, data in sorted(files.items()))
    return {**files, "SHA256SUMS": sums.encode()}


def test_every_sample_has_the_same_statement_by_both_parsers(samples: Mapping[str, Files], opinion: Opinion) -> None:
    said = opinion(samples.values())
    assert len(said) == len(samples) > 0
    for one, files in zip(said, samples.values(), strict=True):
        assert one.startswith("PowerShell's parser agrees with audit.json on 6 scripts")
        assert digest(files["SHA256SUMS"]) in one


def test_a_bundle_is_compared_with_the_ticket(article: Files, pwsh: str, put: Callable[[Files], Path]) -> None:
    files = alone(article[LISTS])
    folder = put(files)
    (folder.parent / "AUDIT.ps1").write_bytes(second_opinion())
    for ticket, code in ((digest(files["SHA256SUMS"]), 0), ("0" * 64, 1)):
        command = [pwsh, "-NoProfile", "-File", str(folder.parent / "AUDIT.ps1"), "-Path", str(folder), "-Digest", ticket]
        assert subprocess.run(command, capture_output=True, timeout=900, check=False).returncode == code


CHANGES = [
    ("another command", "Get-ADServerSettings -ErrorAction Stop", "Get-OrganizationConfig -ErrorAction Stop"),
    ("another parameter", "-ResultSize Unlimited", "-ReadFromDomainController"),
    ("another value", "-ResultSize Unlimited", "-ResultSize 5"),
    ("a weaker gate", "    if ($Apply) {\n        if ($plan", "    if ($Apply -or $true) {\n        if ($plan"),
    ("a write outside", "$planId = ", "New-DistributionGroup -Name 'x'\n$planId = "),
    ("another origin", "$mark = ", "$mark = Import-Csv -LiteralPath $roomsPath -Encoding utf8\n$mark = "),
    ("a changed splat", "New-DistributionGroup @newList", "$newList['Name'] = 'x'; New-DistributionGroup @newList"),
    ("another member", ".Trim(", ".TrimEnd("),
    ("another type", "[string]$Filter" , "[int]$Filter"),
    ("another text", "'Closed'", "'Open'"),
    ("another variable", "$mode = 'plan'", "$Mode2 = 'plan'"),
    ("another file", "Set-Content -LiteralPath $evidenceFile", "Set-Content -LiteralPath $roomsPath"),
    ("a shadowing function", "function Show-Line {", "function Get-Mailbox { 'x' }\nfunction Show-Line {"),
    ("a sub-expression", "$planId = ", '$sub = "$(Get-Process)"\n$planId = '),
    ("a hidden command", "$planId = ", "<# `#> Get-Process <# #>\n$planId = "),
    ("a typographic quote", "$planId = ", "$a = 'x\u2019; Get-Process; $b = \u2018y'\n$planId = "),
    ("the call operator", "$planId = ", "& 'Get-Process'\n$planId = "),
    ("a file redirected", "$planId = ", "Get-Date > 'x'\n$planId = "),
    ("a parse error", "$planId = ", "if (\n$planId = "),
]


def test_each_change_to_a_script_is_reported_though_its_digests_fit(article: Files, opinion: Opinion) -> None:
    original = article[LISTS].decode("utf-8-sig").replace("\r\n", "\n")
    bundles, names = [], []
    for name, old, new in CHANGES:
        if old in original:
            bundles.append(alone(encode(original.replace(old, new, 1)), article[LISTS]))
            names.append(name)
    said = opinion(bundles)
    assert len(names) > len(CHANGES) - 4
    assert {name: one[:7] for name, one in zip(names, said, strict=True)} == dict.fromkeys(names, "REPORTS")


def test_what_lies_about_a_bundle_is_reported(article: Files, opinion: Opinion) -> None:
    whole = alone(article[LISTS])
    extra = {**whole, "55-Fix.ps1": b"Get-Process"}
    missing = {name: data for name, data in whole.items() if name != "audit.json"}
    changed = {**whole, LISTS: article[LISTS] + b"# x\r\n"}
    block = b"\r\n# SIG # Begin signature block\r\n# MIIabc+/=\r\n# SIG # End signature block\r\n"
    signed = {**whole, LISTS: article[LISTS] + block}
    behind = {**whole, LISTS: article[LISTS] + block + b"Get-Process\r\n"}
    evidence_name = {**whole, "evidence.ps1": b"Get-Process"}
    said = opinion([whole, signed, extra, missing, changed, behind, evidence_name])
    assert [one.startswith("REPORTS") for one in said] == [False, False, True, True, True, True, True]


def hostile(count: int) -> list[str]:
    """Values made of what is dangerous, the same ones every time."""
    pieces = [*"'\u2018\u2019\u201a\u201b\"\u201c`$;|&<>#@{}()%\\-\u2013\u2014 ", "$(Get-Process)", "<#", "#>", "'@", "@'"]
    pieces += ["{{ x }}", "\u00e4", "\U0001f600", "Get-Process", "\u00a0", "# SIG # Begin signature block", "#Requires"]
    chance = random.Random(20261122)  # noqa: S311 - the same values every time
    values = ["".join(chance.choices(pieces, k=chance.randint(1, 12))) for _ in range(count)]
    return [value for value in values if _is_allowed(value)]


def _is_allowed(value: str) -> bool:
    try:
        literal(value)
    except LiteralError:
        return False
    return True


def test_hostile_values_are_the_same_texts_to_both_parsers(article: Files, opinion: Opinion) -> None:
    values = hostile(600)
    original = article[LISTS].decode("utf-8-sig").replace("\r\n", "\n")
    lines = "\n".join(f"$value = {literal(value)}" for value in values)
    script = encode(original.replace("$planId = ", f"{lines}\n$planId = ", 1))
    assert audit_named(LISTS, script, "exchange-server", 30) == ()
    stated = observe({LISTS: script}).scripts[0]
    assert set(values) <= set(stated.texts)
    assert opinion([alone(script)])[0].startswith("PowerShell's parser agrees")


def test_random_edits_are_caught_or_change_nothing_for_powershell(article: Files, opinion: Opinion) -> None:
    original = article[LISTS].decode("utf-8-sig").replace("\r\n", "\n")
    claimed = observe({LISTS: article[LISTS]})
    unnoticed = []
    caught = 0
    for edited in _edits(original, 100):
        script = encode(edited)
        if audit_named(LISTS, script, "exchange-server", 30) or observe({LISTS: script}) != claimed:
            caught += 1
        else:
            unnoticed.append(script)
    assert caught > 40
    said = opinion(alone(script, article[LISTS]) for script in unnoticed[:12])
    assert [one[:40] for one in said] == ["PowerShell's parser agrees with audit.js"] * len(said)


def _edits(original: str, count: int) -> Iterable[str]:
    chance = random.Random(5)  # noqa: S311 - the same edits every time
    start = original.index("#>\n") + 3
    letters = "'\"`$;|&<>#@{}()%\\-\u2013\u2019 \n.,=aZ0"
    for _ in range(count):
        at = chance.randrange(start, len(original) - 2)
        match chance.randrange(4):
            case 0:
                yield original[:at] + original[at + 1 :]
            case 1:
                yield original[:at] + chance.choice(letters) + original[at:]
            case 2:
                yield original[:at] + chance.choice(letters) + original[at + 1 :]
            case _:
                other = chance.randrange(start, len(original) - 20)
                yield original[:at] + original[other : other + chance.randint(2, 20)] + original[at:]
