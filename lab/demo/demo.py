"""The whole way on one machine: render, run by hand, verify, break, catch, take back."""

from collections.abc import Callable

from lab.demo.stage import ROOT, Case, Stage, act, close, stage

CASE = Case(
    "cronofy-rooms",
    ROOT / "samples" / "article" / "roomscope.toml",
    ROOT / "lab" / "Exchange" / "Exchange.psd1",
)
LIST = "cronofy.resource.list@example.com"
ACCOUNT = "cronofy.service.account@example.com"
SLIPPED = "jane.doe@example.com"
TAKEN_OUT = "boardroom@example.com"
PASSWORD = "ROOMSCOPE_PASSWORD"  # noqa: S105 - a name


def run() -> None:
    """Plays all acts; about a minute."""
    with stage(CASE, PASSWORD) as where:
        act(
            "1",
            "An organisation with 12 rooms, two people and a service account; its EWS answers on this machine.",
        )
        _make_directory(where)
        with where.serving():
            _play(where)
        close(where)


def _play(stage: Stage) -> None:
    act("2", "The author renders the bundle of samples/article; the digest goes on the ticket.")
    digest = stage.render()
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
    stage.script("10-Test-Readiness")
    for name in ("30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access"):
        stage.script(name)
        stage.script(name, apply=True)
    stage.script("60-Confirm-Access")
    stage.roomscope("evidence", str(stage.bundle), "--digest", digest, shown="evidence cronofy-rooms --digest …")
    act("6", "The operator, with what the zip of the ticket holds, proves it as the service account: rooms answer, controls are refused.")
    verify()
    act(
        "7",
        "Somebody changes the list: a user mailbox slips in, a room is taken out. Script and verification see it.",
    )
    bypass = "-BypassSecurityGroupManagerCheck"
    stage.shell(f"Add-DistributionGroupMember -Identity {LIST} -Member {SLIPPED} {bypass}")
    stage.shell(
        f"Remove-DistributionGroupMember -Identity {LIST} -Member {TAKEN_OUT} {bypass} -Confirm:$false"
    )
    stage.script("60-Confirm-Access", expected=1)
    verify(expected=1)
    act(
        "8",
        "Somebody lifts the second lock of the scope, the recipient type: now the user mailbox answers too.",
    )
    stage.shell(
        "Set-ManagementScope -Identity CronofyImpersonationScope -RecipientRestrictionFilter "
        f"\"MemberOfGroup -eq '$((Get-DistributionGroup -Identity {LIST}).DistinguishedName)'\""
    )
    verify(expected=1)
    act(
        "9",
        "The way back: the right goes whatever its scope became; what somebody changed stays, and is named as not finished.",
    )
    stage.script("90-Remove-Access")
    stage.script("90-Remove-Access", apply=True, expected=1)
    verify("--expect-none")


def _verifier(stage: Stage, digest: str) -> Callable[..., None]:
    def verify(*options: str, expected: int = 0) -> None:
        endpoint = stage.endpoint
        place = ("--endpoint", endpoint, "--ca", str(stage.directory / "ca.pem"))
        account = ("--auth", "basic", "--user", ACCOUNT, "--password-env", PASSWORD)
        stage.roomscope(
            "verify", str(stage.copy), "--digest", digest, *place, *account, *options,
            shown=" ".join(("verify cronofy-rooms --digest … --endpoint", endpoint, "--ca … --auth basic --password-env …", *options)),
            expected=expected,
        )  # fmt: skip

    return verify


def _make_directory(stage: Stage) -> None:
    inventory = ROOT / "samples" / "article" / "ResourceCalendars.csv"
    people = ("--service-account", ACCOUNT, "--control", SLIPPED, "--password-env", PASSWORD)
    stage.lab(
        "new", str(stage.directory), "--inventory", str(inventory), "--domain", "example.com", *people,
        shown="directory …",
    )  # fmt: skip
