"""A small directory to open a shell on, and a way to put many questions to one process."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
MODULE = ROOT / "lab" / "Exchange" / "Exchange.psd1"

ASK = """
function Ask {
    param([string]$Id, [scriptblock]$Do)
    $Error.Clear()
    $warnings = @()
    try { $value = @(& $Do 3>&1 2>$null) } catch { $value = @() }
    $reason = ''
    $errorId = ''
    $sentence = ''
    if ($Error.Count) {
        $reason = [string]$Error[0].CategoryInfo.Reason
        $errorId = [string]$Error[0].FullyQualifiedErrorId
        $sentence = [string]$Error[0].Exception.Message
    }
    $warnings = @($value | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object { $_.Message })
    $value = @($value | Where-Object { $_ -isnot [System.Management.Automation.WarningRecord] })
    $answers[$Id] = [ordered]@{ value = $value; reason = $reason; error_id = $errorId; sentence = $sentence; warnings = $warnings }
}
$answers = [ordered]@{}
"""
TELL = """
ConvertTo-Json -InputObject $answers -Depth 6 | Set-Content -LiteralPath $env:ANSWERS -Encoding utf8
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command said."""

    value: list[Any]
    reason: str
    error_id: str
    sentence: str
    warnings: list[str]


@dataclass(slots=True)
class Shell:
    """A folder with a directory state, and PowerShell sessions on it."""

    pwsh: str
    folder: Path
    state: dict[str, Any]
    faults: list[dict[str, Any]] = field(default_factory=list)
    module: Path = MODULE

    def run(self, script: str, before: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a script file as an administrator would, from a prompt with the module loaded."""
        if not (self.folder / "state.json").exists():
            self.write()
        path = self.folder / "script.ps1"
        path.write_text(script, encoding="utf-8-sig")
        # No program is started; each look for a command would read every folder that has some.
        command = f"$env:PATH = ''; Import-Module '{self.module}'; {before}; & '{path}'"
        return subprocess.run(
            [self.pwsh, "-NoProfile", "-NonInteractive", "-Command", command],
            env=os.environ
            | {
                "EXCHANGE_LAB_STATE": str(self.folder),
                "ANSWERS": str(self.folder / "answers.json"),
                "NO_COLOR": "1",
            },
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def write(self) -> None:
        """Writes the snapshot and the faults."""
        text = json.dumps(self.state, ensure_ascii=False)
        (self.folder / "state.json").write_text(text, encoding="utf-8")
        if self.faults:
            text = json.dumps({"shell": self.faults})
            (self.folder / "faults.json").write_text(text, encoding="utf-8")

    def ask(self, questions: Mapping[str, str], before: str = "") -> dict[str, Answer]:
        """The answer to each question, all put to one session in order."""
        rows = "\n".join(f"Ask '{key}' {{ {text} }}" for key, text in questions.items())
        done = self.run(ASK + rows + TELL, before)
        assert done.returncode == 0, done.stderr
        read = json.loads((self.folder / "answers.json").read_text(encoding="utf-8-sig"))
        return {key: Answer(**answer) for key, answer in read.items()}

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The whole lines of one of the folder's logs."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


def guid(number: int) -> str:
    """A guid that is easy to read."""
    return f"00000000-0000-4000-8000-{number:012d}"


def person(number: int, name: str, kind: str, alias: str, **more: Any) -> dict[str, Any]:
    """A recipient; groups are given their group part."""
    domain = more.pop("domain", "contoso.com")
    unit = more.pop("unit", "People")
    components = ",".join(f"DC={part}" for part in domain.split("."))
    address = f"{alias}@{domain}"
    common_name = name.replace(",", "\\,")
    return {
        "guid": guid(number),
        "name": name,
        "displayName": name,
        "alias": alias,
        "primarySmtpAddress": address,
        "emailAddresses": [f"SMTP:{address}"],
        "distinguishedName": f"CN={common_name},OU={unit},{components}",
        "recipientTypeDetails": kind,
        "userPrincipalName": address,
        "samAccountName": alias,
        "domain": domain,
        "accountDisabled": kind == "RoomMailbox",
        "hiddenFromAddressLists": False,
        "isDirSynced": False,
        "group": None,
    } | more


def group(
    number: int, name: str, kind: str, alias: str, members: list[int], *, owner: int = 20
) -> dict[str, Any]:
    """A group with its members and one owner."""
    part = {
        "managedBy": [guid(owner)],
        "memberJoinRestriction": "Closed",
        "memberDepartRestriction": "Closed",
        "notes": "",
        "members": [guid(one) for one in members],
    }
    return person(number, name, kind, alias, unit="Groups", group=part, userPrincipalName="")


RECIPIENTS = (
    person(1, "Aspen", "RoomMailbox", "aspen", unit="Rooms"),
    person(2, "Birch", "RoomMailbox", "birch", unit="Rooms")
    | {"emailAddresses": ["SMTP:birch@contoso.com", "smtp:old.birch@contoso.com"]},
    person(3, "Salle d'Attente, 1", "RoomMailbox", "attente", unit="Rooms"),
    person(4, "Élan", "RoomMailbox", "elan", unit="Rooms", domain="emea.contoso.com"),
    person(5, "Projector", "EquipmentMailbox", "projector", unit="Rooms"),
    person(20, "Exchange Admin", "UserMailbox", "exadmin"),
    person(21, "Chief", "UserMailbox", "ceo"),
    person(22, "Service", "UserMailbox", "svc-rooms", unit="Service Accounts"),
    person(23, "Twin 1", "UserMailbox", "twin.one", displayName="Twin"),
    person(24, "Twin 2", "UserMailbox", "twin.two", displayName="Twin"),
    person(25, "Lobby", "SharedMailbox", "lobby"),
    person(26, "Plain", "User", "plain") | {"emailAddresses": [], "primarySmtpAddress": ""},
    group(40, "Rooms 01", "RoomList", "rooms.01", [1, 2]),
    group(41, "Chief's", "MailUniversalDistributionGroup", "chiefs", [21], owner=21),
    group(42, "Vendors", "MailUniversalSecurityGroup", "vendors", [22]),
    group(43, "All vendors", "MailUniversalSecurityGroup", "all.vendors", [42]),
)


def assignment(name: str, role: str, assignee: str, kind: str, **more: Any) -> dict[str, Any]:
    """A role assignment over the whole organisation."""
    return {
        "name": name,
        "guid": guid(900 + len(name)),
        "role": role,
        "roleAssignee": assignee,
        "roleAssigneeType": kind,
        "customRecipientWriteScope": "",
        "recipientWriteScope": "Organization",
        "enabled": True,
        "delegating": False,
    } | more


ROLES = {
    "ApplicationImpersonation": "",
    "Impersonate Rooms": "ApplicationImpersonation",
    "Impersonate Few Rooms": "Impersonate Rooms",
    "Distribution Groups": "",
    "Security Group Creation and Membership": "",
    "Role Management": "",
}
ASSIGNMENTS = (
    assignment("Groups-OM", "Distribution Groups", "Organization Management", "RoleGroup"),
    assignment("AI-OM-Delegating", "ApplicationImpersonation", "Organization Management", "RoleGroup")
    | {"delegating": True},
    assignment("AI-Partners", "ApplicationImpersonation", "Partners", "RoleGroup"),
    assignment("Rooms-Vendors", "Impersonate Rooms", guid(43), "SecurityGroup"),
    assignment("Off", "Impersonate Few Rooms", guid(22), "User", enabled=False),
)
ROLE_GROUPS = {
    "Organization Management": ([20], ["Distribution Groups"]),
    "Partners": ([43], ["ApplicationImpersonation"]),
}


def small_state() -> dict[str, Any]:
    """Two domains, a lagging controller, rooms, people, groups, roles."""
    return {
        "format": 1,
        "organization": {
            "name": "Contoso",
            "guid": guid(999),
            "isDehydrated": False,
            "version": "Version 15.2 (Build 2562.17)",
            "language": "en",
        },
        "domains": [
            {"fqdn": "contoso.com", "netbios": "CONTOSO", "dn": "DC=contoso,DC=com"},
            {"fqdn": "emea.contoso.com", "netbios": "EMEA", "dn": "DC=emea,DC=contoso,DC=com"},
        ],
        "domainControllers": [
            {"fqdn": "dc1.contoso.com", "domain": "contoso.com", "lag": 0},
            {"fqdn": "dc2.contoso.com", "domain": "contoso.com", "lag": 2},
        ],
        "acceptedDomains": ["contoso.com", "emea.contoso.com"],
        "session": {
            "operator": "CONTOSO\\exadmin",
            "viewEntireForest": True,
            "recipientViewRoot": "",
            "absentCmdlets": [],
            "absentParameters": {},
        },
        "recipients": {one["guid"]: one for one in RECIPIENTS},
        "managementScopes": {},
        "roleAssignments": {one["name"]: one for one in ASSIGNMENTS},
        "roles": {
            name: {"name": name, "parent": parent, "roleType": (parent or name).replace(" ", "")}
            for name, parent in ROLES.items()
        },
        "roleGroups": {
            name: {"name": name, "members": [guid(one) for one in members], "roles": roles}
            for name, (members, roles) in ROLE_GROUPS.items()
        },
        "folderPermissions": [],
    }


@pytest.fixture(scope="module")
def new_shell(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Shell]:
    """Makes a shell on a fresh copy of the small directory."""

    def make() -> Shell:
        return Shell(pwsh, tmp_path_factory.mktemp("shell"), json.loads(json.dumps(small_state())))

    return make


@pytest.fixture
def shell(new_shell: Callable[[], Shell]) -> Shell:
    """A shell of the test's own."""
    return new_shell()


ONLINE = ROOT / "lab" / "ExchangeOnline" / "ExchangeOnlineManagement.psd1"
CLIENT, OBJECT = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def tenant_state() -> dict[str, Any]:
    """A tenant with three rooms, an application and nothing granted; aspen and birch are in a list."""
    from lab.make import tenant
    from lab.make.inventory import Row

    rooms = tuple(Row(f"{name}@contoso.com", name.title(), "RoomMailbox", "") for name in ("aspen", "birch", "cedar"))
    entra = tenant.Entra(tenant.tenant("contoso.com"), tenant.application(CLIENT, "Robot", OBJECT))
    wishes = tenant.Wishes(entra, ("contoso.com",), ("jane@contoso.com",), rooms)
    state: dict[str, Any] = json.loads(tenant.snapshot(wishes).model_dump_json())
    guids = {one["name"]: one["guid"] for one in state["recipients"].values()}
    made = group(40, "Rooms 01", "RoomList", "rooms.01", [1, 2])
    made["group"] |= {"managedBy": [guids["IT Admin"]], "members": [guids["Aspen"], guids["Birch"]]}
    made |= {"distinguishedName": f"CN=Rooms 01,{state['domains'][0]['dn']}", "domain": state["domains"][0]["fqdn"]}
    state["recipients"][made["guid"]] = made
    return state


@pytest.fixture(scope="module")
def new_online(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Shell]:
    """Makes a shell that is connected to a fresh tenant."""
    return lambda: Shell(pwsh, tmp_path_factory.mktemp("online"), tenant_state(), module=ONLINE)
