"""Runtime expressions are read and written in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engross.source.expression import Expression, Message, Part
from engross.source.pointer import Pointer


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("$url", Expression(Message.URL)),
        ("$statusCode", Expression(Message.STATUS)),
        ("$unique", Expression(Message.UNIQUE)),
        (
            "$request.header.X-Ref.1",
            Expression(Message.REQUEST, Part.HEADER, "X-Ref.1"),
        ),
        ("$request.path.id", Expression(Message.REQUEST, Part.PATH, "id")),
        ("$response.body", Expression(Message.RESPONSE, Part.BODY)),
        (
            "$request.body#/a~1b/~01/0",
            Expression(Message.REQUEST, Part.BODY, pointer=Pointer(("a/b", "~1", "0"))),
        ),
    ],
)
def test_expression_is_read_and_written(text: str, expression: Expression) -> None:
    assert Expression.parse(text) == expression
    assert str(expression) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id",
        "$request",
        "$request.body.id",
        "$request.body#id",
        "$request.header.",
        "$request.cookie.id",
        "$url.host",
    ],
)
def test_text_that_is_no_expression_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Expression.parse(text)


@given(st.lists(st.text()).map(tuple))
def test_pointer_in_an_expression_survives(tokens: tuple[str, ...]) -> None:
    expression = Expression(Message.REQUEST, Part.BODY, pointer=Pointer(tokens))
    assert Expression.parse(str(expression)) == expression


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("$request.body#/a~1b/c~1d", "c/d"),
        ("$request.header.X-Ref", "X-Ref"),
        ("$request.body", "body"),
        ("$method", "$method"),
    ],
)
def test_label_names_what_is_read(text: str, label: str) -> None:
    assert Expression.parse(text).label == label
