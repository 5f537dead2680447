"""Which scopes and role assignments cover the lists."""

from collections.abc import Iterator

from roomscope.generator.intent.config import Config
from roomscope.generator.plan.filling import numbered
from roomscope.generator.plan.plan import Grant, RoomList


def grants_over(lists: tuple[RoomList, ...], config: Config) -> Iterator[Grant]:
    """Grants that cover every list exactly once, so many lists to a scope."""
    scope = config.names.scope or f"{config.bundle.name} scope"
    assignment = config.names.assignment or f"{config.bundle.name} assignment"
    size = config.names.lists_per_scope
    for number, start in enumerate(range(0, len(lists), size), start=1):
        covered = tuple(one.address for one in lists[start : start + size])
        yield Grant(scope=numbered(scope, number, " "), assignment=numbered(assignment, number, " "), lists=covered)
