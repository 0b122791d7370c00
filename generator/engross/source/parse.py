"""A file's bytes become a `Document`, or findings."""

from engross.findings import Finding
from engross.source import json_text, yaml_text
from engross.source.document import Document
from engross.source.text import decode


def parse(name: str, data: bytes) -> tuple[Document | None, list[Finding]]:
    """Read a file as JSON if its name ends in `.json`, else as YAML.

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
    language = json_text if name.endswith(".json") else yaml_text
    value, findings = language.parse(text)
    if findings and value is None:
        return None, findings
    return Document(name, text, value, lambda: language.marks(text)), findings
