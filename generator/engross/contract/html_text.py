"""Descriptions that a provider wrote in HTML, as the Markdown that docstrings show."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_INLINE: Final = {
    "code": "`",
    "tt": "`",
    "b": "**",
    "strong": "**",
    "em": "*",
    "i": "*",
}
_BLOCKS: Final = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "dl",
        "dd",
        "dt",
        "table",
        "tr",
        "pre",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_PLAIN: Final = frozenset(
    [
        "a",
        "br",
        "hr",
        "li",
        "span",
        "sup",
        "sub",
        "u",
        "small",
        "td",
        "th",
        "tbody",
        "thead",
    ]
)
_KNOWN: Final = frozenset(_INLINE) | _BLOCKS | _PLAIN

_TAG: Final = re.compile(
    rf"</(?:{'|'.join(sorted(_KNOWN))})>|<(?:br|hr) */?>", re.IGNORECASE
)
_CODE: Final = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def markdown(text: str) -> str:
    """Return a description in Markdown; one without HTML is returned unchanged.

    Tags that no browser knows are kept, as in `Bearer <api_key>`, and so is code.
    """
    if _TAG.search(text) is None:
        return text
    parts = _CODE.split(text)
    if any(_TAG.search(code) for code in parts[1::2]):
        return text  # HTML is what it talks about
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._links: list[str] = []

    def text(self) -> str:
        """Return what was read, without superfluous spaces and empty lines."""
        whole = "".join(self._parts)
        lines = (re.sub(r"[ \t]+", " ", line).strip() for line in whole.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            href = dict(attrs).get("href") or ""
            self._links.append(href if href.startswith(("https:", "http:")) else "")
            self._parts.append("[" if self._links[-1] else "")
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag in ("br", "hr"):
            self._parts.append("\n")
        elif tag in _KNOWN:
            self._parts.append("\n\n" if tag in _BLOCKS else _INLINE.get(tag, ""))
        else:
            self._parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            link = self._links.pop() if self._links else ""
            self._parts.append(f"]({link})" if link else "")
        elif tag in _KNOWN:
            self._parts.append("\n\n" if tag in _BLOCKS else _INLINE.get(tag, ""))
        else:
            self._parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._parts.append(data)
