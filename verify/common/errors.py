"""The refusals of this room; each sentence says what is wrong, where, and what to do next."""

import click


class VerifyError(click.ClickException):
    """Nothing was asked, because the question itself is unusable."""

    exit_code = 2


class BundleError(VerifyError):
    """The folder is not the bundle it says it is."""


class EndpointError(VerifyError):
    """It is not settled where the credential may go."""


class CredentialError(VerifyError):
    """There is no usable credential."""


class ReportError(VerifyError):
    """The report could not be written, so nobody can rely on it."""

    exit_code = 4


class JournalError(VerifyError):
    """No journal can be kept, so a run that was asked for one is not begun."""

    exit_code = 4


class UnprovenError(VerifyError):
    """It ended without a verdict."""

    exit_code = 4
