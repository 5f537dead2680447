"""Holds a script to the rules of its step; what is not understood is refused."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from textwrap import fill

from roomscope.generator.audit.finding import Finding
from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.audit.rules import calls as rules_calls
from roomscope.generator.audit.rules import frame as rules_frame
from roomscope.generator.audit.rules import gate as rules_gate
from roomscope.generator.audit.rules import language as rules_language
from roomscope.generator.audit.rules import tables as rules_tables
from roomscope.generator.audit.rules import text as rules_text
from roomscope.generator.audit.rules import variables as rules_variables
from roomscope.generator.audit.rules import ways as rules_ways
from roomscope.generator.common.errors import GeneratorError
from roomscope.generator.delivery import rules as rules_delivery
from roomscope.generator.products.product import AllowList, Product
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.script import Place, Script, ScriptError

_ROOMS = (rules_calls, rules_language, rules_variables, rules_tables, rules_frame, rules_gate, rules_ways)
RULES: tuple[Rule, ...] = tuple(
    sorted(chain(rules_text.RULES, rules_delivery.RULES, *(room.RULES for room in _ROOMS)), key=attrgetter("id"))
)
CHECKS: tuple[Check, ...] = tuple(chain.from_iterable(room.CHECKS for room in _ROOMS))
_BY_ID = {rule.id: rule for rule in RULES}


@lru_cache(maxsize=64)
def audit_script(name: str, data: bytes, product: Product, number: int) -> tuple[Finding, ...]:
    """Every finding on the bytes of the script of a step, in the order of the text."""
    return tuple(sorted(_findings(name, data, product.allowed(number))))


def audit_text(name: str, text: str, rules: AllowList) -> tuple[Finding, ...]:
    """Every finding on a script that is not encoded yet."""
    try:
        script = Script.read(text)
    except ScriptError as error:
        return tuple(sorted(_finding(name, place, fault) for place, fault in error.faults))
    return tuple(sorted(_held(name, script, rules)))


def rule(rule_id: str) -> Rule:
    """The rule with an id."""
    found = _BY_ID.get(rule_id.upper())
    if found is None:
        message = f"There is no rule {rule_id!r}. The rules are {', '.join(_BY_ID)}."
        raise GeneratorError(message)
    return found


def explain(rule_id: str) -> str:
    """A page about one rule."""
    one = rule(rule_id)
    return (
        f"{one.id}  {one.title}\n\n{fill(one.why, _WIDTH)}\n\nRefused:\n\n{_indented(one.bad)}\n\n"
        f"Accepted:\n\n{_indented(one.good)}\n\n{fill('What to do: ' + one.cure, _WIDTH)}\n"
    )


_WIDTH = 100


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _findings(name: str, data: bytes, rules: AllowList) -> Iterator[Finding]:
    try:
        script = Script.parse(data)
    except ScriptError as error:
        yield from (_finding(name, place, fault) for place, fault in error.faults)
        return
    yield from _held(name, script, rules)


def _held(name: str, script: Script, rules: AllowList) -> Iterator[Finding]:
    subject = Subject(Reading.of(script), rules)
    for check in CHECKS:
        for fault in check(subject):
            yield _finding(name, script.place(fault.offset), fault)


def _finding(name: str, place: Place, fault: Fault) -> Finding:
    return Finding(name, place.line, place.column, fault.rule, fault.message, rule(fault.rule).cure)
