"""``multipart/form-data``, with files streamed."""

from collections.abc import Iterator, Mapping
from os import urandom
from os.path import basename
from pathlib import PurePath
from typing import BinaryIO, Final, TypeAlias, cast

from msgspec import json as _json

from . import styles
from .exchange import Content
from .operation import Part

File: TypeAlias = (
    bytes
    | BinaryIO
    | PurePath
    | tuple[str, bytes | BinaryIO]
    | tuple[str, bytes | BinaryIO, str]
)
"""A file: its bytes, an open file, a path, or a name with either and a media type."""

_CHUNK: Final = 64 * 1024
_encode_json: Final = _json.Encoder(decimal_format="number").encode


def new_boundary() -> str:
    """Return a boundary that no content holds."""
    return urandom(16).hex()


def is_file(value: object) -> bool:
    """Whether a value is sent as a file."""
    if isinstance(value, tuple):
        return len(value) in (2, 3) and is_file(value[1])
    return isinstance(value, (bytes, bytearray, PurePath)) or hasattr(value, "read")


class FileBody:
    """An open file, sent from where it stands; can be sent again if it can seek."""

    __slots__ = ("_file", "_start", "replayable")

    def __init__(self, file: object) -> None:
        self._file = cast(BinaryIO, file)
        self.replayable = self._file.seekable()
        self._start = self._file.tell() if self.replayable else 0

    def __iter__(self) -> Iterator[bytes]:
        if self.replayable:
            self._file.seek(self._start)
        while chunk := self._file.read(_CHUNK):
            yield chunk


class Multipart:
    """A body of parts; files are read as they are sent."""

    __slots__ = ("_pieces", "replayable")

    def __init__(self, pieces: list[bytes | FileBody]) -> None:
        self._pieces = pieces
        self.replayable = all(
            isinstance(piece, bytes) or piece.replayable for piece in pieces
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
        """Return an object as parts: bytes, or a stream where there are open files."""
        if not isinstance(payload, dict):
            raise TypeError(f"parts are made of an object, got {payload!r}")
        pieces: list[bytes | FileBody] = []
        for name, value in payload.items():
            part = parts.get(name, Part())
            for item in value if isinstance(value, list) else [value]:
                head, content = _part(name, item, part)
                pieces += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), content, b"\r\n"]
        pieces.append(f"--{boundary}--\r\n".encode())
        if all(isinstance(piece, bytes) for piece in pieces):
            return b"".join(cast(list[bytes], pieces))
        return cls(pieces)


def _part(name: str, value: object, part: Part) -> tuple[str, bytes | FileBody]:
    filename = ""
    kind = part.content_type
    if is_file(value):
        if isinstance(value, tuple):
            filename, value, *rest = value
            kind = rest[0] if rest else kind
        elif isinstance(value, PurePath):
            filename = value.name
        else:
            filename = basename(str(getattr(value, "name", "") or name))
        content = _file_content(value)
        kind = kind or "application/octet-stream"
    elif isinstance(value, dict) or "json" in kind:
        content = _encode_json(value)
        kind = kind or "application/json"
    else:
        content = styles.text(value).encode()
    head = f'Content-Disposition: form-data; name="{_escaped(name)}"'
    if filename:
        head += f'; filename="{_escaped(filename)}"'
    if kind:
        head += f"\r\nContent-Type: {_escaped(kind)}"
    return head, content


def _file_content(value: object) -> bytes | FileBody:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, PurePath):
        with open(value, "rb") as file:
            return file.read()
    return FileBody(value)


def _escaped(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
