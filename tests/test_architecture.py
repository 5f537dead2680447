"""The arrows between the rooms go one way, and some libraries have one home."""

import ast
import configparser
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOMES = {
    "jinja2": {"generator.render", "generator.literals"},
    "markupsafe": {"generator.literals"},
    "exchangelib": {"verify.probe", "verify.wire"},
    "msal": {"verify.credentials"},
    "tree_sitter": {"generator.tree", "generator.script"},
}


def modules(*rooms: str) -> Iterator[tuple[str, Path]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize(
    ("room", "others"),
    [
        ("generator", {"verify", "lab", "roomscope", "tests"}),
        ("verify", {"generator", "lab", "roomscope", "tests"}),
        ("lab", {"generator", "verify", "roomscope", "tests"}),
    ],
)
def test_a_room_imports_nothing_of_the_others(room: str, others: set[str]) -> None:
    found = {
        (name, wanted)
        for name, path in modules(room)
        for wanted in imports(path)
        if wanted.split(".")[0] in others
    }
    assert found == set()
    assert list(modules(room))


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    users = {
        name
        for name, path in modules("generator", "verify")
        if any(wanted.split(".")[0] == library for wanted in imports(path))
    }
    assert users <= HOMES[library]


def test_the_front_door_opens_no_room_before_its_verb_is_spoken() -> None:
    foreign = {name.split(".")[0] for name in imports(ROOT / "roomscope.py")} - sys.stdlib_module_names
    assert foreign == {"click"}


def test_the_packages_listed_by_hand_are_those_that_there_are() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(settings["options"]["packages"].split())
    folders = {
        ".".join(path.relative_to(ROOT).parts)
        for top in ("generator", "verify", "templates")
        for path in (ROOT / top, *(ROOT / top).rglob("*"))
        if path.is_dir() and path.name != "__pycache__"
    }
    assert listed == folders


def test_nothing_but_tests_and_the_build_looks_beside_the_project() -> None:
    looked = [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and path.relative_to(ROOT).parts[0] not in {".git", ".venv", ".ci", "tests", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
        and path.name != "Makefile"
        and b"../shared" in path.read_bytes()
    ]
    assert looked == []
