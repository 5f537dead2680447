"""The verbs of the lab."""

from pathlib import Path

import click

from lab.commands_new import new
from lab.commands_tenant import tenant
from lab.errors import LabError
from lab.web import passwords

EXISTING = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
@click.option("--machine", is_flag=True, help="Give this machine a managed identity; file machine says where.")
@click.option("--password-env", help="Environment variable with the password, for NTLM.")
@click.option("--password-file", type=FILE, help="File whose first line is that password.")
def serve(  # noqa: PLR0913 - click hands over one argument for each option
    folder: Path,
    port: int,
    *,
    keep_bodies: bool,
    sign_in: str,
    machine: bool,
    password_env: str | None,
    password_file: Path | None,
) -> None:
    """Answers Exchange Web Services, sign-in and Graph over TLS on 127.0.0.1, from the directory in FOLDER.

    Prints the address. When it is ready, the files endpoint and ca.pem stand in FOLDER;
    requests.jsonl there gets a line for each request. faults.json tells it how to misbehave.
    """
    from lab.web.serve import Options
    from lab.web.serve import serve as run

    password = passwords.obtain(password_env, password_file) if sign_in != "basic" else None
    if sign_in != "basic" and password is None:
        raise LabError("--sign-in", "NTLM needs --password-env or --password-file.")
    basic = sign_in != "ntlm"
    run(folder, Options(port, keep_bodies, basic=basic, ntlm_password=password, machine=machine))


@click.command()
@click.argument("bundle", type=click.Path(exists=True, file_okay=False, path_type=Path))
@EXISTING
@click.option("--twin", metavar="CLIENT_ID", help="Grant the same to another application of the lab, too.")
def seed(bundle: Path, folder: Path, twin: str | None) -> None:
    """Makes the state that the scripts of BUNDLE describe, without running them."""
    from lab.make.seed import seed as run

    click.echo(f"{folder}: {run(bundle, folder, twin)} changes. The scripts were not run.")


@click.command()
@EXISTING
def show(folder: Path) -> None:
    """Shows what the directory in FOLDER holds, and who may impersonate how many."""
    from lab.demo.show import lines

    for line in lines(folder):
        click.echo(line)


@click.command()
@click.option("--profile", type=click.Choice(["server", "online"]), default="server", show_default=True)
def demo(profile: str) -> None:
    """Plays the whole way from an inventory to a proven, and withdrawn, access."""
    from lab.demo import demo as server
    from lab.demo import online

    (online if profile == "online" else server).run()


@click.command()
def bench() -> None:
    """Measures where people wait, each figure beside what it is compared to."""
    from lab.demo.bench import run

    run()


ALL = (new, tenant, serve, seed, show, demo, bench)
