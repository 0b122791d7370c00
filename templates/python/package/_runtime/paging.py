"""Paged lists: how a contract describes them, and the way from page to page."""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar

from msgspec import UNSET, Struct

from .client_core import PreparedOperation
from .errors import ConfigurationError, PaginationError
from .operation import Operation
from .pointers import Pointer, resolve
from .response import RawResponse
from .urls import quote

T = TypeVar("T")


class PageStyle(Struct, frozen=True):
    """Pages are numbered."""

    page: str
    """Argument for the number of the page."""

    size: str = ""
    """Argument for the number of items of a page; empty: the provider fixes it."""

    start: int = 1
    """Number of the first page."""


class OffsetStyle(Struct, frozen=True):
    """Items are counted."""

    offset: str
    """Argument for the number of items to skip."""

    limit: str = ""
    """Argument for the number of items of a page; empty: the provider fixes it."""


class CursorStyle(Struct, frozen=True):
    """Each page names the next by a cursor."""

    cursor: str
    """Argument for the cursor."""

    next: Pointer
    """Where a response has the next cursor; null, false, empty or absent ends the list."""


class NextUrlStyle(Struct, frozen=True):
    """Each page has the URL of the next."""

    next: Pointer
    """Where a response has the next URL; null, false, empty or absent ends the list."""


class LinkStyle(Struct, frozen=True):
    """Each page names the next in a ``Link`` header, ``rel="next"``."""


Pagination: TypeAlias = PageStyle | OffsetStyle | CursorStyle | NextUrlStyle | LinkStyle


class PagedOperation(
    Operation[list[T]], Generic[T], frozen=True, eq=False, kw_only=True
):
    """An operation that returns a list page by page.

    The items are where ``Reply.unwrap`` says; pointers lead into the whole body.
    """

    pagination: Pagination
    """How to get from one page to the next."""


Token: TypeAlias = int | str
"""Names a page: its number, the number of items before it, its cursor or its URL."""

_EMPTY_PAGES: Final = 1_000
"""Empty pages in a row, each with a next page, after which a walk is given up."""

_HUGE: Final = 10**9
"""More items than any provider sends at once."""


class Page(Generic[T]):
    """One page of a list."""

    __slots__ = ("items", "next", "response", "token")

    items: list[T]
    """The items of the page."""

    token: Token | None
    """Token of this page, for ``pages(start=...)``; None for the first."""

    next: Token | None
    """Token of the next page; None for the last."""

    response: RawResponse[list[T]]
    """The response with the page."""

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
    """The state of an iteration over pages."""

    __slots__ = (
        "_arguments",
        "_empty",
        "_first_count",
        "_last",
        "_operation",
        "_prepared",
        "_seen",
        "_style",
        "_token",
    )

    def __init__(
        self,
        prepared: PreparedOperation[list[T]],
        operation: PagedOperation[T],
        arguments: Mapping[str, object],
        start: Token | None,
    ) -> None:
        self._prepared = prepared
        self._operation = operation
        self._arguments = arguments
        self._style = operation.pagination
        self._token = start
        self._seen: set[Token] = set()
        first = self._first_token()
        if first is not None:
            self._seen.add(first)
        self._last: list[T] | None = None
        self._first_count = 0
        self._empty = 0

    @property
    def arguments(self) -> Mapping[str, object]:
        """Return the arguments for the current page."""
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
        """Return the URL of the current page, if the provider gave one."""
        if self._token is None or not isinstance(
            self._style, (NextUrlStyle, LinkStyle)
        ):
            return None
        return self._same_origin(str(self._token))

    def accept(self, response: RawResponse[list[T]]) -> Page[T]:
        """Return the page of a response, and move on.

        Raises:
            PaginationError: the provider repeats a page, so it ignores its number.
        """
        items = list(response.parse() or ())
        token = self._token
        counts = isinstance(self._style, (PageStyle, OffsetStyle))
        if counts and items and items == self._last:
            raise self._stopped(token, "repeats the items of the page before", response)
        self._empty = 0 if items else self._empty + 1
        following = self._following(items, response)
        if isinstance(following, str) and isinstance(
            self._style, (NextUrlStyle, LinkStyle)
        ):
            # Some providers include the API key, which a token must not contain.
            following = self._prepared.without_secrets(following)
        if self._last is None:
            self._first_count = len(items)
        self._last = items
        self._token = following
        return Page(items, token, following, response)

    def advance(self, page: Page[T]) -> bool:
        """Return whether there is a next page.

        Raises:
            PaginationError: the next page was fetched before, or all pages are empty.
        """
        following = page.next
        if following is None:
            return False
        is_address = isinstance(self._style, (NextUrlStyle, LinkStyle))
        if is_address:
            self._seen.add(page.response.url)
        place = self._same_origin(str(following)) if is_address else following
        if place in self._seen:
            problem = f"names as the next page {following!r}, which was fetched before"
            raise self._stopped(page.token, problem, page.response)
        if self._empty >= _EMPTY_PAGES:
            problem = f"is the last of {_EMPTY_PAGES} empty pages in a row"
            raise self._stopped(page.token, problem, page.response)
        self._seen.add(place)
        return True

    def _stopped(
        self, token: Token | None, problem: str, response: RawResponse[list[T]]
    ) -> PaginationError:
        name = self._operation.name
        page = "the first page" if token is None else f"page {token!r}"
        return PaginationError(
            f"{name} is incomplete: {page} {problem}", token=token, response=response
        )

    def _first_token(self) -> Token | None:
        """Return the token of the first page; None if it has none."""
        if self._token is not None or not isinstance(self._style, CursorStyle):
            return self._token
        given = self._arguments.get(self._style.cursor)
        return given if isinstance(given, (str, int)) else None

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
                found = resolve(response.json(), self._style.next)
                if found is UNSET or found is None or found is False or found == "":
                    return None
                if isinstance(found, (str, int)) and found is not True:
                    return found
                problem = f"names its next page by {found!r}, which is neither text nor an integer"
                raise self._stopped(self._token, problem, response)
            case LinkStyle():
                return next_link(response.headers.get("link", ""))

    def _counted(self, argument: str, start: int) -> int:
        if self._token is not None:
            return int(self._token)
        given = self._value(argument)
        return given if isinstance(given, int) else start

    def _ends(self, items: list[T], size: str) -> bool:
        """Return whether a page is the last: empty, or shorter than a full page."""
        if not items:
            return True
        asked = self._value(size) if size else UNSET
        if isinstance(asked, int) and self._is_bounded(size):
            return len(items) < asked
        return len(items) < self._first_count

    def _is_bounded(self, size: str) -> bool:
        """Return whether the contract limits the size of a page.

        Otherwise the provider may send fewer items than asked for on every page.
        """
        query = self._prepared.parameters.query
        checks = [parameter.check for parameter in query if parameter.name == size]
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
        """Return a next URL in full; credentials never go to another origin."""
        from urllib.parse import urljoin, urlsplit

        own = self._prepared.server
        try:
            full = urljoin(f"{own}{self._operation.path}", address)
            here, there = urlsplit(own), urlsplit(full)
            same = _origin(here) == _origin(there)
        except ValueError as error:
            raise ConfigurationError(
                f"the URL of the next page of {self._operation.name} is invalid ({error})"
            ) from None
        if not same or there.username is not None:
            raise ConfigurationError(
                f"the next page of {self._operation.name} is at another origin, which gets "
                f"no credentials: {there.scheme}://{there.hostname}"
            )
        return "".join([char if "!" <= char <= "~" else quote(char) for char in full])


def _origin(parts: Any) -> tuple[str, str | None, int | None]:
    ports = {"http": 80, "https": 443}
    return parts.scheme, parts.hostname, parts.port or ports.get(parts.scheme)


def next_link(header: str) -> str | None:
    """Return the target of ``rel="next"`` in a Link header, by RFC 8288."""
    import re

    parameter = r"""[ \t]*+;[ \t]*+([\w*-]++)[ \t]*+(?:=[ \t]*+("(?:[^"\\]|\\.)*+"|[^";,\s]*+))?"""
    for link in re.finditer(rf"<([^<>]*+)>((?:{parameter})*+)", header):
        attributes: dict[str, str] = {}
        for name, value in re.findall(parameter, link[2]):
            attributes.setdefault(
                name.lower(), value.strip('"')
            )  # the first one counts
        if (
            "next" in attributes.get("rel", "").lower().split()
            and "anchor" not in attributes
        ):
            return link[1] or None
    return None
