"""The lock file of a contract: digests of the lines of its documents, never their text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from engross.audit.document_text import BLANK, DIGEST_LENGTH, DocumentText
from engross.data import dataclass
from engross.findings import Finding, FindingsError, Span, in_order
from engross.source import Value
from engross.source.document import Document
from engross.source.parse import parse

ENDING: Final = ".lock"
"""What the name of a lock file has in place of the contract's ending."""

FORMAT: Final = 1

_DIGEST: Final = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}|")
_WHOLE_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class LockedDocument:
    """What is known of a document that the contract was written from.

    Attributes:
        sha256: Digest of its bytes.
        digests: Digest of each line; empty for a blank one.
        span: Where the lock file has it.
    """

    sha256: str
    digests: tuple[str, ...]
    span: Span

    def is_blank(self, line: int) -> bool:
        """Return whether a line is blank; one outside of the document is not."""
        return 1 <= line <= len(self.digests) and self.digests[line - 1] == BLANK


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: its name, and its documents by their ids."""

    name: str
    documents: Mapping[str, LockedDocument]


def lock_name(contract: str) -> str:
    """Return the name of the lock file of a contract."""
    return f"{contract.rpartition('.')[0]}{ENDING}"


def written_lock(
    contract: str, provider: str, texts: Mapping[str, DocumentText]
) -> str:
    """Return the lock file for documents as they are at hand.

    Args:
        contract: The contract's path, as it is shown.
        provider: What the command calls the contract.
        texts: The documents, by id, in the order of the contract.
    """
    lines = [
        f"# Digests of the lines of the documents that {contract} cites, without their text.",
        f"# Written by: engross audit {provider} --lock --documents DIR",
        f"format: {FORMAT}",
        "documents:",
    ]
    for name, text in texts.items():
        lines += [f'  "{name}":', f'    sha256: "{text.sha256}"', "    lines:"]
        lines += [f'      - "{digest}"' for digest in text.digests(name)]
    return "\n".join(lines) + "\n"


def read_lock(name: str, content: bytes) -> Lock:
    """Return the lock file that bytes are.

    Raises:
        FindingsError: It is damaged.
    """
    document, findings = parse(name, content)
    if document is None or findings:
        raise FindingsError(in_order(findings))
    problems = tuple(_problems(document))
    if problems:
        raise FindingsError(in_order(problems))
    return Lock(
        name,
        {
            key: LockedDocument(
                str(entry["sha256"]),
                tuple(map(str, _list(entry["lines"]))),
                document.span(("documents", key), key=True),
            )
            for key, entry in _entries(document)
        },
    )


def _problems(document: Document) -> Iterator[Finding]:
    """Yield what is wrong with the structure of a lock file."""

    def problem(message: str, *tokens: str | int) -> Finding:
        hint = "write it anew with: engross audit --lock --documents DIR"
        return Finding("bad-lock", message, document.span(tokens), hint)

    value = document.value
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        yield problem("not a lock file of this version of engross")
        return
    if not isinstance(value.get("documents"), dict):
        yield problem("it lists no documents")
    for key, entry in _entries(document):
        if not _WHOLE_DIGEST.fullmatch(str(entry.get("sha256"))):
            yield problem("the document has no SHA-256", "documents", key)
        digests = entry.get("lines")
        if not isinstance(digests, list):
            yield problem("the document has no lines", "documents", key)
        for position, digest in enumerate(_list(digests)):
            if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
                message = f"expected {DIGEST_LENGTH} hexadecimal digits in quotes"
                yield problem(message, "documents", key, "lines", position)


def _entries(document: Document) -> Iterator[tuple[str, Mapping[str, Value]]]:
    value = document.value
    documents = value.get("documents") if isinstance(value, dict) else None
    for key, entry in (documents if isinstance(documents, dict) else {}).items():
        yield key, entry if isinstance(entry, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
