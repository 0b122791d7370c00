"""Headers of a request."""

from collections.abc import Mapping

from .exchange import SentHeaders


def header_value(name: str, value: str) -> str:
    """Return a value that can be sent as a header; the error does not show it."""
    if value.isprintable():
        return value
    if any(character < " " and character != "\t" for character in value) or (
        "\x7f" in value
    ):
        raise ValueError(
            f"header {name} holds a line break or another control character"
        )
    return value


def clean_headers(given: Mapping[str, str]) -> SentHeaders:
    """Return headers under lower-case names."""
    return SentHeaders(
        {name.lower(): header_value(name, value) for name, value in given.items()}
    )


def add_cookie(headers: SentHeaders, cookie: str) -> None:
    """Add a name and value to the Cookie header."""
    known = headers.get("cookie")
    if cookie:
        headers["cookie"] = f"{known}; {cookie}" if known else cookie
