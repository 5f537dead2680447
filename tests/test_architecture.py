"""The arrows between the rooms go one way, and some libraries have one home."""

import ast
import configparser
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOMES = {
    "jinja2": {"roomscope.generator.render", "roomscope.verify.reports.page"},
    "markupsafe": {"roomscope.generator.render.literals"},
    "exchangelib": {"roomscope.verify.ask.ews"},
    "msal": {"roomscope.verify.sign_in.msal_client"},
    "requests": {"roomscope.verify.net", "roomscope.verify.ask", "roomscope.verify.sign_in.line", "roomscope.verify.sign_in.msal_client"},
    "cryptography": {"roomscope.verify.sign_in.certificate", "roomscope.verify.net.certificate"},
    "tree_sitter": {"roomscope.generator.script"},
    "rich": {"roomscope.verify.reports", "roomscope.verify.ask.progress", "roomscope.verify.evidence_cli", "roomscope.verify.report_cli", "roomscope.verify.cli"},
}
"""Where alone a library may be used: a module, or all of a room."""

ARROWS = {
    "generator": {
        "common": set(),
        "products": {"common"},
        "intent": {"common", "products"},
        "plan": {"common", "products", "intent"},
        "render": {"common", "products", "plan"},
        "script": {"common"},
        "audit": {"common", "products", "script"},
        "statement": {"common", "products", "script"},
        "bundle": {"common", "products", "intent", "plan", "render", "script", "audit", "statement"},
        "delivery": {"common", "products", "intent", "plan", "render", "script", "audit", "statement", "bundle"},
        "reports": {"common", "audit", "statement", "delivery"},
    },
    "verify": {
        "common": set(),
        "bundle": {"common"},
        "judge": {"common"},
        "journal": {"common", "judge"},
        "net": {"common", "judge"},
        "sign_in": {"common", "bundle", "judge", "net"},
        "ask": {"common", "judge", "sign_in", "net"},
        "evidence": {"common", "bundle"},
        "reports": {"common", "bundle", "judge", "evidence"},
    },
}
"""What each room may import besides itself; the verbs at the top may import all."""


def modules(*rooms: str) -> Iterator[tuple[str, Path]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield (name if room in {"lab", "tests"} else f"roomscope.{name}"), path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize(
    ("room", "others"),
    [
        ("generator", ("roomscope.verify", "lab", "tests")),
        ("verify", ("roomscope.generator", "lab", "tests")),
        ("lab", ("roomscope", "tests")),
    ],
)
def test_a_house_imports_nothing_of_the_others(room: str, others: tuple[str, ...]) -> None:
    found = {
        (name, wanted) for name, path in modules(room) for wanted in imports(path) if any(map(partial(_is_in, wanted), others))
    }
    assert found == set()
    assert list(modules(room))


def _is_in(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


@pytest.mark.parametrize("house", ARROWS)
def test_the_arrows_between_the_rooms_of_a_house_go_one_way(house: str) -> None:
    top = f"roomscope.{house}"
    found = set()
    for name, path in modules(house):
        room = name.removeprefix(f"{top}.").split(".")[0]
        if room in ARROWS[house]:
            wanted = {one.removeprefix(f"{top}.").split(".")[0] for one in imports(path) if _is_in(one, top)}
            found |= {(name, one) for one in wanted - ARROWS[house][room] - {room}}
    assert found == set()
    assert set(ARROWS[house]) == {path.parent.name for path in (ROOT / house).glob("*/__init__.py")}


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    users = {
        name
        for name, path in modules("generator", "verify")
        if any(wanted.split(".")[0] == library for wanted in imports(path))
    }
    assert users
    assert {name for name in users if not any(map(partial(_is_in, name), HOMES[library]))} == set()


def test_the_front_door_opens_no_room_before_its_verb_is_spoken() -> None:
    doors = (ROOT / "roomscope" / "__init__.py", ROOT / "roomscope" / "__main__.py")
    foreign = {name.split(".")[0] for door in doors for name in imports(door)} - sys.stdlib_module_names
    assert foreign == {"click"}


def test_the_packages_listed_by_hand_are_those_that_there_are() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(settings["options"]["packages"].split())
    folders = {
        ".".join(("roomscope", *path.parent.relative_to(ROOT).parts))
        for top in ("generator", "verify")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert listed == folders | {"roomscope", "roomscope.templates"}


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
