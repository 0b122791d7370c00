"""The provider's documents, where they are at hand, and the lock files of contracts."""

from collections.abc import Iterator
from pathlib import Path

from engross.audit.contract_audit import differences
from engross.audit.document_text import DocumentText
from engross.audit.lock import Lock, lock_name, read_lock
from engross.contract.index import EXTENSION, Index, mapping
from engross.data import dataclass
from engross.findings import Finding
from engross.source import Source
from engross.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class ProviderDocuments:
    """The documents of a contract that are in a directory.

    Attributes:
        texts: Those that are there, by id.
        missing: A finding for each of the others.
    """

    texts: dict[str, DocumentText]
    missing: tuple[Finding, ...]


def provider_documents(index: Index, directory: Path) -> ProviderDocuments:
    """Read the documents that a contract lists.

    Raises:
        OSError: A file could not be read.
    """
    texts: dict[str, DocumentText] = {}
    missing: list[Finding] = []
    for name, listed in index.named("documents").items():
        file = str(mapping(listed).get("file"))
        path = directory / file
        if path.is_file():
            texts[name] = DocumentText(path.read_bytes())
            continue
        files = [
            found.relative_to(directory).as_posix()
            for found in sorted(directory.rglob("*"))
            if found.is_file()
        ]
        place = index.source.root / EXTENSION / "documents" / name / "file"
        message = f"{directory.as_posix()} has no such file"
        hint = did_you_mean(file, files)
        missing.append(
            Finding("other-document", message, index.source.span(place), hint)
        )
    return ProviderDocuments(texts, tuple(missing))


def document_findings(source: Source, directory: Path) -> Iterator[Finding]:
    """Yield what contradicts a contract in the files of its documents.

    Args:
        source: The contract.
        directory: Where the files are.

    Raises:
        OSError: A file could not be read.
    """
    index = Index(source)
    found = provider_documents(index, directory)
    yield from found.missing
    at = source.root / EXTENSION / "documents"
    for name, text in found.texts.items():
        facts = mapping(index.named("documents").get(name))
        yield from differences(source, at / name, facts, text)


def lock_path(contract: Path) -> Path:
    """Return the path of the lock file of a contract."""
    return contract.with_name(lock_name(contract.name))


def lock_of(contract: Path, root: Path) -> Lock | None:
    """Return the lock file of a contract; None if there is none.

    Raises:
        FindingsError: It is damaged.
        OSError: It could not be read.
    """
    path = lock_path(contract)
    if not path.is_file():
        return None
    return read_lock(path.relative_to(root).as_posix(), path.read_bytes())
