"""From one page of a list to the next, without the sending."""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from msgspec import UNSET

from .core import Core
from .errors import ConfigurationError
from .operation import (
    CursorStyle,
    LinkStyle,
    NextUrlStyle,
    OffsetStyle,
    Operation,
    PageStyle,
)
from .pointers import resolve
from .reading import BROKEN, exact
from .response import RawResponse

T = TypeVar("T")

Token: TypeAlias = int | str
"""Names a page: its number, the items before it, its cursor or its address."""

_EMPTY_PAGES: Final = 10
_HUGE: Final = 10**9
"""More items than any provider sends at once."""


class Page(Generic[T]):
    """One page of a list."""

    __slots__ = ("items", "next", "response", "token")

    items: list[T]
    """What stands on the page."""

    token: Token | None
    """Names this page, for ``pages(start=...)``; None for the first."""

    next: Token | None
    """Names the next page; None on the last."""

    response: RawResponse[list[T]]
    """The reply that brought the page."""

    def __init__(
        self,
        items: list[T],
        token: Token | None,
        following: Token | None,
        response: RawResponse[list[T]],
    ) -> None:
        self.items = items
        self.token = token
        self.next = following
        self.response = response

    def __repr__(self) -> str:
        return f"<Page {self.token or 'first'}, {len(self.items)} items>"


class Listing(Generic[T]):
    """Where a walk over pages stands."""

    __slots__ = (
        "_arguments",
        "_core",
        "_empty",
        "_first_count",
        "_last",
        "_operation",
        "_seen",
        "_style",
        "_token",
    )

    def __init__(
        self,
        core: Core,
        operation: Operation[list[T]],
        arguments: Mapping[str, object],
        start: Token | None,
    ) -> None:
        if operation.pagination is None:
            raise ConfigurationError(f"{operation.name} returns no pages")
        self._core = core
        self._operation = operation
        self._arguments = arguments
        self._style = operation.pagination
        self._token = start
        self._seen: set[Token] = set()
        self._last: list[T] | None = None
        self._first_count = 0
        self._empty = 0

    @property
    def arguments(self) -> Mapping[str, object]:
        """Arguments that ask for the page at hand."""
        if self._token is None:
            return self._arguments
        match self._style:
            case PageStyle():
                return {**self._arguments, self._style.page: self._token}
            case OffsetStyle():
                return {**self._arguments, self._style.offset: self._token}
            case CursorStyle():
                return {**self._arguments, self._style.cursor: self._token}
            case NextUrlStyle() | LinkStyle():
                return self._arguments

    @property
    def address(self) -> str | None:
        """Address of the page at hand, where the provider gave one."""
        if self._token is None or not isinstance(
            self._style, (NextUrlStyle, LinkStyle)
        ):
            return None
        return self._same_origin(str(self._token))

    def accept(self, response: RawResponse[list[T]]) -> Page[T] | None:
        """Return the page that a reply brought, and move on; None if it is no page."""
        items = list(response.parse() or ())
        token = self._token
        if self._last is not None and items and items == self._last:
            return None  # a provider that ignores the parameter sends one page for ever
        self._empty = 0 if items else self._empty + 1
        following = self._following(items, response)
        if isinstance(following, str) and isinstance(
            self._style, (NextUrlStyle, LinkStyle)
        ):
            # Some providers say the key back, which a token must not hold.
            following = self._core.binding(self._operation).without_secrets(following)
        if following is not None and following in self._seen:
            following = None
        if self._last is None:
            self._first_count = len(items)
        self._last = items
        if following is not None:
            self._seen.add(following)
        self._token = following
        return Page(items, token, following, response)

    def _following(
        self, items: list[T], response: RawResponse[list[T]]
    ) -> Token | None:
        match self._style:
            case PageStyle(size=size):
                if self._ends(items, size):
                    return None
                return self._counted(self._style.page, self._style.start) + 1
            case OffsetStyle(limit=limit):
                if self._ends(items, limit):
                    return None
                return self._counted(self._style.offset, 0) + len(items)
            case CursorStyle() | NextUrlStyle():
                if self._empty >= _EMPTY_PAGES:
                    return None
                try:
                    found = resolve(exact.decode(response.content), self._style.next)
                except BROKEN:
                    return None
                return cast(Token, found) if _names_a_page(found) else None
            case LinkStyle():
                if self._empty >= _EMPTY_PAGES:
                    return None
                return next_link(response.headers.get("link", ""))

    def _counted(self, argument: str, start: int) -> int:
        if self._token is not None:
            return int(self._token)
        given = self._value(argument)
        return given if isinstance(given, int) else start

    def _ends(self, items: list[T], size: str) -> bool:
        """Whether a page is the last: empty, or shorter than pages are."""
        if not items:
            return True
        asked = self._value(size) if size else UNSET
        if isinstance(asked, int) and self._is_bounded(size):
            return len(items) < asked
        return len(items) < self._first_count

    def _is_bounded(self, size: str) -> bool:
        """Whether the contract says how large a page can be, so that none is cut short.

        Otherwise the provider may send fewer items than asked for, page after page.
        """
        parameters = self._core.binding(self._operation).plan.parameters
        checks = [one.check for one in parameters.query if one.name == size]
        return any(check is not None and not check.is_valid(_HUGE) for check in checks)

    def _value(self, argument: str) -> object:
        given = self._arguments.get(argument, UNSET)
        if given is UNSET:
            for parameter in self._operation.parameters:
                if parameter.name == argument:
                    fixed = parameter.const
                    return parameter.default if fixed is UNSET else fixed
        return given

    def _same_origin(self, address: str) -> str:
        """Return a next address in full; credentials never go to another origin."""
        from urllib.parse import urljoin, urlsplit

        own = self._core.server(self._operation)
        try:
            full = urljoin(f"{own}{self._operation.path}", address)
            here, there = urlsplit(own), urlsplit(full)
            same = _origin(here) == _origin(there)
        except ValueError as error:
            raise ConfigurationError(
                f"the next page of {self._operation.name} is said to be where no address "
                f"leads ({error})"
            ) from None
        if not same or there.username is not None:
            raise ConfigurationError(
                f"the next page of {self._operation.name} is said to be at another "
                f"origin, which gets no credentials: {there.scheme}://{there.hostname}"
            )
        return full


def _origin(parts: Any) -> tuple[str, str | None, int | None]:
    ports = {"http": 80, "https": 443}
    return parts.scheme, parts.hostname, parts.port or ports.get(parts.scheme)


def _names_a_page(found: object) -> bool:
    return isinstance(found, (str, int)) and not isinstance(found, bool) and found != ""


def next_link(header: str) -> str | None:
    """Return the target of ``rel="next"`` in a Link header, by RFC 8288."""
    import re

    parameter = r"""[ \t]*+;[ \t]*+([\w*-]++)[ \t]*+(?:=[ \t]*+("(?:[^"\\]|\\.)*+"|[^";,\s]*+))?"""
    for link in re.finditer(rf"<([^<>]*+)>((?:{parameter})*+)", header):
        said: dict[str, str] = {}
        for name, value in re.findall(parameter, link[2]):
            said.setdefault(name.lower(), value.strip('"'))  # the first one counts
        if "next" in said.get("rel", "").lower().split() and "anchor" not in said:
            return link[1] or None
    return None
