"""What the lab says when it cannot go on."""

import click


class LabError(click.ClickException):
    """The lab cannot do what was asked: where the trouble is, what it is, what to do."""

    exit_code = 2

    def __init__(self, where: object, sentence: str) -> None:
        super().__init__(f"{where}: {sentence}")


class StateError(LabError):
    """The directory state in the folder cannot be used."""
