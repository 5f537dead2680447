"""What of an answer is kept: a short beginning of each text, without the credential that a server may have said back."""

import sys
from dataclasses import fields, replace
from typing import TypeVar

from roomscope.verify.common.secrets import masked
from roomscope.verify.judge.answer import Answer

_KEPT = 400
"""Characters; more is never shown, and the same may come for every mailbox."""


_Kind = TypeVar("_Kind", bound=Answer)


def clean(answer: _Kind) -> _Kind:
    """The same answer, fit to be kept."""
    texts = {each.name: value for each in fields(answer) if isinstance(value := getattr(answer, each.name), str)}
    changed = {name: short for name, text in texts.items() if (short := _short(text)) is not text}
    return replace(answer, **changed) if changed else answer  # type: ignore[arg-type]  # texts for texts


def _short(text: str) -> str:
    found = masked(text)
    # A part of a secret could be left where it was cut off, so nothing is cut before this.
    return text if found == text and len(text) <= _KEPT else sys.intern(found[:_KEPT])
