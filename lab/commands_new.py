"""The verb that makes a lab."""

from pathlib import Path
from typing import Any

import click

from lab.errors import LabError
from lab.make import inventory, manifest
from lab.make import new as server
from lab.make import tenant as online
from lab.state import folder as state
from lab.state.model import Snapshot
from lab.state.tenant import Application
from lab.web import passwords

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--product",
    type=click.Choice(["exchange-server", "exchange-online"]),
    default="exchange-server",
    show_default=True,
)
@click.option(
    "--inventory",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="CSV with a column PrimarySmtpAddress, ResourceAccounts or EmailAddress; or a bundle, "
    "whose manifest names the application too.",
)
@click.option(
    "--domain", "domains", multiple=True, help="A domain of the forest; the first is its root."
)
@click.option("--service-account", help="Its address.  [default: svc-rooms@DOMAIN]")
@click.option("--sam", default="svc-rooms", show_default=True, help="Its SAM account name.")
@click.option("--mailbox/--no-mailbox", default=True, help="Whether it has a mailbox of its own.")
@click.option(
    "--control",
    "controls",
    multiple=True,
    help="A mailbox that is no room, besides ceo@DOMAIN; an owner of lists, too.",
)
@click.option(
    "--language", type=click.Choice(["en", "de"]), default="en", help="Of error sentences."
)
@click.option("--password-env", help="Environment variable with the service account's password.")
@click.option("--password-file", type=FILE, help="File whose first line is that password.")
@click.option("--tenant-id", help="Online. On a server: modern authentication by this tenant.")
@click.option("--initial-domain", help="The tenant's first domain, below onmicrosoft.com.")
@click.option("--client-id", help="An application that Entra knows.")
@click.option("--object-id", help="The object id of its service principal.")
@click.option("--registration-id", help="The object id of its registration.")
def new(folder: Path, source: Path | None, **options: Any) -> None:
    """Makes a directory with rooms, an administrator and a few people.

    On a server there is a service account too; online, an application that Entra granted nothing.
    `lab tenant` gives it a secret or a certificate.
    """
    if (folder / state.SNAPSHOT).exists():
        raise LabError(folder, "there is a lab already. Choose another folder.")
    rooms = inventory.read(source) if source else ()
    if options["product"] == "exchange-online":
        state.write_snapshot(folder, of_tenant(manifest.beside(source), rooms, options))
        click.echo(
            f"{folder}: {len(rooms)} rooms in a tenant; next: python -m lab tenant {folder} --help"
        )
        return
    make_server(folder, rooms, options)


def make_server(folder: Path, rooms: tuple[inventory.Row, ...], options: dict[str, Any]) -> None:
    """Makes an Exchange Server with its service account."""
    home = tuple(one.lower() for one in options["domains"]) or ("contoso.com",)
    wishes = server.Wishes(
        domains=home,
        service_account=options["service_account"] or f"svc-rooms@{home[0]}",
        account=options["sam"],
        mailbox=options["mailbox"],
        controls=options["controls"],
        rooms=rooms,
        language=options["language"],
    )
    password = passwords.obtain(options["password_env"], options["password_file"])
    state.write_snapshot(folder, with_sign_in(server.snapshot(wishes), options))
    if password is not None:
        keep_password(folder, wishes.service_account, password)
    click.echo(f"{folder}: {len(rooms)} rooms, service account {wishes.service_account}.")
    if password is None:
        click.echo(
            "It has no password, so nobody can sign in as it; give one with --password-env or --password-file.",
            err=True,
        )


def with_sign_in(snapshot: Snapshot, options: dict[str, Any]) -> Snapshot:
    """A server whose users a tenant signs in, if that was asked for."""
    if not options["tenant_id"]:
        return snapshot
    if not options["client_id"]:
        raise LabError("--client-id", "modern authentication needs an application.")
    first = snapshot.domains[0].fqdn
    tenant = online.tenant(first, options["tenant_id"], options["initial_domain"] or "")
    client = application(None, options)
    return snapshot.model_copy(
        update={"tenant": tenant, "applications": {client.client_id: client}}
    )


def of_tenant(
    found: manifest.Manifest | None, rooms: tuple[inventory.Row, ...], options: dict[str, Any]
) -> Snapshot:
    """A tenant as the options say, and where they say nothing, as a bundle does."""
    plan = found.plan if found is not None else None
    named = plan.application if plan is not None else None
    domains = options["domains"] or (plan.domains if plan else ()) or ("contoso.com",)
    home = tuple(one.lower() for one in domains)
    tenant_id = options["tenant_id"] or (named.tenant_id if named else "")
    wishes = online.Wishes(
        entra=online.Entra(
            online.tenant(home[0], tenant_id, options["initial_domain"] or ""),
            application(named, options),
        ),
        domains=home,
        controls=(*options["controls"], *(plan.controls if plan else ())),
        rooms=rooms,
        language=options["language"],
    )
    return online.snapshot(wishes)


def application(named: manifest.ApplicationPart | None, options: dict[str, Any]) -> Application:
    """The application as the options say, and where they say nothing, as a bundle does."""
    client_id = options["client_id"] or (named.client_id if named else "")
    made = online.application(
        client_id or "11111111-2222-4333-8444-555555555555",
        object_id=options["object_id"] or (named.object_id if named else ""),
        registration_id=options["registration_id"] or "",
    )
    return made.model_copy(update={"display_name": named.display_name}) if named else made


def keep_password(folder: Path, address: str, password: str) -> None:
    """Stores the password of the user with that address."""
    user = state.read(folder).by_address(address)
    if user is None:
        raise LabError(folder, f"there is no user {address}.")
    known = passwords.read(folder)
    fresh = {user.user_principal_name: passwords.Credential.of(user.guid, password)}
    passwords.write(folder, known.model_copy(update={"users": {**known.users, **fresh}}))
