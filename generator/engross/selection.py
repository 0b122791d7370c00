"""Which operations of a contract a project wants."""

from typing import Final

from engross.data import dataclass
from engross.findings import Span


@dataclass(frozen=True, slots=True)
class Criterion:
    """What tells operations apart, such as a tag, and where a project asks for it.

    Attributes:
        key: one of `CRITERIA`.
        pattern: a name; `*` stands for any text without a slash, `**` for any text.
    """

    key: str
    pattern: str
    span: Span | None = None


CRITERIA: Final = {
    "tags": "has the tag",
    "paths": "has the path",
    "operations": "is called",
    "webhooks": "is the webhook",
}
"""The keys of criteria, each with what it says of an operation."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which operations of a contract are generated.

    Attributes:
        include: what operations have one of; all operations are included if it is empty.
        exclude: what operations have none of; if both are empty, nothing is left out.
        span: where a project asks for it.
    """

    include: tuple[Criterion, ...] = ()
    exclude: tuple[Criterion, ...] = ()
    span: Span | None = None
