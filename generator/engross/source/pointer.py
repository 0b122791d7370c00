"""JSON pointers (RFC 6901). No other module of the generator escapes or splits them."""

from typing import TypeAlias
from urllib.parse import quote, unquote

from engross.data import dataclass

Token: TypeAlias = str | int
Tokens: TypeAlias = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """The way from a value to one of its parts, as unescaped tokens.

    `str(pointer)` is its text, `pointer / "name"` the pointer to a member or an item.
    The empty pointer is the whole value.
    """

    tokens: tuple[str, ...] = ()

    @classmethod
    def of(cls, *tokens: Token) -> "Pointer":
        """Return the pointer made of tokens; an index becomes its digits."""
        return cls(tuple(map(str, tokens)))

    @classmethod
    def parse(cls, text: str) -> "Pointer":
        """Read the text of a pointer; a stray `~` is a literal one.

        Raises:
            ValueError: the text is neither empty nor begins with `/`.
        """
        if not text:
            return cls()
        if not text.startswith("/"):
            raise ValueError(f"a JSON pointer begins with '/': {text!r}")
        return cls(tuple(map(_unescape, text[1:].split("/"))))

    @classmethod
    def from_fragment(cls, fragment: str) -> "Pointer":
        """Read a pointer that is the percent-encoded fragment of a URI.

        Raises:
            ValueError: the fragment is neither empty nor begins with `/`.
        """
        return cls.parse(unquote(fragment))

    @property
    def fragment(self) -> str:
        """The pointer as the fragment of a URI, without the `#`."""
        return quote(str(self))

    def __truediv__(self, token: Token) -> "Pointer":
        return Pointer((*self.tokens, str(token)))

    def __str__(self) -> str:
        return write_tokens(self.tokens)


def write_tokens(tokens: Tokens) -> str:
    """Return the text of the pointer made of tokens."""
    return "".join(
        ["/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens]
    )


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
