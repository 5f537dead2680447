"""Stages for the scripts of Exchange Online, and for the one of Microsoft Graph."""

from collections.abc import Iterator

import pytest

from tests.loop.bundles import ROOMS
from tests.loop.online.cells import GRAPH, ONLINE_LAB, WHOLE
from tests.loop.session import Session
from tests.loop.stage import Stage, set_stage
from tests.loop.world import ROOT

EXCHANGE_MODULE = ROOT / "lab" / "ExchangeOnline" / "ExchangeOnlineManagement.psd1"
GRAPH_MODULE = ROOT / "lab" / "MicrosoftGraph" / "Microsoft.Graph.Applications.psd1"


@pytest.fixture(scope="session")
def session(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session of Exchange Online PowerShell."""
    made = Session(pwsh, EXCHANGE_MODULE, tmp_path_factory.mktemp("online") / "said")
    yield made
    made.end()


@pytest.fixture(scope="session")
def stage(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Six rooms in three lists with two grants, through Graph."""
    return set_stage(session, tmp_path_factory.mktemp("online"), GRAPH, ROOMS, WHOLE, ONLINE_LAB)


@pytest.fixture(scope="session")
def graph_session(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session of Microsoft Graph PowerShell."""
    made = Session(pwsh, GRAPH_MODULE, tmp_path_factory.mktemp("graph") / "said")
    yield made
    made.end()
