"""Where the values of JSON texts are."""

import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from engross.source import Value
from engross.source.json_text import JsonMark, marks
from engross.source.text import Text

TEXTS = st.text('a"\\{}[]:, é?😀\n', max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def marked(mark: JsonMark, value: Value) -> Iterator[tuple[JsonMark, Value]]:
    """Each value with its mark, the last ones first."""
    yield mark, value
    if isinstance(value, dict):
        for key, inner in reversed(value.items()):
            found = mark.member(key)
            assert found is not None
            yield from marked(found[1], inner)
    elif isinstance(value, list):
        for index, inner in reversed([*enumerate(value)]):
            item = mark.item(index)
            assert item is not None
            yield from marked(item, inner)


@given(value=VALUES, indent=st.sampled_from([None, 0, 2]))
def test_each_value_is_where_its_mark_is(value: Value, indent: int | None) -> None:
    content = f" {json.dumps(value, indent=indent, ensure_ascii=False)}\n"
    for mark, inner in marked(marks(Text.of("a.json", content), []), value):
        assert json.loads(content[slice(*mark.extent)]) == inner


@given(value=VALUES)
def test_what_is_not_there_has_no_mark(value: Value) -> None:
    mark = marks(Text.of("a.json", json.dumps({"in": value})), [])
    inner = mark.member("in")
    assert inner is not None
    assert inner[1].member("out") is None
    assert inner[1].item(4) is None
