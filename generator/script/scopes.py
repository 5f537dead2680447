"""Which variables a place in a script can mean, and what sets them."""

from roomscope.generator.script.tree import Node, Path

TOP = -1
"""Where a script is not in a function."""


def function_of(path: Path) -> int:
    """The function around a place, by its offset."""
    return next((one.start for one in path if one.kind == "function_statement"), TOP)


def moment(path: Path, offset: int) -> tuple[int, int]:
    """When a place runs, compared with others: parameters first, then `begin`, then `end`, whatever stands first."""
    block = next((one for one in path if one.kind == "named_block"), None)
    return (0 if block is None else ("begin", "end").index(block.children[0].text) + 1), offset


def is_set_by(around: Node, node: Node) -> bool:
    """Whether a variable is set by the loop or the parameter around it."""
    if around.kind == "foreach_statement":
        return all(one.kind != "in" or one.start > node.start for one in around.children)
    return around.kind == "script_parameter"


def parameters(function: Node) -> tuple[Node, ...]:
    """The variables of a function's parameters, in order."""
    script = function.first("script_block")
    block = None if script is None else script.first("param_block")
    listed = None if block is None else block.first("parameter_list")
    given = () if listed is None else listed.named("script_parameter")
    return tuple(variable for one in given if (variable := one.first("variable")) is not None)
