"""Source text in the layout that black gives it.

Formatting thousands of lines with black costs more than all the rest of a run, so what is printed
is laid out right from the start: on one line where it fits, else one item a line with a trailing
comma, which black keeps. The tests hold every emitted file against black itself.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 88
INDENT = "    "

_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Group:
    """Items in brackets: a call, a tuple, a dict or a parameter list."""

    opening: str
    items: tuple[Item, ...]
    closing: str
    single_comma: bool = False
    """A group of one keeps its comma, as a tuple does."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string that may be broken into several where it is long."""

    value: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A name with its annotation, and its value if it has one: a field or a parameter."""

    name: str
    annotation: str
    value: str = ""


Expression = str | Group | Text | Typed


@dataclass(frozen=True, slots=True)
class Item:
    """An expression with what stands before it: `name=`, `"key": ` or nothing."""

    before: str
    value: Expression


def call(name: str, /, *positional: Expression, **named: Expression) -> Group:
    """A call with positional and named arguments."""
    items = [Item("", value) for value in positional]
    items += [Item(f"{key}=", value) for key, value in named.items()]
    return Group(f"{name}(", tuple(items), ")")


def tuple_of(values: Iterable[Expression]) -> Group:
    """A tuple."""
    return Group(
        "(", tuple(Item("", value) for value in values), ")", single_comma=True
    )


def dict_of(pairs: Mapping[str, Expression]) -> Group:
    """A dict; keys are source text."""
    return Group(
        "{", tuple(Item(f"{key}: ", value) for key, value in pairs.items()), "}"
    )


def literal(value: object) -> Expression:
    """Source text of a JSON value."""
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, dict):
        return dict_of(
            {string(str(key)): literal(inner) for key, inner in value.items()}
        )
    if isinstance(value, list | tuple):
        items = tuple(Item("", literal(inner)) for inner in value)
        if isinstance(value, tuple):
            return Group("(", items, ")", single_comma=True)
        return Group("[", items, "]")
    return repr(value)


def string(value: str) -> str:
    """Source text of a string, in the quotes that black prefers: double, if they cost no more."""
    plain = repr(value)
    if plain[0] == '"' or value.count('"') > value.count("'"):
        return plain
    bare = _ESCAPED.sub(
        lambda pair: pair[0].removeprefix("\\") if pair[1] == "'" else pair[0],
        plain[1:-1],
    )
    return '"' + bare.replace('"', '\\"') + '"'


def flat(expression: Expression) -> str:
    """The expression on one line."""
    match expression:
        case Text(value):
            return string(value)
        case Group(opening, items, closing, single_comma):
            inner = ", ".join(item.before + flat(item.value) for item in items)
            comma = "," if single_comma and len(items) == 1 else ""
            return f"{opening}{inner}{comma}{closing}"
        case Typed(name, annotation, value):
            return (
                f"{name}: {annotation} = {value}" if value else f"{name}: {annotation}"
            )
        case _:
            return expression


def width(line: str) -> int:
    """Columns that a line takes; wide characters take two, as black counts them."""
    if line.isascii():
        return len(line)
    return sum(
        0 if unicodedata.combining(character) else 2 if wide else 1
        for character in line
        for wide in (unicodedata.east_asian_width(character) in "WF",)
    )


def lay_out(
    expression: Expression, *, indent: int = 0, before: str = "", after: str = ""
) -> str:
    """The expression as black would print it, `before` and `after` on its first and last line.

    The first line is not indented: it goes where the caller stands.
    """
    line = before + flat(expression) + after
    if indent + width(line) <= WIDTH:
        return line
    pad = " " * indent
    match expression:
        case Group(opening, items, closing) if items:
            inner = "".join(
                f"{pad}{INDENT}"
                + lay_out(item.value, indent=indent + 4, before=item.before, after=",")
                + "\n"
                for item in items
            )
            return f"{before}{opening}\n{inner}{pad}{closing}{after}"
        case Text(value):
            pieces = _pieces(value, WIDTH - indent - 6)
            if len(pieces) == 1:
                return line
            inner = "".join(f"{pad}{INDENT}{string(piece)}\n" for piece in pieces)
            return f"{before}(\n{inner}{pad}){after}"
        case Typed(name, annotation, value):
            head = f"{before}{name}: {annotation} = ("
            if value and not after and indent + width(head) <= WIDTH:
                return f"{head}\n{pad}{INDENT}{value}\n{pad})"
            ending = f" = {value}{after}" if value else after
            if not after and _fits_in_brackets(annotation, indent):
                return f"{before}{name}: (\n{pad}{INDENT}{annotation}\n{pad}){ending}"
            return _lay_out_type(annotation, indent, f"{before}{name}: ", ending)
        case _:
            return line


def _fits_in_brackets(annotation: str, indent: int) -> bool:
    """Whether a type is a name that black puts in brackets rather than let it stick out."""
    is_name = "[" not in annotation and " | " not in annotation
    return is_name and indent + 4 + width(annotation) <= WIDTH


def lay_out_value(value: str, *, indent: int = 0, before: str = "") -> str:
    """An assignment of what cannot be broken, in brackets where that makes it fit."""
    line = before + value
    if indent + width(line) <= WIDTH or indent + 4 + width(value) > WIDTH:
        return line
    pad = " " * indent
    return f"{before}(\n{pad}{INDENT}{value}\n{pad})"


def lay_out_type(
    annotation: str, *, indent: int = 0, before: str = "", after: str = ""
) -> str:
    """A type as black would print it, `before` and `after` on its first and last line."""
    return _lay_out_type(annotation, indent, before, after)


def _lay_out_type(
    annotation: str, indent: int, before: str, after: str, *, bracketed: bool = False
) -> str:
    """A type that is broken where it has to be; a union needs brackets unless it has some."""
    line = before + annotation + after
    if indent + width(line) <= WIDTH:
        return line
    pad = " " * indent
    members = _parts(annotation, " | ")
    if len(members) > 1 and bracketed:
        rest = (
            f"\n{pad}{_lay_out_type(each, indent, '| ', '', bracketed=True)}"
            for each in members[1:]
        )
        first = _lay_out_type(members[0], indent, before, "", bracketed=True)
        return "".join([first, *rest]) + after
    if len(members) > 1:
        inner = _lay_out_type(annotation, indent + 4, "", "", bracketed=True)
        return f"{before}(\n{pad}{INDENT}{inner}\n{pad}){after}"
    head, bracket, arguments = annotation.partition("[")
    if not bracket:
        return line
    arguments = arguments.removesuffix("]")
    inner = arguments
    if indent + 4 + width(arguments) > WIDTH:
        each_argument = _parts(arguments, ", ")
        comma = "," if len(each_argument) > 1 else ""
        inner = f"\n{pad}{INDENT}".join(
            _lay_out_type(each, indent + 4, "", comma, bracketed=True)
            for each in each_argument
        )
    return f"{before}{head}[\n{pad}{INDENT}{inner}\n{pad}]{after}"


def _parts(annotation: str, separator: str) -> list[str]:
    """The parts between separators that stand in no brackets and no string."""
    parts: list[str] = []
    depth = start = index = 0
    while index < len(annotation):
        character = annotation[index]
        if character in "[(":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character in "\"'":
            index = _string_end(annotation, index)
        elif not depth and annotation.startswith(separator, index):
            parts.append(annotation[start:index])
            index += len(separator)
            start = index
            continue
        index += 1
    return [*parts, annotation[start:]]


def _string_end(text: str, start: int) -> int:
    """Where the string that starts here ends."""
    index = start + 1
    while text[index] != text[start]:
        index += 2 if text[index] == "\\" else 1
    return index


def _pieces(value: str, width: int) -> list[str]:
    """The text in pieces that fit, spaces kept at their ends."""
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


def docstring(paragraphs: Sequence[str], *, indent: int = 4) -> str:
    """A docstring of paragraphs, wrapped; lines of a paragraph that start with spaces are kept.

    Empty where there is nothing to say.
    """
    kept = ["\n".join(each.splitlines()).strip("\n").rstrip() for each in paragraphs]
    kept = [paragraph for paragraph in kept if paragraph.strip()]
    if not kept:
        return ""
    kept[0] = kept[0].lstrip()
    pad = " " * indent
    wrapped = [line for each in kept for line in (*_wrap(each, WIDTH - indent), "")][
        :-1
    ]
    lines = [_escaped(line) for line in wrapped]
    quotes = 6 if len(lines) == 1 else 4
    if width(_padded(lines[0])) + indent + quotes > WIDTH:
        first = _wrap(kept[0], WIDTH - indent - quotes)
        others = [
            line for each in kept[1:] for line in ("", *_wrap(each, WIDTH - indent))
        ]
        lines = [_escaped(line) for line in (*first, *others)]
    if len(lines) == 1:
        return f'"""{_padded(lines[0])}"""'
    if lines[0].startswith('"'):
        lines[0] = f" {lines[0]}"
    rest = textwrap.dedent("\n".join(lines[1:])).split("\n")
    body = "\n".join(f"{pad}{line}".rstrip() for line in rest)
    return f'"""{lines[0]}\n{body}\n{pad}"""'


def _wrap(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    pending: list[str] = []

    def flush() -> None:
        if pending:
            lines.extend(
                textwrap.wrap(
                    " ".join(pending),
                    width,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
            pending.clear()

    for line in paragraph.split("\n"):
        text = line.rstrip()
        if text.startswith((" ", "- ", "* ")):
            flush()
            body = text.lstrip()
            lead = text[: len(text) - len(body)]
            hang = lead + ("  " if body.startswith(("- ", "* ")) else INDENT)
            lines.extend(
                textwrap.wrap(
                    body,
                    width,
                    initial_indent=lead,
                    subsequent_indent=hang,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
        elif text:
            pending.append(text.strip())
        else:
            flush()
            lines.append("")
    flush()
    return lines


def _escaped(line: str) -> str:
    """The line without what would end a docstring or hide what it says."""
    shown = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(
        (
            repr(character)[1:-1]
            if unicodedata.category(character) in ("Cc", "Cf")
            else character
        )
        for character in shown
    )


def _padded(line: str) -> str:
    """The line with a space where a quote would touch the docstring's own."""
    padded = f" {line}" if line.startswith('"') else line
    return f"{padded} " if padded.endswith('"') else padded
