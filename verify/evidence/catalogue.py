"""The catalogue of what records can show: what it means, how heavy it is, what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """What a finding does to the verdict, the heaviest first."""

    DIFFERS = "differs"
    UNFINISHED = "unfinished"
    NOTICE = "notice"


class FindingKind(StrEnum):
    """A named finding; its value is its id and never changes its meaning."""

    weight: Weight
    headline: str
    action: str

    def __new__(cls, number: str, weight: Weight, headline: str, action: str) -> "FindingKind":
        """One row of the catalogue."""
        row = str.__new__(cls, number)
        row._value_ = number
        row.weight, row.headline, row.action = weight, headline, action
        return row

    UNREADABLE = (
        "RE101", Weight.DIFFERS, "A record cannot be read",
        "Get the file again from the machine of the run. A torn write after a power cut looks the same.",
    )
    RENAMED = (
        "RE102", Weight.DIFFERS, "A record was renamed",
        "Ask who renamed it; its own content says which name belongs to it.",
    )
    REMOVED = (
        "RE103", Weight.DIFFERS, "A record is missing from the chain",
        "Get it from the machine of the run, or from whoever removed it.",
    )
    ALTERED = (
        "RE104", Weight.DIFFERS, "A record was altered after the next one had been started",
        "Ask who altered it, and compare with the admin audit log.",
    )
    REORDERED = (
        "RE105", Weight.DIFFERS, "The records are not in the order in which they were made",
        "Ask who changed names or times, or whether the clock of that machine was set back.",
    )
    FORKED = (
        "RE106", Weight.DIFFERS, "The chain forks",
        "Ask whether two people ran scripts at once, whether two folders were put together, or what was put in.",
    )
    FOREIGN = (
        "RE107", Weight.DIFFERS, "A record belongs to another bundle",
        "Take it to the folder of its own bundle; nothing of it was counted here.",
    )
    UNRECORDED = (
        "RE108", Weight.DIFFERS, "Something was made by this bundle, and no record tells of it",
        "Bring together the records of all machines and folders from which these scripts were run.",
    )
    UNPROVEN = (
        "RE109", Weight.DIFFERS, "The chain has a gap",
        "Ask why the record could not be read then; whether it was altered since is not to be seen.",
    )
    UNPLANNED = (
        "RE201", Weight.DIFFERS, "Done without having been planned",
        "No script does this. Compare with the admin audit log, and ask who ran what.",
    )
    UNDONE = (
        "RE202", Weight.DIFFERS, "Said to be applied, but part of the plan was not done",
        "No script does this. Compare with the admin audit log.",
    )
    UNSEEN = (
        "RE203", Weight.DIFFERS, "Done, but not seen when it was read back",
        "Run the step again without -Apply, and see what is there now.",
    )
    NOT_KEPT = (
        "RE204", Weight.DIFFERS, "What was seen is not what the bundle makes",
        "Run 60-Confirm-Access.ps1; if the right reaches too far, run 90-Remove-Access.ps1.",
    )
    CONTRADICTORY = (
        "RE205", Weight.DIFFERS, "A record contradicts itself",
        "No script writes this. Compare with the admin audit log, and ask who wrote it.",
    )
    MISPLACED = (
        "RE206", Weight.DIFFERS, "The runs were made in different organisations",
        "Find out which one was meant, and take the right away in the other.",
    )
    OVERREACHES = (
        "RE207", Weight.DIFFERS, "The service account holds another grant beside those of the bundle",
        "Find out who gave it and for what; take it away, or have it approved as well, then run the script that named it again.",
    )
    SHARED = (
        "RE208", Weight.DIFFERS, "Another assignment uses a scope of this bundle",
        "Find out whose it is and for what; take it away by hand if nobody needs it, then run the script that named it again.",
    )
    RIGHT_STAYS = (
        "RE209", Weight.DIFFERS, "A right of this bundle's name, held by another account, stays",
        "Look who that is; if the right is not wanted, take it away by hand, then run 90-Remove-Access.ps1 again.",
    )
    STRANGER = (
        "RE210", Weight.DIFFERS, "A mailbox that is not of this bundle stays in a list that stays",
        "Whoever may act as the members of that list reaches it: take the member out, or remove the list by hand.",
    )
    WIDENS = (
        "RE211", Weight.DIFFERS, "The service account can widen its own scope",
        "Give the lists another owner, then run the script that named it again.",
    )
    ACCOUNT = (
        "RE212", Weight.DIFFERS, "The service account is not what it should be",
        "Mend what the record warns of, then run the script that named it again.",
    )
    REASSIGNED = (
        "RE213", Weight.DIFFERS, "An assignment of this bundle's name changed hands",
        "Look who holds it now. If that is the same account, only moved or renamed, run 90-Remove-Access.ps1 and grant it anew.",
    )
    BESIDE_ALTERED = (
        "RE214", Weight.DIFFERS, "A script ran beside a file that is not the bundle's, or was altered",
        "Find out who put or changed it, and what it did; then run that script again, from the bundle that was approved.",
    )
    FAILED = (
        "RE301", Weight.DIFFERS, "The last run of a step stopped",
        "Mend the cause that it names, run the script again without -Apply, read the plan, apply it.",
    )
    UNDONE_SINCE = (
        "RE302", Weight.DIFFERS, "A finished step finds work again",
        "Somebody changed something since. Find out who, then apply the new plan.",
    )
    INTERRUPTED = (
        "RE401", Weight.UNFINISHED, "A step was interrupted and not completed",
        "Run the script again without -Apply, read the plan, apply it.",
    )
    PLANNED = (
        "RE402", Weight.UNFINISHED, "A step is planned, but not applied",
        "Run the script with -Apply.",
    )
    MISSING = (
        "RE403", Weight.UNFINISHED, "A step has not been run",
        "Run the script without -Apply first.",
    )
    STALE = (
        "RE404", Weight.UNFINISHED, "The confirmation is older than the last change",
        "Run 60-Confirm-Access.ps1 again.",
    )
    UNCOMPARED = (
        "RE405", Weight.UNFINISHED, "The way back could not compare what the bundle made, and left it",
        "Mend what the record warns of, then run 90-Remove-Access.ps1 again without -Apply.",
    )
    STAYS = (
        "RE406", Weight.UNFINISHED, "Something stays after the way back",
        "The record of step 90 says why; remove it by hand if nobody needs it, then run 90-Remove-Access.ps1 again.",
    )
    UNREAD = (
        "RE407", Weight.UNFINISHED, "A script could not read something that it looked for",
        "Mend what the record warns of, then run the script again.",
    )
    SETTLED = (
        "RE501", Weight.NOTICE, "A run did not end well, and a later one of its step followed",
        "Nothing.",
    )
    CHANGED = (
        "RE502", Weight.NOTICE, "Something changed between two runs",
        "If nobody knows of it, look for it in the admin audit log.",
    )
    FOUND = (
        "RE503", Weight.NOTICE, "Something was there before the first record",
        "Nothing, if an earlier bundle of this name made it.",
    )
    WARNED = (
        "RE504", Weight.NOTICE, "A script warned",
        "Read it; the script went on all the same.",
    )
    CONTROLLERS = (
        "RE505", Weight.NOTICE, "The runs asked different domain controllers",
        "Keep to one with -DomainController; another one may lag behind.",
    )
    OVERLAPS = (
        "RE506", Weight.NOTICE, "Two runs overlap in time",
        "Ask whether two people ran scripts at once, or a clock was set back.",
    )
    BESIDE = (
        "RE508", Weight.NOTICE, "Something else stands in the folder",
        "Nothing; it is no record and was not looked at.",
    )


@dataclass(frozen=True, slots=True)
class RecordFinding:
    """One thing that the records show."""

    kind: FindingKind
    file: str
    """The record that shows it; empty where the folder as a whole does."""

    text: str
    items: tuple[str, ...] = ()
    """The changes, or the objects, that are meant, in words for people."""


def listed(kind: FindingKind, file: str, text: str, items: Sequence[str]) -> Iterator[RecordFinding]:
    """One finding over these items; none where there are none."""
    if items:
        yield RecordFinding(kind, file, f"{text}: {len(items)}", tuple(items))
