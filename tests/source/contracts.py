"""Small contracts for tests, written to a folder and loaded."""

from pathlib import Path

import pytest

from engross.findings import Finding, FindingsError
from engross.source import Location, Source, load

HEAD = 'openapi: 3.1.1\ninfo: { title: Shop, version: "1" }\n'


def loaded(
    folder: Path,
    text: str | bytes,
    name: str = "contract.yaml",
    *,
    strict: bool = False,
) -> Source:
    """The source of one file; `folder` is the project."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load(path, root=folder, strict=strict)


def refused(
    folder: Path, text: str | bytes, name: str = "contract.yaml"
) -> tuple[Finding, ...]:
    """The findings of a file that cannot be loaded."""
    with pytest.raises(FindingsError) as raised:
        loaded(folder, text, name, strict=True)
    return raised.value.findings


def schema(folder: Path, text: str, version: str = "3.0.3") -> object:
    """The schema `Thing` of a document, as it is after loading."""
    source = loaded(
        folder,
        f"openapi: {version}\n"
        'info: { title: Shop, version: "1" }\n'
        "paths: {}\n"
        f"components: {{ schemas: {{ Thing: {text}, Other: {{ type: object }} }} }}\n",
    )
    return source.value(source.root / "components" / "schemas" / "Thing")


def at(source: Source, pointer: str) -> Location:
    """The location of a pointer into the entry document."""
    location = source.root
    for part in pointer.split("/")[1:]:
        location = location / (int(part) if part.isdigit() else part)
    return location


def quoted(source: Source, location: Location, *, key: bool = False) -> str:
    """The text that a span covers, if it lies in one line."""
    span = source.span(location, key=key)
    line = source.text(location.document).splitlines()[span.start.line - 1]
    assert span.end.line == span.start.line
    return line[span.start.column - 1 : span.end.column - 1]
