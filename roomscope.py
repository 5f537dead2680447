"""The front door: opens a room only when its verb is spoken."""

import importlib

import click

_VERBS = {
    "render": ("generator.cli", "Render the bundle of a configuration, audited."),
    "audit": ("generator.audit_cli", "Hold a delivered bundle to the rules."),
    "explain": ("generator.audit_cli", "Explain a rule of the audit."),
    "evidence": ("verify.evidence_cli", "Tell what the runs of a bundle recorded."),
    "verify": ("verify.cli", "Prove what the service account can reach."),
}


class _Verbs(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in _VERBS:
            return None
        command: click.Command = getattr(importlib.import_module(_VERBS[name][0]), name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _VERBS.items()])


@click.command(cls=_Verbs)
@click.version_option(package_name="roomscope")
def main() -> None:
    """Render audited Exchange scripts for room calendars, and verify afterwards what they granted."""


if __name__ == "__main__":
    main()
