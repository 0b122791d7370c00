"""GitHub-flavoured markdown from text that may hold anything.

Descriptions in contracts are CommonMark, written by whoever wrote the contract. What is printed
keeps their links and code spans, drops tags that only dress text, and shows all else as it is: no
heading, image, script, fence, table cell or formula of theirs takes effect.
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
    """The text on one line, without characters that do not show."""
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
    """The first paragraph of a description, as prose; empty where there is none."""
    for block in re.split(r"\n[ \t]*\n", value.strip()):
        line = plain(block.lstrip().lstrip("#"))
        if line:
            return prose(line)
    return ""


def prose(value: str) -> str:
    """Text of a contract as one line: links and code spans work, all else is shown as it is."""
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
    """Text of markdown and HTML without what only dresses it."""
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
    """The text with every character that would mean something to markdown escaped."""
    return _SPECIAL.sub(lambda match: f"\\{match.group()}", value)


def code(value: str) -> str:
    """A code span that shows exactly the text; nothing for an empty one."""
    line = plain(value)
    if not line:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def codes(values: Iterable[str]) -> str:
    """Code spans with commas between them."""
    return ", ".join(map(code, values))


def link(title: str, url: str) -> str:
    """A link; only its title where the address is none of the web."""
    text = escaped(plain(title))
    return f"[{text}](<{url}>)" if _SAFE_URL.match(url) else text


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(_CELL.sub(_cell_escape, cell) for cell in cells)} |"


def _cell_escape(match: re.Match[str]) -> str:
    return match.group(1) or "\\|"


def table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A table without a line end; nothing where there are no rows."""
    heads = tuple(headings)
    lines = [row(*cells) for cells in rows]
    if not lines:
        return ""
    return "\n".join([row(*heads), row(*("---" for _ in heads)), *lines])
