"""Everything that a run examines, before anything is written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engross.findings import Finding, FindingsError, in_order
from engross.tree.compare import Memory
from engross.tree.package import Package, examine, examine_abandoned
from engross.tree.project import Project
from engross.tree.provider_documents import document_findings
from engross.tree.rendering import Rendering, make, render


@dataclass(frozen=True, slots=True)
class Survey:
    """The packages of a project, each with what its contract generates.

    Attributes:
        packages: Packages of valid contracts, and of no contract anymore, by name.
        strays: Paths beside the packages that engross did not generate.
        findings: Errors in contracts.
        warnings: Warnings about contracts that were rendered.
        is_whole: Whether the whole project was examined.
    """

    packages: tuple[Package, ...]
    strays: tuple[str, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    is_whole: bool

    @property
    def is_current(self) -> bool:
        """Return whether every file on disk is what the contracts generate."""
        packages = all(package.is_current for package in self.packages)
        return packages and not self.strays and not self.findings


def survey(
    project: Project,
    *,
    names: Iterable[str] | None = None,
    note: Callable[[str], None] = lambda _: None,
    strict: bool = False,
    skip_broken: bool = False,
    documents: Path | None = None,
) -> Survey:
    """Render contracts in memory and examine their packages on disk.

    Args:
        project: The project.
        names: Providers, and packages without a contract; None means all.
        note: Called with each provider before it is rendered.
        strict: Whether warnings are errors.
        skip_broken: Whether to leave out operations that cannot be generated.
        documents: A directory with the documents that the contracts list, to compare.

    Raises:
        FindingsError: There is no contract, or two with one name.
        OSError: A file could not be read.
    """
    contracts = project.contracts()
    chosen = None if names is None else frozenset(names)
    renderings: list[Rendering] = []
    findings: list[Finding] = []
    packages: list[Package] = []
    for provider, path in contracts.items():
        if chosen is None or provider in chosen:
            note(provider)
            try:
                rendering = render(
                    path,
                    project.root,
                    make,
                    strict=strict,
                    skip_broken=skip_broken,
                    wanted=project.slices.get(provider),
                    levels=project.levels,
                )
                renderings.append(rendering)
                packages.append(examine(rendering, project.generated))
                if documents is not None:
                    findings += document_findings(rendering.source, documents)
            except FindingsError as error:
                findings += error.findings
    folders = project.folders()
    existing = frozenset(project.shown(path) for path in contracts.values())
    findings += _rivals(renderings, folders, existing)
    for name, contract in _abandoned(renderings, folders, existing, chosen):
        packages.append(examine_abandoned(project.generated / name, contract))
    return Survey(
        packages=tuple(sorted(packages, key=lambda package: package.name)),
        strays=_strays(project, renderings, folders) if chosen is None else (),
        findings=in_order(findings),
        warnings=in_order(
            warning for rendering in renderings for warning in rendering.warnings
        ),
        is_whole=chosen is None,
    )


def survey_standalone(rendering: Rendering, output: Path) -> Survey:
    """Examine the package of a document without a project.

    A package below `output` that was generated from something else is a finding.

    Raises:
        FindingsError: The path of the package is not a regular directory.
        OSError: A file could not be read.
    """
    package = examine(rendering, output)
    origin = package.memory.source
    findings = []
    if origin not in (None, rendering.contract):
        message = f"{package.name}/ was generated from {origin}"
        hint = "choose another --name or --output, or overwrite it with --force"
        findings = [Finding("other-origin", message, hint=hint)]
    return Survey((package,), (), tuple(findings), in_order(rendering.warnings), True)


def _abandoned(
    renderings: Collection[Rendering],
    folders: Mapping[str, Memory],
    existing: Collection[str],
    chosen: Collection[str] | None,
) -> Iterator[tuple[str, str]]:
    """Yield each package that no contract generates anymore, with its former contract.

    A contract that is invalid or was not examined may still generate its package.
    """
    made = {rendering.package for rendering in renderings}
    looked_at = {rendering.contract for rendering in renderings}
    for name, memory in folders.items():
        contract = memory.source
        if contract is None or name in made:
            continue
        is_gone = contract not in existing and (chosen is None or name in chosen)
        if is_gone or contract in looked_at:
            yield name, contract


def _rivals(
    renderings: Collection[Rendering],
    folders: Mapping[str, Memory],
    existing: Collection[str],
) -> Iterator[Finding]:
    """Yield a finding for each contract that generates the package of another one."""
    looked_at = {rendering.contract for rendering in renderings}
    makers: dict[str, str] = {}
    for rendering in renderings:
        # A contract that was not examined may have generated what is on disk.
        memory = folders.get(rendering.package, Memory())
        before = memory.source
        if before is not None and before in existing and before not in looked_at:
            makers.setdefault(rendering.package, before)
        maker = makers.setdefault(rendering.package, rendering.contract)
        if maker != rendering.contract:
            yield Finding(
                "same-package",
                f"{maker} generates the package {rendering.package} too",
                rendering.source.span(rendering.source.root / "x-engross" / "package"),
                "set another package in x-engross",
            )


def _strays(
    project: Project, renderings: Collection[Rendering], folders: Mapping[str, Memory]
) -> tuple[str, ...]:
    made = {name for name, memory in folders.items() if memory.source is not None}
    return project.strays({*made, *(rendering.package for rendering in renderings)})
