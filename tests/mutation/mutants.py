"""Mutants: a module with one small fault each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@attrs.frozen
class Mutant:
    """A module with one fault.

    Attributes:
        path: the path of the module.
        line: the line of the fault.
        before: the code that was changed.
        after: what it was changed to.
        source: the whole module with the fault.
    """

    path: Path
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}\n  - {self.before}\n  + {self.after}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Make every mutant of a module, in the order of its code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assertions = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "strict"
    }
    for number, node in enumerate(ast.walk(tree)):
        for changed in () if id(node) in assertions else _changes(node):
            mutated = copy.deepcopy(tree)
            target = list(ast.walk(mutated))[number]
            source = ast.unparse(ast.fix_missing_locations(_Replacing(target, changed).visit(mutated)))
            before, after = (ast.unparse(one).splitlines()[0] for one in (node, changed))
            yield Mutant(path, node.lineno, before, after, source)  # type: ignore[attr-defined]


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What a node may be changed to."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(node.left, [_COMPARISONS[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS and not _is_a_type(node):
        yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield from _with_another_test(node)
    elif isinstance(node, ast.Constant) and type(node.value) in (bool, int):
        yield ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_as_false_as_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Expr | ast.AugAssign) and not _is_a_docstring(node):
        yield ast.Pass()


def _with_another_test(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call) and "TYPE_CHECKING" not in ast.dump(
        node.test
    ):
        changed = copy.deepcopy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed


def _is_a_type(node: ast.BinOp) -> bool:
    """Whether it is a union of types, which is no operation."""
    return any(_is_none(one) or isinstance(one, ast.Subscript) for one in (node.left, node.right)) or (
        isinstance(node.op, ast.BitOr) and all(isinstance(one, ast.Name) for one in (node.left, node.right))
    )


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_as_false_as_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, False)


def _is_a_docstring(node: ast.Expr | ast.AugAssign) -> bool:
    """Whether it is a docstring, or the body of a protocol's method."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Yield)


class _Replacing(ast.NodeTransformer):
    def __init__(self, target: ast.AST, changed: ast.AST) -> None:
        self._target = target
        self._changed = changed

    def visit(self, node: ast.AST) -> ast.AST:
        return self._changed if node is self._target else self.generic_visit(node)
