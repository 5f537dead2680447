"""Every cause of a verdict and every finding in records, with a page about each."""

from functools import partial
from textwrap import fill

from roomscope.verify.evidence.catalogue import FindingKind, Weight
from roomscope.verify.judge.causes import Cause

CAUSES = tuple(sorted((cause.value, cause.headline) for cause in Cause))
FINDINGS = tuple(sorted((kind.value, kind.headline) for kind in FindingKind))

_fill = partial(fill, width=100, break_on_hyphens=False)
_WEIGHS = {
    Weight.DIFFERS: "The records do not agree: `roomscope evidence` ends with 1.",
    Weight.UNFINISHED: "Something is missing or left behind: `roomscope evidence` ends with 3, unless records differ.",
    Weight.NOTICE: "Worth knowing; it changes no result.",
}


def page(wanted: str) -> str | None:
    """A page about this id; nothing where it is neither a cause nor a finding."""
    number = wanted.upper()
    for cause in Cause:
        if cause.value == number:
            return _page(number, cause.headline, cause.meaning, {
                "What to do": cause.action, "Who can": f"{cause.who}.", "Ask again": f"{cause.when}.",
            })
    for kind in FindingKind:
        if kind.value == number:
            return _page(number, kind.headline, _WEIGHS[kind.weight], {"What to do": kind.action})
    return None


def _page(number: str, headline: str, meaning: str, rows: dict[str, str]) -> str:
    told = (_fill(f"{name}: {text}") for name, text in rows.items())
    return f"{number}  {headline}\n\n{_fill(meaning)}\n\n" + "\n".join(told) + "\n"
