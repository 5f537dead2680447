"""Who makes a report: which release, on which machine, in whose hands."""

import getpass
import platform
from importlib.metadata import PackageNotFoundError, version

from roomscope.verify.common.text import harmless
from roomscope.verify.reports.subject import Part


class Maker(Part):
    """Whoever asked, as their machine names them; proves nothing."""

    version: str
    host: str
    person: str


def maker() -> Maker:
    """This release, this machine, this person."""
    return Maker(version=_version(), host=harmless(platform.node()), person=harmless(_person()))


def _version() -> str:
    try:
        return version("roomscope")
    except PackageNotFoundError:
        return "unknown"


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # neither a variable nor an entry for this user
        return ""
