"""A document of a provider as lines, and the digests that stand for them.

A digest is salted with the id of the document, and cut short. So a table of digests of
common lines is of no use, several texts share each digest, and a line that stays keeps
its digest from version to version. Who guesses a whole line can still confirm the guess.
"""

from functools import cached_property
from hashlib import sha256
from typing import Final

from engross.data import dataclass
from engross.findings import split_lines

DIGEST_LENGTH: Final = 8
"""Hex digits kept of a line's digest: two lines have the same once in four thousand million."""

BLANK: Final = ""
"""What stands for a blank line."""


@dataclass(frozen=True)
class DocumentText:
    """A document that is at hand."""

    content: bytes

    @cached_property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return sha256(self.content).hexdigest()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Its lines; the last one may lack its end."""
        lines = split_lines(self.content.decode(errors="replace"))
        return tuple(lines[:-1] if lines[-1] == "" else lines)

    def digests(self, document: str) -> tuple[str, ...]:
        """Return the digest of each line; `document` is the id in the contract."""
        return tuple(line_digest(document, line) for line in self.lines)


def line_digest(document: str, line: str) -> str:
    """Return the digest of a line, in which space at its end does not count."""
    text = line.rstrip()
    if not text:
        return BLANK
    salted = f"{document}\0{text}".encode(errors="surrogatepass")
    return sha256(salted).hexdigest()[:DIGEST_LENGTH]
