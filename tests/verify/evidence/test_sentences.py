"""Sentences of a record are for people: they are shown, and nothing is decided by them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SENTENCES = {"text", "error", "differences"}
SHOWING = {"RecordFinding", "Change", "RunLine", "FindingLine", "listed", "join", "append"}
MODULES = sorted((Path(__file__).parents[3] / "verify" / "evidence").glob("*.py"))


def looked_into(source: str) -> Iterator[str]:
    """Each place where a sentence is more than shown, or asked for being there at all."""
    tree = ast.parse(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SENTENCES and not _is_shown(node, parents):
            yield f"{node.lineno}: {ast.unparse(parents[node])}"
        if isinstance(node, ast.MatchClass) and SENTENCES.intersection(node.kwd_attrs):
            yield f"{node.lineno}: {ast.unparse(node)}"


def _is_shown(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents[node]
    match parent:
        case ast.FormattedValue():
            return True
        case ast.BoolOp() | ast.IfExp():  # whether there is one, and a word where there is none
            asked = isinstance(parent, ast.IfExp) and parent.test is node
            return asked or isinstance(parents[parent], ast.If) or _is_shown(parent, parents)
        case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt):
            return elt is node
        case ast.Call(args=args) if node in args:
            return _is_shown_by(parent)
    return isinstance(parent, ast.keyword) and _is_shown_by(parents[parent])


def _is_shown_by(call: ast.AST) -> bool:
    if not isinstance(call, ast.Call):
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in SHOWING


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_sentence_is_looked_into(module: Path) -> None:
    assert list(looked_into(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "if 'another grant' in warning.text: pass",
        "found = warning.text.lower()",
        "re.search('stays', record.error)",
        "same = plan.text == action.text",
        "if thing.differences == (): pass",
        "words = warning.text",
        "known = {planned.text: planned for planned in plan}",
        "first = thing.differences[0]",
        "match warning:\n    case ScriptWarning(text='a'): pass",
        "for word in thing.differences: pass",
        "lines = [warning for warning in warnings if warning.text]",
    ],
)
def test_looking_into_a_sentence_is_noticed(source: str) -> None:
    assert list(looked_into(source))
