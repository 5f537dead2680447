"""Records explain and never authorise: a plan counts here and now only, and a forged record steers nothing."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from tests.loop.cells import (
    AFTER,
    ASSIGNMENT,
    BEFORE,
    LIST,
    NAME,
    NOTHING,
    PLANNED,
    RIGHTS,
    SCOPE,
    SCRIPTS,
    WRITING,
    Cell,
    Run,
    fault,
    finish,
)

DAMAGED = (("empty", ""), ("cut", '{ "Format": "roomscope-ev'), ("a list", "[]"), ("null", "null"), ("another thing", "{}"))
WRITE = "[IO.File]::WriteAllText([IO.Path]::Combine($evidence, '{0}.{1}.json'), '{2}')"
LAST = "$file = @([IO.Directory]::GetFiles($evidence, '{0}') | Sort-Object)[-1]; "
EDIT = LAST + "[IO.File]::WriteAllText($file, ([IO.File]::ReadAllText($file) -replace '{1}', '{2}'))"
"""Changes the newest record of a kind."""

AGAIN = "without -Apply again"


def damaged() -> Iterator[Cell]:
    unreadable = (("record-unreadable", "noted"),)
    for name, text in DAMAGED:
        plan = WRITE.format(SCRIPTS[30], "plan.20010101T010000Z", text)
        runs = (Run(30, apply=True, ok=False, writes=0, before=plan, says=("Run this script without -Apply", NOTHING)), *finish(30))
        yield Cell(f"30 last plan is {name}", "plan30", runs, end="done30")
        record = WRITE.format(SCRIPTS[50], "apply.20010101T010000Z", text)
        yield Cell(f"90 a record is {name}", "done50", (Run(90, before=record, result="planned"), Run(90, apply=True)), end="fresh", stays=())
        yield Cell(f"50 a record is {name}", "done50", (Run(50, before=record, writes=0),), end="done50")
    for step in WRITING:
        ahead = WRITE.format(SCRIPTS[step], "plan.20990101T010000Z", "{}")
        run = Run(step, apply=True, before=ahead)
        yield Cell(f"{step} a plan of the future", PLANNED[step], (run,), end=AFTER[step])
    escape = f"Set-Group -Identity {LIST} -Notes ('evil' + [string][char]0x1b + '[2J' + [string][char]0x2028 + [string][char]0x61c)"
    yield Cell("40 notes that steer the console", "done30", (Run(40, ok=False, writes=0, before=escape, says=("found evil?[2J??", NOTHING)),))
    link = f"[void][IO.File]::CreateSymbolicLink([IO.Path]::Combine($evidence, '{SCRIPTS[50]}.apply.20990101T010000Z.json'), '/nowhere')"
    yield Cell("60 the last record is unreadable", "done50", (Run(60, before=link, writes=0, says=("cannot be read",), warns=unreadable),), end="done50")


def since_the_plan() -> Iterator[Cell]:
    owner = "-ManagedBy it.admin@contoso.com -MemberJoinRestriction Closed -MemberDepartRestriction Closed -Notes 'roomscope m-rooms x'"
    made = f"New-DistributionGroup -RoomList -Name '{NAME}' -Alias m-rooms.haus-c -PrimarySmtpAddress {LIST} {owner}"
    filled = f"Update-DistributionGroupMember -Identity {LIST} -Members c1@contoso.com, d1@emea.contoso.com -Confirm:$false"
    scope = f"New-ManagementScope -Name '{SCOPE}' -RecipientRestrictionFilter ('(RecipientTypeDetails -eq ''RoomMailbox'') -and (MemberOfGroup -eq ''{{0}}'')' -f (Get-DistributionGroup -Identity {LIST}).DistinguishedName)"
    for step, change, line in ((30, made, f"make room list {NAME}"), (40, filled, f"fill {LIST}"), (50, scope, f"make management scope {SCOPE}")):
        stopped = Run(step, apply=True, ok=False, writes=0, before=change, says=(f"planned, but not done now: {line}", NOTHING))
        yield Cell(f"{step} less to do than planned", PLANNED[step], (stopped, *finish(step)), end="" if step == 30 else AFTER[step])
    gone = f"Remove-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com -Confirm:$false"
    more = Run(40, apply=True, ok=False, writes=0, before=gone, says=("new: add c1@contoso.com",))
    yield Cell("40 more to do than planned", "done40", (Run(40), more, *finish(40)), end="done40")
    one = f"Add-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com"
    other = Run(40, apply=True, ok=False, writes=0, before=one, says=("new: add d1@emea.contoso.com", f"planned, but not done now: fill {LIST}", NOTHING))
    yield Cell("40 a list that somebody began since the plan", "plan40", (other, *finish(40)), end="done40")
    less = f"Remove-ManagementRoleAssignment -Identity '{ASSIGNMENT}' -Confirm:$false"
    back = Run(90, apply=True, before=less, says=("planned, but not done now",), warns=(("planned-not-done", "noted"),))
    yield Cell("90 less to do than planned", "plan90", (back,), end="fresh", stays=())
    hidden = f"Set-DistributionGroup -Identity {LIST} -HiddenFromAddressListsEnabled ${{0}}"
    new = Run(90, apply=True, ok=False, writes=0, before=hidden.format("false"), says=(f"new: remove list {LIST}",))
    yield Cell("90 more to do than planned", "done50", (Run(90, before=hidden.format("true")), new, *finish(90)), end="fresh", stays=())


OTHERS = (
    ("of another bundle", '"PlanId": "[0-9a-f]', '"PlanId": "x', "of another bundle or place"),
    ("of another organisation", '"OrganizationGuid": "[0-9a-f]{8}', '"OrganizationGuid": "00000000', "of another bundle or place"),
    ("of another manifest", '"ManifestSha256": "[0-9a-f]', '"ManifestSha256": "x', "of another bundle or place"),
    ("of another controller", '"DomainController": "dc1', '"DomainController": "dc7', "asked dc7.contoso.com: give that with -DomainController"),
    ("that stopped", '"Result": "planned"', '"Result": "stopped"', "or failed"),
    ("that was carried out", '"Result": "planned"', '"Result": "applied"', "or failed"),
)


def plans() -> Iterator[Cell]:
    for step in WRITING:
        for name, old, new, says in OTHERS:
            edit = EDIT.format(f"{SCRIPTS[step]}.plan.*", old, new)
            stopped = Run(step, apply=True, ok=False, writes=0, before=edit, says=(says, AGAIN, NOTHING))
            yield Cell(f"{step} plan {name}", PLANNED[step], (stopped, *finish(step)), end=AFTER[step])
        renamed = "Edit-Entry -Kind organization -Key x -With @{ name = 'Fabrikam' }"
        yield Cell(f"{step} organisation renamed since the plan", PLANNED[step], (Run(step, apply=True, before=renamed),), end=AFTER[step])
        replaced = "Edit-Entry -Kind organization -Key x -With @{ guid = '22222222-2222-2222-2222-222222222222' }"
        stopped = Run(step, apply=True, ok=False, writes=0, before=replaced, says=("of another bundle or place", NOTHING))
        yield Cell(f"{step} organisation of the same name", PLANNED[step], (stopped, *finish(step)), end=AFTER[step])
        unread = Run(step, ok=False, result="stopped", writes=0, faults=fault(call=2, kind="transient"), says=(NOTHING,))
        stopped = Run(step, apply=True, ok=False, writes=0, says=("or failed", NOTHING))
        yield Cell(f"{step} plan that did not end", BEFORE[step], (unread, stopped, *finish(step)), end=AFTER[step])
        nowhere = Run(step, apply=True, ok=False, writes=0, arguments={"DomainController": "dc9.contoso.com"}, says=("dc9.contoso.com", NOTHING))
        yield Cell(f"{step} on a controller that is not there", PLANNED[step], (nowhere,), end=PLANNED[step])


def chained() -> Iterator[Cell]:
    """A plan that was changed after a later record had named it."""
    for step in WRITING:
        unread = Run(step, apply=True, ok=False, writes=0, faults=fault(call=3, kind="transient"), says=(NOTHING,))
        edit = EDIT.format(f"{SCRIPTS[step]}.plan.*", '"Warnings": ', '"Warnings":  ')
        stopped = Run(step, apply=True, ok=False, writes=0, before=edit, says=("is not what the record after it names", AGAIN, NOTHING))
        yield Cell(f"{step} plan changed since another record", PLANNED[step], (unread, stopped, *finish(step)), end=AFTER[step])
        yield Cell(f"{step} plan named by another record", PLANNED[step], (unread, Run(step, apply=True)), end=AFTER[step])
        other = EDIT.format(f"{SCRIPTS[step]}.plan.*", '"Target": "m-rooms', '"Target": "n-rooms')
        stopped = Run(step, apply=True, ok=False, writes=0, before=other, says=("new: ", "planned, but not done now: ", NOTHING))
        forged = Run(step, apply=True, before=other, warns=(("planned-not-done", "noted"),)) if step == 90 else stopped
        if step != 90:
            yield Cell(f"{step} plan of other things", PLANNED[step], (forged, *finish(step)), end=AFTER[step])


CEO = (
    f"Edit-Entry -Kind roleAssignments -Key '{ASSIGNMENT}' -With @{{ roleAssignee = [string](Get-User -Identity ceo@contoso.com).Guid }}; "
    f"$guid = [string](Get-ManagementRoleAssignment -Identity '{ASSIGNMENT}').Guid; "
)
EVERY = "foreach ($file in [IO.Directory]::GetFiles($evidence)) {{ [IO.File]::WriteAllText($file, ([IO.File]::ReadAllText($file) -replace {0})) }}"
GUIDS = "'\"Guid\": \"[0-9a-f-]+\"', '\"Guid\": \"33333333-3333-3333-3333-333333333333\"'"


def forged() -> Iterator[Cell]:
    # Each record says that the GUID of another account's assignment is the one that this bundle made.
    claim = CEO + EVERY.format("'(?<=\"Name\": \"m-rooms assignment 02\"[^}]*\"Guid\": \")[0-9a-f-]+', $guid")
    named = ("is held by contoso.com/People/Ceo",)
    runs = (
        Run(90, before=claim, says=named, warns=(("right-stays", "not done"),)),
        Run(90, apply=True, ok=False, writes=4, says=named, warns=(("right-stays", "not done"),)),
    )
    yield Cell("90 records claim the right of another", "done50", runs, stays=(RIGHTS[1], ("recipients", LIST), ("scopes", SCOPE)))
    for step in (10, 30, 40, 50, 60):
        run = Run(step, writes=0, before=EVERY.format(GUIDS))
        yield Cell(f"{step} records with other GUIDs", "done50", (run,), end="done50")
    back = (Run(90, before=EVERY.format(GUIDS)), Run(90, apply=True))
    yield Cell("90 records with other GUIDs", "done50", back, end="fresh", stays=())
    for step in WRITING:
        edit = EVERY.format("'\"Organization\": \"Contoso\"', '\"Organization\": \"Fabrikam\"'")
        yield Cell(f"{step} the name of the organisation decides nothing", PLANNED[step], (Run(step, apply=True, before=edit),), end=AFTER[step])


def another_folder() -> Iterator[Cell]:
    for step, name in product(WRITING, ("no records",)):
        lost = "[IO.Directory]::Delete($evidence, $true)"
        stopped = Run(step, apply=True, ok=False, writes=0, before=lost, says=("no recorded plan", NOTHING))
        yield Cell(f"{step} {name}", PLANNED[step], (stopped, *finish(step)), end=AFTER[step])


CELLS = [*damaged(), *since_the_plan(), *plans(), *chained(), *forged(), *another_folder()]


@pytest.mark.alone
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_no_record_does_more_than_explain(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
