"""Which variables a place in a script can mean, and what sets them."""

from roomscope.generator.script.tree import Node, Path

TOP = -1
"""Where a script is not in a function."""


def function_of(path: Path) -> int:
    """The function around a place, by its offset."""
    return next((one.start for one in path if one.kind == "function_statement"), TOP)


def is_set_by(around: Node, node: Node) -> bool:
    """Whether a variable is set by the loop or the parameter around it."""
    if around.kind == "foreach_statement":
        return all(one.kind != "in" or one.start > node.start for one in around.children)
    return around.kind == "script_parameter"
