"""The gate: the condition that keeps a call from running without -Apply."""

from roomscope.generator.script.tree import Node, Path

APART = frozenset({"function_statement", "script_block_expression"})
"""What stands inside runs where it is called, not where it stands."""


def gate(path: Path) -> Node | None:
    """The condition of the nearest gate around a node, by structure."""
    for around, inner in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
        if around.kind == "if_statement" and inner.kind == "statement_block" and _opens(around.children[2]):
            return around.children[2]
    return None


def is_gated(path: Path) -> bool:
    """Whether a call can only be reached with -Apply."""
    return gate(path) is not None and not any(one.kind in APART for one in path)


def _opens(condition: Node) -> bool:
    """Whether a condition holds only if $Apply does."""
    if condition.kind == "variable":
        return condition.text == "$Apply"
    if condition.kind == "logical_expression" and condition.children[1].text == "-and":
        return _opens(condition.children[0]) or _opens(condition.children[2])
    return False
