"""Recipient filters mean in the shell what they mean to the web service."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
FILE = json.loads((ROOT / "lab" / "filters" / "filter-cases.json").read_text("utf-8"))
IDS = [case["id"] for case in FILE["cases"]]

PREVIEW = """
$read = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($env:CASES)) -AsHashtable
$answers = [ordered]@{}
foreach ($case in $read.cases) {
    $answer = [ordered]@{ stored = ''; names = @(); storedNames = @(); reason = '' }
    try {
        $answer.names = @(Get-Recipient -RecipientPreviewFilter $case.filter -ErrorAction Stop | ForEach-Object { $_.Name })
        $scope = New-ManagementScope -Name 'case' -RecipientRestrictionFilter $case.filter -ErrorAction Stop
        $answer.stored = $scope.RecipientFilter
        $answer.storedNames = @(Get-Recipient -RecipientPreviewFilter $scope.RecipientFilter -ErrorAction Stop | ForEach-Object { $_.Name })
        Remove-ManagementScope -Identity 'case' -Confirm:$false -ErrorAction Stop
    }
    catch { $answer.reason = $_.CategoryInfo.Reason }
    $answers[$case.id] = $answer
}
ConvertTo-Json -InputObject $answers -Depth 4 | Set-Content -LiteralPath $env:ANSWERS -Encoding utf8
"""


@pytest.fixture(scope="module")
def answers(new_shell: Any) -> dict[str, Any]:
    shell = new_shell()
    shell.state["recipients"] = FILE["recipients"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASES", str(ROOT / "lab" / "filters" / "filter-cases.json"))
        done = shell.run(PREVIEW)
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads((shell.folder / "answers.json").read_text("utf-8-sig"))
    return read


@pytest.mark.parametrize("case", FILE["cases"], ids=IDS)
def test_a_filter_matches_whom_it_describes(case: dict[str, Any], answers: dict[str, Any]) -> None:
    answer = answers[case["id"]]
    if case["matches"] == "error":
        assert answer["reason"] in {"ParsingException", "ParameterBindingValidationException"}
    else:
        assert answer["reason"] == ""
        assert sorted(answer["names"]) == sorted(case["matches"])


@pytest.mark.parametrize("case", FILE["cases"], ids=IDS)
def test_a_filter_is_stored_in_another_spelling_with_the_same_meaning(
    case: dict[str, Any], answers: dict[str, Any]
) -> None:
    answer = answers[case["id"]]
    if case["matches"] != "error":
        assert answer["stored"].startswith("(")
        assert sorted(answer["storedNames"]) == sorted(case["matches"])
