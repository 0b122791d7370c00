"""Lists, page after page."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .call import Call
from .conversation import converse_raw
from .options import CallOptions
from .paging import Listing, Page, Token
from .response import RawResponse

if TYPE_CHECKING:
    from .operation import Operation
    from .sync_client import SyncClient
    from .sync_stream import Streaming

T = TypeVar("T")


class Pager(Generic[T]):
    """A list whose pages are fetched as it is walked over.

    Each walk starts anew: ``for item in pager``, or ``for page in pager.pages()``.
    """

    __slots__ = ("_arguments", "_body", "_client", "_operation", "_options")

    def __init__(
        self,
        client: "SyncClient",
        operation: "Operation[list[T]]",
        arguments: Mapping[str, object],
        body: object,
        options: CallOptions,
    ) -> None:
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
        while True:
            page = listing.accept(self._fetch(listing))
            if page is None:
                return
            if page.items:
                yield page
            if page.next is None:
                return

    def first_page(self) -> Page[T]:
        """Return the first page."""
        listing = self._listing(None)
        page = listing.accept(self._fetch(listing))
        assert page is not None
        return page

    def first_raw(self) -> "RawResponse[Pager[T]]":
        """Return the reply with the first page as it came; parses to this pager."""
        response: Any = self._fetch(self._listing(None))
        response._parse = lambda: self
        return response  # type: ignore[no-any-return]

    def first_streaming(self) -> "Streaming":
        """Return the reply with the first page, to be read as it comes."""
        from .sync_stream import Streaming

        listing = self._listing(None)
        return Streaming(self._client, self._call(listing))

    def _listing(self, start: Token | None) -> Listing[T]:
        return Listing(self._client._core, self._operation, self._arguments, start)

    def _fetch(self, listing: Listing[T]) -> RawResponse[list[T]]:
        return self._client._carry_out(converse_raw(self._call(listing)))

    def _call(self, listing: Listing[T]) -> Call[list[T]]:
        return Call(
            self._client._core,
            self._operation,
            listing.arguments,
            self._body,
            self._options,
            at=listing.address,
        )
