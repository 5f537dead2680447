"""The list of documented cmdlets holds what the collected documentation says, and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conftest import SHARED

FACTS = SHARED / "facts" / "cmdlets.json"
SERVER = "EXSE"


def told(cmdlet: Mapping[str, Any]) -> dict[str, Any]:
    """The part that the tests need: what the server has, which values it takes, what is always mandatory."""
    here = {name: one for name, one in cmdlet["params"].items() if SERVER in one["products"]}
    here |= {name: {"switch": True} for name, products in cmdlet["shouldProcess"].items() if SERVER in products}
    sets = [set(one["mandatory"]) for one in cmdlet["sets"] if SERVER in one["products"]]
    return {
        "mandatory": sorted(set.intersection(*sets)),
        "parameters": {name: _kind(one) for name, one in sorted(here.items())},
    }


def _kind(one: Mapping[str, Any]) -> str | list[str]:
    if one.get("switch"):
        return "switch"
    return sorted(one["values"]) if one.get("valuesFrom") == "metadata" else "value"


if FACTS.exists():

    def test_the_list_holds_what_is_documented(documented: dict[str, Any]) -> None:
        cmdlets = json.loads(FACTS.read_text(encoding="utf-8"))["cmdlets"]
        assert documented == {name: told(cmdlets[name]) for name in documented}
        assert all(SERVER in cmdlets[name]["products"] for name in documented)


@pytest.mark.parametrize("name", ["Get-User", "Update-DistributionGroupMember", "New-RoleGroup"])
def test_each_cmdlet_has_parameters(name: str, documented: dict[str, Any]) -> None:
    assert documented[name]["parameters"]
