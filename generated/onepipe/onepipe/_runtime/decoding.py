"""From the body of a response to the value that its method returns."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from operator import attrgetter
from typing import Any, Final, TypeAlias, cast

from msgspec import UNSET, Struct, defstruct
from msgspec import json as _json
from msgspec.structs import replace

from .conversion import decoder, tolerant
from .operation import Failure, Reply
from .pointers import Pointer, resolve
from .response import BROKEN, codec, decoded, exact
from .sources import SOURCE, attach, holds_models, is_model, prepare
from .transport_types import Received, UnreadableError

WITHOUT_BODY: Final = frozenset((204, 205, 304))
"""Statuses of responses that have no body, whatever is documented."""

_LARGEST_TOLERATED: Final = 16 * 1024 * 1024
"""Largest body, in bytes, that is decoded a second time: decoded JSON takes up to thirty
times as much memory."""


class FailureWithinSuccessError(Exception):
    """A response with a success status reports a failure."""


ReadReply: TypeAlias = Callable[[Received], object]
"""Returns the value of a response.

Raises:
    FailureWithinSuccessError: the body reports a failure.
    UnreadableError: the body is not what the contract describes.
"""


def reader(reply: Reply, failure: Failure | None) -> ReadReply:
    """Return the function that decodes responses of one kind."""
    if reply.type is str and reply.media_type.startswith("*"):
        return _reader_of_any_text(reply, failure)
    if not _is_json(reply):
        return _reader_without_type(reply, failure)
    if reply.media_type.startswith("*"):
        return _reader_of_json_or_text(reply, failure)
    kind, value_of, mark_of = _single_pass(reply, failure)
    decode = decoder(kind).decode
    values = failure.equals if failure else ()
    searched = failure if mark_of is None else None
    unwrap = reply.unwrap
    is_flat = len(unwrap) == 1 and mark_of is not None  # as with most envelopes
    has_models = holds_models(reply.type)
    returns_model = is_model(reply.type)
    if returns_model:
        prepare(cast(type[Struct], reply.type))

    def read(received: Received) -> object:
        if received.defect:
            raise UnreadableError(received.defect)
        content = received.content
        try:
            value = decode(content)
        except BROKEN as error:
            repaired = _repaired(received)
            if repaired is not None:
                return read(repaired)
            if failure is not None:
                _look_for_failure(content, failure)
            if reply.bare and unwrap and _is_bare(content, unwrap):
                return read_bare(received)
            value = _tolerantly(content, kind, error)
        if mark_of is not None:
            mark = value.mark if is_flat else mark_of(value)
            if mark in values and _is_one_of(mark, values):
                raise FailureWithinSuccessError
        elif searched is not None:
            _look_for_failure(content, searched)
        if value_of is not None:
            value = value.value if is_flat else value_of(value)
        if returns_model:
            value.__dict__[SOURCE] = (content, unwrap)
        elif has_models:
            attach(value, content, unwrap)
        return value

    if reply.bare and unwrap:
        read_bare = reader(replace(reply, unwrap=(), bare=False), None)
    return read


def zoned(read: ReadReply, zone: tzinfo | None) -> ReadReply:
    """Return a reader whose instants without an offset are in a timezone, if one is given."""
    if zone is None:
        return read
    return lambda received: in_zone(read(received), zone)


def in_zone(value: object, zone: tzinfo) -> object:
    """Return a decoded value whose instants without an offset are in a timezone.

    Models, lists and maps are changed in place.
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=zone) if value.tzinfo is None else value
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            member = getattr(value, name)
            inner = in_zone(member, zone)
            if inner is not member:
                setattr(value, name, inner)
    elif isinstance(value, list):
        value[:] = [in_zone(item, zone) for item in value]
    elif isinstance(value, dict):
        value.update({name: in_zone(member, zone) for name, member in value.items()})
    return value


def zone_of(name: str) -> tzinfo | None:
    """Return the timezone that a contract names: UTC, an offset, or a place."""
    if not name:
        return None
    if name == "UTC":
        return UTC
    if name.startswith(("+", "-")):
        return datetime.fromisoformat(f"2000-01-01T00:00{name}").tzinfo
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _reader_of_any_text(reply: Reply, failure: Failure | None) -> ReadReply:
    """Return the function that reads a text, which may come as JSON."""
    read_json = reader(replace(reply, media_type="application/json"), failure)
    read_text = reader(replace(reply, media_type="text/plain"), failure)

    def read(received: Received) -> object:
        if is_json_type(received.header("content-type") or ""):
            try:
                return read_json(received)
            except UnreadableError:
                pass
        return read_text(received)

    return read


def _reader_of_json_or_text(reply: Reply, failure: Failure | None) -> ReadReply:
    """Return the function that reads JSON, or a text such as a date that is not quoted."""
    read_json = reader(replace(reply, media_type="application/json"), failure)

    def read(received: Received) -> object:
        try:
            return read_json(received)
        except UnreadableError:
            kind = received.header("content-type")
            is_empty = not received.content.strip()
            if received.defect or is_empty or is_json_type(kind or ""):
                raise
            text = _json.encode(decoded(received.content, kind))
            try:
                return read_json(_Transcoded(received, text))
            except UnreadableError:
                pass
            raise

    return read


def of_media_type(replies: tuple[Reply, ...], content_type: str | None) -> Reply:
    """Return what a response with a content type is read as."""
    whole = (content_type or "").replace(" ", "").lower()
    essence = whole.partition(";")[0]
    group = essence.partition("/")[0]
    for wanted in (whole, essence, f"{group}/*", "*/*"):
        for reply in replies:
            documented = reply.media_type.replace(" ", "").lower()
            if wanted in (documented, documented.partition(";")[0]):
                return reply
    if is_json_type(essence):
        near = [reply for reply in replies if _is_json(reply)]
    else:
        near = [reply for reply in replies if _is_near(reply, group)]
    return (*near, replies[0])[0]


def _is_near(reply: Reply, group: str) -> bool:
    """Return whether a response of another type, but no JSON, can be read as documented.

    A page for people is never taken for a file.
    """
    if _is_json(reply):
        return False
    is_file = reply.type is bytes and group not in ("", "text")
    return is_file or reply.media_type.lower().startswith(f"{group}/")


def is_json_type(content_type: str) -> bool:
    """Return whether a media type is JSON or built on it."""
    essence = content_type.partition(";")[0].strip().lower()
    return essence in ("application/json", "text/json") or essence.endswith("+json")


def _reader_without_type(reply: Reply, failure: Failure | None) -> ReadReply:
    """Return the function that handles responses whose body is not decoded."""

    def read(received: Received) -> object:
        if received.defect:
            raise UnreadableError(received.defect)
        content = received.content
        if failure is not None and content:
            _look_for_failure(content, failure)
        if reply.type is bytes:
            return content
        if reply.type is str:
            return decoded(content, received.header("content-type"))
        return None

    return read


def _tolerantly(content: bytes, kind: object, error: Exception) -> Any:
    """Return the value of a body that msgspec refused, if it says what is meant."""
    try:
        if len(content) <= _LARGEST_TOLERATED and not isinstance(error, RecursionError):
            return tolerant(exact.decode(content), kind)
    except (*BROKEN, ValueError):
        pass
    raise UnreadableError(_complaint(content, error)) from error


def _look_for_failure(content: bytes, failure: Failure) -> None:
    try:
        body = exact.decode(content)
    except BROKEN:
        return
    if _is_one_of(resolve(body, failure.at), failure.equals):
        raise FailureWithinSuccessError


def _is_bare(content: bytes, unwrap: tuple[str, ...]) -> bool:
    """Return whether the value was sent without the members that enclose it."""
    try:
        body: object = exact.decode(content)
    except BROKEN:
        return False
    return isinstance(body, dict) and unwrap[0] not in body


def _repaired(received: Received) -> Received | None:
    """Return a response with known defects repaired; None if there are none."""
    content = received.content
    kind = received.header("content-type")
    if codec(kind) not in ("utf-8", "ascii"):
        transcoded = decoded(content, kind).encode()
        if transcoded != content:
            return _Transcoded(received, transcoded)
    if content.startswith(b"\xef\xbb\xbf"):
        return _Transcoded(received, content[3:])
    usual = _with_usual_times(content)
    return None if usual == content else _Transcoded(received, usual)


class _Transcoded(Received):
    """A response whose body was transcoded to UTF-8."""

    __slots__ = ()

    def __init__(self, received: Received, content: bytes) -> None:
        super().__init__(received.status, content)

    def header(self, name: str) -> str | None:
        return None

    def headers(self) -> list[tuple[str, str]]:
        return []


def _with_usual_times(content: bytes) -> bytes:
    """Write times as msgspec reads them.

    Offsets may lack the minutes, as in ``2023-04-19T11:58:02.895+02``. The last moment
    that .NET knows, ``9999-12-31T23:59:59.9999999Z``, would be rounded to the year 10000.
    """
    import re

    offsets = rb'("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d)"'
    content = re.sub(offsets, rb'\1:00"', content)
    return re.sub(rb'("9999-12-31T23:59:59\.\d{6})\d+', rb"\1", content)


def _is_one_of(value: object, values: tuple[object, ...]) -> bool:
    """Return whether a value is listed; as in JSON, 0 is not false."""
    return any(
        value == listed and isinstance(value, bool) == isinstance(listed, bool)
        for listed in values
    )


def _is_json(reply: Reply) -> bool:
    if reply.type is str:
        return is_json_type(reply.media_type)
    return reply.type is not None and reply.type is not bytes


def _complaint(content: bytes, error: Exception) -> str:
    if not content.strip():
        return "the body is empty"
    if isinstance(error, RecursionError):
        return "the body is nested too deeply"
    if content.lstrip()[:1] == b"<":
        return "the body is markup, not JSON"
    return f"the body does not match the contract: {error}"


Get = Callable[[Any], object]


def _single_pass(
    reply: Reply, failure: Failure | None
) -> tuple[object, Get | None, Get | None]:
    """Return what a body is decoded as, and how to get the value and the failure mark.

    One pass is enough if the mark is outside the value or a field of it: the members
    that enclose the value become a Struct.
    """
    steps = failure.at if failure else ()
    if not reply.unwrap:
        field = _field_of(reply.type, steps)
        return reply.type, None, attrgetter(field) if field else None
    depth = len(reply.unwrap)
    outside = steps and steps[:depth] != reply.unwrap
    tree: dict[str, Any] = {}
    _plant(tree, reply.unwrap, reply.type)
    if outside and not _plant(tree, steps, Any):
        outside = False
    kind = _struct(tree)
    mark = attrgetter(_attribute(tree, steps)) if outside and len(steps) == 1 else None
    return kind, attrgetter(_attribute(tree, reply.unwrap)), mark


def _field_of(kind: object, steps: Pointer) -> str:
    if len(steps) == 1 and isinstance(kind, type) and issubclass(kind, Struct):
        names = dict(
            zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
        )
        return names.get(steps[0], "")
    return ""


def _plant(tree: dict[str, Any], steps: Pointer, kind: object) -> bool:
    """Put a type at the end of a path; return False if another type is on the path."""
    level: Any = tree
    for step in steps[:-1]:
        level = level.setdefault(step, {})
        if not isinstance(level, dict):
            return False
    return level.setdefault(steps[-1], kind) is kind


def _struct(tree: dict[str, Any]) -> type[Struct]:
    fields: list[Any] = []
    names: dict[str, str] = {}
    for name, (wire, inner) in zip(_names(tree), tree.items(), strict=True):
        names[name] = wire
        if isinstance(inner, dict):
            fields.append((name, _struct(inner)))
        elif inner is Any:
            fields.append((name, Any, UNSET))
        else:
            fields.append((name, inner))
    return defstruct("Envelope", fields, rename=names, kw_only=True)


def _names(tree: dict[str, Any]) -> list[str]:
    """Return names for members: the value, the failure mark beside it, and others."""
    return ["value", "mark", *(f"other{index}" for index in range(len(tree)))][
        : len(tree)
    ]


def _attribute(tree: dict[str, Any], steps: Pointer) -> str:
    path: list[str] = []
    for step in steps:
        path.append(_names(tree)[list(tree).index(step)])
        tree = tree[step]
    return ".".join(path)
