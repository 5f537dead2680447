"""What PowerShell shows of each script to somebody who asks for its help."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.loop.cells import SCRIPTS, WRITING
from tests.loop.stage import Stage

ASK = """
$env:PATH = ''
$found = [ordered]@{}
foreach ($file in [IO.Directory]::GetFiles('.', '*.ps1')) {
    $help = Get-Help -Name $file -Full
    $found[[IO.Path]::GetFileNameWithoutExtension($file)] = [ordered]@{
        synopsis = $help.Synopsis
        description = ($help.description | ForEach-Object -Process { $_.Text }) -join ' '
        parameters = [ordered]@{}
        examples = @($help.examples.example | ForEach-Object -Process { $_.code })
    }
    foreach ($one in $help.parameters.parameter) {
        $found[[IO.Path]::GetFileNameWithoutExtension($file)].parameters[$one.name] = ($one.description | ForEach-Object -Process { $_.Text }) -join ' '
    }
}
ConvertTo-Json -InputObject $found -Depth 5
"""


@pytest.fixture(scope="module")
def shown(stage: Stage) -> dict[str, Any]:
    """The help of each script, as PowerShell found it."""
    asked = [stage.session.pwsh, "-NoProfile", "-NonInteractive", "-Command", ASK]
    done = subprocess.run(asked, cwd=stage.bundle, capture_output=True, text=True, encoding="utf-8", check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found.keys() == {path.stem for path in Path(stage.bundle).glob("*.ps1")} == {*SCRIPTS.values(), "AUDIT"}
    return found


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("script", [*SCRIPTS.values(), "AUDIT"])
def test_help_of_a_script_is_what_stands_in_it(shown: dict[str, Any], stage: Stage, script: str) -> None:
    text, found = (stage.bundle / f"{script}.ps1").read_text(encoding="utf-8-sig"), shown[script]
    parts = words(text[text.index("<#") : text.index("#>")]).split(" .")
    assert f"SYNOPSIS {words(found['synopsis'])}" in parts
    assert f"DESCRIPTION {words(found['description'])}" in parts
    assert len(found["description"]) > 100
    assert found["parameters"]
    for name, description in found["parameters"].items():
        assert f"PARAMETER {name} {words(description)}" in parts


@pytest.mark.parametrize("step", SCRIPTS)
def test_help_of_a_step_says_what_apply_does_and_shows_the_harmless_run_first(shown: dict[str, Any], step: int) -> None:
    found = shown[SCRIPTS[step]]
    assert list(found["parameters"]) == ["Apply", "EvidencePath", "DomainController"]
    assert found["parameters"]["Apply"].startswith("Carries out the recorded plan." if step in WRITING else "Accepted")
    assert found["examples"] == [f".\\{SCRIPTS[step]}.ps1"]
    assert f"Step {step} of bundle m-rooms." in found["description"]
    assert "Needs: " in found["description"]
