"""Everything that a run examines, before anything is written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from engross.data import dataclass
from engross.findings import Finding, Severity, in_order
from engross.tree.compare import Memory
from engross.tree.package import Package, Rendering, examine_abandoned
from engross.tree.project import Project
from engross.tree.records import Records
from engross.tree.request import Request
from engross.tree.template_folder import read_templates

if (
    TYPE_CHECKING
):  # it loads all that generates, which a run with nothing to do can spare
    from engross.tree.rendering import Fresh, Outcome

Map: TypeAlias = (
    "Callable[[Callable[[Request], Outcome], Iterable[Request]], Iterator[Outcome]]"
)
"""Calls a function with each request, like `map`; perhaps in other processes."""

Engine: TypeAlias = Callable[[int], AbstractContextManager[Map]]
"""Prepares to render so many contracts."""


def in_this_process(_: int) -> AbstractContextManager[Map]:
    """Return the engine that renders one contract after the other."""
    return nullcontext(map)


@dataclass(frozen=True, slots=True)
class Survey:
    """The packages of a project, each with what its contract generates.

    Attributes:
        packages: Packages of valid contracts, and of no contract anymore, by name.
        strays: Paths beside the packages that engross did not generate.
        findings: Errors in contracts.
        invalid: Providers of contracts with errors, and how many each has.
        bugs: Tracebacks of exceptions that engross should not have raised, by provider.
        warnings: Warnings about contracts that were rendered.
        is_whole: Whether the whole project was examined.
    """

    packages: tuple[Package, ...]
    strays: tuple[str, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    is_whole: bool
    invalid: Mapping[str, int] = field(default_factory=dict)
    bugs: Mapping[str, str] = field(default_factory=dict)

    @property
    def writable(self) -> tuple[Package, ...]:
        """Return the packages that a run may write.

        A contract that could not be rendered may be the new one of an abandoned package.
        """
        is_whole = not (self.findings or self.bugs)
        return tuple(p for p in self.packages if is_whole or p.rendering is not None)

    @property
    def is_current(self) -> bool:
        """Return whether every file on disk is what the contracts generate."""
        packages = all(package.is_current for package in self.packages)
        return packages and not (self.strays or self.findings or self.bugs)


def survey(
    project: Project,
    *,
    names: Iterable[str] | None = None,
    note: Callable[[str], None] = lambda _: None,
    strict: bool = False,
    skip_broken: bool = False,
    documents: Path | None = None,
    records: Records | None = None,
    engine: Engine = in_this_process,
    jobs: int = 1,
) -> Survey:
    """Render contracts in memory and examine their packages on disk.

    Args:
        project: The project.
        names: Providers, and packages without a contract; None means all.
        note: Called with what is done next, for people to see.
        strict: Whether warnings are errors.
        skip_broken: Whether to leave out operations that cannot be generated.
        documents: A directory with the documents that the contracts list, to compare.
        records: What earlier runs found out; None to render every contract.
        engine: Where contracts are rendered.
        jobs: How many processes may work on a contract that is the only one.

    Raises:
        FindingsError: There is no contract, or two with one name.
        OSError: A file could not be read.
    """
    chosen = None if names is None else frozenset(names)
    every = requested(
        project, strict=strict, skip_broken=skip_broken, documents=documents
    )
    requests = {
        provider: request
        for provider, request in every.items()
        if chosen is None or provider in chosen
    }
    packages: dict[str, Package] = {}
    if records is not None:
        for provider, request in requests.items():
            recalled = records.recall(request, project.generated)
            if recalled is not None:
                packages[provider] = recalled
    todo = {name: each for name, each in requests.items() if name not in packages}
    findings: dict[str, tuple[Finding, ...]] = {}
    bugs: dict[str, str] = {}
    jobs = jobs if len(todo) == 1 else 1
    for provider, rendered in _rendered(
        todo, project.generated, records, note, engine, jobs
    ):
        if rendered.package is not None:
            packages[provider] = rendered.package
        elif rendered.bug:
            bugs[provider] = rendered.bug
        else:
            findings[provider] = rendered.findings
        if records is not None and rendered.record is not None:
            records.remember(todo[provider], rendered.record)
    renderings = {
        provider: rendering
        for provider in requests
        if provider in packages
        and (rendering := packages[provider].rendering) is not None
    }
    folders = project.folders()
    existing = frozenset(request.contract for request in every.values())
    for provider, rival in _rivals(renderings, folders, existing):
        findings[provider] = (rival,)
    made = renderings.values()
    doubtful = {renderings[name].package for name in findings if name in renderings}
    known = [each for each in packages.values() if each.name not in doubtful]
    known += [
        examine_abandoned(project.generated / name, contract)
        for name, contract in _abandoned(made, folders, existing, chosen)
    ]
    return Survey(
        packages=tuple(sorted(known, key=lambda package: package.name)),
        strays=_strays(project, made, folders) if chosen is None else (),
        findings=in_order(each for found in findings.values() for each in found),
        warnings=in_order(each for one in made for each in one.warnings),
        is_whole=chosen is None,
        invalid={name: _errors(found) for name, found in findings.items()},
        bugs=bugs,
    )


def requested(
    project: Project, *, strict: bool, skip_broken: bool, documents: Path | None
) -> dict[str, Request]:
    """Return what is asked of each contract of a project, by provider.

    Raises:
        FindingsError: There is no contract, two have one name, or a template is unusable.
    """
    contracts = project.contracts()
    templates = read_templates(project.root, project.templates)
    return {
        provider: Request(
            path,
            project.root,
            strict=strict,
            skip_broken=skip_broken,
            wanted=project.slices.get(provider),
            levels=project.levels,
            documents=documents,
            templates=templates,
        )
        for provider, path in contracts.items()
    }


def _errors(findings: Iterable[Finding]) -> int:
    return sum(finding.severity is Severity.ERROR for finding in findings)


def _rendered(
    requests: Mapping[str, Request],
    generated: Path,
    records: Records | None,
    note: Callable[[str], None],
    engine: Engine,
    jobs: int,
) -> "Iterator[tuple[str, Outcome]]":
    """Yield what becomes of each contract, by its provider."""
    if not requests:
        return
    from engross.tree.rendering import outcome  # noqa: PLC0415 - see Outcome above

    with engine(len(requests)) as run:
        render = partial(outcome, generated=generated, records=records, jobs=jobs)
        outcomes = run(render, requests.values())
        yield from zip(_noted(requests, note), outcomes, strict=True)


def _noted(names: Collection[str], note: Callable[[str], None]) -> Iterator[str]:
    """Yield the names; note each before whoever asks for it waits for its outcome."""
    for number, name in enumerate(names, 1):
        place = f", {number} of {len(names)}" if len(names) > 1 else ""
        note(f"rendering {name}{place}")
        yield name


def survey_standalone(fresh: "Fresh", output: Path) -> Survey:
    """Examine the package of a document without a project.

    A package below `output` that was generated from something else is a finding.

    Raises:
        FindingsError: The path of the package is not a regular directory.
        OSError: A file could not be read.
    """
    package = fresh.examined(output)
    contract, origin = fresh.rendering.contract, package.memory.source
    findings = []
    if origin not in (None, contract):
        message = f"{package.name}/ was generated from {origin}"
        hint = "choose another --name or --output, or overwrite it with --force"
        findings = [Finding("other-origin", message, hint=hint)]
    warnings = in_order(fresh.rendering.warnings)
    return Survey((package,), (), tuple(findings), warnings, True)


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
    renderings: Mapping[str, Rendering],
    folders: Mapping[str, Memory],
    existing: Collection[str],
) -> Iterator[tuple[str, Finding]]:
    """Yield each provider whose contract generates the package of another one, and why."""
    looked_at = {rendering.contract for rendering in renderings.values()}
    makers: dict[str, str] = {}
    for provider, rendering in renderings.items():
        # A contract that was not examined may have generated what is on disk.
        memory = folders.get(rendering.package, Memory())
        before = memory.source
        if before is not None and before in existing and before not in looked_at:
            makers.setdefault(rendering.package, before)
        maker = makers.setdefault(rendering.package, rendering.contract)
        if maker != rendering.contract:
            message = f"{maker} generates the package {rendering.package} too"
            hint = "set another package in x-engross"
            yield provider, Finding("same-package", message, rendering.span, hint)


def _strays(
    project: Project, renderings: Collection[Rendering], folders: Mapping[str, Memory]
) -> tuple[str, ...]:
    made = {name for name, memory in folders.items() if memory.source is not None}
    return project.strays({*made, *(rendering.package for rendering in renderings)})
