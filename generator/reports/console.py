"""A report for a terminal or a ticket: the important first, some twenty lines, and what to do next."""

from collections.abc import Iterator
from itertools import islice

from roomscope.generator.common.text import counted
from roomscope.generator.reports.record import AuditReport, FindingRecord, ResultRecord

MOST = 20
"""So many lines of findings of a path are shown."""

_PLACES = 3
"""So many places of one and the same finding are named."""

_LONGEST = 300
_GROUPS = (
    ("Altered, or not what this release makes:", ("RSA10", "RSA11", "RSA05")),
    ("What changes Exchange:", ("RSA06",)),
    ("What is called:", ("RSA02",)),
    ("Everything else:", ("RSA",)),
)
"""By how much they matter; a rule belongs to the first group that it fits."""

_LEFT = 2
"""So many lines each group leaves to every one behind it."""

Entry = tuple[FindingRecord, ...]
"""One and the same finding, at all its places."""


def as_text(report: AuditReport) -> str:
    """The report, with all that is left out counted."""
    return "\n\n".join("\n".join(_result(result)) for result in report.results) + "\n"


def _result(result: ResultRecord) -> Iterator[str]:
    if result.clean:
        lists = "its step lists" if len(result.scripts) == 1 else "their steps list"
        yield f"{result.path}: clean. {counted(len(result.scripts), 'script')} can do what {lists}, and nothing else."
    else:
        yield f"{result.path}: {counted(len(result.findings), 'finding')}. Do not run it."
        yield from _findings(result)
    if result.signed:
        yield f"Signed: {', '.join(result.signed)}. Whose signature it is was not asked."
    if result.digest:
        yield f"Bundle digest: {result.digest} ({'compared with the ticket' if result.compared else 'not compared with a ticket'})."
    yield from _next(result)


def _findings(result: ResultRecord) -> Iterator[str]:
    shown: list[FindingRecord] = []
    groups = list(_grouped(result.findings))
    room = MOST
    for behind, (heading, entries) in zip(reversed(range(len(groups))), groups, strict=True):
        kept = entries[: room - _LEFT * behind]
        room -= len(kept)
        yield f"\n{heading}"
        yield from map(_entry, kept)
        shown += [one for entry in kept for one in entry]
    if more := len(result.findings) - len(shown):
        yield f"  … and {more} more; --format json lists all."
    yield "\nWhat to do:"
    yield from _cures(shown)
    yield ""


def _grouped(findings: tuple[FindingRecord, ...]) -> Iterator[tuple[str, list[Entry]]]:
    """The headings of the groups that hold something, each with its entries."""
    entries: dict[int, dict[tuple[str, str], list[FindingRecord]]] = {}
    for one in findings:
        entries.setdefault(_group(one.rule), {}).setdefault((one.rule, one.message), []).append(one)
    for place, group in sorted(entries.items()):
        yield _GROUPS[place][0], [tuple(one) for one in group.values()]


def _group(rule: str) -> int:
    return next(place for place, (_, rules) in enumerate(_GROUPS) if rule.startswith(rules))


def _entry(entry: Entry) -> str:
    places = ", ".join(_place(one) for one in islice(entry, _PLACES))
    more = f" and {len(entry) - _PLACES} more" if len(entry) > _PLACES else ""
    return f"  {places}{more}: {entry[0].rule} {_cut(entry[0].message)}"


def _place(one: FindingRecord) -> str:
    return f"{one.path}:{one.line}:{one.column}" if one.line else one.path


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _cures(findings: list[FindingRecord]) -> Iterator[str]:
    """Each cure once, with the rules that it is for."""
    rules: dict[str, set[str]] = {}
    for one in findings:
        rules.setdefault(one.cure, set()).add(one.rule)
    for cure, named in sorted(rules.items(), key=lambda pair: min(pair[1])):
        yield f"  {', '.join(sorted(named))}: {cure}"


def _next(result: ResultRecord) -> Iterator[str]:
    if not result.clean:
        yield f"Next: `roomscope explain {_first(result)}` says why it matters, `roomscope show` prints a script; then ask the author."
    elif result.kind == "scripts":
        yield "Next: audit the bundle that it came in; a script alone says nothing about its data."
    elif not result.compared:
        yield "Next: take the digest from the ticket, not from the bundle, and audit once more with --digest."
    else:
        yield "Next: AUDIT.md says what it can do, `roomscope show` prints each step; RUNBOOK.md is for whoever runs it."


def _first(result: ResultRecord) -> str:
    """The rule of the first entry that is shown."""
    return next(entries[0][0].rule for _, entries in _grouped(result.findings))
