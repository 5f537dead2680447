"""Every rule of the audit, on scripts and on deliveries, with a page about each."""

from operator import attrgetter
from textwrap import fill

from roomscope.generator.audit import check
from roomscope.generator.audit.rule import Rule
from roomscope.generator.common.errors import GeneratorError
from roomscope.generator.delivery import rules

RULES: tuple[Rule, ...] = tuple(sorted((*check.RULES, *rules.RULES), key=attrgetter("id")))

_BY_ID = {rule.id: rule for rule in RULES}
_WIDTH = 100


def explain(rule_id: str) -> str:
    """A page about one rule.

    Raises:
        GeneratorError: There is no such rule.
    """
    one = _BY_ID.get(rule_id.upper())
    if one is None:
        raise GeneratorError(f"There is no rule, cause or finding {rule_id!r}. `roomscope explain` lists all that there are.")
    return (
        f"{one.id}  {one.title}\n\n{fill(one.why, _WIDTH)}\n\nRefused:\n\n{_indented(one.bad)}\n\n"
        f"Accepted:\n\n{_indented(one.good)}\n\n{fill('What to do: ' + one.cure, _WIDTH)}\n"
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
