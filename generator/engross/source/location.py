"""Where a value stands: a document and the way to it from the document's root."""

from dataclasses import dataclass
from typing import TypeAlias

Token: TypeAlias = str | int
Tokens: TypeAlias = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """A value in a document; `document` is the shown path of its file.

    `location / "paths" / 0` is the place of a member or an item.
    """

    document: str
    tokens: Tokens = ()

    def __truediv__(self, token: Token) -> "Location":
        return Location(self.document, (*self.tokens, token))

    def __str__(self) -> str:
        return f"{self.document}#{self.pointer}"

    @property
    def pointer(self) -> str:
        """JSON pointer (RFC 6901), the empty string for the root."""
        return pointer(self.tokens)

    @property
    def parent(self) -> "Location":
        """The place that holds this one; the root holds itself."""
        return Location(self.document, self.tokens[:-1])


def pointer(tokens: Tokens) -> str:
    """JSON pointer of tokens."""
    return "".join(f"/{escape(token)}" for token in tokens)


def escape(token: Token) -> str:
    """One token as it is written in a JSON pointer."""
    return str(token).replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """The token that one part of a JSON pointer means."""
    return part.replace("~1", "/").replace("~0", "~")
