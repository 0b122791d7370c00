"""Expressions and types: one line where they fit, else split at their brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from engross.data import dataclass
from engross.layout.strings import INDENT, WIDTH, fits, scalar, string, width

_IN_TYPE = re.compile(
    r"""[\[(\])]|\ \|\ |,\ |"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.VERBOSE
)
"""What tells where a type may be split: brackets, separators, and literals."""

_BEFORE_PARENTHESES = ("return ", "if ", "elif ")

_MOST_ON_A_LINE = WIDTH // 2
"""Items beyond which the commas between them alone do not fit on a line."""


class Group(NamedTuple):
    """Items in brackets: a call, a tuple, a dict or a parameter list.

    One that does not fit on a line has each item on a line of its own, with a trailing
    comma, which black keeps.
    """

    opening: str
    items: tuple[Item, ...]
    closing: str
    single_comma: bool = False
    """Whether a group of one keeps its comma, as a tuple does."""
    compact: bool = False
    """Whether all items may share one line between the brackets, without a trailing comma."""


class Text(NamedTuple):
    """A string that may be broken into several where it is long."""

    value: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A name with its annotation, and its value if it has one: a field or a parameter."""

    name: str
    annotation: str
    value: str = ""


Expression = str | Group | Text | Typed


class Item(NamedTuple):
    """An expression with what stands before it: `name=`, `"key": ` or nothing."""

    before: str
    value: Expression


def call(name: str, /, *positional: Expression, **named: Expression) -> Group:
    """Return a call with positional and named arguments."""
    items = [Item("", value) for value in positional]
    items += [Item(f"{key}=", value) for key, value in named.items()]
    return Group(f"{name}(", tuple(items), ")")


def compact_call(
    name: str, arguments: Iterable[Expression], brackets: str = "()"
) -> Group:
    """Return a call, or a subscript, whose arguments share a line where they can."""
    items = tuple([Item("", argument) for argument in arguments])
    return Group(name + brackets[0], items, brackets[1], compact=True)


def tuple_of(values: Iterable[Expression]) -> Group:
    """Return a tuple."""
    return Group(
        "(", tuple(Item("", value) for value in values), ")", single_comma=True
    )


def list_of(values: Iterable[Expression]) -> Group:
    """Return a list."""
    return Group("[", tuple(Item("", value) for value in values), "]")


def set_of(values: Iterable[Expression]) -> Group:
    """Return a set of at least one value."""
    return Group("{", tuple(Item("", value) for value in values), "}")


def dict_of(pairs: Mapping[str, Expression]) -> Group:
    """Return a dict; keys are source text."""
    return Group(
        "{", tuple(Item(f"{key}: ", value) for key, value in pairs.items()), "}"
    )


def literal(value: object, *, breakable: bool = True) -> Expression:
    """Return the literal of a JSON value.

    Args:
        value: the JSON value; a tuple makes a tuple.
        breakable: whether a long string may be broken into several.
    """
    if isinstance(value, str):
        return Text(value) if breakable else string(value)
    if isinstance(value, dict):
        return dict_of(
            {
                string(str(key)): literal(member, breakable=breakable)
                for key, member in value.items()
            }
        )
    if isinstance(value, list | tuple):
        members = [literal(member, breakable=breakable) for member in value]
        return tuple_of(members) if isinstance(value, tuple) else list_of(members)
    return scalar(value)


def flat(expression: Expression) -> str:
    """Return the expression on one line."""
    if isinstance(expression, str):
        return expression
    if isinstance(expression, Group):
        comma = "," if expression.single_comma and len(expression.items) == 1 else ""
        inner = _joined(expression.items)
        return f"{expression.opening}{inner}{comma}{expression.closing}"
    if isinstance(expression, Text):
        return string(expression.value)
    value = f" = {expression.value}" if expression.value else ""
    return f"{expression.name}: {expression.annotation}{value}"


def _joined(items: Iterable[Item]) -> str:
    return ", ".join(
        [
            before + (value if isinstance(value, str) else flat(value))
            for before, value in items
        ]
    )


def lay_out(
    expression: Expression, *, indent: int = 0, before: str = "", after: str = ""
) -> str:
    """Lay out an expression.

    Args:
        expression: what to write.
        indent: columns before the first line. That line itself comes back without
            them: it goes where the caller is.
        before: source that precedes the expression on its first line.
        after: source that follows it on its last line.
    """
    if isinstance(expression, str):
        return before + expression + after
    if isinstance(expression, Group) and len(expression.items) > _MOST_ON_A_LINE:
        return _lay_out_group(expression, indent, before, after)
    line = before + flat(expression) + after
    if indent + width(line) <= WIDTH:
        return line
    match expression:
        case Group(items=items) if items:
            return _lay_out_group(expression, indent, before, after)
        case Text(value):
            return _lay_out_text(value, indent, before, after) or line
        case Typed():
            return _lay_out_typed(expression, indent, before, after)
        case _:
            return line


def _lay_out_group(group: Group, indent: int, before: str, after: str) -> str:
    pad = " " * indent
    opening = before + group.opening
    if group.compact:
        joined = _joined(group.items)
        if before in _BEFORE_PARENTHESES and not fits(pad + opening):
            inner = lay_out(group, indent=indent + 4)
            first_line, _, _ = inner.partition("\n")
            if fits(f"{pad}{INDENT}{first_line}"):
                return f"{before}(\n{pad}{INDENT}{inner}\n{pad}){after}"
        if fits(f"{pad}{INDENT}{joined}"):
            return f"{opening}\n{pad}{INDENT}{joined}\n{pad}{group.closing}{after}"
        if len(group.items) == 1:
            (item,) = group.items
            if isinstance(item.value, Text) and not item.before:
                # Brackets of its own would say nothing.
                inner = f"\n{pad}{INDENT}".join(
                    _lines_of_text(item.value.value, indent)
                )
                return f"{opening}\n{pad}{INDENT}{inner}\n{pad}{group.closing}{after}"
            inner = lay_out(item.value, indent=indent + 4, before=item.before)
            return f"{opening}\n{pad}{INDENT}{inner}\n{pad}{group.closing}{after}"
    lines = "".join(
        f"{pad}{INDENT}"
        f"{lay_out(item.value, indent=indent + 4, before=item.before, after=',')}\n"
        for item in group.items
    )
    return f"{opening}\n{lines}{pad}{group.closing}{after}"


def _lay_out_text(value: str, indent: int, before: str, after: str) -> str | None:
    """Break a string into several; return None if it cannot be broken."""
    lines = _lines_of_text(value, indent)
    if len(lines) == 1:
        return None
    pad = " " * indent
    inner = "".join(f"{pad}{INDENT}{line}\n" for line in lines)
    return f"{before}(\n{inner}{pad}){after}"


def _lines_of_text(value: str, indent: int) -> list[str]:
    """Return the literals of a string that is broken, one level inside `indent`."""
    return [string(piece) for piece in _pieces(value, WIDTH - indent - 6)]


def _lay_out_typed(typed: Typed, indent: int, before: str, after: str) -> str:
    name, annotation, value = typed.name, typed.annotation, typed.value
    pad = " " * indent
    head = f"{before}{name}: {annotation} = ("
    if value and not after and indent + width(head) <= WIDTH:
        return f"{head}\n{pad}{INDENT}{value}\n{pad})"
    ending = f" = {value}{after}" if value else after
    if not after and _fits_in_brackets(annotation, indent):
        return f"{before}{name}: (\n{pad}{INDENT}{annotation}\n{pad}){ending}"
    return _lay_out_type(annotation, indent, f"{before}{name}: ", ending)


def _fits_in_brackets(annotation: str, indent: int) -> bool:
    """Tell whether black puts a type in brackets rather than let it stick out."""
    is_name = "[" not in annotation and " | " not in annotation
    return is_name and indent + 4 + width(annotation) <= WIDTH


def getter(name: str, result: str) -> str:
    """Return the first line of a property: its name and the type of its value."""
    head = Group(f"def {name}(", (Item("", "self"),), ")")
    return lay_out(head, indent=4, after=f" -> {result}:")


def class_line(name: str, base: str) -> str:
    """Return the first line of a class, which may have no base."""
    if not base:
        return f"class {name}:"
    group = Group(f"class {name}(", (Item("", base),), ")", compact=True)
    return lay_out(group, after=":")


def lay_out_value(value: str, *, indent: int = 0, before: str = "") -> str:
    """Lay out an assignment of what cannot be split, in brackets if it fits in them."""
    line = before + value
    if indent + width(line) <= WIDTH or indent + 4 + width(value) > WIDTH:
        return line
    pad = " " * indent
    return f"{before}(\n{pad}{INDENT}{value}\n{pad})"


def lay_out_type(
    annotation: str, *, indent: int = 0, before: str = "", after: str = ""
) -> str:
    """Lay out a type, `before` and `after` on its first and last line."""
    return _lay_out_type(annotation, indent, before, after)


def _lay_out_type(
    annotation: str, indent: int, before: str, after: str, *, bracketed: bool = False
) -> str:
    """Split a type where it must be; a union needs brackets unless it has some."""
    line = before + annotation + after
    if indent + width(line) <= WIDTH:
        return line
    pad = " " * indent
    members = _parts(annotation, " | ")
    if len(members) > 1 and bracketed:
        rest = (
            f"\n{pad}{_lay_out_type(member, indent, '| ', '', bracketed=True)}"
            for member in members[1:]
        )
        first = _lay_out_type(members[0], indent, before, "", bracketed=True)
        return "".join([first, *rest]) + after
    if len(members) > 1:
        inner = _lay_out_type(annotation, indent + 4, "", "", bracketed=True)
        return f"{before}(\n{pad}{INDENT}{inner}\n{pad}){after}"
    head, bracket, arguments = annotation.partition("[")
    if not bracket or head.startswith(('"', "'")):  # a string cannot be split
        return line
    arguments = arguments.removesuffix("]")
    inner = arguments
    if indent + 4 + width(arguments) > WIDTH:
        each_argument = _parts(arguments, ", ")
        comma = "," if len(each_argument) > 1 else ""
        inner = f"\n{pad}{INDENT}".join(
            _lay_out_type(argument, indent + 4, "", comma, bracketed=True)
            for argument in each_argument
        )
    return f"{before}{head}[\n{pad}{INDENT}{inner}\n{pad}]{after}"


def _parts(annotation: str, separator: str) -> list[str]:
    """Split at the separators that are in no brackets and no string."""
    if separator not in annotation:
        return [annotation]
    parts: list[str] = []
    depth = start = 0
    for found in _IN_TYPE.finditer(annotation):
        text = found[0]
        if text in "[(":
            depth += 1
        elif text in ")]":
            depth -= 1
        elif not depth and text == separator:
            parts.append(annotation[start : found.start()])
            start = found.end()
    return [*parts, annotation[start:]]


def _pieces(value: str, width: int) -> Sequence[str]:
    """Break a text into pieces that fit, keeping spaces at their ends."""
    pieces: list[str] = []
    current = ""
    for word in _words(value):
        if current and len(string(current + word)) - 2 > width:
            pieces.append(current)
            current = ""
        current += word
    return [*pieces, current] if current else pieces


def _words(value: str) -> Iterable[str]:
    start = 0
    for index, character in enumerate(value):
        if character == " " and index + 1 < len(value) and value[index + 1] != " ":
            yield value[start : index + 1]
            start = index + 1
    yield value[start:]
