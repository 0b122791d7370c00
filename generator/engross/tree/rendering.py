"""Render a contract into the files of its package, in memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

from engross import __version__
from engross.contract import build
from engross.contract.fingerprint import Change, Element, changes, elements
from engross.contract.ir import Contract
from engross.emit import (
    distribution,
    emit,
    package_names,
    rule_findings,
    schema_findings,
    standalone_name,
)
from engross.findings import Finding, FindingsError, Level, in_order, judged
from engross.source import Source, load, load_content
from engross.source.gc_pause import gc_paused
from engross.source.slices import Slice
from engross.tree.manifest import Manifest, digest, is_safe

Made: TypeAlias = tuple[str, Mapping[str, bytes], tuple[Finding, ...]]
"""Name and files of a package, and warnings about its contract."""

Make: TypeAlias = Callable[[Source], Made]
"""Returns name, files and warnings of the package of a source."""

_LARGEST_PIECE: Final = 250_000
"""Bytes of a module that are compiled at once, to see that they are Python."""

_BETWEEN: Final = b"\n\n\n"
"""What stands between the functions and classes of a module."""


def make(source: Source) -> Made:
    """Return the package that engross generates from a contract.

    Raises:
        FindingsError: The contract is invalid.
    """
    with gc_paused():
        contract = _built(source)
        names = package_names(contract)
        files = emit(contract)
        return names.package, files, _warnings(contract, names.findings)


def _warnings(contract: Contract, of_names: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return what is to be said of a contract from which a package could be made."""
    return in_order((*contract.warnings, *of_names, *rule_findings(contract)))


def _built(source: Source) -> Contract:
    try:
        return build(source)
    except FindingsError as error:
        raise FindingsError(
            in_order([*error.findings, *schema_findings(source)])
        ) from None


@dataclass(frozen=True)
class Rendering:
    """The package that a contract generates.

    Attributes:
        contract: Path of the contract, relative to the project root.
        package: Name of the package and its directory.
        files: Content by path in the package's directory.
        command: A line of Python that tries the package, if it was asked for.
    """

    contract: str
    package: str
    files: Mapping[str, bytes]
    source: Source
    warnings: tuple[Finding, ...] = ()
    command: str = ""

    @cached_property
    def manifest(self) -> Manifest:
        """Return the manifest of these files."""
        return Manifest(
            contract=self.contract,
            sha256=self.source.sha256,
            engross=__version__,
            files={path: digest(content) for path, content in self.files.items()},
            elements={element.key: element.digest for element in self._elements},
        )

    def changes_since(self, manifest: Manifest) -> tuple[Change, ...]:
        """Return what changed in the contract since the run that wrote `manifest`."""
        return changes(manifest.elements, self._elements, self.source)

    @cached_property
    def _elements(self) -> tuple[Element, ...]:
        return elements(self.source)


def render(
    path: Path,
    root: Path,
    make: Make,
    *,
    strict: bool = False,
    skip_broken: bool = False,
    wanted: Slice | None = None,
    levels: Mapping[str, Level] | None = None,
) -> Rendering:
    """Render the contract at `path`; read files but write none.

    Args:
        path: Path of the contract.
        root: Root of the project.
        make: Usually the function of that name in this module.
        strict: Whether warnings are errors.
        skip_broken: Whether to leave out operations that cannot be generated.
        wanted: The operations to generate, if not all.
        levels: What to make of the warnings of some rules.

    Raises:
        FindingsError: The contract is invalid; has all findings.
    """
    contract = path.relative_to(root).as_posix()
    with _noting_bugs(contract):
        source = load(
            path, root=root, strict=strict, skip_broken=skip_broken, wanted=wanted
        )
        package, files, warnings = make(source)
    return _rendering(
        contract, package, files, source, warnings, strict=strict, levels=levels
    )


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
    document: StandaloneDocument, *, strict: bool = False, skip_broken: bool = False
) -> Rendering:
    """Render a document without a project, and a command that tries its package.

    Args:
        document: The document.
        strict: Whether warnings are errors.
        skip_broken: Whether to leave out operations that cannot be generated.

    Raises:
        FindingsError: The document is invalid; has all findings.
    """
    with _noting_bugs(document.name), gc_paused():
        source = document.load(strict=strict, skip_broken=skip_broken)
        contract = _built(source)
        package = document.package or contract.package or standalone_name(contract)
        client = document.client or contract.client
        contract = replace(contract, package=package, client=client)
        names = package_names(contract)
        made = distribution(contract)
        warnings = _warnings(contract, names.findings)
    rendering = _rendering(
        document.name, package, made.files, source, warnings, strict=strict
    )
    return replace(rendering, command=made.command)


def _rendering(
    contract: str,
    package: str,
    files: Mapping[str, bytes],
    source: Source,
    warnings: tuple[Finding, ...],
    *,
    strict: bool,
    levels: Mapping[str, Level] | None = None,
) -> Rendering:
    warnings = judged(warnings, levels or {}, strict=strict)
    _guard(package, files, source)
    return Rendering(contract, package, files, source, warnings)


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


def _guard(package: str, files: Mapping[str, bytes], source: Source) -> None:
    """Reject unsafe and colliding paths, and modules that Python cannot compile."""
    span = source.span(source.root)
    seen = Counter(path.casefold() for path in files)
    findings = [
        Finding(
            "unsafe-path", f"{path!r} is not a valid path of a generated file", span
        )
        for path in files
        if not is_safe(path) or seen[path.casefold()] > 1
    ]
    for path, content in files.items():
        is_rendered = path.endswith(".py") and "/_runtime/" not in path
        fault = _syntax_fault(path, content) if is_rendered else None
        if fault is not None:
            message = f"{path} would not be Python: {fault}"
            hint = "this is a bug in engross; please report it"
            findings.append(Finding("invalid-module", message, span, hint))
    if not package.isidentifier():
        findings.append(
            Finding("unsafe-path", f"{package!r} is not a valid package name", span)
        )
    if findings:
        raise FindingsError(findings)


def _syntax_fault(path: str, content: bytes) -> str | None:
    """Return why Python cannot compile a module."""
    pieces = [*_pieces(content)]
    faults = (_fault_of(path, piece) for piece in pieces)
    fault = next((each for each in faults if each is not None), None)
    # What stands between statements may stand in a string as well.
    return fault if fault is None or len(pieces) == 1 else _fault_of(path, content)


def _pieces(content: bytes) -> Iterator[bytes]:
    """Split a large module between statements, since compiling takes much memory."""
    if len(content) <= _LARGEST_PIECE:
        yield content
        return
    held: list[bytes] = []
    size = 0
    for statements in content.split(_BETWEEN):
        held.append(statements)
        size += len(statements)
        if size > _LARGEST_PIECE:
            yield _BETWEEN.join(held)
            held, size = [], 0
    yield _BETWEEN.join(held)


def _fault_of(path: str, source: bytes) -> str | None:
    try:
        compile(source, path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return str(error)
    return None
