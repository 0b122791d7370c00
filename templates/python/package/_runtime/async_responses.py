"""Groups of methods that return, or stream, their responses: one class for both forms."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

from .async_client import async_raw
from .async_stream import (
    AsyncStreaming,
    Pageable,
    async_streamed,
    async_streamed_page,
)
from .response import RawResponse

P = ParamSpec("P")
T = TypeVar("T")
PagerT = TypeVar("PagerT", bound=Pageable)
RawT = TypeVar("RawT")
StreamedT = TypeVar("StreamedT")


class RawForm:
    """The form in which methods return the response."""


class StreamedForm:
    """The form in which methods stream the response."""


FormT = TypeVar("FormT")
"""The form that the methods of a group have."""


class AsyncVariantBase(Generic[FormT]):
    """Base class of groups of methods that have one of the forms."""

    def __init__(self, resource: Any, form: type[FormT]) -> None:
        self._resource = resource
        self._form: type[FormT] = form


class AsyncMethod(Generic[RawT, StreamedT]):
    """A method in the form of the group that it is asked of."""

    def __init__(
        self, as_raw: RawT, as_streamed: StreamedT, *, paged: bool = False
    ) -> None:
        # Both are the plain method: each has the type of one form.
        self._name: str = cast(Any, as_raw).__name__
        self._made: dict[object, Callable[[Any], Any]] = {
            RawForm: _raw_page if paged else async_raw,
            StreamedForm: async_streamed_page if paged else async_streamed,
        }

    @overload
    def __get__(self, group: AsyncVariantBase[RawForm], owner: object) -> RawT: ...

    @overload
    def __get__(
        self, group: AsyncVariantBase[StreamedForm], owner: object
    ) -> StreamedT: ...

    def __get__(self, group: Any, owner: object) -> Any:
        if group is None:
            return self
        method = getattr(group._resource, self._name)
        made = group.__dict__[self._name] = self._made[group._form](method)
        return made


def async_forms(
    method: Callable[Concatenate[Any, P], Awaitable[T]],
) -> AsyncMethod[Callable[P, Awaitable[RawResponse[T]]], Callable[P, AsyncStreaming]]:
    """Return both forms of a method."""
    return AsyncMethod(async_raw_form(method), async_streamed_form(method))


def async_paged_forms(
    method: Callable[Concatenate[Any, P], PagerT],
) -> AsyncMethod[
    Callable[P, Awaitable[RawResponse[PagerT]]],
    Callable[P, AsyncStreaming],
]:
    """Return both forms of a method that lists: they concern the first page."""
    as_raw = cast(Callable[P, Awaitable[RawResponse[PagerT]]], method)
    return AsyncMethod(as_raw, async_streamed_form(method), paged=True)


def async_raw_form(
    method: Callable[Concatenate[Any, P], Awaitable[T]],
) -> Callable[P, Awaitable[RawResponse[T]]]:
    """Return a method with the type that it has as raw one, all overloads included."""
    return cast(Callable[P, Awaitable[RawResponse[T]]], method)


def async_streamed_form(
    method: Callable[Concatenate[Any, P], object],
) -> Callable[P, AsyncStreaming]:
    """Return a method with the type that it has as streamed one, all overloads included."""
    return cast(Callable[P, AsyncStreaming], method)


def _raw_page(method: Callable[..., Any]) -> Callable[..., Awaitable[RawResponse[Any]]]:
    async def first(*args: Any, **kwargs: Any) -> RawResponse[Any]:
        return cast(RawResponse[Any], await method(*args, **kwargs).first_raw())

    return first
