"""The verbs of the lab."""

from pathlib import Path

import click

from lab.errors import LabError
from lab.make import inventory
from lab.state import folder as state
from lab.web import passwords

FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
EXISTING = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@FOLDER
@click.option(
    "--inventory",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="CSV with a column PrimarySmtpAddress, ResourceAccounts or EmailAddress; or a bundle.",
)
@click.option(
    "--domain", "domains", multiple=True, help="A domain of the forest; the first is its root."
)
@click.option("--service-account", help="Its address.  [default: svc-rooms@DOMAIN]")
@click.option("--sam", default="svc-rooms", show_default=True, help="Its SAM account name.")
@click.option("--mailbox/--no-mailbox", default=True, help="Whether it has a mailbox of its own.")
@click.option(
    "--control", "controls", multiple=True, help="A mailbox that is no room, besides ceo@DOMAIN; an owner of lists, too."
)
@click.option(
    "--language", type=click.Choice(["en", "de"]), default="en", help="Of error sentences."
)
@click.option("--password-env", help="Environment variable with the service account's password.")
@click.option("--password-file", type=FILE, help="File whose first line is that password.")
def new(  # noqa: PLR0913 - click hands over one argument for each option
    folder: Path,
    source: Path | None,
    domains: tuple[str, ...],
    service_account: str | None,
    sam: str,
    *,
    mailbox: bool,
    controls: tuple[str, ...],
    language: str,
    password_env: str | None,
    password_file: Path | None,
) -> None:
    """Makes a directory with rooms, an administrator, a service account and a few people."""
    from lab.make.new import Wishes, snapshot

    if (folder / state.SNAPSHOT).exists():
        raise LabError(folder, "there is a lab already. Choose another folder.")
    home = tuple(one.lower() for one in domains) or ("contoso.com",)
    wishes = Wishes(
        domains=home,
        service_account=service_account or f"svc-rooms@{home[0]}",
        account=sam,
        mailbox=mailbox,
        controls=controls,
        rooms=inventory.read(source) if source else (),
        language=language,
    )
    password = passwords.obtain(password_env, password_file)
    state.write_snapshot(folder, snapshot(wishes))
    if password is not None:
        keep_password(folder, wishes.service_account, password)
    click.echo(f"{folder}: {len(wishes.rooms)} rooms, service account {wishes.service_account}.")
    if password is None:
        click.echo("It has no password, so nobody can sign in as it; give one with --password-env or --password-file.", err=True)


def keep_password(folder: Path, address: str, password: str) -> None:
    """Stores the password of the user with that address."""
    user = state.read(folder).by_address(address)
    if user is None:
        raise LabError(folder, f"there is no user {address}.")
    known = passwords.read(folder)
    fresh = {user.user_principal_name: passwords.Credential.of(user.guid, password)}
    passwords.write(folder, known.model_copy(update={"users": {**known.users, **fresh}}))


@click.command()
@EXISTING
@click.option("--port", default=0, show_default=True, help="0 takes any that is free.")
@click.option("--keep-bodies", is_flag=True, help="Keep requests and answers in bodies.jsonl.")
@click.option(
    "--sign-in",
    type=click.Choice(["basic", "ntlm", "both"]),
    default="basic",
    show_default=True,
    help="NTLM needs the password; with it extended protection is on.",
)
@click.option("--password-env", help="Environment variable with the password, for NTLM.")
@click.option("--password-file", type=FILE, help="File whose first line is that password.")
def serve(  # noqa: PLR0913 - click hands over one argument for each option
    folder: Path,
    port: int,
    *,
    keep_bodies: bool,
    sign_in: str,
    password_env: str | None,
    password_file: Path | None,
) -> None:
    """Answers Exchange Web Services over TLS on 127.0.0.1, from the directory in FOLDER.

    Prints the address. When it is ready, the files endpoint and ca.pem stand in FOLDER;
    requests.jsonl there gets a line for each request. faults.json tells it how to misbehave.
    """
    from lab.web.serve import Options
    from lab.web.serve import serve as run

    password = passwords.obtain(password_env, password_file) if sign_in != "basic" else None
    if sign_in != "basic" and password is None:
        raise LabError("--sign-in", "NTLM needs --password-env or --password-file.")
    run(folder, Options(port, keep_bodies, basic=sign_in != "ntlm", ntlm_password=password))


@click.command()
@click.argument("bundle", type=click.Path(exists=True, file_okay=False, path_type=Path))
@EXISTING
def seed(bundle: Path, folder: Path) -> None:
    """Makes the state that the scripts of BUNDLE describe, without running them."""
    from lab.make.seed import seed as run

    click.echo(f"{folder}: {run(bundle, folder)} changes. The scripts were not run.")


@click.command()
@EXISTING
def show(folder: Path) -> None:
    """Shows what the directory in FOLDER holds, and who may impersonate how many."""
    from lab.demo.show import lines

    for line in lines(folder):
        click.echo(line)


@click.command()
def demo() -> None:
    """Plays the whole way from an inventory to a proven, and withdrawn, access."""
    from lab.demo.demo import run

    run()


@click.command()
def bench() -> None:
    """Measures where people wait, each figure beside what it is compared to."""
    from lab.demo.bench import run

    run()


ALL = (new, serve, seed, show, demo, bench)
