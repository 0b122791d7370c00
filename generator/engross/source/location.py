"""A value in a document: the document, and the tokens from its root to the value."""

from typing import NamedTuple, TypeAlias
from urllib.parse import quote

from engross.source.pointer import Pointer, Token, Tokens, write_tokens


class Location(NamedTuple):
    """A value in a document; `document` is the path of its file as shown to users.

    Indexes of lists are integers. `location / "paths" / 0` is the location of a member
    or an item. A named tuple, since locations are the keys of most tables.
    """

    document: str
    tokens: Tokens = ()

    def __truediv__(self, token: Token) -> "Location":
        return Location(self.document, (*self.tokens, token))

    def __str__(self) -> str:
        return f"{self.document}#{write_tokens(self.tokens)}"

    @property
    def pointer(self) -> Pointer:
        """The JSON pointer from the root of the document."""
        return Pointer.of(*self.tokens)

    @property
    def uri(self) -> str:
        """The location as a percent-encoded URI reference."""
        is_url = "://" in self.document
        document = self.document if is_url else quote(self.document)
        return f"{document}#{self.pointer.fragment}"

    @property
    def parent(self) -> "Location":
        """The location around this one; that of the root is the root."""
        return Location(self.document, self.tokens[:-1])


Path: TypeAlias = "tuple[Path, Token] | None"
"""Tokens as a linked list, which a walk extends at no cost; None for the root."""


def path_of(tokens: Tokens) -> Path:
    """Return tokens as a path."""
    path: Path = None
    for token in tokens:
        path = (path, token)
    return path


def tokens_of(path: Path) -> Tokens:
    """Return a path as tokens."""
    reverse: list[Token] = []
    while path is not None:
        path, token = path
        reverse.append(token)
    return tuple(reversed(reverse))
