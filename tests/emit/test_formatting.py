"""What layouts cannot see to, black does, and only that."""

import black
import pytest

from engross.emit.formatting import formatted

LONG = "word_after_word_after_word_after_word_after_word_after_word_after_word"

LEFT = {
    "a module that fits": "x = 1\n",
    "a string that is an argument": f'f(\n    at="/{LONG}/{LONG}",\n)\n',
    "a string that is an item": f'x = {{\n    "key": "{LONG}/{LONG}",\n}}\n',
    "a name that is an item": f"x = (\n    models.{LONG}_{LONG},\n    1,\n)\n",
    "a name for a name": f"{LONG}_{LONG} = (\n    other\n)\n",
    "an import with comments": f"from .{LONG} import *  # noqa: F403  # pyright: ignore[x]\n",
    "a docstring": f'def f() -> None:\n    """See https://example.com/{LONG}/{LONG}."""\n',
}
PRINTED = {
    "a statement": f"x = f({LONG}, {LONG})\n",
    "a method": f"class A:\n    def f(self, {LONG}: int, *, other: int) -> str:\n        ...\n",
    "a class by its head": f"class A({LONG}, {LONG}):\n    x = 1\n",
    "a decorated function": f"@decorate({LONG}, {LONG})\ndef f() -> None:\n    pass\n",
}


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_what_black_would_leave_is_left(source: str) -> None:
    assert formatted(source) == source
    assert black.format_str(source, mode=black.Mode()) == source


@pytest.mark.parametrize("source", PRINTED.values(), ids=PRINTED)
def test_a_statement_with_a_line_too_long_is_printed_by_black(source: str) -> None:
    around = f"first = 1\n\n\n{source}\n\nlast = 2\n"

    assert formatted(around) == black.format_str(around, mode=black.Mode())
    assert formatted(around) != around


def test_what_stands_around_is_not_touched() -> None:
    around = f"first  =  1\nx = f({LONG}, {LONG})\nlast  =  2\n"

    assert formatted(around).startswith("first  =  1\n")
    assert formatted(around).endswith("last  =  2\n")


ROW = '    wrong("/a", "b").changed("a long text, for one", "and another one, too", "more"),\n'


@pytest.mark.parametrize("head", ["ROWS = [\n", "ROWS: list[object] = [\n"])
def test_only_items_of_a_list_that_are_too_long_are_printed_by_black(head: str) -> None:
    odd = "    wrong( 'b' ),\n"  # black would print it in another way
    found = formatted(f"{head}{odd}{ROW}{odd}]\n")
    assert found.count(odd) == 2
    assert all(len(line) <= 88 for line in found.splitlines())
    assert f"{head}{ROW}]\n" not in found


def test_items_of_a_decorator_are_printed_by_black_where_they_are_indented() -> None:
    row = "".join(f"    {line}\n" for line in ROW.splitlines())
    source = (
        '@pytest.mark.parametrize(\n    "row",\n    [\n'
        f'{row}        wrong("/c"),\n    ],\n)\ndef test(row: object) -> None: ...\n'
    )
    found = formatted(source)
    assert found == black.format_str(source, mode=black.Mode())
    assert found != source
