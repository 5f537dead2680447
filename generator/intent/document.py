"""Reads a configuration from its file, a TOML document in UTF-8."""

import tomllib
from pathlib import Path

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.common.files import read_file
from roomscope.generator.intent.config import Config, checked

SIZE_LIMIT = 1_000_000
"""A configuration with more bytes is none."""


def load(path: Path) -> Config:
    """Reads a configuration, or names everything that is wrong with it."""
    return checked(_toml(path), f"{path} cannot be carried out:")


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(_text(path))
    except (ValueError, RecursionError) as error:
        message = f"{path} is not TOML: {error}."
        raise ConfigError(message) from None


def _text(path: Path) -> str:
    try:
        data = read_file(path, SIZE_LIMIT)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise ConfigError(message) from None
    if len(data) > SIZE_LIMIT:
        message = f"{path} has more than {SIZE_LIMIT} bytes, so it is no configuration."
        raise ConfigError(message)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path} is not UTF-8, in line {line}. Save it as UTF-8."
        raise ConfigError(message) from None
