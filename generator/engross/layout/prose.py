"""Docstrings and comments, wrapped."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from engross.layout.strings import INDENT, WIDTH, width


def comment(text: str, *, indent: int = 0) -> str:
    """Return a comment of one or more lines, each indented; nothing in it is invisible."""
    margin = f"{' ' * indent}# "
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text).strip()
    if len(margin) + len(text) <= WIDTH:
        return f"{margin}{text}".rstrip()
    return "\n".join(_filled(text, WIDTH, margin, margin))


def docstring(paragraphs: Sequence[str], *, indent: int = 4) -> str:
    """Return a docstring of wrapped paragraphs, or nothing if there is nothing to say.

    Lines of a paragraph that start with spaces stay lines of their own.
    """
    if len(paragraphs) == 1 and _is_plain(paragraphs[0], WIDTH - indent - 6):
        return f'"""{paragraphs[0]}"""'
    kept = ["\n".join(text.splitlines()).strip("\n").rstrip() for text in paragraphs]
    kept = [paragraph for paragraph in kept if paragraph.strip()]
    if not kept:
        return ""
    kept[0] = kept[0].lstrip()
    pad = " " * indent
    wrapped = [
        line for paragraph in kept for line in (*_wrap(paragraph, WIDTH - indent), "")
    ][:-1]
    lines = [_escaped(line) for line in wrapped]
    quotes = 6 if len(lines) == 1 else 4
    if width(_padded(lines[0])) + indent + quotes > WIDTH:
        first = _wrap(kept[0], WIDTH - indent - quotes)
        others = [
            line
            for paragraph in kept[1:]
            for line in ("", *_wrap(paragraph, WIDTH - indent))
        ]
        lines = [_escaped(line) for line in (*first, *others)]
    if len(lines) == 1:
        return f'"""{_padded(lines[0])}"""'
    if lines[0].startswith('"'):
        lines[0] = f" {lines[0]}"
    rest = lines[1:]
    if all(line[:1] in ("", " ") for line in rest):
        rest = textwrap.dedent("\n".join(rest)).split("\n")
    body = "\n".join(f"{pad}{line}".rstrip() for line in rest)
    return f'"""{lines[0]}\n{body}\n{pad}"""'


def _is_plain(text: str, most: int) -> bool:
    """Tell whether a text is written in a docstring as it is, on one line."""
    return (
        0 < len(text) <= most
        and text.isascii()
        and text.isprintable()
        and text[0] != " " != text[-1]
        and '"' not in text
        and "\\" not in text
    )


@lru_cache(maxsize=8192)
def _wrap(paragraph: str, width: int) -> tuple[str, ...]:
    """Return the lines of a paragraph; documents say the same in many places."""
    if len(paragraph) <= width and paragraph.isprintable() and paragraph[:1] != " ":
        return (paragraph,)
    lines: list[str] = []
    pending: list[str] = []

    def flush() -> None:
        if pending:
            lines.extend(_filled(" ".join(pending), width))
            pending.clear()

    for line in paragraph.split("\n"):
        text = line.rstrip()
        if text.startswith((" ", "- ", "* ")):
            flush()
            body = text.lstrip()
            lead = text[: len(text) - len(body)]
            hang = lead + ("  " if body.startswith(("- ", "* ")) else INDENT)
            lines.extend(_filled(body, width, lead, hang))
        elif text:
            pending.append(text.strip())
        else:
            flush()
            lines.append("")
    flush()
    return tuple(lines)


def _filled(text: str, width: int, first: str = "", others: str = "") -> list[str]:
    """Return the lines of a text, the first one and the others with something before."""
    if "  " in text or not text.isprintable() or text != text.strip(" ") or not text:
        return textwrap.wrap(
            text,
            width,
            initial_indent=first,
            subsequent_indent=others,
            break_long_words=False,
            break_on_hyphens=False,
        )
    # The same in a fraction of the time, for words with one space between them.
    lines: list[str] = []
    start, before = 0, first
    while len(before) + len(text) - start > width:
        room = start + max(width - len(before), 0)
        end = text.rfind(" ", start, room + 1)
        if end < 0:
            end = text.find(" ", room)
        if end < 0:
            break
        lines.append(before + text[start:end])
        start, before = end + 1, others
    return [*lines, before + text[start:]]


def _escaped(line: str) -> str:
    """Escape what would end a docstring or hide what it says."""
    shown = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(
        (
            repr(character)[1:-1]
            if unicodedata.category(character) in ("Cc", "Cf")
            else character
        )
        for character in shown
    )


def _padded(line: str) -> str:
    """Put a space where a quote would touch the docstring's own."""
    padded = f" {line}" if line.startswith('"') else line
    return f"{padded} " if padded.endswith('"') else padded
