"""A contract as the files of its package, in memory."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from engross import __version__
from engross.contract import build
from engross.contract.fingerprint import Change, Element, changes, elements
from engross.emit import emit, package_names, schema_findings
from engross.findings import Finding, FindingsError, in_order
from engross.source import Source, load
from engross.tree.manifest import Manifest, digest, is_safe

Made: TypeAlias = tuple[str, Mapping[str, bytes], tuple[Finding, ...]]
"""Name and files of a package, and warnings about its contract."""

Make: TypeAlias = Callable[[Source], Made]
"""From a source to the name and the files of its package."""


def make(source: Source) -> Made:
    """The package of a contract as engross makes it.

    Raises:
        FindingsError: the contract is broken.
    """
    try:
        contract = build(source)
    except FindingsError as error:
        raise FindingsError(
            in_order([*error.findings, *schema_findings(source)])
        ) from None
    package = package_names(contract).package
    return package, emit(contract), contract.warnings


@dataclass(frozen=True)
class Rendering:
    """The package that a contract makes.

    Attributes:
        contract: path of the contract's file, relative to the project root.
        package: name of the package, and of its folder.
        files: content by path in the package's folder.
    """

    contract: str
    package: str
    files: Mapping[str, bytes]
    source: Source
    warnings: tuple[Finding, ...] = ()

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest of these files."""
        return Manifest(
            contract=self.contract,
            sha256=self.source.sha256,
            engross=__version__,
            files={path: digest(content) for path, content in self.files.items()},
            elements={element.key: element.digest for element in self._elements},
        )

    def changes_since(self, manifest: Manifest) -> tuple[Change, ...]:
        """What changed in the contract since the run that wrote `manifest`."""
        return changes(manifest.elements, self._elements, self.source)

    @cached_property
    def _elements(self) -> tuple[Element, ...]:
        return elements(self.source)


def render(path: Path, root: Path, make: Make) -> Rendering:
    """Render the contract at `path`; touches no disk but to read.

    Args:
        root: of the project.
        make: usually the function of that name in this module.

    Raises:
        FindingsError: the contract is broken; carries all its findings.
    """
    contract = path.relative_to(root).as_posix()
    try:
        source = load(path, root=root)
        package, files, warnings = make(source)
    except FindingsError:
        raise
    except Exception as error:
        error.add_note(f"This is a fault of engross; it was rendering {contract}.")
        raise
    _guard(package, files, source)
    return Rendering(contract, package, files, source, warnings)


def _guard(package: str, files: Mapping[str, bytes], source: Source) -> None:
    """Refuse paths that leave the package, or that some disk cannot tell apart."""
    span = source.span(source.root)
    seen = Counter(path.casefold() for path in files)
    findings = [
        Finding("unsafe-path", f"{path!r} is no name for a generated file", span)
        for path in files
        if not is_safe(path) or seen[path.casefold()] > 1
    ]
    if not package.isidentifier():
        findings.append(Finding("unsafe-path", f"{package!r} names no package", span))
    if findings:
        raise FindingsError(findings)
