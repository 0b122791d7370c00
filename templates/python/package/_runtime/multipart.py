"""``multipart/form-data``, with files streamed."""

from collections.abc import Iterator, Mapping
from os import urandom
from typing import Final, cast

from msgspec import json as _json

from . import styles
from .files import Piecewise, content_of, file_name, is_file
from .operation import Body, Part
from .transport_types import Content
from .wire import text

_encode_json: Final = _json.Encoder(decimal_format="number").encode


class MultipartEncoder:
    """Encodes a body as parts."""

    __slots__ = ("_boundary", "_parts", "content_type")

    def __init__(self, body: Body) -> None:
        self._parts = body.parts
        self._boundary = urandom(16).hex()
        self.content_type = f"multipart/form-data; boundary={self._boundary}"

    def encode(self, payload: object) -> Content:
        """Return an object as parts: bytes, or a stream if there are open files.

        Raises:
            OSError: a file cannot be read.
            TypeError: it is not an object, or a member cannot be written.
        """
        return Multipart.content_of(payload, self._parts, self._boundary)

    def shown(self, payload: object) -> object:
        """Return what validators see: an empty string in place of each file."""
        if isinstance(payload, dict):
            return {name: self.shown(value) for name, value in payload.items()}
        if isinstance(payload, list):
            return [self.shown(value) for value in payload]
        return "" if is_file(payload) else payload


class Multipart(Piecewise):
    """A body of parts; files are read as they are sent."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: list[bytes | Piecewise]) -> None:
        sizes = [
            len(piece) if isinstance(piece, bytes) else piece.size for piece in pieces
        ]
        known = [size for size in sizes if size is not None]
        super().__init__(sum(known) if len(known) == len(sizes) else None)
        self._pieces = pieces

    @property
    def replayable(self) -> bool:
        return all(
            isinstance(piece, bytes) or piece.replayable for piece in self._pieces
        )

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                yield from piece

    @classmethod
    def content_of(
        cls, payload: object, parts: Mapping[str, Part], boundary: str
    ) -> Content:
        """Return an object as parts: bytes, or a stream if there are open files.

        Raises:
            OSError: a file cannot be read.
            TypeError: it is not an object, or a member cannot be written.
        """
        if is_file(payload):
            payload = {"file": payload}
        if not isinstance(payload, dict):
            raise TypeError(f"a multipart body needs an object, got {payload!r}")
        pieces: list[bytes | Piecewise] = []
        for name, value in payload.items():
            for head, content in _parts(name, value, parts.get(name, Part())):
                pieces += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), content, b"\r\n"]
        pieces.append(f"--{boundary}--\r\n".encode())
        if all(isinstance(piece, bytes) for piece in pieces):
            return b"".join(cast(list[bytes], pieces))
        return cls(pieces)


def _parts(
    name: str, value: object, part: Part
) -> Iterator[tuple[str, bytes | Piecewise]]:
    """Return head and content of each part of a member."""
    if styles.is_styled(part):
        style, explode = styles.of_part(part)
        for inner, written in styles.pairs(name, value, style, explode, str, str):
            yield _head(inner), written.encode()
        return
    for item in value if isinstance(value, list) else [value]:
        if part.file and item is not None and not is_file(item):
            raise TypeError(
                f"{name}: expected a file, got {item!r}; pass bytes, a file opened in "
                "binary mode, a pathlib.Path, or a tuple of a name and one of these"
            )
        yield _part(name, item, part)


def _part(name: str, value: object, part: Part) -> tuple[str, bytes | Piecewise]:
    kind = part.content_type
    if is_file(value):
        filename = ""
        if isinstance(value, tuple):
            filename, value, *rest = value
            kind = rest[0] if rest else kind
        filename = filename or file_name(value) or name
        kind = kind if _is_exact(kind) else "application/octet-stream"
        return _head(name, kind, filename), content_of(value)
    if isinstance(value, (dict, list)) or "json" in kind:
        return _head(name, kind or "application/json"), _encode_json(value)
    return _head(name, kind), text(value).encode()


def _is_exact(kind: str) -> bool:
    """Return whether a content type is a single type."""
    return bool(kind) and "*" not in kind and "," not in kind


def _head(name: str, kind: str = "", filename: str = "") -> str:
    head = f'Content-Disposition: form-data; name="{_escaped(name)}"'
    if filename:
        head += f'; filename="{_escaped(filename)}"'
    if _is_exact(kind):
        head += f"\r\nContent-Type: {_escaped(kind)}"
    return head


def _escaped(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
