"""Render a contract into the files of its package, in memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from traceback import format_exc
from typing import Final, TypeAlias

from engross import __version__
from engross.beside import beside
from engross.cache import Memo
from engross.contract import build
from engross.contract.facts import released_version
from engross.contract.fingerprint import (
    Change,
    Element,
    changes,
    digests,
    elements,
)
from engross.contract.ir import Contract
from engross.data import dataclass
from engross.emit import (
    distribution,
    emit,
    package_names,
    rule_findings,
    schema_findings,
    standalone_name,
    syntax_fault,
)
from engross.findings import Finding, FindingsError, Span, in_order, judged
from engross.own_templates import NO_TEMPLATES, OwnTemplates
from engross.source import Source, load, load_content
from engross.source.gc_pause import gc_paused
from engross.tree.manifest import Manifest, digest, is_safe
from engross.tree.package import Package, Rendering, examine
from engross.tree.provider_documents import document_findings
from engross.tree.records import Record, Records
from engross.tree.request import Request

Made: TypeAlias = tuple[str, Mapping[str, bytes], tuple[Finding, ...]]
"""Name and files of a package, and warnings about its contract."""

Make: TypeAlias = Callable[[Source, Memo, OwnTemplates, int], Made]
"""Returns name, files and warnings of the package of a source, as `make` does."""

_MANY: Final = 20
"""Operations from which a second process pays."""

_BUG: Final = "this is a bug in engross; please report it"


def make(
    source: Source,
    memo: Memo | None = None,
    own: OwnTemplates = NO_TEMPLATES,
    jobs: int = 1,
) -> Made:
    """Return the package that engross generates from a contract.

    Args:
        source: The contract.
        memo: What the last run worked out of texts.
        own: Templates of the project.
        jobs: How many processes may work on it; more than two do not.

    Raises:
        FindingsError: The contract, or a template of the project, is invalid.
    """
    in_two = _pays(source, jobs)
    with gc_paused():
        contract = _built(source, in_two=in_two)
        names = package_names(contract)
        files = emit(contract, memo, own, in_two=in_two)
        return names.package, files, _warnings(contract, names.findings)


def _warnings(contract: Contract, of_names: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return what is to be said of a contract from which a package could be made."""
    return in_order((*contract.warnings, *of_names, *rule_findings(contract)))


def _pays(source: Source, jobs: int) -> bool:
    """Return whether a second process saves more than it takes."""
    return jobs > 1 and len(source.places("operation")) >= _MANY


def _built(source: Source, *, in_two: bool) -> Contract:
    try:
        return build(source, in_two=in_two)
    except FindingsError as error:
        raise FindingsError(
            in_order([*error.findings, *schema_findings(source)])
        ) from None


@dataclass(frozen=True, slots=True)
class Fresh:
    """A package that was just rendered, and what it was rendered from."""

    rendering: Rendering
    source: Source
    elements: tuple[Element, ...]

    def changes_since(self, manifest: Manifest) -> tuple[Change, ...]:
        """Return what changed in the contract since the run that wrote `manifest`."""
        now = self.rendering.manifest.elements
        return changes(manifest.elements, self.elements, now, self.source)

    def examined(self, generated: Path) -> Package:
        """Return the package with its state on disk.

        Raises:
            FindingsError: Its path is not a regular directory.
            OSError: A file could not be read.
        """
        return examine(self.rendering, generated, self.changes_since)

    def record(self) -> Record:
        """Return what the next run may rely on."""
        rendering = self.rendering
        return Record(
            inputs=rendering.inputs,
            package=rendering.package,
            manifest=digest(rendering.manifest.dump()),
            span=rendering.span,
            warnings=rendering.warnings,
            released=rendering.released,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one contract; exactly one of these is set.

    Attributes:
        record: What the next run may rely on, with a package.
        findings: Why the contract is invalid.
        bug: The traceback of an exception that engross should not have raised.
    """

    package: Package | None = None
    record: Record | None = None
    findings: tuple[Finding, ...] = ()
    bug: str = ""


def outcome(
    request: Request, *, generated: Path, records: Records | None, jobs: int = 1
) -> Outcome:
    """Render a contract, and examine its package on disk; write nothing but records.

    It may run in another process, and raises nothing that would stop other contracts.

    Args:
        request: The contract, and what is wanted of it.
        generated: The directory of packages.
        records: What earlier runs found out, if that counts.
        jobs: How many processes may work on it.

    Raises:
        OSError: A file could not be read.
    """
    try:
        memo = Memo() if records is None else records.memo(request)
        fresh = render(request, make, memo, jobs)
        if records is not None:
            records.keep_memo(request, memo)
        if request.documents is not None:
            differences = tuple(document_findings(fresh.source, request.documents))
            if differences:
                return Outcome(findings=differences)
        return Outcome(package=fresh.examined(generated), record=fresh.record())
    except FindingsError as error:
        return Outcome(findings=error.findings)
    except OSError:
        raise
    except Exception:  # noqa: BLE001 - reported when all other contracts are done
        return Outcome(bug=format_exc())


def render(
    request: Request, make: Make, memo: Memo | None = None, jobs: int = 1
) -> Fresh:
    """Render a contract; read files but write none.

    Args:
        request: The contract, and what is wanted of it.
        make: Usually the function of that name in this module.
        memo: What the last run worked out of texts, to which this one adds.
        jobs: How many processes may work on it.

    Raises:
        FindingsError: The contract is invalid; has all findings.
    """
    contract = request.contract
    memo = Memo() if memo is None else memo
    with _noting_bugs(contract), gc_paused():
        source = load(
            request.path,
            root=request.root,
            strict=request.strict,
            skip_broken=request.skip_broken,
            wanted=request.wanted,
        )
        span = _package_span(source)
        with beside(partial(elements, source), in_two=_pays(source, jobs)) as read:
            package, files, warnings = make(source, memo, request.templates, jobs)
            found = read()
        warnings = judged(warnings, request.levels, strict=request.strict)
        return _fresh(contract, package, files, source, span, found, warnings, memo)


@dataclass(frozen=True, slots=True)
class StandaloneDocument:
    """A document that is generated without a project.

    Attributes:
        name: Its path below `root`, or its URL or another name.
        root: The directory that its files are in; None if it is not a file.
        content: Its content, if it is not a file.
        package: The package's name that the user chose, if any.
        client: The client's name that the user chose, if any.
    """

    name: str
    root: Path | None = None
    content: bytes = b""
    package: str | None = None
    client: str | None = None

    def read(self) -> bytes:
        """Return the content of the document itself."""
        if self.root is None:
            return self.content
        return (self.root / self.name).read_bytes()

    def load(self, *, strict: bool, skip_broken: bool) -> Source:
        """Return the document with all that it refers to.

        Raises:
            FindingsError: It is invalid.
        """
        if self.root is None:
            return load_content(
                self.name, self.content, strict=strict, skip_broken=skip_broken
            )
        path = self.root / self.name
        return load(path, root=self.root, strict=strict, skip_broken=skip_broken)


def render_standalone(
    document: StandaloneDocument,
    *,
    strict: bool = False,
    skip_broken: bool = False,
    jobs: int = 1,
) -> Fresh:
    """Render a document without a project, and a command that tries its package.

    Args:
        document: The document.
        strict: Whether warnings are errors.
        skip_broken: Whether to leave out operations that cannot be generated.
        jobs: How many processes may work on it.

    Raises:
        FindingsError: The document is invalid; has all findings.
    """
    with _noting_bugs(document.name), gc_paused():
        source = document.load(strict=strict, skip_broken=skip_broken)
        span = _package_span(source)
        in_two = _pays(source, jobs)
        memo = Memo()
        with beside(partial(elements, source), in_two=in_two) as read:
            contract = _built(source, in_two=in_two)
            package = document.package or contract.package or standalone_name(contract)
            client = document.client or contract.client
            contract = replace(contract, package=package, client=client)
            names = package_names(contract)
            made = distribution(contract, memo, in_two=in_two)
            found = read()
        warnings = judged(_warnings(contract, names.findings), {}, strict=strict)
        return _fresh(
            document.name,
            package,
            made.files,
            source,
            span,
            found,
            warnings,
            memo,
            command=made.command,
        )


def _fresh(
    contract: str,
    package: str,
    files: Mapping[str, bytes],
    source: Source,
    span: Span,
    found: tuple[Element, ...],
    warnings: tuple[Finding, ...],
    memo: Memo,
    *,
    command: str = "",
) -> Fresh:
    _guard(package, files, span, memo)
    manifest = Manifest(
        contract=contract,
        sha256=source.sha256,
        engross=__version__,
        files={path: digest(content) for path, content in files.items()},
        elements=digests(found),
    )
    released = released_version(source)
    rendering = Rendering(
        contract,
        package,
        files,
        manifest,
        source.library.inputs,
        span,
        warnings,
        command,
        released,
    )
    return Fresh(rendering, source, found)


@contextmanager
def _noting_bugs(contract: str) -> Iterator[None]:
    """Name the contract in every exception that is not a finding."""
    try:
        yield
    except FindingsError:
        raise
    except Exception as error:
        error.add_note(f"This is a bug in engross, found while rendering {contract}.")
        raise


def _package_span(source: Source) -> Span:
    """Return where the package is named, or else the whole contract.

    It is asked for before positions are forgotten.
    """
    return source.span(source.root / "x-engross" / "package")


def _guard(package: str, files: Mapping[str, bytes], span: Span, memo: Memo) -> None:
    """Reject unsafe and colliding paths, and modules that Python cannot compile."""
    seen = Counter(path.casefold() for path in files)
    findings = [
        Finding(
            "unsafe-path",
            f"{path!r} is not a valid path of a generated file",
            span,
            _BUG,
        )
        for path in files
        if not is_safe(path) or seen[path.casefold()] > 1
    ]
    for path, content in files.items():
        is_rendered = path.endswith(".py") and "/_runtime/" not in path
        if not is_rendered:
            continue
        fault = syntax_fault(path, content.decode(errors="surrogateescape"), memo)
        if fault:
            message = f"{path} would not be Python: {fault}"
            findings.append(Finding("invalid-module", message, span, _BUG))
    if not package.isidentifier():
        findings.append(
            Finding("unsafe-path", f"{package!r} is not a valid package name", span)
        )
    if findings:
        raise FindingsError(findings)
