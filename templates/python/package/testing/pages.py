"""The pages of the lists that a fake returns, as the contract says that they continue."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from .._runtime.operation import Operation
from .._runtime.paging import (
    CursorStyle,
    LinkStyle,
    NextUrlStyle,
    OffsetStyle,
    PagedOperation,
    PageStyle,
)
from .life import Window
from .reading import Read

_START: Final = "fake-start"
"""Name of what addresses of pages hold: how many items are before the page."""


def window(
    operation: Operation[Any], asked: Read, names: Sequence[str], size: int
) -> Window:
    """Return which items of a list a request is answered with.

    Args:
        operation: What is called.
        asked: The request.
        names: What names the items, in their order.
        size: Items of a page where the request does not say how many it wants.
    """
    if not isinstance(operation, PagedOperation):
        return Window(0, len(names))
    given, style = asked.arguments, operation.pagination
    match style:
        case PageStyle():
            size = _number(given.get(style.size), size)
            number = _number(given.get(style.page), style.start)
            start = max(0, number - style.start) * size
        case OffsetStyle():
            size = _number(given.get(style.limit), size)
            start = _number(given.get(style.offset), 0)
        case CursorStyle():
            last = str(given.get(style.cursor, ""))
            start = names.index(last) + 1 if last in names else 0
        case _:
            starts = [value for name, value in asked.query if name == _START]
            start = int(starts[-1]) if starts and starts[-1].isdecimal() else 0
    end = start + size
    if isinstance(style, LinkStyle):
        link = "" if end >= len(names) else f'<{_address(asked, end)}>; rel="next"'
        return Window(start, end, link=link)
    if isinstance(style, CursorStyle | NextUrlStyle):
        following: object = None
        if end < len(names):
            is_cursor = isinstance(style, CursorStyle)
            following = names[end - 1] if is_cursor else _address(asked, end)
        return Window(start, end, style.next, following)
    return Window(start, end)


def _address(asked: Read, start: int) -> str:
    """Return the query of the page that begins with an item, as a relative address."""
    kept = [pair for pair in asked.query if pair[0] != _START]
    return f"?{urlencode([*kept, (_START, str(start))])}"


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
