"""Installed, editable or from a bare checkout, the tool finds its templates and says the same."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "samples" / "article" / "roomscope.toml"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as pip builds it, from a copy, so that no build folder is left here."""
    copy, target = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for name in ("roomscope", "generator", "verify", "templates"):
        for path in (ROOT / name).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                (copy / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
                (copy / path.relative_to(ROOT)).write_bytes(path.read_bytes())
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(target), str(copy)], check=True, capture_output=True)
    return next(target.glob("*.whl"))


def test_the_wheel_holds_everything_that_the_folders_hold(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    there = {
        f"{'' if name == 'roomscope' else 'roomscope/'}{path.relative_to(ROOT).as_posix()}"
        for name in ("roomscope", "generator", "verify", "templates")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there


def test_installed_and_from_a_checkout_it_renders_the_same_bundle(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    venv.create(place, with_pip=False, symlinks=True)
    packages = next(place.glob("lib/python*/site-packages"), place / "Lib" / "site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    shared = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    (packages / "dependencies.pth").write_text(str(shared), encoding="utf-8")
    python = next(path for path in (place / "bin" / "python", place / "Scripts" / "python.exe") if path.exists())
    for name in ("generator", "verify", "templates"):
        # A folder of the user's of one of our names stands in nobody's way.
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise AssertionError", encoding="utf-8")
    found = {
        subprocess.run(
            [*command, "render", str(CONFIG), "--output", str(tmp_path / name)],
            cwd=ROOT if name == "checkout" else tmp_path, env=os.environ | {"PYTHONPATH": ""}, capture_output=True, text=True, check=True,
        ).stdout
        for name, command in (
            ("wheel", [str(python), "-m", "roomscope"]),
            ("checkout", [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); from roomscope.__main__ import main; main()"]),
            ("editable", [sys.executable, "-m", "roomscope"]),
        )
    }
    assert len(found) == 1
