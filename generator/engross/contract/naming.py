"""Wire names to Python names.

`words` splits a name where a reader would (`paymentLinkURL` -> payment, link, url); the other
functions join the words again.
"""

from __future__ import annotations

import keyword
import re
import unicodedata

_BOUNDARY = re.compile(
    r"[^0-9A-Za-z]+"  # punctuation and spaces
    r"|(?<=[a-z0-9])(?=[A-Z])"  # paymentLink
    r"|(?<=[A-Z])(?=[A-Z][a-z])"  # HTTPServer
)


def words(text: str) -> list[str]:
    """The words of a wire name, in lower case.

    >>> words("paymentLinkURL")
    ['payment', 'link', 'url']
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return [part.lower() for part in _BOUNDARY.split(folded) if part]


def snake(text: str) -> str:
    """A name for a variable, argument, field or module."""
    name = "_".join(words(text)) or "value"
    if name[0].isdigit():
        name = f"value_{name}"
    return (
        f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name
    )


def pascal(text: str) -> str:
    """A name for a class; capitals of a name that is one already are kept."""
    if re.fullmatch(r"[A-Z][0-9A-Za-z]*", text) and not text.isupper():
        return f"{text}_" if keyword.iskeyword(text) else text
    name = "".join(word[0].upper() + word[1:] for word in words(text)) or "Value"
    if name[0].isdigit():
        name = f"Value{name}"
    return f"{name}_" if keyword.iskeyword(name) else name
