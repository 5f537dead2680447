"""Every verb: what nobody could read is no answer, and why there is none is said."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from roomscope.__main__ import main

ROOT = Path(__file__).parents[1]
BUNDLE = "samples/article/bundle"
CASES: Mapping[str, tuple[list[str], int]] = {
    "audit": (["audit", BUNDLE], 2),
    "audit for machines": (["audit", BUNDLE, "--format", "json"], 2),
    "show": (["show", BUNDLE, "50"], 2),
    "explain": (["explain", "RSA023"], 2),
    "explain all": (["explain"], 2),
    "evidence": (["evidence", BUNDLE], 4),
    "help": (["--help"], 4),
    "version": (["--version"], 4),
    "help of a verb": (["audit", "--help"], 2),
}
"""What is asked, and the exit code where it has no answer."""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("bent", [">/dev/full", ">&-", "| :"], ids=["full", "closed", "a pipe that nobody reads"])
@pytest.mark.parametrize("case", CASES)
def test_an_answer_that_nobody_could_read_is_none_and_that_is_said(case: str, bent: str) -> None:
    words, code = CASES[case]
    command = ["/bin/bash", "-c", f'set -o pipefail; "$@" {bent}', "bash", sys.executable, "-m", "roomscope", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert "Error: The result could not be shown" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("case", CASES)
def test_where_nothing_can_be_said_the_exit_code_says_it(case: str) -> None:
    words, code = CASES[case]
    for bent in (">&- 2>&-", ">/dev/full 2>/dev/full"):
        command = ["/bin/bash", "-c", f'"$@" {bent}', "bash", sys.executable, "-m", "roomscope", *words]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == code


@pytest.mark.parametrize(
    ("words", "reached"),
    [
        (["audit", BUNDLE], "roomscope.generator.audit_cli.take"),
        (["show", BUNDLE], "roomscope.generator.show_cli.take"),
        (["explain", "RSA023"], "roomscope.generator.delivery.rulebook.explain"),
        (["render", "x.toml", "--output", "x"], "roomscope.__main__.importlib.import_module"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_was_interrupted_has_no_result_and_that_is_said(monkeypatch: pytest.MonkeyPatch, words: list[str], reached: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(reached, interrupt)
    ended = CliRunner().invoke(main, words)
    assert ended.exit_code == 2
    assert "Error: Interrupted. There is no result." in ended.stderr
