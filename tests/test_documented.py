"""The lists of documented cmdlets hold what the collected documentation says, and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conftest import SHARED

FACTS = SHARED / "facts" / "cmdlets.json"
SERVER, ONLINE = "EXSE", "EXO"


def told(cmdlet: Mapping[str, Any], product: str) -> dict[str, Any]:
    """The part that the tests need: what the product has, which values it takes, what is always mandatory."""
    here = {name: one for name, one in cmdlet["params"].items() if product in one["products"]}
    here |= {name: {"switch": True} for name, products in cmdlet["shouldProcess"].items() if product in products}
    if product == ONLINE:
        # Parameters that another page names for this cmdlet.
        here |= {name: {"switch": True} for name in cmdlet.get("mentioned", ())}
    sets = [set(one["mandatory"]) for one in cmdlet["sets"] if product in one["products"]]
    return {
        "mandatory": sorted(set.intersection(*sets)),
        "parameters": {name: _kind(one) for name, one in sorted(here.items())},
    }


def _kind(one: Mapping[str, Any]) -> str | list[str]:
    if one.get("switch"):
        return "switch"
    return sorted(one["values"]) if one.get("valuesFrom") == "metadata" else "value"


if FACTS.exists():

    @pytest.mark.parametrize(("product", "kept"), [(SERVER, "documented"), (ONLINE, "documented_online")])
    def test_the_list_holds_what_is_documented(product: str, kept: str, request: pytest.FixtureRequest) -> None:
        cmdlets = json.loads(FACTS.read_text(encoding="utf-8"))["cmdlets"]
        documented = request.getfixturevalue(kept)
        assert documented == {name: told(cmdlets[name], product) for name in documented}
        assert all(product in cmdlets[name]["products"] for name in documented)


@pytest.mark.parametrize("name", ["Get-User", "Update-DistributionGroupMember", "New-RoleGroup"])
def test_each_cmdlet_has_parameters(name: str, documented: dict[str, Any]) -> None:
    assert documented[name]["parameters"]
