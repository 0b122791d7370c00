"""The one error of the schema compiler."""

from __future__ import annotations


class SchemaError(Exception):
    """A schema that cannot be honoured: malformed, unresolvable or not supported.

    Attributes:
        pointer: URI of the place in the schema, its fragment a JSON pointer.
        message: what is wrong there.
        hint: what to write in its stead, where there is such a thing.
    """

    def __init__(self, pointer: str, message: str, hint: str | None = None) -> None:
        super().__init__(f"{pointer}: {message}")
        self.pointer = pointer
        self.message = message
        self.hint = hint
