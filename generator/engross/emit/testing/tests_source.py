"""Source of the emitted tests: functions made of paragraphs, equations, calls of helpers."""

from __future__ import annotations

from collections.abc import Iterable

from engross.contract.ir import Example
from engross.data import dataclass
from engross.emit.imports import Imports
from engross.emit.testing.example_file import Shown
from engross.layout import (
    WIDTH,
    Expression,
    Group,
    Item,
    flat,
    lay_out,
    string,
)

_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Function:
    """A test, as it is printed; what stands above it, such as its table, comes first."""

    text: str

    @classmethod
    def of(
        cls,
        name: str,
        parameters: Iterable[str],
        *paragraphs: Iterable[str],
        returns: str = "None",
        decorator: str = "",
    ) -> Function:
        """A function of paragraphs of statements, each laid out for its place."""
        written = (
            "\n".join(f"{_INDENT}{statement}" for statement in paragraph)
            for paragraph in paragraphs
        )
        body = "\n\n".join(paragraph for paragraph in written if paragraph)
        above = f"{decorator}\n" if decorator else ""
        return cls(f"{above}{head(name, parameters, returns)}\n{body}")


def head(name: str, parameters: Iterable[str], returns: str) -> str:
    """The head of a function, as black would break it."""
    listed = list(parameters)
    line = f"def {name}({', '.join(listed)}) -> {returns}:"
    if len(line) <= WIDTH:
        return line
    inner = f"{_INDENT}{', '.join(listed)}"
    if len(inner) > WIDTH or len(listed) == 1:
        inner = "\n".join(f"{_INDENT}{each}," for each in listed)
    return f"def {name}(\n{inner}\n) -> {returns}:"


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module of tests; one without functions is not emitted."""

    imports: str
    """Imports, and the constants below them."""
    functions: tuple[str, ...]

    @classmethod
    def of(
        cls,
        imports: Imports,
        functions: Iterable[Function],
        constants: Iterable[str] = (),
    ) -> ModuleView:
        """The view of functions that are all written."""
        texts = tuple(each.text for each in functions)
        above = "\n\n".join(filter(None, (imports.render(), "\n".join(constants))))
        return cls(above, texts)


def items(*expressions: Expression) -> tuple[Item, ...]:
    """Members of a group without names."""
    return tuple(Item("", each) for each in expressions)


def equation(subject: str, expected: Expression) -> str:
    """An assertion that two JSON values mean the same, for a function's body."""
    before = f"assert plain({subject}) == "
    line = f"{before}plain({flat(expected)})"
    if len(line) + 4 <= WIDTH:
        return line
    inner = lay_out(expected, indent=8)
    return f"{before}plain(\n        {inner}\n    )"


def path_equation(subject: str, path: str) -> str:
    """An assertion that a path is this one; a long one is broken at its slashes."""
    before = f"assert {subject} == "
    if len(before) + len(string(path)) + 4 <= WIDTH:
        return before + string(path)
    pieces: list[str] = []
    for part in path.split("/"):
        if pieces and len(string(f"{pieces[-1]}{part}/")) + 8 <= WIDTH:
            pieces[-1] += f"{part}/"
        else:
            pieces.append(f"{part}/")
    pieces[-1] = pieces[-1].removesuffix("/")
    written = "\n".join(f"        {string(piece)}" for piece in pieces if piece)
    return f"{before}(\n{written}\n    )"


def parametrized(
    names: tuple[str, ...], rows: Iterable[Expression] | Group, *, ids: str = ""
) -> str:
    """The decorator that runs a test for each row of a table, or of what makes one."""
    named: Expression = string(names[0])
    if len(names) > 1:
        named = Group("(", items(*map(string, names)), ")")
    table = rows if isinstance(rows, Group) else Group("[", items(*rows), "]")
    arguments = items(named, table)
    if ids:
        arguments = (*arguments, Item("ids=", ids))
    group = Group("@pytest.mark.parametrize(", arguments, ")")
    return lay_out(group)


def row(*values: Expression) -> Group:
    """A row of a table."""
    return Group("(", items(*values), ")")


def reply_source(shown: Shown, steps: Iterable[str] = ()) -> Group:
    """The expression that reads a reply example, or a part of it."""
    return _example("reply_example", shown.label, steps)


def request_source(method: str, example: Example, steps: Iterable[str] = ()) -> Group:
    """The expression that reads a request example, or a part of it."""
    return _example("request_example", (method, example.name), steps)


def _example(function: str, names: Iterable[str], steps: Iterable[str]) -> Group:
    return Group(f"{function}(", items(*map(string, names)), part_of(")", steps))


def part_of(subject: str, steps: Iterable[str]) -> str:
    """The expression that reads a part of a JSON value."""
    return subject + "".join(f"[{string(step)}]" for step in steps)


def is_instance(subject: str, model: str) -> Group:
    """The test that a value is a model."""
    return Group("isinstance(", items(subject, f"models.{model}"), ")")


def value_at(value: object, steps: Iterable[str]) -> object:
    """Return the part of a JSON value at some tokens; None where there is none."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
