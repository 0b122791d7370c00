"""Layouts are what black makes of them, whatever they hold."""

import keyword

import black
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engross.layout import (
    WIDTH,
    Expression,
    Group,
    Item,
    Text,
    Typed,
    call,
    comment,
    dict_of,
    docstring,
    flat,
    lay_out,
    lay_out_type,
    literal,
    string,
    tuple_of,
)

MODE = black.Mode()

names = st.text("abcdefgh_", min_size=1, max_size=30).filter(
    lambda name: name.isidentifier() and not keyword.iskeyword(name)
)
# Marks that combine, and characters younger than the interpreter's tables, have no width
# that two could agree on.
texts = st.text(
    st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs", "Cn", "Mn", "Me"]),
    max_size=120,
)


def groups(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Calls, tuples, lists and dicts of what `inner` makes."""
    return st.one_of(
        st.builds(
            lambda name, positional, named: call(name, *positional, **named),
            names,
            st.lists(inner, max_size=3),
            st.dictionaries(names, inner, max_size=4),
        ),
        st.lists(inner, min_size=1, max_size=4).map(tuple_of),
        st.dictionaries(texts.map(string), inner, max_size=4).map(dict_of),
        st.lists(inner, max_size=4).map(
            lambda items: Group("[", tuple(Item("", each) for each in items), "]")
        ),
    )


expressions = st.recursive(
    st.one_of(
        names.filter(lambda name: not name.startswith("_")),
        st.integers().map(str),
        st.text("abc def", max_size=60).map(string),
    ),
    groups,
    max_leaves=12,
)


class_names = st.builds(
    lambda first, rest: first.upper() + rest * 4, st.sampled_from("ABC"), names
)
types = st.recursive(
    st.one_of(
        class_names,
        st.lists(st.text("xyz]|, ", max_size=20), min_size=1, max_size=4).map(
            lambda values: f"Literal[{', '.join(map(string, values))}]"
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(" | ".join),
        inner.map(lambda item: f"Sequence[{item}]"),
        inner.map(lambda value: f"Mapping[str, {value}]"),
    ),
    max_leaves=6,
)


def blackened(source: str) -> str:
    """The source as black prints it."""
    return black.format_str(source, mode=MODE)


def fits(source: str) -> bool:
    return all(len(line) <= WIDTH for line in source.splitlines())


@given(expressions, names)
@settings(max_examples=300, deadline=None)
def test_black_changes_nothing_in_an_assignment(
    expression: Expression, name: str
) -> None:
    source = lay_out(expression, before=f"{name} = ") + "\n"
    if fits(source):
        assert blackened(source) == source


@given(names, types, st.sampled_from(["", "UNSET"]))
@settings(max_examples=300, deadline=None)
def test_black_changes_nothing_in_a_field(name: str, kind: str, value: str) -> None:
    field = lay_out(Typed(name, kind, value), indent=4)
    source = f"class A:\n    {field}\n"
    if fits(source):
        assert blackened(source) == source


@given(names, types, st.sampled_from(["", "UNSET"]))
@settings(max_examples=300, deadline=None)
def test_black_changes_nothing_in_a_parameter(name: str, kind: str, value: str) -> None:
    parameter = lay_out(Typed(name, kind, value), indent=4, after=",")
    source = f"def f(\n    {parameter}\n    *,\n    other: int,\n) -> None: ...\n"
    if fits(source):
        assert blackened(source) == source


@given(names, types)
@settings(max_examples=300, deadline=None)
def test_black_changes_nothing_in_an_alias(name: str, kind: str) -> None:
    source = lay_out_type(kind, before=f"{name}: TypeAlias = ") + "\n"
    if fits(source):
        assert blackened(source) == source


@pytest.mark.parametrize("text", ["is [required] " * 8, "is 'a' [or] " * 9, "[" * 90])
def test_long_constant_with_brackets_stays_whole(text: str) -> None:
    kind = f"Literal[{string(text)}, {string('short')}] | UnsetType"
    source = f"class A:\n    {lay_out(Typed('a', kind, 'UNSET'), indent=4)}\n"
    assert string(text) in source
    assert blackened(source) == source


@given(st.lists(texts, min_size=1, max_size=4), st.sampled_from([0, 4, 8]))
@settings(max_examples=300, deadline=None)
def test_black_changes_nothing_in_a_docstring(
    paragraphs: list[str], indent: int
) -> None:
    written = docstring(paragraphs, indent=indent)
    if not written:
        return
    heads = {
        0: "",
        4: "class A:\n    ",
        8: "class A:\n    def f(self) -> None:\n        ",
    }
    source = f"{heads[indent]}{written}\n"
    assert blackened(source) == source


@given(texts)
def test_a_string_means_what_it_says(value: str) -> None:
    assert eval(string(value)) == value
    assert eval(f"({lay_out(Text(value))})") == value


@given(st.lists(texts, min_size=1, max_size=3))
def test_no_text_ends_a_docstring_early(paragraphs: list[str]) -> None:
    written = docstring(paragraphs)
    if written:
        compile(f"def f():\n    {written}\n", "docstring", "exec")
        assert isinstance(eval(written), str)


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (("payment",), '("payment",)'),
        ({"a": None}, '{"a": None}'),
        (["it's"], '["it\'s"]'),
        ('say "x"', "'say \"x\"'"),
    ],
)
def test_a_json_value_becomes_its_source(value: object, source: str) -> None:
    assert flat(literal(value)) == source


def test_comment_has_no_invisible_characters() -> None:
    text = comment("a\x00b\u202ec\rimport os")
    assert text == "# a b c import os"
