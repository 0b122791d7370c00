"""JSON pointers, and the runtime expressions of OpenAPI that use them."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET


def tokens(pointer: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer."""
    if not pointer:
        return ()
    return tuple(
        step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")
    )


def resolve(document: object, pointer: str) -> object:
    """Return what a pointer leads to; ``UNSET`` if it leads nowhere."""
    value = document
    for step in tokens(pointer):
        if isinstance(value, Mapping):
            value = value.get(step, UNSET)
        elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            index = int(step) if step.isdecimal() else len(value)
            value = value[index] if index < len(value) else UNSET
        else:
            return UNSET
    return value
