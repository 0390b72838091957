"""Every single condition of a module, taken out one at a time. Pure: source in, mutants out.

A mutant is the module with one thing changed: a condition held true or held false, one deed left out, one
``filter`` or lock of a query left out, one handler of an exception, one decorator that opens a transaction,
one fact that the gate would no longer re-read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from types import CodeType

#: a class whose arguments are what is re-read, and for each what would look harmless
Facts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function with one thing changed. ``code`` is its new code; None stands for "without its decorator"."""

    function: str
    line: int
    what: str
    code: CodeType | None

    @property
    def key(self) -> tuple[str, str]:
        """Return what names it as long as the code it changes stays as it is: no line number."""
        return self.function, self.what


def mutants(source: str, only: frozenset[str] = frozenset(), facts: Facts | None = None) -> list[Mutant]:
    """Return every mutant of every function in a module, or of those named in ``only``."""
    tree = ast.parse(source)
    found: list[Mutant] = []
    for name, function in _functions(tree):
        if only and name not in only:
            continue
        found += [
            Mutant(name, function.lineno, f"no transaction: @{ast.unparse(decorator)}", None)
            for decorator in function.decorator_list
            if ast.unparse(decorator) == "transaction.atomic"
        ]
        for body in function.body:
            found += _within(tree, name, body, facts or {})
        found += _statements(tree, name, function)
    return sorted(found, key=lambda mutant: mutant.line)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield functions and methods with their qualified names; what is inside a function belongs to it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def _within(tree: ast.Module, name: str, top: ast.stmt, facts: Facts) -> Iterator[Mutant]:
    """Yield what changes an expression, or the way a statement is entered."""
    for parent in ast.walk(top):
        for holder, slot, child in _slots(parent):
            for what, new in _changes(parent, child, facts):
                yield _made(tree, name, child, what, (holder, slot, new))


def _statements(tree: ast.Module, name: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    """Yield the function without one of its deeds."""
    for parent in ast.walk(function):
        for holder, slot, child in _slots(parent):
            if _is_deed(child):
                words = f"left out: {_short(child)}"
                yield _made(tree, name, child, words, (holder, slot, ast.Pass()))


def _is_deed(node: ast.AST) -> bool:
    """Return whether a statement does something by itself. Words of documentation and log lines do not."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call) and not ast.unparse(node.value).startswith("log.")
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Attribute)
    return isinstance(node, ast.AugAssign)


def _changes(parent: ast.AST, child: ast.AST, facts: Facts) -> Iterator[tuple[str, ast.AST]]:
    if _is_condition(parent, child):
        yield f"always: {_short(child)}", ast.Constant(True)
        yield f"never: {_short(child)}", ast.Constant(False)
    match child:
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Div()):
            yield f"without {_short(child.right)}: {_short(child)}", child.left
            if isinstance(child.op, ast.Add):
                yield f"without {_short(child.left)}: {_short(child)}", child.right
        case ast.Call(func=ast.Attribute(attr="filter" | "exclude")):
            for keyword in child.keywords:
                less = copy(child)
                less.keywords = [other for other in child.keywords if other is not keyword]
                yield f"no filter: {_short(keyword)}", less
        case ast.Call(func=ast.Attribute(attr="select_for_update", value=query)):
            yield "no lock", ast.Call(ast.Attribute(query, "all", ast.Load()), [], [])
        case ast.Call(func=ast.Name(id=called)) if called in facts:
            for keyword in child.keywords:
                blind = copy(child)
                harmless = ast.parse(facts[called][str(keyword.arg)], mode="eval").body
                blind.keywords = [k if k is not keyword else _with(k, harmless) for k in child.keywords]
                yield f"blind to {keyword.arg}", blind
        case ast.ExceptHandler(type=ast.expr() as caught):
            deaf = copy(child)
            deaf.type = ast.Tuple([], ast.Load())
            yield f"not caught: {_short(caught)}", deaf
        case ast.With():
            yield f"without {_short(child.items[0])}", ast.If(ast.Constant(True), child.body, [])


def _with(keyword: ast.keyword, value: ast.expr) -> ast.keyword:
    return ast.keyword(keyword.arg, value)


def _is_condition(parent: ast.AST, child: ast.AST) -> bool:
    if isinstance(child, ast.BoolOp):
        return False  # each of its parts is a condition
    match parent:
        case ast.If(test=test) | ast.IfExp(test=test):
            return child is test
        case ast.BoolOp():
            return isinstance(child, ast.expr)
        case ast.comprehension():
            return any(child is test for test in parent.ifs)
    return isinstance(child, ast.Compare)


def _slots(parent: ast.AST) -> Iterator[tuple[object, str | int, ast.AST]]:
    """Yield every child of a node with the place it sits in: a list and a number, or the node and a field."""
    for field, value in ast.iter_fields(parent):
        if isinstance(value, list):
            yield from ((value, i, item) for i, item in enumerate(value) if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST):
            yield parent, field, value


def _made(
    tree: ast.Module, name: str, child: ast.AST, what: str, edit: tuple[object, str | int, ast.AST]
) -> Mutant:
    holder, slot, new = edit
    _put(holder, slot, new)
    try:
        whole = compile(ast.fix_missing_locations(tree), f"<{name}: {what}>", "exec", dont_inherit=True)
    finally:
        _put(holder, slot, child)
    return Mutant(name, getattr(child, "lineno", 0), what, _find(whole, name))


def _put(holder: object, slot: str | int, node: ast.AST) -> None:
    if isinstance(slot, int):
        holder[slot] = node  # type: ignore[index]
    else:
        setattr(holder, slot, node)


def _find(code: CodeType, name: str) -> CodeType:
    """Return the code of a function by its qualified name."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == name:
                return constant
            if name.startswith(f"{constant.co_qualname}."):
                return _find(constant, name)
    raise LookupError(name)


def _short(node: ast.AST) -> str:
    words = " ".join(ast.unparse(node).split())
    return words if len(words) <= 70 else f"{words[:69]}…"
