"""The provider's documents, where they are at hand, against what contracts say of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from engross.contract.index import EXTENSION, Index, mapping
from engross.findings import Finding, split_lines
from engross.source import Location, Source, Value
from engross.suggest import did_you_mean
from engross.tree.manifest import digest

_RULE = "other-document"


def document_findings(source: Source, directory: Path) -> Iterator[Finding]:
    """Yield what contradicts a contract in the files of its documents.

    Args:
        source: The contract.
        directory: Where the files are.

    Raises:
        OSError: A file could not be read.
    """
    at = source.root / EXTENSION / "documents"
    for name, listed in Index(source).named("documents").items():
        facts = mapping(listed)
        path = directory / str(facts.get("file"))
        if path.is_file():
            yield from _differences(source, at / name, facts, path.read_bytes())
            continue
        files = [
            file.relative_to(directory).as_posix()
            for file in sorted(directory.rglob("*"))
            if file.is_file()
        ]
        message = f"{directory.as_posix()} has no such file"
        hint = did_you_mean(str(facts.get("file")), files)
        yield Finding(_RULE, message, source.span(at / name / "file"), hint)


def _differences(
    source: Source, at: Location, facts: Mapping[str, Value], content: bytes
) -> Iterator[Finding]:
    found = digest(content)
    if facts.get("sha256") != found:
        message = f"the file is another one: its SHA-256 is {found}"
        hint = "compare it with the contract, then write its new digest here"
        yield Finding(_RULE, message, source.span(at / "sha256"), hint)
    count = _lines_in(content)
    if facts.get("lines") != count:
        message = f"the file has {count} lines"
        yield Finding(_RULE, message, source.span(at / "lines"))


def _lines_in(content: bytes) -> int:
    """Return the number of lines; the last one may lack its end."""
    lines = split_lines(content.decode(errors="replace"))
    return len(lines) - (lines[-1] == "")
