"""The whole way in Exchange Online: one application, proven through Graph, and a wizard that undoes it."""

from collections.abc import Callable

from lab.demo.stage import ROOT, Case, Stage, act, close, stage

LAB = ROOT / "lab"
CASE = Case(
    "fabrikam-rooms",
    ROOT / "samples" / "online-graph" / "roomscope.toml",
    LAB / "ExchangeOnline" / "ExchangeOnlineManagement.psd1",
)
ENTRA = LAB / "MicrosoftGraph" / "Microsoft.Graph.Applications.psd1"
LIST = "fabrikam-rooms.north@fabrikam.com"
MANAGER = "room.manager@fabrikam.com"
SLIPPED = "payroll@fabrikam.com"
TAKEN_OUT = "north.dune@fabrikam.com"
SECRET = "AZURE_CLIENT_SECRET"  # noqa: S105 - a name


def run() -> None:
    """Plays all acts; some minutes."""
    with stage(CASE, SECRET) as where:
        act("1", "The author renders the bundle of samples/online-graph; the digest goes on the ticket.")
        digest = where.render()
        act("2", "A tenant with the rooms, two people and the application; sign-in and Graph answer on this machine.")
        _make_tenant(where)
        with where.serving():
            _play(where, digest)
        close(where)


def _play(stage: Stage, digest: str) -> None:
    act("3", "The reviewer holds what was delivered to the rules, and to the digest.")
    stage.audit(digest)
    verify = _verifier(stage, digest)
    act("4", "Before anything is granted: every room and every control must be refused.")
    verify("--expect-none")
    if stage.pwsh is None:
        stage.seed()
        verify()
        return
    act("5", "The Exchange administrator runs the scripts by hand: the plan first, then -Apply.")
    _grant(stage)
    act("6", "In a session of its own: what Entra grants the application beside that.")
    stage.script("70-Test-Entra", module=ENTRA)
    stage.roomscope("evidence", str(stage.bundle), "--digest", digest, shown=f"evidence {CASE.name} --digest …")
    act("7", "The operator, with what the zip of the ticket holds, proves it as the application: rooms answer, controls are refused.")
    verify()
    act("8", "Somebody reconnects the booking service, and its wizard consents for the whole tenant: the scope means nothing any more.")
    _consent(stage, "--entra-role", "Calendars.ReadWrite")
    stage.script("70-Test-Entra", module=ENTRA, expected=1)
    verify(expected=1)
    act("9", "The consent is revoked, and the proof holds again.")
    _consent(stage, "--no-entra-roles")
    verify()
    _break(stage, verify)
    act("11", "The way back: the right goes first; what somebody changed stays, and is named as not finished.")
    stage.script("90-Remove-Access")
    stage.script("90-Remove-Access", apply=True, expected=1)
    verify("--expect-none")


def _grant(stage: Stage) -> None:
    for name in ("10-Test-Readiness", "15-Test-Gates"):
        stage.script(name)
    for name in ("20-Enable-Customization", "30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access"):
        stage.script(name)
        stage.script(name, apply=True)
    stage.script("60-Confirm-Access")


def _break(stage: Stage, verify: Callable[..., None]) -> None:
    act("10", "Somebody changes a list: a user mailbox slips in, a room is taken out. Script and verification see it.")
    bypass = "-BypassSecurityGroupManagerCheck"
    stage.shell(f"Add-DistributionGroupMember -Identity {LIST} -Member {SLIPPED} {bypass}")
    stage.shell(f"Remove-DistributionGroupMember -Identity {LIST} -Member {TAKEN_OUT} {bypass} -Confirm:$false")
    stage.script("60-Confirm-Access", expected=1)
    verify(expected=1)


def _verifier(stage: Stage, digest: str) -> Callable[..., None]:
    def verify(*options: str, expected: int = 0) -> None:
        root = stage.endpoint.removesuffix("/EWS/Exchange.asmx")
        place = ("--authority", root, "--graph-root", root, "--ca", str(stage.directory / "ca.pem"))
        stage.roomscope(
            "verify", str(stage.copy), "--digest", digest, *place, *options,
            shown=" ".join((f"verify {CASE.name} --digest … --authority {root} --graph-root {root}", *options)),
            expected=expected,
        )  # fmt: skip

    return verify


def _make_tenant(stage: Stage) -> None:
    folder = str(stage.directory)
    stage.lab(
        "new", folder, "--product", "exchange-online", "--inventory", str(stage.bundle), "--control", MANAGER,
        shown=f"directory --product exchange-online --inventory {CASE.name} …",
    )  # fmt: skip
    stage.lab(
        "tenant", folder, "--secret-env", SECRET, "--dehydrated",
        shown=f"directory --secret-env {SECRET} --dehydrated   # as most tenants are",
    )  # fmt: skip


def _consent(stage: Stage, *options: str) -> None:
    stage.lab("tenant", str(stage.directory), *options, shown=" ".join(("directory", *options)))
