"""What earlier runs found out, so that a package with nothing new is not rendered again.

A record says, in digests, what a contract was rendered from and what it became. Its
package is known without rendering while every file that was read is as it was, and every
file of the package is what was rendered.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from engross.cache import Cache, Memo
from engross.data import dataclass
from engross.findings import Finding, Position, Severity, Span
from engross.input_files import digest_on_disk
from engross.tree.manifest import digest, parse
from engross.tree.package import Package, Rendering, compared
from engross.tree.request import Request
from engross.tree.snapshot import take


@dataclass(frozen=True, slots=True)
class Record:
    """What a contract was rendered from, and what it became.

    Attributes:
        inputs: Digest of each file that was read, relative to the root; None of files
            that were looked for in vain.
        manifest: Digest of the manifest, which has the digest of each file.
        span: Where the contract names the package, or begins.
        released: The version that the contract states if it lists it as released.
    """

    inputs: Mapping[str, str | None]
    package: str
    manifest: str
    span: Span
    warnings: tuple[Finding, ...]
    released: str


@dataclass(frozen=True, slots=True)
class Records:
    """The records of earlier runs of the same code.

    Attributes:
        code: Digest of the code that renders.
    """

    cache: Cache
    code: str

    def recall(self, request: Request, generated: Path) -> Package | None:
        """Return the package of a contract; None if it must be rendered to know it."""
        contract = request.contract
        record = self._read(self._key(request, digest_on_disk(request.root, contract)))
        if record is None or any(
            digest_on_disk(request.root, name) != before
            for name, before in record.inputs.items()
        ):
            return None
        return _as_rendered(record, contract, generated)

    def remember(self, request: Request, record: Record) -> None:
        """Keep what was found out about a contract."""
        key = self._key(request, record.inputs[request.contract])
        self.cache.put(key, json.dumps(asdict(record)).encode())

    def memo(self, request: Request) -> Memo:
        """Return what the last run of a contract worked out of texts, whatever they were."""
        content = self.cache.get(self._memo_key(request))
        return Memo() if content is None else Memo(json.loads(content))

    def keep_memo(self, request: Request, memo: Memo) -> None:
        """Keep what a run of a contract worked out of texts."""
        if memo.used != memo.before:
            self.cache.put(self._memo_key(request), json.dumps(memo.used).encode())

    def findings(self, about: Sequence[str]) -> tuple[Finding, ...] | None:
        """Return findings that an earlier run kept; None if there are none.

        Args:
            about: all that they depend on.
        """
        content = self.cache.get(self._findings_key(about))
        return None if content is None else tuple(map(_finding, json.loads(content)))

    def keep_findings(self, about: Sequence[str], findings: Iterable[Finding]) -> None:
        """Keep findings for the next run."""
        content = json.dumps([asdict(each) for each in findings]).encode()
        self.cache.put(self._findings_key(about), content)

    def _findings_key(self, about: Sequence[str]) -> str:
        return sha256(json.dumps([self.code, "findings", *about]).encode()).hexdigest()

    def _memo_key(self, request: Request) -> str:
        return sha256(f"memo {self.code} {request.contract}".encode()).hexdigest()

    def _key(self, request: Request, contract: str | None) -> str:
        settings = [
            self.code,
            request.contract,
            contract,
            request.strict,
            request.skip_broken,
            repr(request.wanted),
            sorted(request.levels.items()),
            sorted(request.templates.texts.items()),
        ]
        return sha256(json.dumps(settings).encode()).hexdigest()

    def _read(self, key: str) -> Record | None:
        content = self.cache.get(key)
        if content is None:
            return None
        found = json.loads(content)
        return Record(
            inputs=found["inputs"],
            package=found["package"],
            manifest=found["manifest"],
            span=_span(found["span"]),
            warnings=tuple(map(_finding, found["warnings"])),
            released=found["released"],
        )


def _as_rendered(record: Record, contract: str, generated: Path) -> Package | None:
    """Return the package if the disk has every file that was rendered."""
    directory = generated / record.package
    if directory.is_symlink():
        return None
    snapshot = take(directory)
    if snapshot.manifest is None or digest(snapshot.manifest) != record.manifest:
        return None
    manifest = parse(snapshot.manifest)
    files: dict[str, bytes] = {}
    for path, rendered in manifest.files.items():
        content = snapshot.files.get(path)
        if content is None or digest(content) != rendered:
            return None
        files[path] = content
    rendering = Rendering(
        contract,
        record.package,
        files,
        manifest,
        record.inputs,
        record.span,
        record.warnings,
        released=record.released,
    )
    return compared(directory, contract, rendering, snapshot)


def _finding(found: Mapping[str, object]) -> Finding:
    return Finding(
        rule=str(found["rule"]),
        message=str(found["message"]),
        span=_optional_span(found["span"]),
        hint=_optional_text(found["hint"]),
        severity=Severity(str(found["severity"])),
        before=_optional_span(found["before"]),
        fingerprint=_optional_text(found["fingerprint"]),
    )


def _optional_text(found: object) -> str | None:
    return None if found is None else str(found)


def _optional_span(found: object) -> Span | None:
    return _span(found) if isinstance(found, dict) else None


def _span(found: Mapping[str, object]) -> Span:
    return Span(str(found["file"]), _position(found["start"]), _position(found["end"]))


def _position(found: object) -> Position:
    assert isinstance(found, dict)
    return Position(found["line"], found["column"])
