"""What no layout could see to is left to black, one statement at a time.

Black takes longer for a file than all the rest of a run for a whole package. Layouts fit by
construction, save for long names, so black only gets the statements that hold a line too long.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from engross.cache import Memo
from engross.layout import WIDTH, width

_UNBREAKABLE = re.compile(
    r"""
    \s*
    (?: (?: \w+\ ?=\ ? | "[^"]*":\ | [!=]=\ )?  # an argument, an item or an operand, which is
        [bf]? "(?:[^"\\]|\\.)*"                  # nothing but a string
    |   (?: (?:async\ )?def\ | class\ | return\ | if\ (?:not\ )? | lambda\ \w+:\ | \)\ ->\ | \|\ |
            [\w.]+\ ?=\ ? | \w+:\ | "[^"]*":\ )?
        [\w.]+ (?: \(\) | [(\[:] )?              # or nothing but a name
    ) ,?
    """,
    re.VERBOSE,
)
"""A line that black leaves as it is."""

_ENCLOSING = "class _:\n"
"""Stands for the class around a method, so that black sees how far it is indented."""

_BETWEEN = "\n\n\n"
"""What stands between functions and classes of a module."""

Block = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def formatted(source: str, memo: Memo | None = None) -> str:
    """Return a module as black would print it, given that short lines are printed so."""
    if not any(map(_is_too_long, source.splitlines())):
        return source
    memo = Memo() if memo is None else memo
    try:
        return _BETWEEN.join(
            (
                memo.result(_formatted, piece)
                if any(map(_is_too_long, piece.split("\n")))
                else piece
            )
            for piece in source.split(_BETWEEN)
        )
    except SyntaxError:  # what stands between statements may stand in a string as well
        return _formatted(source)


def _formatted(source: str) -> str:
    """The same for some statements of a module."""
    lines = [f"{line}\n" for line in source.split("\n")]
    long = {number for number, line in enumerate(lines, 1) if _is_too_long(line)}
    if not long:
        return source
    import black  # noqa: PLC0415 - takes a while to load, and is seldom needed

    mode = black.Mode()
    parts: list[str] = []
    end = 0
    for statement, is_method in _to_format(ast.parse(source).body, long):
        start = _first_line(statement) - 1
        parts += lines[end:start]
        end = statement.end_lineno or start + 1
        text = "".join(lines[start:end])
        if is_method:
            text = black.format_str(_ENCLOSING + text, mode=mode)
            parts.append(text.removeprefix(_ENCLOSING))
        else:
            parts.append(black.format_str(text, mode=mode))
    return "".join([*parts, *lines[end:]]).removesuffix("\n")


def _is_too_long(line: str) -> bool:
    if len(line) <= WIDTH / 2:
        return False
    line = line.rstrip("\n")
    return width(line) > WIDTH and not _UNBREAKABLE.fullmatch(line)


def _to_format(
    statements: Sequence[ast.stmt], long: set[int], *, is_method: bool = False
) -> Iterator[tuple[ast.stmt, bool]]:
    """The smallest statements that hold a long line, and whether they stand in a class."""
    for statement in statements:
        last = statement.end_lineno or statement.lineno
        held = long.intersection(range(_first_line(statement), last + 1))
        if not held or _is_string(statement):
            continue
        body = statement.body if isinstance(statement, Block) else []
        if body and isinstance(statement, ast.ClassDef) and not is_method:
            if min(held) >= _first_line(body[0]):
                yield from _to_format(body, long, is_method=True)
                continue
        elif body and _is_string(body[0]):
            # The words of a docstring are ours to wrap.
            held.difference_update(
                range(body[0].lineno, (body[0].end_lineno or body[0].lineno) + 1)
            )
        if held:
            yield statement, is_method


def _first_line(statement: ast.stmt) -> int:
    """The line on which a statement starts, its decorators included."""
    decorators = statement.decorator_list if isinstance(statement, Block) else []
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _is_string(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
