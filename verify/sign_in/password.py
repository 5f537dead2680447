"""Where the password comes from: a prompt, an environment variable or a file, never the command line."""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import click

from roomscope.verify.common.errors import CredentialError
from roomscope.verify.common.plain import open_plain
from roomscope.verify.common.secrets import know
from roomscope.verify.common.text import harmless

LONGEST = 1024


class Scheme(StrEnum):
    """How the account signs in."""

    NTLM = "ntlm"
    BASIC = "basic"
    OAUTH = "oauth"


@dataclass(frozen=True, slots=True)
class Credential:
    """An account and its password."""

    user: str
    scheme: Scheme
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        """From now on it is masked in whatever comes from outside."""
        know(self.password, self.user)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the operator said the password is; nothing means asking at the terminal."""

    variable: str | None = None
    file: Path | None = None


def obtain(user: str, scheme: Scheme, source: Source, *, terminal: bool) -> Credential:
    """The credential, or a refusal that does not show any of it."""
    if source.variable is not None and source.file is not None:
        raise CredentialError("Give --password-env or --password-file, not both.")
    if source.variable is not None:
        return Credential(user, scheme, _usable(_from_environment(source.variable), source.variable))
    if source.file is not None:
        return Credential(user, scheme, _usable(_from_file(source.file), str(source.file)))
    if not terminal:
        raise CredentialError("There is no terminal to ask at. Give --password-env or --password-file.")
    return Credential(user, scheme, click.prompt(f"Password of {harmless(user)}", hide_input=True, err=True))


def _from_environment(variable: str) -> str:
    if variable not in os.environ:
        raise CredentialError(
            "The environment variable that --password-env names is not set. Give its name, not the password."
        )
    return os.environ[variable]


def read_secret(path: Path, most: int) -> bytes:
    """The bytes of a file that only its owner can read."""
    try:
        with os.fdopen(open_plain(path), "rb") as file:
            _check_owner(path, os.fstat(file.fileno()))
            data = file.read(most + 1)
    except OSError as error:
        raise CredentialError(f"{path}: {error.strerror}.") from None
    if len(data) > most:
        raise CredentialError(f"{path} is larger than {most} bytes, so it is not what was meant.")
    return data


def _from_file(path: Path) -> str:
    try:
        return read_secret(path, 4 * LONGEST).decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise CredentialError(f"{path} is not UTF-8 text.") from None


def _check_owner(path: Path, found: os.stat_result) -> None:
    if os.name == "posix" and found.st_mode & 0o077:
        raise CredentialError(f"{path} can be read by others. Take that away first: chmod 600 {path}")


def _usable(password: str, place: str) -> str:
    if not password:
        raise CredentialError(f"{place} holds no password.")
    if len(password) > LONGEST or any(character in password for character in "\r\n\0"):
        raise CredentialError(f"{place} must hold the password on one line and nothing else.")
    return password
