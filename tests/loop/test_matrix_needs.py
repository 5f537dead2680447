"""What the first script looks for is what the later ones use, and all of it exists in Windows PowerShell 5.1."""

import json
from pathlib import Path

import pytest

from roomscope.generator.products.exchange_server import EXCHANGE_SERVER

EXCHANGE = frozenset(command.name for command in EXCHANGE_SERVER.commands)
COMMON = frozenset({"ErrorAction"})
NEWER = (
    "??", "?.", " ? ", "&&", "||", "clean {", "-Parallel", "-AsHashtable", "-NoEnumerate", "-AsArray", "-EnumsAsStrings", "-AsByteStream",
    "utf8NoBOM", "utf8BOM", "-AdditionalChildPath", "Test-Json", "Get-Error", "-SkipIndex", "-Top ",
)  # fmt: skip
"""What Windows PowerShell 5.1 lacks."""


@pytest.fixture
def bundle() -> Path:
    """A bundle with several lists and places."""
    return Path(__file__).parents[2] / "samples" / "campus" / "bundle"


def used(bundle: Path) -> dict[str, set[str]]:
    """The commands of Exchange in the scripts of a bundle, with their parameters."""
    found: dict[str, set[str]] = {}
    statement = json.loads((bundle / "audit.json").read_text(encoding="utf-8"))
    for part in (statement["region"], *statement["scripts"]):
        for call in part["calls"]:
            if call["command"] in EXCHANGE:
                found.setdefault(call["command"], set()).update(one["parameter"] for one in call["given"])
    return found


def test_readiness_looks_for_every_command_and_parameter_that_a_later_step_uses(bundle: Path) -> None:
    needs = {command: set(parameters) for command, parameters in EXCHANGE_SERVER.needs()}
    lacking = {command: parameters - COMMON - needs.get(command, set()) for command, parameters in used(bundle).items()}
    assert {command: sorted(parameters) for command, parameters in lacking.items() if parameters or command not in needs} == {}


def test_scripts_have_nothing_that_windows_powershell_lacks(bundle: Path) -> None:
    for path in bundle.glob("*.ps1"):
        text = path.read_text(encoding="utf-8-sig")
        assert [word for word in NEWER if word in text] == [], path.name
