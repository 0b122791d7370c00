"""Lists, page by page."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, ParamSpec, TypeVar, cast

from msgspec import UNSET

from .call import Call
from .options import NO_OPTIONS, CallOptions, check_call_options
from .paging import Listing, Page, PagedOperation, Token
from .response import RawResponse
from .sync_client import SyncClient

T = TypeVar("T")
P = ParamSpec("P")


class Pager(Generic[T]):
    """A list whose pages are fetched while it is iterated over.

    Each iteration starts anew: ``for item in pager``, or
    ``for page in pager.pages()``.
    """

    __slots__ = ("_arguments", "_body", "_client", "_operation", "_options")

    def __init__(
        self,
        client: SyncClient,
        operation: PagedOperation[T],
        arguments: Mapping[str, object] = {},
        body: object = UNSET,
        *,
        options: CallOptions = NO_OPTIONS,
    ) -> None:
        check_call_options(options, operation.name, operation.arguments)
        self._client = client
        self._operation = operation
        self._arguments = arguments
        self._body = body
        self._options = options

    def __iter__(self) -> Iterator[T]:
        """Return the items of all pages."""
        for page in self.pages():
            yield from page.items

    def pages(self, *, start: Token | None = None) -> Iterator[Page[T]]:
        """Return the pages, from the first or from the one that a token names."""
        listing = self._listing(start)
        is_more = True
        while is_more:
            page = listing.accept(self._fetch(listing))
            if page.items:
                yield page
            is_more = listing.advance(page)

    def first_page(self) -> Page[T]:
        """Return the first page."""
        listing = self._listing(None)
        return listing.accept(self._fetch(listing))

    def first_raw(self) -> "RawResponse[Pager[T]]":
        """Return the response with the first page; it parses to this pager."""
        response = self._fetch(self._listing(None))
        raw = cast("RawResponse[Pager[T]]", response)
        raw._parse = lambda: self
        return raw

    def first_call(self) -> tuple[SyncClient, Call[list[T]]]:
        """Return the client and the call for the first page."""
        return self._client, self._call(self._listing(None))

    def _listing(self, start: Token | None) -> Listing[T]:
        prepared = self._client._core.prepared(self._operation)
        return Listing(prepared, self._operation, self._arguments, start)

    def _fetch(self, listing: Listing[T]) -> RawResponse[list[T]]:
        return self._client._loop.raw(self._call(listing))

    def _call(self, listing: Listing[T]) -> Call[list[T]]:
        return Call(
            self._client._core,
            self._operation,
            listing.arguments,
            self._body,
            self._options,
            at=listing.address,
        )


def raw_page(
    method: Callable[P, Pager[T]],
) -> Callable[P, RawResponse[Pager[T]]]:
    """Return a method in the form that returns the response with the first page."""

    def first(*args: P.args, **kwargs: P.kwargs) -> RawResponse[Pager[T]]:
        return method(*args, **kwargs).first_raw()

    return first
