"""The command line of the lab: an Exchange on loopback, for the demo and the tests."""

import click

from lab import commands


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Plays an Exchange organisation on this machine.

    A folder holds its directory: `new` makes one, the PowerShell module lab/Exchange changes it
    (set EXCHANGE_LAB_STATE to the folder), `serve` answers Exchange Web Services from it.
    """


for command in commands.ALL:
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="python -m lab")
