"""Words of OpenAPI that several readers of a contract need."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

SAFE_METHODS: Final = frozenset(("GET", "HEAD", "OPTIONS", "QUERY", "TRACE"))
"""HTTP methods that only read, as they are sent."""


URL_VARIABLE: Final = re.compile(r"\{[^{}]*\}")
"""What stands in a path, or in the URL of a server, for a value."""

NO_SEGMENTS: Final = ("", ".", "..")
"""Texts that no parameter of a path may have: they would make another path of it."""


class ParameterLocation(StrEnum):
    """Where a request has a value."""

    PATH = "path"
    QUERY = "query"
    QUERYSTRING = "querystring"
    """The whole query."""
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"
    """The whole body, which OpenAPI describes apart from parameters."""
    MEMBER = "member"
    """A member of the body."""


class Style(StrEnum):
    """How a parameter or a member of a form is written."""

    MATRIX = "matrix"
    LABEL = "label"
    SIMPLE = "simple"
    FORM = "form"
    SPACE_DELIMITED = "spaceDelimited"
    PIPE_DELIMITED = "pipeDelimited"
    DEEP_OBJECT = "deepObject"
    COOKIE = "cookie"


STYLES: Final[Mapping[ParameterLocation, Style]] = {
    ParameterLocation.PATH: Style.SIMPLE,
    ParameterLocation.HEADER: Style.SIMPLE,
    ParameterLocation.QUERY: Style.FORM,
    ParameterLocation.COOKIE: Style.FORM,
    ParameterLocation.QUERYSTRING: Style.FORM,
}
"""Location of a parameter -> its style unless the contract says otherwise."""

EXPLODED: Final = (Style.FORM, Style.COOKIE)
"""Styles that write members apart unless the contract says otherwise."""


def is_success(status: str, documented: Iterable[str]) -> bool:
    """Return whether a call returns from a response with a status.

    A documented redirect is an outcome like any other, since it is not followed.

    Args:
        status: As the document writes it: `200`, `2XX` or `default`.
        documented: All statuses of the operation.
    """
    if status == "default":
        return not any(other[:1] in ("2", "3") for other in documented)
    return status[:1] in ("2", "3")


def status_keys(status: int) -> tuple[str, str, str]:
    """Return the keys of responses that describe a status, the most exact first.

    A document may write them in lower case, too.
    """
    return str(status), f"{status // 100}XX", "DEFAULT"


EXAMPLE_VALUES: Final = ("value", "dataValue")
"""Members of an example that are the value which it shows."""

FRAMING_HEADERS: Final = frozenset(
    (
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
"""Headers that only the HTTP client can set, or the message is malformed."""
