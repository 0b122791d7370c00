"""What no layout could see to is left to black, one statement at a time.

Black takes longer for a file than all the rest of a run for a whole package. Layouts fit by
construction, save for long names, so black only gets the statements that hold a line too long.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from engross.cache import Memo
from engross.layout import WIDTH, width

_UNBREAKABLE = re.compile(
    r"""
    \s*
    (?: (?: \w+\ ?=\ ? | "[^"]*":\ | [!=]=\ )?  # an argument, an item or an operand, which is
        [bfr]? (?: "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' )  # nothing but a string
    |   (?: (?:async\ )?def\ | class\ | return\ | if\ (?:not\ )? | lambda\ \w+:\ | \)\ ->\ | \|\ |
            [\w.]+\ ?=\ ? | \w+:\ | "[^"]*":\ )?
        [\w.]+ (?: \(\) | [(\[:] )?              # or nothing but a name
    |   \w+\ =\ \(                               # or the start of an assignment
    |   from\ [\w.]+\ import\ \*\ \ \#.*          # or an import with comments
    ) ,?
    """,
    re.VERBOSE,
)
"""A line that black leaves as it is."""

_BETWEEN = "\n\n\n"
_END = re.compile(rf"{_BETWEEN}(?=\S)")
"""What stands between functions and classes of a module, and the end of one."""

_SURELY_SHORT = WIDTH // 2
"""Characters of a line that takes no more than its width, however wide they are."""

Block = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def pieces(source: str) -> list[str]:
    """Return the functions and classes of a module, and what is between them.

    They may end within a string that says what looks like the end of one.
    """
    return _END.split(source)


def formatted(source: str, memo: Memo | None = None) -> str:
    """Return a module as black would print it, given that short lines are printed so."""
    if not _has_long_line(source.splitlines()):
        return source
    memo = Memo() if memo is None else memo
    try:
        return _BETWEEN.join(
            [
                (
                    memo.result(_formatted, piece)
                    if _has_long_line(piece.split("\n"))
                    else piece
                )
                for piece in pieces(source)
            ]
        )
    except SyntaxError:  # what stands between statements may stand in a string as well
        return _formatted(source)


def _formatted(source: str) -> str:
    """The same for some statements of a module."""
    lines = [f"{line}\n" for line in source.split("\n")]
    long = {number for number, line in enumerate(lines, 1) if _is_too_long(line)}
    if not long:
        return source
    parts: list[str] = []
    end = 0
    for piece in _to_format(ast.parse(source).body, long, lines):
        parts += lines[end : piece.first - 1]
        end = piece.last
        text = "".join([piece.before, *lines[piece.first - 1 : end], piece.after])
        text = _by_black(text)
        parts.append(text.removeprefix(piece.before).removesuffix(piece.after))
    return "".join([*parts, *lines[end:]]).removesuffix("\n")


def _by_black(text: str) -> str:
    import black  # noqa: PLC0415 - takes a while to load, and is seldom needed

    return black.format_str(text, mode=black.Mode())


class _Piece(NamedTuple):
    """Lines that black formats by themselves, with what stands for the lines around them."""

    first: int
    last: int
    before: str = ""
    after: str = ""


def _has_long_line(lines: Iterable[str]) -> bool:
    # Most lines are so short that no call is worth it.
    return any(_is_too_long(line) for line in lines if len(line) > _SURELY_SHORT)


def _is_too_long(line: str) -> bool:
    if len(line) <= (WIDTH if line.isascii() else _SURELY_SHORT):
        return False
    line = line.rstrip("\n")
    return width(line) > WIDTH and not _UNBREAKABLE.fullmatch(line)


def _to_format(
    statements: Sequence[ast.stmt],
    long: set[int],
    lines: Sequence[str],
    *,
    around: str = "",
) -> Iterator[_Piece]:
    """Yield the smallest statements, and items of long lists, that hold a long line."""
    for statement in statements:
        last = statement.end_lineno or statement.lineno
        held = long.intersection(range(_first_line(statement), last + 1))
        if not held or _is_string(statement):
            continue
        body = statement.body if isinstance(statement, Block) else []
        if body and isinstance(statement, ast.ClassDef) and not around:
            if min(held) >= _first_line(body[0]):
                yield from _to_format(body, long, lines, around="class _:\n")
                continue
        elif body and _is_string(body[0]):
            # The words of a docstring are ours to wrap.
            held.difference_update(
                range(body[0].lineno, (body[0].end_lineno or body[0].lineno) + 1)
            )
        if held:
            items = None if around else _items(statement, held, lines)
            if items is None:
                yield _Piece(_first_line(statement), last, around)
            else:
                yield from items


def _items(
    statement: ast.stmt, held: set[int], lines: Sequence[str]
) -> list[_Piece] | None:
    """Return the items of a list that hold all long lines; None if there is no such list."""
    values: list[ast.expr | None] = []
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        values = [statement.value]
    elif isinstance(statement, Block):
        calls = (
            each for each in statement.decorator_list if isinstance(each, ast.Call)
        )
        values = [argument for call in calls for argument in call.args]
    for value in values:
        if isinstance(value, ast.List):
            found = [
                item
                for item in value.elts
                if held.intersection(range(item.lineno, (item.end_lineno or 0) + 1))
            ]
            pieces = [_item(item, lines) for item in found]
            whole = [piece for piece in pieces if piece is not None]
            left = held.difference(
                *(range(each.first, each.last + 1) for each in whole)
            )
            if len(whole) == len(pieces) and not left:
                return whole
    return None


def _item(item: ast.expr, lines: Sequence[str]) -> _Piece | None:
    """Return the lines of an item that has them for itself."""
    first, last = item.lineno, item.end_lineno or item.lineno
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip())
    if item.col_offset != indent or lines[last - 1][item.end_col_offset :] != ",\n":
        return None
    levels = range(0, indent - 4, 4)
    heads = "".join(f"{' ' * level}if _:\n" for level in levels)
    pad = " " * (indent - 4)
    return _Piece(first, last, f"{heads}{pad}_ = [\n", f"{pad}]\n")


def _first_line(statement: ast.stmt) -> int:
    """The line on which a statement starts, its decorators included."""
    decorators = statement.decorator_list if isinstance(statement, Block) else []
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _is_string(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
