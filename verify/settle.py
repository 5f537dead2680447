"""From a bundle and the operator's wishes to a verification that can be carried out; everything is refused here or never."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from roomscope.verify.addresses import read_addresses
from roomscope.verify.ask.pace import Limits
from roomscope.verify.bundle.bundle import LARGEST, Bundle
from roomscope.verify.bundle.manifest import Account, Application
from roomscope.verify.common.errors import CredentialError, VerifyError
from roomscope.verify.common.plain import read_bounded
from roomscope.verify.common.text import harmless
from roomscope.verify.draw import choose_rooms, draw_controls, settle_seed
from roomscope.verify.evidence.controls import controls_found
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import Patience
from roomscope.verify.on_server import Listed, Modern, OnServer
from roomscope.verify.online import Online
from roomscope.verify.options import Options
from roomscope.verify.promises import make_promises
from roomscope.verify.schedule import duration
from roomscope.verify.sign_in import environment, places
from roomscope.verify.sign_in.endpoint import checked, settle
from roomscope.verify.sign_in.line import Authority
from roomscope.verify.sign_in.msal_client import User
from roomscope.verify.sign_in.password import Credential, Scheme, Source, obtain
from roomscope.verify.verification import Verification

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADFS = "/adfs"
_ONLINE = ("managed_identity", "as_application", "graph_root")
_DEEPER = ("every_room", "identity_check")
_SERVER = ("room_lists", "every_room", "identity_check", "user", "auth", "password_env", "password_file", "client_id", "tenant")


def settled(bundle: Bundle, asked: Options, *, terminal: bool) -> tuple[Verification, OnServer | Online]:
    """What is to be proven, and the way to it."""
    plan = bundle.manifest.plan
    seed = settle_seed(asked)
    _check_authorities(asked.ca)
    if asked.controls_file is None:
        asked.refuse(("draw_controls",), "draws from --controls-file, an export of all mailboxes.")
    chosen = choose_rooms(bundle, asked.only, asked.sample, seed)
    listed = () if asked.controls_file is None else read_addresses(asked.controls_file)
    drawn = draw_controls(bundle, listed, asked.draw_controls, seed)
    promises = make_promises(bundle, chosen.rooms, (*asked.controls, *drawn.controls), expect_none=asked.expect_none)
    granted = asked.granted(datetime.now(UTC))
    if plan.application is not None:
        way: OnServer | Online = _online(plan.application, asked, terminal=terminal)
    elif plan.account is not None:
        way = _on_server(bundle, plan.account, asked, terminal=terminal)
    else:
        raise AssertionError("A plan has an account or an application.")
    wait = None if asked.wait is None else duration("--wait", asked.wait)
    if asked.expect_none:
        asked.refuse(("wait",), "waits for a fresh grant, and after the way back nothing is pending.")
    ends = None if asked.deadline is None else time.monotonic() + duration("--deadline", asked.deadline).total_seconds()
    limits = Limits(workers=asked.workers, ends=ends)
    options = tuple(f"--{name.replace('_', '-')}" for name in _DEEPER if getattr(asked, name))
    return Verification(bundle, promises, limits, asked.expect_none, granted, asked.journal, asked.resume, options, chosen.how, drawn, wait), way


def _check_authorities(path: Path | None) -> None:
    """What trusts opens it by its name, and would wait for a pipe."""
    if path is None:
        return
    try:
        read_bounded(path, LARGEST)
    except OSError as error:
        raise VerifyError(f"{path}: {error.strerror}. Name a file of certificates in PEM form.") from None


def _online(application: Application, asked: Options, *, terminal: bool) -> Online:
    asked.refuse(_SERVER, "is for Exchange Server, and this bundle is for Exchange Online.")
    client_id = _twin(application, asked.as_application)
    found = places.settle(application, places.Given(asked.authority, asked.graph_root, asked.endpoint))
    proof = environment.obtain(application, environment.Asking(client_id, asked.managed_identity, terminal))
    return Online(application, client_id, found, proof, Net.trusting(asked.ca, Patience()), asked.workers)


def _twin(application: Application, given: str | None) -> str:
    if given is None:
        return application.client_id
    if application.owner is None:
        raise VerifyError("--as-application is for an application that belongs to a vendor; this one is the tenant's own.")
    twin = _guid("--as-application", given)
    if twin == application.client_id:
        raise VerifyError("--as-application names the vendor's application itself. Give the client id of your own registration.")
    return twin


def _on_server(bundle: Bundle, account: Account, asked: Options, *, terminal: bool) -> OnServer:
    asked.refuse(_ONLINE, "is for Exchange Online, and this bundle is for Exchange Server.")
    if asked.auth != "oauth":
        asked.refuse(("authority", "client_id", "tenant"), "goes with --auth oauth only.")
    endpoint = settle(bundle, asked.endpoint, terminal=terminal)
    name = asked.user or account.user or account.address
    source = Source(asked.password_env, asked.password_file)
    credential: Credential | Modern
    if asked.auth == "oauth":
        credential = _modern(name, asked, source, terminal=terminal)
    else:
        credential = obtain(name, Scheme(asked.auth or "ntlm"), source, terminal=terminal)
    net = Net.trusting(asked.ca, Patience())
    return OnServer(
        account, endpoint, credential, net, asked.workers, controls_found(bundle), asked.every_room, asked.identity_check,
        _listed(bundle) if asked.room_lists else (),
    )


def _listed(bundle: Bundle) -> tuple[Listed, ...]:
    """Every room list of the bundle with all its rooms, whatever part is asked for."""
    rooms: dict[str, set[str]] = {entry.address.lower(): set() for entry in bundle.manifest.plan.lists}
    for room in bundle.rooms:
        rooms[room.room_list].add(room.address)
    return tuple(Listed(address, frozenset(found)) for address, found in rooms.items())


def _modern(name: str, asked: Options, source: Source, *, terminal: bool) -> Modern:
    """By a password where one was named, else by a code that somebody enters elsewhere."""
    if asked.authority is None or asked.client_id is None:
        raise CredentialError("--auth oauth needs --authority, who gives tokens, and --client-id, through what the account signs in.")
    authority = _authority(asked.authority, asked.tenant)
    client_id = _guid("--client-id", asked.client_id)
    password = obtain(name, Scheme.OAUTH, source, terminal=terminal).password if source != Source() else None
    return Modern(authority, User(client_id, name, password), lambda text: click.echo(text, err=True))


def _authority(given: str, tenant: str | None) -> Authority:
    """An Entra ID with its tenant, or an AD FS, which has none."""
    is_adfs = given.rstrip("/").endswith(_ADFS)
    root = given.rstrip("/").removesuffix(_ADFS)
    checked(f"{root}{_ADFS}")
    if is_adfs is (tenant is not None):
        raise CredentialError("Give --tenant with an authority of Entra ID, and none with AD FS (https://…/adfs).")
    return Authority(root, "adfs" if tenant is None else _guid("--tenant", tenant))


def _guid(option: str, text: str) -> str:
    if not _GUID.fullmatch(text.strip().lower()):
        raise VerifyError(f"{option} '{harmless(text)}' is not a GUID.")
    return text.strip().lower()
