"""AUDIT.ps1, run by a real PowerShell: it agrees with every sample, and says what differs in an altered bundle."""

import json
import random
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from roomscope.generator.bundle.content import content_of
from roomscope.generator.bundle.manifest import MANIFEST, read_manifest
from roomscope.generator.bundle.rooms import ROOMS, read_rooms
from roomscope.generator.bundle.sums import SUMS, digest, sums
from roomscope.generator.common.errors import LiteralError
from roomscope.generator.plan.plan import FilledPlan
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.products.powershell import PLAIN
from roomscope.generator.render.literals import literal
from roomscope.generator.script.characters import encode
from roomscope.generator.statement.derive import derive
from roomscope.generator.statement.files import PAGE, STATEMENT, second_opinion
from tests.generator.audit.test_audit_mutants import MUTANTS as ON_SCRIPTS
from tests.generator.audit.test_audit_region import MUTANTS as ON_THE_REGION
from tests.generator.conftest import a_plan_of
from tests.generator.statement.release import release_digest

Files = Mapping[str, bytes]
Edit = Callable[[dict[str, bytes]], object]
GRANT = "50-Grant-Access.ps1"
LISTS = "30-New-RoomLists.ps1"
READY = "10-Test-Readiness.ps1"
SIGNATURE = b"\r\n# SIG # Begin signature block\r\n# MIIabc+/=\r\n# SIG # End signature block\r\n"
LOOP = """
$ErrorActionPreference = 'Stop'
foreach ($folder in Get-Content -LiteralPath '{root}/folders.txt') {{
    $said = @(& '{root}/AUDIT.ps1' -Path $folder)
    ConvertTo-Json -Compress -InputObject @($LASTEXITCODE, ($said -join "`n"))
}}
"""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What AUDIT.ps1 said of one folder."""

    code: int
    text: str
    found: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, code: int, text: str) -> "Opinion":
        return cls(code, text, [line[2:] for line in text.splitlines() if line.startswith("- ")])


@pytest.fixture
def opinions(pwsh: str, tmp_path: Path) -> Callable[[Iterable[Files]], list[Opinion]]:
    """Asks AUDIT.ps1 about many bundles in one PowerShell; a name may lead into a folder."""

    def ask(bundles: Iterable[Files]) -> list[Opinion]:
        folders = []
        for number, files in enumerate(bundles):
            folder = tmp_path / f"b[{number}]"
            for name, data in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            folders.append(str(folder))
        (tmp_path / "folders.txt").write_text("\n".join(folders), encoding="utf-8")
        (tmp_path / "AUDIT.ps1").write_bytes(second_opinion())
        (tmp_path / "loop.ps1").write_text(LOOP.format(root=tmp_path), encoding="utf-8")
        command = [pwsh, "-NoProfile", "-File", str(tmp_path / "loop.ps1")]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=900, check=True)
        return [Opinion.of(*json.loads(line)) for line in done.stdout.splitlines()]

    return ask


def alone(pwsh: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs AUDIT.ps1 the way a person does."""
    script = folder.parent / "AUDIT.ps1"
    script.write_bytes(second_opinion())
    command = [pwsh, "-NoProfile", "-File", str(script), "-Path", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


def listed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Adjusts the digests in the manifest and in SHA256SUMS, and nothing else."""
    sealed = {name: data for name, data in files.items() if name not in {MANIFEST, SUMS} and "/" not in name}
    digests = {name: digest(data) for name, data in sorted(sealed.items())}
    # Put in as text, so that what a parser would drop is still there.
    said = json.dumps(digests, indent=2).replace("\n", "\n  ")
    sealed[MANIFEST] = re.sub(r'"files": \{[^}]*\}', lambda _: f'"files": {said}', files[MANIFEST].decode(), count=1).encode()
    sealed[SUMS] = sums(sealed)
    return sealed | {name: data for name, data in files.items() if "/" in name}


def swap(name: str, old: str, new: str) -> Edit:
    """Puts one text in the place of another, once."""

    def edit(files: dict[str, bytes]) -> None:
        text = files[name].decode("utf-8-sig")
        old_, new_ = old.replace("\n", "\r\n"), new.replace("\n", "\r\n")
        if name.endswith((".md", ".json")):
            old_, new_ = old, new
        assert old_ in text, f"{name} no longer has {old!r}."
        mark = "\ufeff" if files[name].startswith(b"\xef\xbb\xbf") else ""
        files[name] = f"{mark}{text.replace(old_, new_, 1)}".encode()

    return edit


def resub(name: str, pattern: str, new: str) -> Edit:
    """Puts a text in the place of what a pattern finds, once."""

    def edit(files: dict[str, bytes]) -> None:
        text = files[name].decode("utf-8-sig")
        assert re.search(pattern, text), f"{name} no longer has {pattern!r}."
        files[name] = re.sub(pattern, lambda _: new, text, count=1).encode("utf-8-sig")

    return edit


def beside(name: str, hidden: str) -> Edit:
    """Puts a record of data into audit.json on the line of another, for the script that grants."""

    def edit(files: dict[str, bytes]) -> None:
        before, found, after = files[STATEMENT].decode().rpartition(f'"file": "{GRANT}"')
        at = after.index(f'{{"name": "{name}"')
        end = after.index("\n", at)
        line = after[at:end].rstrip(",")
        files[STATEMENT] = f"{before}{found}{after[:at]}{line},{hidden}{after[at + len(line) :]}".encode()

    return edit


def as_rendered(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def plan(change: Callable[[dict[str, Any]], object]) -> Edit:
    """Changes the plan in the manifest."""

    def edit(files: dict[str, bytes]) -> None:
        manifest = json.loads(files[MANIFEST])
        change(manifest)
        files[MANIFEST] = as_rendered(manifest)

    return edit


def derived(*edits: Edit) -> Edit:
    """Edits scripts, and has audit.json made from them by our own tools; AUDIT.md stays what it was."""

    def edit(files: dict[str, bytes]) -> None:
        for one in edits:
            one(files)
        scripts = {name: data for name, data in files.items() if name[0].isdigit() and name.endswith(".ps1")}
        files[STATEMENT] = derive(scripts, EXCHANGE_SERVER).text().encode()

    return edit


def put(name: str, data: bytes = b"x") -> Edit:
    return lambda files: files.__setitem__(name, data)


CODE = "    # The step itself: the same in every bundle of this release.\n"
ACCOUNT = "cronofy.service.account@example.com"
DOMAINS = (READY,)
"""The scripts that hold the domains of the plan."""

OTHER_RELEASE = "Not the code and the statement of this release"
SCRIPTS: dict[str, tuple[Edit, str]] = {
    "another command": (swap(LISTS, "Show-Done -Record $record", "Remove-Mailbox -Identity 'x'"), "calls 'Remove-Mailbox', which no script of ours calls"),
    "another parameter": (swap(LISTS, "New-DistributionGroup @newList", "New-DistributionGroup @newList -Force"), f"{LISTS}: only PowerShell says: call New-DistributionGroup -Force"),
    "another value": (swap(GRANT, "Role = 'ApplicationImpersonation'", "Role = 'Mailbox Import Export'"), " -Role 'Mailbox Import Export'"),
    "no scope": (resub(GRANT, r"CustomRecipientWriteScope += \$grant\['Scope'\];? ?", ""), f"{GRANT}: only audit.json says: call New-ManagementRoleAssignment"),
    "a weaker gate": (swap(GRANT, "if ($Apply -and", "if ($Apply -or"), "New-ManagementScope can be reached without -Apply"),
    "a write in the data": (swap(LISTS, CODE, f"    Remove-Mailbox -Identity 'x'\n{CODE}"), f"{LISTS}: not only data in the data"),
    "computed data": (swap(LISTS, "$listOwner = ", "$listOwner = Get-Date\n    $other = "), "The data is computed: Get-Date"),
    "a switch set in the data": (derived(swap(GRANT, CODE, f"    $Apply = $true\n{CODE}")), OTHER_RELEASE),
    "a preference set in the data": (derived(swap(GRANT, CODE, f"    $ErrorActionPreference = 'Ignore'\n{CODE}")), OTHER_RELEASE),
    "a guard that knows nothing": (derived(resub(GRANT, r"\$exchangeCommands = @\([^)]*\)", "$exchangeCommands = @()")), OTHER_RELEASE),
    "an element set in the data": (derived(swap(GRANT, CODE, f"    $grants[0]['Scope'] = 'Evil'\n{CODE}")), f"{GRANT}: not only data in the data"),
    "data that is added to": (derived(swap(READY, CODE, f"    $controls += @('x')\n{CODE}")), f"{READY}: not only data in the data"),
    "data set twice": (derived(swap(GRANT, CODE, f"    $accountName = 'evil@example.com'\n{CODE}")), f"{GRANT}: $accountName is not what manifest.json says"),
    "a file written by data": (swap(GRANT, "$listOwner = $null", "$listOwner = 'x' > 'y'"), "The data is computed: 'x' > 'y'"),
    "a key that is computed": (swap(GRANT, "@{ Address =", "@{ (Get-Date) ="), "The data is computed: (Get-Date)"),
    "a trap in the data": (swap(GRANT, CODE, f"    trap {{ continue }}\n{CODE}"), "not in the frame of a script: a trap"),
    "plain line feeds": (lambda files: put(GRANT, files[GRANT].replace(b"\r\n", b"\n"))(files), f"{GRANT}: a line that does not end with CR LF"),
    "a row with another key": (derived(swap(GRANT, "@{ Address = ", "@{ Other = 'x'; Address = ")), f"{GRANT}: $lists is not what manifest.json says"),
    "two data in a row": (derived(swap(GRANT, "\n    $bundle = ", "; $bundle = ")), f"{GRANT}: not only data in the data"),
    "a comment among the data": (swap(GRANT, "    $listOwner = ", "    # Approved.\n    $listOwner = "), "not in the frame of a script: a comment among the data"),
    "a help that leads elsewhere": (swap(GRANT, ".DESCRIPTION", "  .ForwardHelpTargetName Get-Process\n.DESCRIPTION"), "not in the frame of a script: a help that leads elsewhere"),
    "a signature in the help": (swap(GRANT, ".DESCRIPTION", "# SIG # Begin signature block\n.DESCRIPTION"), "not in the frame of a script: a line of a signature"),
    "no byte order mark": (lambda files: put(GRANT, files[GRANT][3:])(files), f"{GRANT} has no byte order mark"),
    "two byte order marks": (lambda files: put(GRANT, files[GRANT][:3] + files[GRANT])(files), f"{GRANT}: not in the frame of a script"),
    "another account in the code": (resub(GRANT, r"User += \[string\]\$record\['Account'\]\.DistinguishedName", "User = 'evil'"), f"{GRANT}: only PowerShell says: call New-ManagementRoleAssignment"),
    "another condition": (swap(GRANT, "$plan.Count -ne 0", "$plan.Count -ne 1"), "only audit.json says: call New-ManagementScope"),
    "another order": (swap(GRANT, "        Show-Done -Record $record\n", "        Show-Done -Record  $record\n"), OTHER_RELEASE),
    "another text": (swap(LISTS, "'Closed'", "'Open'"), f"{LISTS}: only PowerShell says: text Open"),
    "another member": (swap(GRANT, ".Replace(", ".TrimEnd("), f"{GRANT}: only PowerShell says: member method TrimEnd"),
    "another type": (swap(GRANT, "[string]$record['Account']", "[int]$record['Account']"), f"{GRANT}: only PowerShell says: type [int]"),
    "another variable": (swap(GRANT, "$filters = @{}", "$evil = @{}"), f"{GRANT}: only PowerShell says: variable $evil"),
    "a shadowing function": (swap(LISTS, CODE, f"{CODE}    function Show-Done {{ 'x' }}\n"), f"{LISTS}: only PowerShell says: function Show-Done"),
    "a sub-expression": (swap(LISTS, CODE, f'{CODE}    $x = "$(Get-Process)"\n'), "calls 'Get-Process', which no script"),
    "a hidden command": (swap(LISTS, CODE, f"{CODE}    <# `#> Get-Process <# #>\n"), "not in the frame of a script: a second block comment"),
    "a typographic quote": (swap(LISTS, CODE, f"{CODE}    $a = 'x\u2019; Get-Process; $b = \u2018y'\n"), "calls 'Get-Process', which no script"),
    "the call operator": (swap(LISTS, CODE, f"{CODE}    & 'Get-Date'\n"), ": calls Get-Date by & or . or redirects it"),
    "a file redirected": (swap(LISTS, CODE, f"{CODE}    Get-Date > 'x'\n"), ": calls Get-Date by & or . or redirects it"),
    "a parse error": (swap(LISTS, CODE, f"{CODE}    if (\n"), "PowerShell's parser: "),
    "a module required": (swap(LISTS, CODE, f"{CODE}    #Requires -Modules Evil\n"), "not in the frame of a script: a second #Requires"),
    "a module used": (swap(LISTS, "#Requires -Version 5.1\n", "using module Evil\n#Requires -Version 5.1\n"), "not in the frame of a script: head, data, code, one shared region"),
    "a text over lines": (swap(LISTS, CODE, f"{CODE}    $x = 'a\nb'\n"), "not in the frame of a script: a text of several lines"),
    "another block": (swap(LISTS, CODE, "    }}\n\nprocess {{\n    Get-Date\n}}\n\nend {{\n".format() + CODE), "PowerShell's parser: "),
    "a process block": (swap(LISTS, CODE, f"}}\n\nprocess {{\n{CODE}"), "not in the frame of a script: other blocks"),
    "a default that calls": (swap(LISTS, "[string]$DomainController = ''", "[string]$DomainController = (Get-Process)"), "calls 'Get-Process', which no script"),
    "code behind the region": (lambda files: put(LISTS, files[LISTS] + b"Get-Process\r\n")(files), "not in the frame of a script"),
    "a byte of the region": (swap(LISTS, "Nothing was changed.'", "Nothing is changed.'"), f"{LISTS}: not the shared region of manifest.json"),
    "a second region": (swap(LISTS, CODE, f"{CODE}    #region x\n    #endregion\n"), "not in the frame of a script: head, data, code, one shared region"),
    "a right-to-left override": (swap(LISTS, CODE, f"{CODE}    $x = 'a\u202eb'\n"), "not in the frame of a script: a character that cannot be seen"),
    "two changed lines": (lambda files: [swap(LISTS, CODE, f"{CODE}    $x = 1\n    Start-Sleep -Seconds 1\n")(files)], f"{LISTS}: only PowerShell says: call Start-Sleep -Seconds 1"),
}  # fmt: skip
"""Scripts altered, with the digests adjusted and the statement left; what must be said."""

BUNDLES: dict[str, tuple[Edit, str]] = {
    "another account, audit.json derived, AUDIT.md honest": (
        derived(*(swap(name, f"$accountName = '{ACCOUNT}'", "$accountName = 'evil@example.com'") for name in (READY, LISTS, "40-Add-Rooms.ps1", GRANT, "60-Confirm-Access.ps1", "90-Remove-Access.ps1"))),
        f"{GRANT}: $accountName is not what manifest.json says",
    ),
    "another account without a scope, audit.json derived, AUDIT.md honest": (
        derived(resub(GRANT, r"\[string\]\$record\['Account'\]\.DistinguishedName\s+CustomRecipientWriteScope += \$grant\['Scope'\]", "'CN=evil'\r\n")),
        OTHER_RELEASE,
    ),
    "another account everywhere but in AUDIT.md": (
        derived(
            *(swap(name, f"$accountName = '{ACCOUNT}'", "$accountName = 'evil@example.com'") for name in (READY, LISTS, "40-Add-Rooms.ps1", GRANT, "60-Confirm-Access.ps1", "90-Remove-Access.ps1")),
            plan(lambda manifest: manifest["plan"]["account"].update(user="evil@example.com")),
        ),
        f"only it says: - Service account, as it is looked up and signs in: `{ACCOUNT}`",
    ),
    "a value's origin that is a lie": (swap(STATEMENT, '"origins": ["Get-User"]', '"origins": ["Get-Mailbox"]'), OTHER_RELEASE),
    "a name with a letter that cannot be seen": (plan(lambda manifest: manifest["plan"]["grants"][0].update(scope="Cronofy\u200bImpersonationScope")), "$grants is not what manifest.json says"),
    "a control with a letter that cannot be seen": (plan(lambda manifest: manifest["plan"].update(controls=["ceo@example.com\u00ad", "jane.doe@example.com"])), "$controls is not what manifest.json says"),
    "a comment that hides the rest": (swap(PAGE, "This page is derived", "<!--\n\nThis page is derived"), "AUDIT.md: says more than its facts: <!--"),
    "a fact between the facts and the rest": (swap(PAGE, "This page is derived", "All is well.\n\nThis page is derived"), "AUDIT.md: says more than its facts: All is well."),
    "the changes in a comment": (swap(PAGE, "## What changes Exchange", "<!--\n## What changes Exchange"), OTHER_RELEASE),
    "a read that AUDIT.md leaves out": (swap(PAGE, "`Get-Mailbox`", "`Get-User`"), OTHER_RELEASE),
    "a datum that hides beside another": (
        lambda files: (
            swap(GRANT, CODE, f"    $Apply = $true\n{CODE}")(files),
            beside("$grants", '{"name": "$Apply", "value": "$true"}')(files),
        ),
        OTHER_RELEASE,
    ),
    "an AUDIT.ps1 that always agrees": (put("AUDIT.ps1", b"\xef\xbb\xbf'No difference.'\r\n"), "AUDIT.ps1: not this one"),
    "a file that no bundle has": (put("Exchange.psm1"), "Exchange.psm1: no file of a bundle"),
    "a mailbox added to rooms.csv": (lambda files: put("rooms.csv", files["rooms.csv"] + b"evil@example.com,cronofy.resource.list@example.com,\r\n")(files), "rooms.csv: 13 rooms in 1 lists, planned are 12 in 1"),
    "a room replaced in rooms.csv": (swap("rooms.csv", "boardroom@", "evil@"), "$roomsDigest is not what manifest.json says"),
    "a control among the rooms": (swap("rooms.csv", "boardroom@", "CEO@"), "rooms.csv: holds a control or the service account: ceo@example.com"),
    "a room with a leading blank": (swap("rooms.csv", "boardroom@", " ceo@"), "rooms.csv: holds a control or the service account: ceo@example.com"),
    "a room that is no address": (swap("rooms.csv", "boardroom@", "board room@"), "rooms.csv: not an address: board room@example.com"),
    "a room twice": (swap("rooms.csv", "boardroom@example.com", "TOWN.HALL@example.com"), "rooms.csv: twice: town.hall@example.com"),
    "a changed control": (plan(lambda manifest: manifest["plan"].update(controls=["nobody@example.com"])), f"{READY}: $controls is not what manifest.json says"),
    "a changed endpoint": (plan(lambda manifest: manifest["plan"].update(endpoint="https://evil.example/")), "only it says: - The password goes to: `https://mail.example.com/EWS/Exchange.asmx`"),
    "another plan id": (plan(lambda manifest: manifest.update(plan_id="0" * 64)), "$planId is not what manifest.json says"),
    "another region in the manifest": (plan(lambda manifest: manifest.update(region="0" * 64)), f"manifest.json says {'0' * 64}"),
    "another product": (plan(lambda manifest: manifest["plan"].update(product="exchange-evil")), "audit.json says exchange-server, manifest.json says exchange-evil"),
    "another domain": (plan(lambda manifest: manifest["plan"].update(domains=["*"])), "$domains is not what manifest.json says"),
    "another list": (plan(lambda manifest: manifest["plan"]["lists"][0].update(name="Evil")), "$lists is not what manifest.json says"),
    "another grant": (plan(lambda manifest: manifest["plan"]["grants"][0].update(scope="Evil")), "$grants is not what manifest.json says"),
    "a letter that AUDIT.md does not name": (plan(lambda manifest: manifest["plan"]["lists"].append({"name": "Off\u0456ce", "address": "x@x", "alias": "x", "rooms": 0})), "AUDIT.md: does not name U+0456"),
    "no domain": (lambda files: (derived(*(resub(name, r"\$domains = @\([^)]*\)", "$domains = @()") for name in DOMAINS))(files), plan(lambda manifest: manifest["plan"].update(domains=[]))(files)), "manifest.json: no domains"),
    "a domain that is none": (lambda files: (derived(*(resub(name, r"\$domains = @\([^)]*\)", "$domains = @('example.com', '*')") for name in DOMAINS))(files), plan(lambda manifest: manifest["plan"].update(domains=["example.com", "*"]))(files)), "manifest.json: no domains, or what is none: *"),
    "a room of another domain": (swap("rooms.csv", "boardroom@example.com", "boardroom@evil.com"), "rooms.csv: in none of the domains: boardroom@evil.com"),
    "a REVIEW.html that no bundle has": (put("REVIEW.html"), "REVIEW.html: no file of a bundle"),
    "a note about a letter that is ASCII": (swap(PAGE, "This page is derived", "- `A`: U+0041 LATIN CAPITAL LETTER A.\n\nThis page is derived"), "AUDIT.md: says more than its facts: - `A`: U+0041"),
    "a note that says more": (swap(PAGE, "This page is derived", "- All is well, says U+0041 whoever.\n\nThis page is derived"), "AUDIT.md: says more than its facts: - All is well"),
    "a sentence of AUDIT.md": (swap(PAGE, "**ApplicationImpersonation gives", "**Nothing gives"), "AUDIT.md: its facts are not those"),
    "a fact more in AUDIT.md": (swap(PAGE, "\n- Plan id", "\n- All is well\n- Plan id"), "AUDIT.md: only it says: - All is well"),
    "a room with a letter that cannot be seen": (swap("rooms.csv", "boardroom@", "boardroom\u200b@"), "rooms.csv: not an address: boardroom\\u200B@example.com"),
    "a room with a letter of another script": (swap("rooms.csv", "boardroom@", "b\u043eardroom@"), "rooms.csv: not an address: b"),
    "a room with a capital": (swap("rooms.csv", "boardroom@", "Boardroom@"), "rooms.csv: not an address: Boardroom@"),
    "a room that begins like an option": (swap("rooms.csv", "boardroom@", "-boardroom@"), "rooms.csv: not an address: -boardroom@"),
    "a name of a room that is a formula": (swap("rooms.csv", "list@example.com,\n", "list@example.com,=cmd()\n"), "rooms.csv: no name of a room: =cmd()"),
    "a name of a room with a letter that cannot be seen": (swap("rooms.csv", "list@example.com,\n", "list@example.com,A\U000e0041B\n"), "rooms.csv: no name of a room: A"),
    "a name of a room": (swap("rooms.csv", "list@example.com,\n", "list@example.com,Boardroom\n"), "manifest.json: the plan id of its plan and of rooms.csv is "),
    "a value without a header": (swap("rooms.csv", "list@example.com,\n", "list@example.com,,evil\n"), "rooms.csv: not in the form that is rendered"),
    "a blank beside a value": (swap("rooms.csv", "list@example.com,\n", "list@example.com, \n"), "rooms.csv: not in the form that is rendered"),
    "another order of the rooms": (lambda files: put("rooms.csv", b"".join((lines := files["rooms.csv"].splitlines(keepends=True))[:1] + lines[:0:-1]))(files), "manifest.json: the plan id of its plan and of rooms.csv is "),
    "another size of the lists": (plan(lambda manifest: manifest["plan"].update(list_size=13)), "manifest.json: the plan id of its plan and of rooms.csv is "),
    "another number of lists": (plan(lambda manifest: manifest["plan"].update(lists_per_scope=7)), "manifest.json: the plan id of its plan and of rooms.csv is "),
    "a number that is a text": (plan(lambda manifest: manifest["plan"].update(list_size="75")), "manifest.json: not in the form that is rendered"),
    "another ticket": (plan(lambda manifest: manifest["plan"].update(ticket="CHG\u00b5 \"1\"")), "manifest.json: the plan id of its plan and of rooms.csv is "),
    "a key that no manifest has": (plan(lambda manifest: manifest["plan"].update(ticket2="CHG1")), "manifest.json: not in the form that is rendered"),
    "a key that no manifest has, at the top": (plan(lambda manifest: manifest.update(approved=True)), "manifest.json: not in the form that is rendered"),
    "another format": (plan(lambda manifest: manifest.update(format="roomscope-bundle/3")), "manifest.json: another format"),
    "an endpoint twice, the evil one first": (swap(MANIFEST, '    "endpoint": ', '    "endpoint": "https://evil.example/EWS/Exchange.asmx",\n    "endpoint": '), "manifest.json: not in the form that is rendered"),
    "a row less in AUDIT.md": (swap(PAGE, "| | | `-Role` | `'ApplicationImpersonation'` | fixed in the script |\n", ""), OTHER_RELEASE),
    "an extra script": (put("55-Fix.ps1", b"Get-Process"), "55-Fix.ps1: not once in both"),
    "a script that is gone": (lambda files: files.pop("90-Remove-Access.ps1"), "90-Remove-Access.ps1: not once in both"),
    "a module among the evidence": (put("evidence/x.psm1"), "evidence/x.psm1: not named like a record"),
    "a folder among the evidence": (put("evidence/x/50-Grant-Access.plan.20261122T101500Z.json"), "evidence/x: a link or a folder"),
    "a folder in the bundle": (put("more/x.txt"), "more: a link or a folder"),
    "evidence that is a file": (put("evidence"), "evidence: a link or a file, not a folder"),
}  # fmt: skip
"""Other files altered, with the digests adjusted; what must be said."""


HELP = {"a synopsis that comes again"}


def altered(files: Files, edit: Edit) -> dict[str, bytes]:
    copy = dict(files)
    edit(copy)
    return listed(copy)


def misses(said: list[Opinion], wanted: Mapping[str, tuple[Edit, str]]) -> dict[str, str]:
    """What was not said as it must be: the case, and what was said instead."""
    return {
        name: "; ".join(one.found)
        for one, (name, (_, sentence)) in zip(said, wanted.items(), strict=True)
        if one.code != 1 or not any(sentence in line for line in one.found) or "DO NOT RUN THIS BUNDLE" not in one.text.splitlines()[-1]
    }


def test_it_holds_the_code_and_the_statement_of_this_release(samples: Mapping[str, Files]) -> None:
    text = second_opinion().decode("utf-8-sig")
    (told,) = re.findall(r"(?s)\$release = @\{\r\n(.*?)\}", text)
    said = dict(re.findall(r"'([a-z -]+)' = '([0-9a-f]{64})'", told))
    assert said == {kind: release_digest(content_of(a_plan_of(kind), one).scripts, one) for kind, one in PRODUCTS.items()}


def test_the_digest_of_a_release_depends_on_no_plan(samples: Mapping[str, Files]) -> None:
    scripts = [
        {name: data for name, data in samples[sample].items() if name[0].isdigit()} for sample in ("article", "campus")
    ]
    assert scripts[0] != scripts[1]
    assert len({release_digest(one, EXCHANGE_SERVER) for one in scripts}) == 1


def names_in(variable: str) -> set[str]:
    text = second_opinion().decode("utf-8-sig")
    (found,) = re.findall(rf"\${variable} = -split '([^']*)'", text)
    return set(found.split())


def test_its_lists_of_commands_are_those_of_the_products() -> None:
    commands = [command for product in PRODUCTS.values() for command in product.commands]
    assert names_in("plain") == {command.name for command in PLAIN}
    assert names_in("reads") == {command.name for command in commands if not command.writes}
    assert names_in("writes") == {command.name for command in commands if command.writes}


def test_it_is_ascii_and_the_same_for_every_bundle_and_no_line_is_long(samples: Mapping[str, Files]) -> None:
    data = second_opinion()
    text = data.decode("utf-8-sig")
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 130
    assert text.count("\r\n") == text.count("\n")
    assert {files["AUDIT.ps1"] for files in samples.values()} == {data}


def test_it_agrees_with_every_sample_signed_or_run(samples: Mapping[str, Files], opinions: Any) -> None:
    article = samples["article"]
    record = {"evidence/50-Grant-Access.plan.20261122T101500Z.json": b"{}"}
    said = opinions([*samples.values(), {**article, LISTS: article[LISTS] + SIGNATURE}, {**article, **record}])
    assert [(one.code, one.found) for one in said] == [(0, [])] * (len(samples) + 2)
    for one, files in zip(said, samples.values(), strict=False):
        last = one.text.splitlines()[-1]
        assert last == f"No difference. Bundle digest: {digest(files[SUMS])}, not compared with a ticket."


def test_each_change_to_a_script_is_said_though_its_digests_fit(article: Files, opinions: Any) -> None:
    said = opinions(altered(article, edit) for edit, _ in SCRIPTS.values())
    assert misses(said, SCRIPTS) == {}


def test_each_change_to_another_file_is_said_though_its_digests_fit(article: Files, opinions: Any) -> None:
    said = opinions(altered(article, edit) for edit, _ in BUNDLES.values())
    assert misses(said, BUNDLES) == {}


def test_two_changed_lines_are_two_differences_and_no_more(article: Files, opinions: Any) -> None:
    edit = swap(LISTS, CODE, f"{CODE}    Start-Sleep -Seconds 1\n    Get-Date\n")
    (one,) = opinions([altered(article, edit)])
    assert len(one.found) == 3
    assert one.found[0].startswith(OTHER_RELEASE)
    assert [line.split(": ", 1)[1] for line in one.found[1:]] == [
        "only PowerShell says: call Start-Sleep -Seconds 1",
        "only PowerShell says: call Get-Date",
    ]


def test_the_important_is_said_first_and_of_many_only_the_first_twenty(article: Files, opinions: Any) -> None:
    lines = "".join(f"    $x{number} = 'text {number}'\n" for number in range(40))
    edit = swap(LISTS, CODE, f"{CODE}{lines}    New-ManagementScope -Name 'x'\n")
    (one,) = opinions([altered(article, edit)])
    assert one.found[1].endswith("New-ManagementScope can be reached without -Apply")
    assert "only PowerShell says: call New-ManagementScope -Name 'x'" in one.found[2]
    assert len(one.found) == 21
    assert re.fullmatch(r"and \d+ more", one.found[-1])


def test_what_sha256sums_does_not_fit_is_said(article: Files, opinions: Any) -> None:
    changed = {**article, "RUNBOOK.md": article["RUNBOOK.md"] + b"x"}
    behind = {**article, LISTS: article[LISTS] + SIGNATURE + b"Get-Process\r\n"}
    twice = {**article, SUMS: article[SUMS] + article[SUMS].splitlines(keepends=True)[0]}
    missing = {name: data for name, data in article.items() if name != "RUNBOOK.md"}
    nothing: Files = {name: data for name, data in article.items() if name != SUMS}
    said = opinions([changed, behind, twice, missing, {**article, "x.txt": b"x"}, nothing, {"x": b""}])
    assert [one.code for one in said] == [1] * 7
    wanted = [
        "RUNBOOK.md: not the bytes of SHA256SUMS",
        f"{LISTS}: not the bytes of SHA256SUMS",
        "SHA256SUMS: not a line of it: ",
        "RUNBOOK.md: missing",
        "x.txt: not listed in SHA256SUMS",
        "It could not be compared to the end: ",
        "It could not be compared to the end: ",
    ]
    assert [any(sentence in line for line in one.found) for one, sentence in zip(said, wanted, strict=True)] == [True] * 7


@pytest.mark.parametrize("name", ["evidence", "RUNBOOK.md", "evidence/50-Grant-Access.plan.20261122T101500Z.json"])
def test_a_link_is_refused(article: Files, put: Callable[[Files], Path], pwsh: str, tmp_path: Path, name: str) -> None:
    folder = put(article)
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" if name == "evidence" else tmp_path / "elsewhere" / "x"
    if name == "RUNBOOK.md":
        (folder / name).rename(target)
    elif name != "evidence":
        target.write_bytes(b"{}")
        (folder / "evidence").mkdir()
    try:
        (folder / name).symlink_to(target)
    except OSError:
        pytest.skip("This system lets nobody make a link.")
    done = alone(pwsh, folder)
    assert done.returncode == 1
    assert f"- {name}: a link" in done.stdout


def test_it_says_first_what_it_does_not_compare_and_ends_with_a_clear_line(article: Files, put: Callable[[Files], Path], pwsh: str) -> None:
    folder = put(article)
    done = alone(pwsh, folder, "-Digest", digest(article[SUMS]).upper())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Not compared:\n  RUNBOOK.md")
    assert done.stdout.endswith(f"No difference. Bundle digest: {digest(article[SUMS])}, the one on the ticket.\n")
    assert "give -Digest" in alone(pwsh, folder).stdout.splitlines()[1]


def test_another_digest_than_the_one_on_the_ticket_ends_without_a_frame(article: Files, put: Callable[[Files], Path], pwsh: str) -> None:
    done = alone(pwsh, put(article), "-Digest", "0" * 64)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"- The bundle digest is {digest(article[SUMS])}, the ticket says {'0' * 64}\n" in done.stdout
    assert done.stdout.splitlines()[-1] == "DO NOT RUN THIS BUNDLE: 1 difference."


@pytest.mark.parametrize("digest_", ["zz", "", " ", "0" * 63, "0" * 65])
def test_what_is_no_digest_is_refused(article: Files, put: Callable[[Files], Path], pwsh: str, digest_: str) -> None:
    done = alone(pwsh, put(article), "-Digest", digest_)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == f"'{digest_}' is no digest: it has 64 hex digits. Nothing was compared.\n"


def test_a_folder_that_is_not_there_is_said_without_a_frame(pwsh: str, tmp_path: Path) -> None:
    done = alone(pwsh, tmp_path / "nope")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Compared, but not to the end:" in done.stdout
    assert "- It could not be compared to the end: Cannot find path" in done.stdout


def test_foreign_text_cannot_steer_the_console(article: Files, opinions: Any) -> None:
    edit = plan(lambda manifest: manifest["plan"]["lists"][0].update(name="a\x1b[2J\u202eb\u200bc"))
    (one,) = opinions([altered(article, edit)])
    assert "a\\u001B[2J\\u202Eb\\u200Bc" in one.text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", one.text)


def test_its_help_can_be_asked_for(pwsh: str, tmp_path: Path) -> None:
    (tmp_path / "AUDIT.ps1").write_bytes(second_opinion())
    ask = f"(Get-Help '{tmp_path}/AUDIT.ps1').Synopsis"
    done = subprocess.run([pwsh, "-NoProfile", "-Command", ask], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.startswith("A second opinion on a bundle")


def test_an_attack_on_a_script_is_said_though_statement_page_and_digests_are_made_anew(
    article: Files, opinions: Any, seal: Callable[[Files], Files]
) -> None:
    # The words of a help are nothing that AUDIT.ps1 compares, and it says so.
    mutants = [one for one in (*ON_SCRIPTS[::24], *ON_THE_REGION[::10]) if one.id not in HELP]
    said = opinions(seal({**article, one.file: one.edit(article[one.file])}) for one in mutants)
    assert [one.id for one, opinion in zip(mutants, said, strict=True) if opinion.code != 1] == []
    assert len(said) >= 10


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


def test_hostile_values_are_the_same_texts_to_both_parsers(article: Files, opinions: Any) -> None:
    values = hostile(600)
    lines = "".join(f"    $value = {literal(value)}\n" for value in values)
    files = dict(article)
    derived(swap(LISTS, CODE, f"{CODE}{lines}"))(files)
    stated = derive({LISTS: files[LISTS]}, EXCHANGE_SERVER).scripts[0]
    assert set(values) <= set(stated.texts)
    (one,) = opinions([listed(files)])
    surprising = [line for line in one.found if OTHER_RELEASE not in line and "AUDIT.md" not in line and "what it was made" not in line]
    assert surprising == []


def test_hostile_data_is_the_same_to_both_parsers_and_on_the_page(article: Files, opinions: Any, seal: Callable[[Files], Files]) -> None:
    values = [value for value in dict.fromkeys(hostile(400)) if value.strip()]
    files = dict(article)
    said = ", ".join(literal(value) for value in values)
    text = files[READY].decode("utf-8-sig").replace("\r\n", "\n")
    files[READY] = encode(re.sub(r"\$controls = @\([^)]*\)", lambda _: f"$controls = @({said})", text, count=1))
    plan(lambda manifest: manifest["plan"].update(controls=values))(files)
    manifest = read_manifest(files[MANIFEST])
    plan_id = FilledPlan(manifest.plan, read_rooms(files[ROOMS])).identity().encode()
    files = {name: data.replace(manifest.plan_id.encode(), plan_id) for name, data in files.items()}
    (one,) = opinions([seal(files)])
    assert one.found == []


def test_random_edits_are_caught_or_change_nothing_for_powershell(article: Files, opinions: Any) -> None:
    text = article[LISTS].decode("utf-8-sig").replace("\r\n", "\n")
    files = [listed({**article, LISTS: encode(edited)}) for edited in _edits(text, 8)]
    assert [one.code for one in opinions(files)] == [1] * len(files)


def _edits(original: str, count: int) -> Iterable[str]:
    chance = random.Random(5)  # noqa: S311 - the same edits every time
    start, end = original.index(CODE) + len(CODE), original.index("\n}\n\nbegin {")
    letters = "'\"`$;|&<>#@{}()%\\-\u2013\u2019 \n.,=aZ0"
    for _ in range(count):
        at = chance.randrange(start, end)
        match chance.randrange(3):
            case 0:
                yield original[:at] + original[at + 1 :]
            case 1:
                yield original[:at] + chance.choice(letters) + original[at:]
            case _:
                other = chance.randrange(start, end - 20)
                yield original[:at] + original[other : other + chance.randint(2, 20)] + original[at:]
