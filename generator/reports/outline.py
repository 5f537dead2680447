"""A bundle laid out, as text for a terminal or a page: an overview, a step, the region."""

from collections.abc import Callable, Iterator

import click

from roomscope.generator.common.text import counted, named
from roomscope.generator.delivery.outline import BundleOutline, Fold, Line, Outline, Write

Paint = Callable[[str, str], str]
"""Gives a text the look of a kind of line, or leaves it alone."""

MARK = ">>"
_LOOKS: dict[str, dict[str, object]] = {
    "write": {"fg": "red", "bold": True},
    "comment": {"fg": "green"},
    "fold": {"fg": "cyan"},
    "warning": {"fg": "yellow", "bold": True},
    "title": {"bold": True},
}
_TITLE = "Script"
_MOST = 5
"""So many names of a kind are told."""

_ALTERED = {
    "RSA100": "this is no list of digests, so no file could be compared with it.",
    "RSA101": "its bytes are NOT those of SHA256SUMS. Do not run it.",
    "RSA102": "SHA256SUMS does not list it.",
    "RSA103": "SHA256SUMS lists it, and it is not there.",
}


def coloured(text: str, kind: str) -> str:
    """For a terminal."""
    look = _LOOKS.get(kind)
    return click.style(text, **look) if look else text  # type: ignore[arg-type]


def plain(text: str, _kind: str) -> str:
    """For everything else."""
    return text


def overview(bundle: BundleOutline, paint: Paint = plain) -> str:
    """What there is to read, and in which order."""
    return _text(_overview(bundle, paint))


def script(bundle: BundleOutline, one: Outline, paint: Paint = plain) -> str:
    """The own part of a script in full, its region folded to one line."""
    return _text(_script(bundle, one, paint))


def region(bundle: BundleOutline, one: Outline, fold: Fold, paint: Paint = plain) -> str:
    """The region of a script, numbered by itself: it is the same wherever it stands."""
    return _text(_region(bundle, one, fold, paint))


def _overview(bundle: BundleOutline, paint: Paint) -> Iterator[str]:
    yield paint(_heading(bundle), "title")
    yield _not_audited(bundle)
    yield from _warnings(bundle, paint)
    yield ""
    width = max(len(_TITLE), *(len(one.file) for one in bundle.scripts)) if bundle.scripts else len(_TITLE)
    yield f"{_TITLE:{width}}  Own lines  Changes Exchange with"
    for one in bundle.scripts:
        yield f"{one.file:{width}}  {len(one.own):9}  {paint(_changes(bundle, one), 'write' if one.writes else '')}"
    yield ""
    yield from _shared(bundle)
    yield "Then each script:  " + _command(bundle, bundle.scripts[0].file.partition("-")[0] if bundle.scripts else "STEP")
    if bundle.altered:
        yield "No digest to be held against the ticket: the files are not those of SHA256SUMS."
    else:
        yield f"Bundle digest, to be held against the ticket: {bundle.digest}"


def _heading(bundle: BundleOutline) -> str:
    if bundle.manifest is None:
        return f"{named(bundle.path)}: a bundle without a manifest that this release can read."
    plan = bundle.manifest.plan
    product = "a product that this release does not know" if bundle.product is None else bundle.product.title
    return f"Bundle {plan.bundle} for {product}{f', ticket {plan.ticket}' if plan.ticket else ''}"


def _shared(bundle: BundleOutline) -> Iterator[str]:
    folds = [one.fold for one in bundle.scripts if one.fold is not None]
    if not folds:
        return
    yield f"The region that the scripts share: {counted(len(folds[0].lines), 'line')}, SHA-256 {folds[0].digest}."
    yield "Read it once:      " + _command(bundle, "--region")


def _script(bundle: BundleOutline, one: Outline, paint: Paint) -> Iterator[str]:
    yield paint(f"{one.file}: {one.step.summary}" if one.step is not None else f"{one.file}: not a script of a step.", "title")
    yield _effect(bundle, one)
    yield _not_audited(bundle)
    yield from _warnings(bundle, paint, one)
    yield ""
    width = len(str(max(one.own[-1].number if one.own else 0, 0 if one.fold is None else one.fold.last)))
    fold = one.fold
    for line in one.own:
        if fold is not None and line.number > fold.first:
            yield from _folded(bundle, one, fold, width, paint)
            fold = None
        yield _line(line, width, paint)
    if fold is not None:
        yield from _folded(bundle, one, fold, width, paint)


def _effect(bundle: BundleOutline, one: Outline) -> str:
    if one.fault or bundle.product is None:
        return "Whether it changes Exchange cannot be told."
    return f"Changes Exchange with {_calls(one.writes)}; marked with {MARK}." if one.writes else "No line of it changes Exchange."


def _folded(bundle: BundleOutline, one: Outline, fold: Fold, width: int, paint: Paint) -> Iterator[str]:
    lines = f"{fold.first:{width + 3}}  #region … #endregion: {counted(len(fold.lines), 'line')}, SHA-256 {fold.digest}"
    yield paint(f"{lines}; to read it: {_command(bundle, one.file, '--region')}", "fold")


def _region(bundle: BundleOutline, one: Outline, fold: Fold, paint: Paint) -> Iterator[str]:
    yield paint(f"The shared region as {one.file} has it: {counted(len(fold.lines), 'line')}, SHA-256 {fold.digest}", "title")
    yield _not_audited(bundle)
    yield from _warnings(bundle, paint, one)
    yield ""
    for line in fold.lines:
        yield _line(Line(line.number - fold.first, line.text, line.kind), len(str(len(fold.lines))), paint)


def _line(line: Line, width: int, paint: Paint) -> str:
    mark = MARK if line.kind == "write" else "  "
    return paint(f"{mark}{line.number:{width + 1}}  {line.text}".rstrip(), line.kind)


def _warnings(bundle: BundleOutline, paint: Paint, only: Outline | None = None) -> Iterator[str]:
    return (paint(f"WARNING: {reason}", "warning") for reason in _doubts(bundle, only))


def _doubts(bundle: BundleOutline, only: Outline | None) -> Iterator[str]:
    """What a reader should know before the first line."""
    if bundle.product is None:
        yield "Which product this is for cannot be told, so no line is marked and no region known."
    if len(bundle.regions) > 1:
        yield "The region is NOT the same in every script. Read it in each of them."
    altered = bundle.differences(only)
    yield from (f"{one.path}: {_ALTERED[one.rule]}" for one in altered[:_MOST])
    if (more := len(altered) - _MOST) > 0:
        yield f"Files that are not those of SHA256SUMS besides: {more}."
    for one in bundle.scripts if only is None else (only,):
        yield from (f"{one.file}: {reason}" for reason in _doubts_about(bundle, one))
    if bundle.strange:
        yield f"Not read, because no bundle has such files: {', '.join(map(named, bundle.strange[:_MOST]))}{' …' * (len(bundle.strange) > _MOST)}"


def _doubts_about(bundle: BundleOutline, one: Outline) -> Iterator[str]:
    if one.fault:
        yield f"it could not be read, so it does not pass the audit; it is shown as it stands, with nothing folded or marked ({named(one.fault)})."
    elif one.step is None and bundle.product is not None:
        yield "it is not a script of a step. Ask who put it there."
    elif one.step is not None and one.fold is None:
        yield "it has no shared region, or more than one; nothing is folded."
    elif one.fold is not None and bundle.product is not None and not one.fold.known:
        yield "its region is not the one of this release. Read it, or read it with the release that it is of."
    if one.hidden:
        yield f"its region changes Exchange with {_calls(one.hidden)}. No rendered region does."
    if one.signed:
        yield "it carries a signature, which is not shown; whose it is was not asked."


def _changes(bundle: BundleOutline, one: Outline) -> str:
    return "cannot be told" if one.fault or bundle.product is None else _calls(one.writes) or "nothing"


def _calls(writes: tuple[Write, ...]) -> str:
    lines: dict[str, list[str]] = {}
    for one in writes:
        lines.setdefault(one.command, []).append(str(one.line))
    return ", ".join(f"{name} (line {', '.join(at)})" for name, at in lines.items())


def _not_audited(bundle: BundleOutline) -> str:
    return f"Not audited here: roomscope audit {_quoted(bundle.path)}"


def _command(bundle: BundleOutline, *arguments: str) -> str:
    return " ".join(("roomscope show", _quoted(bundle.path), *arguments))


def _quoted(path: str) -> str:
    shown = named(path)
    return f'"{shown}"' if " " in shown else shown


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"
