"""GitHub-flavored Markdown from untrusted text.

Descriptions in contracts are CommonMark, written by whoever wrote the contract. The output keeps
their links and code spans, drops formatting tags, and escapes everything else: no heading, image,
script, fence, table cell or formula of theirs takes effect.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,200})\]\(([^()\s]{1,500})\)")
_CODE = re.compile(r"`([^`]+)`")
_TAG = re.compile(
    r"</?(?:(a|b|code|em|i|small|span|strong|sub|sup|u)|br|div|h[1-6]|hr|li|ol|p|pre|ul)"
    r"(?:\s+[a-z-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))?)*\s*/?>",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_URL = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*")
_SAFE_URL = re.compile(r"(?:https?://|mailto:)[^\s<>\\\x00-\x1f]+\Z")
_SPECIAL = re.compile(
    r"[\\`*\[\]~$]"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?[0-9A-Za-z]+;)"
    r"|:(?=[0-9a-z_+-]+:)"
    r"|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])"
)
_OPENING = re.compile(r"[-+>=#]|[0-9]{1,9}(?=[.)](?: |$))")
_CELL = re.compile(r"(\\[!-/:-@\[-`{-~])|\|")
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def plain(value: str) -> str:
    """Return the text on one line, without invisible characters."""
    return " ".join(_visible(value).split())


def _visible(value: str) -> str:
    if value.isprintable():
        return value
    return "".join(
        " " if character.isspace() else character
        for character in value
        if character.isspace() or unicodedata.category(character) not in _HIDDEN
    )


def paragraph(value: str) -> str:
    """Return the first paragraph of a description, as prose; empty if there is none."""
    for block in re.split(r"\n[ \t]*\n", value.strip()):
        line = plain(block.lstrip().lstrip("#"))
        if line:
            return prose(line)
    return ""


def prose(value: str) -> str:
    """Return text on one line; links and code spans work, everything else is escaped."""
    line = plain(value)
    pieces: list[str] = []
    for index, piece in enumerate(_CODE.split(line)):
        pieces.append(code(piece) if index % 2 else _linked(_without_markup(piece)))
    text = "".join(pieces).strip()
    opening = _OPENING.match(text)
    if opening is None:
        return text
    end = opening.end() if text[0].isdigit() else 0
    return f"{text[:end]}\\{text[end:]}"


def _without_markup(value: str) -> str:
    """Return text without formatting of Markdown and HTML."""
    text = _TAG.sub(lambda tag: "" if tag[1] else " ", _STRONG.sub(r"\1", value))
    return _visible(html.unescape(text))


def _linked(value: str) -> str:
    pieces: list[str] = []
    last = 0
    for match in _LINK.finditer(value):
        pieces += [_with_urls(value[last : match.start()]), link(*match.groups())]
        last = match.end()
    return "".join([*pieces, _with_urls(value[last:])])


def _with_urls(value: str) -> str:
    pieces: list[str] = []
    last = 0
    for match in _URL.finditer(value):
        url = match.group().rstrip(".,;:!?'()*")
        pieces += [escaped(value[last : match.start()]), f"<{url}>"]
        last = match.start() + len(url)
    return "".join([*pieces, escaped(value[last:])])


def escaped(value: str) -> str:
    """Return the text with every special character of Markdown escaped."""
    return _SPECIAL.sub(lambda match: f"\\{match.group()}", value)


def code(value: str) -> str:
    """Return a code span that shows exactly the text; empty for an empty text."""
    line = plain(value)
    if not line:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def codes(values: Iterable[str]) -> str:
    """Return code spans separated by commas."""
    return ", ".join(map(code, values))


def link(title: str, url: str) -> str:
    """Return a link; only its title if the URL is not a web address."""
    text = escaped(plain(title))
    return f"[{text}](<{url}>)" if _SAFE_URL.match(url) else text


def row(*cells: str) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(_CELL.sub(_cell_escape, cell) for cell in cells)} |"


def _cell_escape(match: re.Match[str]) -> str:
    return match.group(1) or "\\|"


def table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table without a line end; empty if there are no rows."""
    heads = tuple(headings)
    lines = [row(*cells) for cells in rows]
    if not lines:
        return ""
    return "\n".join([row(*heads), row(*("---" for _ in heads)), *lines])
