"""Every misbehaviour at every place: nothing is kept or broken by mistake, the cause is named, and the asking ends."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.verdict import EXIT_CODES, Verdict
from tests.verify.conftest import PASSWORD
from tests.verify.fire.answers import Place
from tests.verify.fire.ground import prepare
from tests.verify.fire.play import SLOW, Ground, Outcome, play
from tests.verify.fire.row import Row
from tests.verify.fire.table import ROWS

pytestmark = [pytest.mark.slow, pytest.mark.alone]
KEPT = {Cause.AS_PROMISED}
BROKEN = {
    Cause.ROOM_OUTSIDE, Cause.NO_IMPERSONATION, Cause.ROOM_SHUT, Cause.CONTROL_IMPERSONATED, Cause.CONTROL_OPEN_TO_ACCOUNT, Cause.CONTROL_OPEN_TO_ROOM,
}
PACES = (1, 5, 25)
"""How much slower than an idle machine one may be."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return prepare(tmp_path_factory.mktemp("fire"))


@pytest.fixture(scope="module")
def players() -> Iterator[ThreadPoolExecutor]:
    """The places of a row are played at once, because much of a run is waiting."""
    with ThreadPoolExecutor(len(Place)) as pool:
        yield pool


def verdict_of(cause: Cause) -> Verdict:
    return Verdict.KEPT if cause in KEPT else Verdict.BROKEN if cause in BROKEN else Verdict.UNASKED


def played(ground: Ground, row: Row, place: Place) -> Outcome:
    """On a machine that is slow a good answer may miss a short deadline; then it is given more time."""
    if not row.slow:
        return play(ground, row, place, 20)
    outcomes = (play(ground, row, place, SLOW * pace) for pace in PACES)
    *_, last = until(outcomes, row.causes[place])
    return last


def until(outcomes: Iterator[Outcome], cause: Cause) -> Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome
        if outcome.cause == cause:
            return


def test_no_verdict_rests_on_what_is_no_whole_answer() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 120
    wrong = [(row.name, place) for row in ROWS for place, cause in row.causes.items() if not row.whole and verdict_of(cause) is not Verdict.UNASKED]
    assert wrong == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_server_that_misbehaves_is_named_and_nothing_is_taken_for_proven(ground: Ground, players: ThreadPoolExecutor, row: Row) -> None:
    outcomes = players.map(lambda place: played(ground, row, place), row.causes)
    for (place, cause), outcome in zip(row.causes.items(), outcomes, strict=True):
        verdict = verdict_of(cause)
        assert (outcome.verdict, outcome.cause, outcome.exit_code) == (verdict, cause, EXIT_CODES[verdict]), place
        assert outcome.requests <= row.most, place
        # Two questions for the unknown address may be under way when the first of them is refused.
        assert outcome.refused <= (row.workers if place is Place.UNKNOWN else 1) * row.refused, place
        assert PASSWORD not in "".join(outcome.report.text()), place
