"""A file's bytes become a `Document`, or findings."""

import re
from typing import Final

from engross.findings import Finding
from engross.source import json_text, yaml_text
from engross.source.document import Document, Mark
from engross.source.text import decode

_OBJECT: Final = re.compile(r'\s*\{\s*["}]')
_MARKUP: Final = re.compile(r"\s*<[!?A-Za-z]")
_CONFLICT: Final = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)
"""How a JSON object begins."""


def parse(name: str, data: bytes) -> tuple[Document | None, list[Finding]]:
    """Read a file as JSON if its name ends in `.json`, else as YAML.

    Where a name says neither, such as that of a download, the first character decides.

    A document comes with findings where its data is still worth a look.

    Args:
        name: the path as shown to people.
    """
    text = decode(name, data)
    if isinstance(text, Finding):
        return None, [text]
    if not text.content.strip():
        empty = Finding("empty-document", "the file is empty", text.span(0, 0))
        return None, [empty]
    says_neither = not name.endswith((".json", ".yaml", ".yml"))
    is_json = name.endswith(".json") or (says_neither and _OBJECT.match(text.content))
    language = json_text if is_json else yaml_text
    rule = "json-syntax" if is_json else "yaml-syntax"
    if _MARKUP.match(text.content):
        message = "this is HTML or XML, not an OpenAPI document"
        hint = "download the document itself; pages that ask for a login look like this"
        return None, [Finding(rule, message, text.span(0, len(text.content)), hint)]
    value, findings = language.parse(text)
    conflict = _CONFLICT.search(text.content) if findings and value is None else None
    if conflict is not None:
        hint = "keep one of the two versions"
        span = text.span(*conflict.span())
        return None, [Finding(rule, "unresolved merge conflict", span, hint)]
    if findings and value is None:
        return None, findings

    def marks() -> Mark:
        return json_text.marks(text, findings) if is_json else yaml_text.marks(text)

    return Document(name, text, value, marks), findings
