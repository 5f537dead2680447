"""The verb that alters what Entra and the tenant's switches say."""

from pathlib import Path
from typing import Any, cast

import click

from lab.commands_new import keep_password
from lab.errors import LabError
from lab.make.alter import Alteration, Right, entra_role
from lab.state.tenant import Application, Hydration, MailboxState
from lab.web import passwords

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SWITCH = {"on": True, "off": False}
STATES = ("soft-deleted", "on-premises", "unlicensed", "none")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--client-id", help="The application that is meant, made if need be.  [default: the first]"
)
@click.option(
    "--entra-role",
    "entra_roles",
    multiple=True,
    help="Grant it for the whole tenant: Calendars.ReadWrite, full_access_as_app, API/VALUE.",
)
@click.option(
    "--no-entra-roles",
    is_flag=True,
    help="Take back what Entra granted, before anything is granted.",
)
@click.option("--wid", "wids", multiple=True, help="A directory role, by its template id.")
@click.option("--secret-env", help="Environment variable with a secret for it.")
@click.option("--secret-file", type=FILE, help="File whose first line is that secret.")
@click.option("--secret-expires", help="A time with its zone, after which that secret is refused.")
@click.option(
    "--certificate",
    "certificates",
    type=FILE,
    multiple=True,
    help="PEM with a certificate with which it may sign.",
)
@click.option("--user", help="Address of a user who gets a password.")
@click.option("--password-env", help="Environment variable with that password.")
@click.option("--password-file", type=FILE, help="File whose first line is that password.")
@click.option(
    "--ews", type=click.Choice(["on", "off", "unset"]), help="The organisation's EwsEnabled."
)
@click.option("--ews-allowed-apps", help="EwsAllowedAppIDs: one text with commas.")
@click.option(
    "--user-agents",
    type=click.Choice(["EnforceAllowList", "EnforceBlockList", "none"]),
    help="EwsApplicationAccessPolicy.",
)
@click.option(
    "--allow-agent",
    "allowed",
    multiple=True,
    help="EwsAllowList, a pattern with stars; replaces the list.",
)
@click.option("--block-agent", "blocked", multiple=True, help="EwsBlockList, likewise.")
@click.option("--without-ews", multiple=True, help="A mailbox whose own EwsEnabled is false.")
@click.option(
    "--security-group",
    "groups",
    multiple=True,
    metavar="ADDRESS=MEMBER,…",
    help="Add a mail-enabled security group.",
)
@click.option(
    "--access-policy",
    "policies",
    multiple=True,
    metavar="RIGHT=ADDRESS",
    help="Add an application access policy: RestrictAccess or DenyAccess.",
)
@click.option(
    "--mailbox-state",
    "states",
    multiple=True,
    metavar="ADDRESS=STATE",
    help="soft-deleted, on-premises, unlicensed or none.",
)
@click.option(
    "--permission-delay",
    type=float,
    help="Seconds until a change of permissions counts for Graph and EWS.",
)
@click.option(
    "--dehydrated/--hydrated",
    default=None,
    help="Whether the organisation must still be made customizable.",
)
@click.option("--lag-writes", type=int, help="How many writes are still refused after it was.")
def tenant(folder: Path, **options: Any) -> None:
    """Alters what Entra and the switches of the tenant in FOLDER say.

    Works while the lab is served. Everything that is not named stays as it is.
    """
    secret = passwords.obtain(options["secret_env"], options["secret_file"])
    password = passwords.obtain(options["password_env"], options["password_file"])
    work = Alteration.of(folder)
    altered(work, options)
    client = work.application(options["client_id"]) if names_application(options) else None
    if client is not None:
        work.put(client, **of_application(client, options))
        for one in options["policies"]:
            right, address = halves("--access-policy", one, ("RestrictAccess", "DenyAccess"))
            work.policy(cast("Right", right), address, client)
    work.keep()
    if secret is not None and client is not None:
        keep_secret(
            folder, client.client_id, passwords.Secret.of(secret, options["secret_expires"])
        )
    if options["user"] and password is not None:
        keep_password(folder, options["user"], password)


def names_application(options: dict[str, Any]) -> bool:
    """Whether the options say anything about an application."""
    names = (
        "client_id",
        "entra_roles",
        "no_entra_roles",
        "wids",
        "secret_env",
        "secret_file",
        "certificates",
        "policies",
    )
    return any(options[name] for name in names)


def of_application(client: Application, options: dict[str, Any]) -> dict[str, object]:
    """What an application has by the options, besides what it had."""
    before = () if options["no_entra_roles"] else client.entra_roles
    granted = (*before, *(entra_role(one) for one in options["entra_roles"]))
    certificates = (public(path) for path in options["certificates"])
    return {
        "entra_roles": tuple(dict.fromkeys(granted)),
        "wids": options["wids"] or client.wids,
        "certificates": tuple(dict.fromkeys((*client.certificates, *certificates))),
    }


def altered(work: Alteration, options: dict[str, Any]) -> None:
    """Carries out everything that concerns no application."""
    work.gates(
        ews_application_access_policy={"none": ""}.get(
            options["user_agents"], options["user_agents"]
        ),
        ews_allowed_app_ids=options["ews_allowed_apps"],
        ews_allow_list=options["allowed"] or None,
        ews_block_list=options["blocked"] or None,
        mailboxes_without_ews=tuple(work.known(one).guid for one in options["without_ews"]) or None,
    )
    if options["ews"] is not None:
        work.set(
            gates=work.snapshot.gates.model_copy(update={"ews_enabled": SWITCH.get(options["ews"])})
        )
    for one in options["groups"]:
        address, _, members = one.partition("=")
        work.security_group(address, tuple(filter(None, members.split(","))))
    for one in options["states"]:
        address, value = halves("--mailbox-state", one)
        work.state(address, mailbox_state(value))
    if options["permission_delay"] is not None:
        work.set(permission_delay=options["permission_delay"])
    hydrate(work, options)


def hydrate(work: Alteration, options: dict[str, Any]) -> None:
    """Says whether the organisation is customizable, and how late it notices."""
    if options["dehydrated"] is not None:
        organization = work.snapshot.organization.model_copy(
            update={"is_dehydrated": options["dehydrated"]}
        )
        work.set(organization=organization)
    if options["lag_writes"] is not None:
        work.set(hydration=Hydration(lag_writes=options["lag_writes"]))


def mailbox_state(text: str) -> MailboxState | None:
    """The state that a word means."""
    if text not in STATES:
        raise LabError("--mailbox-state", f"expected one of {', '.join(STATES)}, got {text!r}.")
    return None if text == "none" else cast("MailboxState", text)


def halves(option: str, text: str, first: tuple[str, ...] = ()) -> tuple[str, str]:
    """What stands before and behind the sign of equality."""
    left, sign, right = text.partition("=")
    if not sign or not left or not right or (first and left not in first):
        wanted = f"{' or '.join(first)}=…" if first else "…=…"
        raise LabError(option, f"expected {wanted}, got {text!r}.")
    return left, right


def public(path: Path) -> str:
    """The first certificate of a PEM file; a private key in it is passed over."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError as error:
        raise LabError(path, f"there is no certificate in it. {error}") from None
    return found.public_bytes(Encoding.PEM).decode()


def keep_secret(folder: Path, client_id: str, secret: passwords.Secret) -> None:
    """Adds a secret to those of an application."""
    known = passwords.read(folder)
    held = (*known.applications.get(client_id, ()), secret)
    passwords.write(
        folder, known.model_copy(update={"applications": {**known.applications, client_id: held}})
    )
