"""The lines of a journal: what one question brought, as JSON and back."""

import json
from typing import Any, get_args

from pydantic import ConfigDict, TypeAdapter

from roomscope.verify.judge.answer import Answer
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.question import Question

_STRICT = ConfigDict(extra="forbid")
_ANSWERS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Answer)}
_QUESTION = TypeAdapter(Question)

_MOST_ATTEMPTS = 1000
"""More than any question is put."""


class LineError(ValueError):
    """It is no line of a journal."""


def line_of(asked: Asked) -> bytes:
    """One line; what it means is not kept, because that follows from the answer."""
    question, answer = asked.question, asked.answer
    kind = type(answer).__name__
    told = {"question": _fields(_QUESTION, question), "attempts": asked.attempts, kind: _fields(_ANSWERS[kind], answer)}
    return (json.dumps(told, ensure_ascii=True, separators=(",", ":")) + "\n").encode()


def read_line(line: bytes) -> Asked:
    """What this line says."""
    try:
        told = json.loads(line)
        question, attempts = _QUESTION.validate_python(told.pop("question")), told.pop("attempts")
        ((kind, fields),) = told.items()
        answer = _ANSWERS[kind].validate_python(fields)
        if type(attempts) is not int or not 1 <= attempts <= _MOST_ATTEMPTS:
            raise LineError("attempts")
        return Asked(question, answer, learn(answer), attempts)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise LineError(type(error).__name__) from None


def _fields(adapter: TypeAdapter[Any], value: object) -> Any:
    return adapter.dump_python(value, mode="json", exclude_defaults=True)
