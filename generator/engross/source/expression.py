"""Runtime expressions of OpenAPI: parts of a request or a response, by name."""

import re
from enum import StrEnum
from typing import Final

from engross.data import dataclass
from engross.source.pointer import Pointer


class Message(StrEnum):
    """What an expression reads from."""

    URL = "$url"
    METHOD = "$method"
    STATUS = "$statusCode"
    REQUEST = "$request"
    RESPONSE = "$response"
    UNIQUE = "$unique"
    """Nothing: a value that was never used before. OpenAPI has no word for it."""


class Part(StrEnum):
    """A part of a request or a response."""

    HEADER = "header"
    QUERY = "query"
    PATH = "path"
    BODY = "body"


_OF_A_PART: Final = re.compile(
    r"(?P<message>\$request|\$response)"
    r"\.(?:body(?:#(?P<pointer>.*))?|(?P<part>header|query|path)\.(?P<name>.+))",
    re.DOTALL,
)


_WHOLE: Final = Pointer()


@dataclass(frozen=True, slots=True)
class Expression:
    """A runtime expression; `str(expression)` is its text.

    Attributes:
        part: None unless it reads a request or a response.
        name: of a header or a parameter; empty for all else.
        pointer: into the body; empty for all else.
    """

    message: Message
    part: Part | None = None
    name: str = ""
    pointer: Pointer = _WHOLE

    @classmethod
    def parse(cls, text: str) -> "Expression":
        """Read the text of an expression.

        Raises:
            ValueError: the text is no expression.
        """
        found = _OF_A_PART.fullmatch(text)
        if found is not None:
            message = Message(found["message"])
            if found["part"] is not None:
                return cls(message, Part(found["part"]), found["name"])
            return cls(
                message, Part.BODY, pointer=Pointer.parse(found["pointer"] or "")
            )
        message = Message(text)
        if message in (Message.REQUEST, Message.RESPONSE):
            raise ValueError(f"{text!r} names no part of it")
        return cls(message)

    @property
    def label(self) -> str:
        """The name of what it reads: of a header, a parameter or a member."""
        if self.pointer.tokens:
            return self.pointer.tokens[-1]
        return self.name or str(self.part or self.message)

    def __str__(self) -> str:
        if self.part is None:
            return str(self.message)
        if self.part is not Part.BODY:
            return f"{self.message}.{self.part}.{self.name}"
        pointer = f"#{self.pointer}" if self.pointer.tokens else ""
        return f"{self.message}.body{pointer}"
