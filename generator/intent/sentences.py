"""What pydantic found, as sentences for the person who wrote the file."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from roomscope.generator.common.text import shown

_BARE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RIGHT = {
    "string_type": "is {value}, which is not a text; put it in quotes",
    "int_type": "is {value}, which is not a whole number; write it without quotes",
    "bool_type": "is {value}, which is neither true nor false; write one of them without quotes",
    "tuple_type": 'is {value}, which is not a list; write ["…"]',
    "model_type": "is {value}, which is not a table; write [{key}] on a line of its own and its keys below",
    "literal_error": "is {value}; use {expected}",
    "value_error": "is {value}: it {error}",
    "missing": "is missing",
}


def sentences(error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    """One sentence for each key that is wrong: where, what is there, what would be right."""
    for detail in error.errors(include_url=False):
        if detail["loc"]:
            yield _unknown(detail, model) if detail["type"] == "extra_forbidden" else _sentence(detail)


def _sentence(detail: ErrorDetails) -> str:
    pattern = _RIGHT.get(detail["type"], "is {value}: {message}")
    key = key_of(detail["loc"])
    context = {"expected": "", "error": "", **detail.get("ctx", {})}
    text = pattern.format(value=shown(detail["input"]), key=key, message=detail["msg"], **context)
    return f"{key} {text}."


def _unknown(detail: ErrorDetails, model: type[BaseModel]) -> str:
    *tables, wrong = detail["loc"]
    known = _known(tables, model)
    return f"{key_of(detail['loc'])} is not known. {_cure(str(wrong), known, model)}"


def _cure(wrong: str, known: tuple[str, ...], model: type[BaseModel]) -> str:
    if near := get_close_matches(wrong, known, n=1):
        return f"Did you mean {near[0]}?"
    homes = (table for table in _known([], model) if wrong in _known([table], model))
    if home := next(homes, None):
        return f"It belongs below [{home}]."
    return f"Known here: {', '.join(known)}."


def _known(tables: list[int | str], model: type[BaseModel]) -> tuple[str, ...]:
    for table in tables:
        fields = (field for field in model.model_fields.values() if field.alias == table)
        model = next(part for field in fields for part in (field.annotation, *get_args(field.annotation)) if _is_model(part))
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _is_model(part: object) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def key_of(location: tuple[int | str, ...]) -> str:
    """A key as a person would write it, whatever stands in it."""
    return "".join(map(_part, location)).removeprefix(".")


def _part(part: int | str) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _BARE.fullmatch(part) else f".{shown(part)}"
