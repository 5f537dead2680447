"""What a reviewer asks first: who gets what, over which lists, where the password goes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from roomscope.generator.common.markdown import code, codes
from roomscope.generator.common.text import counted
from roomscope.generator.script.constants import Table, tables_of, text_of, texts_of
from roomscope.generator.script.script import Script
from roomscope.generator.statement.letters import letters

SHOWN = 5
"""So many lists of a scope or of a bundle are shown; of the others it is said how many, and where they stand."""

_OTHER = ", **which may be another account's**: step 10 compares the two objects and stops if they are not one"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What the manifest holds and no script does."""

    endpoint: str | None
    """Where the password of the service account goes."""

    cloud: str | None = None
    """Where the application signs in."""

    owner: str | None = None
    """Whose application it is, if it is not the tenant's own."""


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """The data that the scripts hold, each value once, in the order of the scripts."""

    accounts: tuple[str, ...]
    """As whom the service account is looked up, and signs in."""

    mailboxes: tuple[str, ...]
    """The address beside it."""

    applications: tuple[tuple[str, str, str, str], ...]
    """Client id, object id, tenant, and the name that its pointer gets."""

    roles: tuple[str, ...]
    """What is assigned, where a product can assign several."""

    allowed: tuple[str, ...]
    """What Entra may grant it besides."""

    lists: tuple[tuple[str, str], ...]
    """Name and address."""

    grants: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Scope, assignment, addresses of the lists."""

    owners: tuple[str, ...]
    controls: tuple[str, ...]
    rooms: tuple[str, ...]
    plans: tuple[str, ...]
    """Plan ids."""

    @classmethod
    def of(cls, scripts: Iterable[Script]) -> "ScriptFacts":
        """Reads the data off the scripts."""
        read = tuple(scripts)
        lists = ((one.text("Name"), one.text("Address")) for one in _tables(read, "$lists"))
        grants = ((one.text("Scope"), one.text("Assignment"), one.texts("Lists")) for one in _tables(read, "$grants"))
        return cls(
            accounts=_texts(read, "$accountName"),
            mailboxes=_texts(read, "$accountAddress"),
            applications=tuple(dict.fromkeys(filter(all, map(_application, read)))),
            roles=_texts(read, "$role"),
            allowed=tuple(dict.fromkeys(text for script in read for text in texts_of(script, "$allowed"))),
            lists=tuple(dict.fromkeys(lists)),
            grants=tuple(dict.fromkeys(grants)),
            owners=_texts(read, "$listOwner"),
            controls=tuple(dict.fromkeys(text for script in read for text in texts_of(script, "$controls"))),
            rooms=_texts(read, "$roomsDigest"),
            plans=_texts(read, "$planId"),
        )


def facts(scripts: ScriptFacts, plan: PlanFacts, region: str) -> Iterator[str]:
    """The facts, a line each, with the file that each was read off; AUDIT.ps1 makes the same lines and compares."""
    yield "Read off the scripts:"
    yield ""
    yield from (_applications(scripts) if scripts.applications else _account(scripts))
    yield from (_grant(*grant) for grant in scripts.grants)
    yield f"- {counted(len(scripts.lists), 'room list')}: {_lists(scripts.lists)}"
    yield f"- Owner of the lists: {codes(scripts.owners) or 'whoever runs step 30'}"
    yield f"- Must be refused, {len(scripts.controls)}: {codes(scripts.controls) or 'nobody, so the scope cannot be proven'}"
    yield f"- SHA-256 of rooms.csv: {codes(scripts.rooms) or 'none'}"
    yield f"- Plan id: {codes(scripts.plans) or 'none'}"
    yield f"- SHA-256 of the shared region: {code(region)}"
    yield ""
    yield "Read off manifest.json, because no script holds it; `roomscope verify` believes it:"
    yield ""
    if plan.cloud is None:
        yield f"- The password goes to: {code(plan.endpoint) if plan.endpoint else 'nowhere yet, whoever runs verify says'}"
        return
    yield f"- The credential goes to the sign-in of Microsoft's cloud {code(plan.cloud)}, and nowhere else"
    yield f"- The application belongs to: {code(plan.owner) if plan.owner else 'the tenant itself'}"


def notes(scripts: ScriptFacts, plan: PlanFacts) -> Iterator[str]:
    """Lines about the letters that are not ASCII, in the facts and in the names of all lists."""
    first = [*scripts.accounts, *scripts.mailboxes, *scripts.owners, *scripts.controls, plan.endpoint or ""]
    first += [text for scope, assignment, _ in scripts.grants for text in (scope, assignment)]
    first += [pointer for *_, pointer in scripts.applications]
    lists = [*scripts.lists, *((address,) for _, _, addresses in scripts.grants for address in addresses)]
    return letters([*first, *(text for one in lists for text in one)], first)


def _account(scripts: ScriptFacts) -> Iterator[str]:
    yield f"- Service account, as it is looked up and signs in: {codes(scripts.accounts) or 'none'}"
    yield f"- Its mailbox: {codes(scripts.mailboxes) or 'none'}{_OTHER if scripts.accounts != scripts.mailboxes else ''}"


def _applications(scripts: ScriptFacts) -> Iterator[str]:
    for client, principal, tenant, pointer in scripts.applications:
        yield f"- Application: client id {code(client)}, object id of its service principal {code(principal)}, in tenant {code(tenant)}"
        yield f"- Pointer to it in Exchange: {code(pointer)}"
    yield f"- Role: {codes(scripts.roles) or 'none'}"
    yield f"- Entra may grant it besides: {codes(scripts.allowed) or 'nothing'}"


def _application(script: Script) -> tuple[str, str, str, str]:
    client, principal, tenant, pointer = (text_of(script, f"${name}") or "" for name in ("clientId", "objectId", "tenantId", "pointerName"))
    return client, principal, tenant, pointer


def _grant(scope: str, assignment: str, lists: tuple[str, ...]) -> str:
    rest = f" and {len(lists) - SHOWN} more, in `$grants` of `audit.json`" if len(lists) > SHOWN else ""
    return (
        f"- Role assignment {code(assignment)}, limited to scope {code(scope)} over {counted(len(lists), 'room list')}: "
        f"{codes(lists[:SHOWN]) or 'none'}{rest}"
    )


def _lists(lists: tuple[tuple[str, str], ...]) -> str:
    shown = ", ".join(f"{code(name)} at {code(address)}" for name, address in lists[:SHOWN])
    rest = f" and {len(lists) - SHOWN} more, in `$lists` of `audit.json`" if len(lists) > SHOWN else ""
    return f"{shown or 'none'}{rest}"


def _tables(scripts: tuple[Script, ...], variable: str) -> Iterator[Table]:
    for script in scripts:
        yield from tables_of(script, variable)


def _texts(scripts: tuple[Script, ...], variable: str) -> tuple[str, ...]:
    found: Mapping[str | None, None] = dict.fromkeys(text_of(script, variable) for script in scripts)
    return tuple(text for text in found if text)
