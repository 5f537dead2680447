"""Stages to play cells on, and worlds to go the whole way in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.loop.checks")

from tests.loop.bundles import ACCEPTED, ALTERED, MATRIX, ONE_SCOPE, ROOMS, many_rooms  # noqa: E402 - after the line above
from tests.loop.cells import Cell  # noqa: E402
from tests.loop.checks import check  # noqa: E402
from tests.loop.session import Session  # noqa: E402
from tests.loop.stage import Stage, alter, render_at, set_stage  # noqa: E402
from tests.loop.world import MODULE, Done, World, make_world, roomscope  # noqa: E402


@pytest.fixture
def tool() -> Callable[..., Done]:
    """The tool, from the command line."""
    return roomscope


@pytest.fixture
def world(pwsh: str, tmp_path: Path) -> Callable[..., World]:
    """Makes a world from a configuration: world(configuration, domain, account, "--option", …)."""

    def make(config: Path, domain: str, account: str, *options: str) -> World:
        return make_world(pwsh, tmp_path, config, domain, account, *options)

    return make


@pytest.fixture(scope="session")
def session(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The session of this process, for all stages."""
    made = Session(pwsh, MODULE, tmp_path_factory.mktemp("session") / "said")
    yield made
    made.end()


@pytest.fixture(scope="session")
def stage(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Six rooms in three lists with two grants, in two domains; and copies of the bundle that somebody changed."""
    made = set_stage(session, tmp_path_factory.mktemp("matrix"), MATRIX, ROOMS)
    for name, change in {**{name: change for name, (change, _) in ALTERED.items()}, **ACCEPTED}.items():
        alter(made, name, change)
    render_at(made, "ownerless", MATRIX.replace('owner = "it.admin@contoso.com"\n', ""))
    return made


@pytest.fixture(scope="session")
def big_stage(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """1,060 rooms in 15 lists with one grant."""
    return set_stage(session, tmp_path_factory.mktemp("big"), ONE_SCOPE, many_rooms(1060))


@pytest.fixture(scope="session")
def full_stage(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """As many rooms in one scope as an answer holds that was cut short."""
    return set_stage(session, tmp_path_factory.mktemp("full"), ONE_SCOPE, many_rooms(1000))


@pytest.fixture
def play(stage: Stage) -> Callable[[Cell], None]:
    """Plays a cell and holds it to what it expects."""

    def played(cell: Cell) -> None:
        check(cell, stage.play(cell), stage)
        shutil.rmtree(stage.cell(cell.name), ignore_errors=True)

    return played
