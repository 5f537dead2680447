"""The Python evaluator of filters against the cases that both evaluators share."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import lab.filters.opath
from lab.filters.population import Population
from lab.state.model import Recipient

CASES: dict[str, Any] = json.loads(
    (Path(lab.filters.opath.__file__).parent / "filter-cases.json").read_text("utf-8")
)
RECIPIENTS = TypeAdapter(dict[str, Recipient]).validate_json(json.dumps(CASES["recipients"]))


def names(text: str) -> list[str]:
    found = lab.filters.opath.matching(text, Population(RECIPIENTS))
    return sorted(RECIPIENTS[guid].name for guid in found)


def test_there_are_enough_cases_of_both_kinds() -> None:
    assert len(CASES["cases"]) >= 60
    assert {"error"} < {str(case["matches"]) for case in CASES["cases"]}


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["id"]))
def test_a_filter_matches_what_the_shared_case_says(case: dict[str, Any]) -> None:
    if case["matches"] == "error":
        with pytest.raises(lab.filters.opath.FilterError):
            names(case["filter"])
    else:
        assert names(case["filter"]) == sorted(case["matches"])


def test_a_filter_with_thousands_of_lists_is_answered_without_deep_recursion() -> None:
    terms = " -or ".join(f"MemberOfGroup -eq 'CN=Gone {n}'" for n in range(5000))
    assert names(f"(RecipientTypeDetails -eq 'RoomMailbox') -and ({terms})") == []
