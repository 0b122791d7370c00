"""Contracts as they are in commits, and what changed in them."""

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from engross.contract.facts import released_version
from engross.data import dataclass
from engross.diff import Change, changes_between, named_at
from engross.diff.report import findings
from engross.diff.rules import Rating
from engross.findings import Finding, FindingsError, Severity
from engross.git import Revision
from engross.source import Source, load, load_files
from engross.tree.project import Project, is_contract


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The contracts of a project, in a commit or on disk.

    Attributes:
        revision: the commit; None for the files on disk.
        skip_broken: whether to leave out operations that cannot be generated.
    """

    project: Project
    revision: Revision | None
    skip_broken: bool = False

    @property
    def name(self) -> str:
        """Return the name of the commit; nothing for the files on disk."""
        return "" if self.revision is None else self.revision.name

    def paths(self) -> dict[str, str]:
        """Return the path of each contract, by name."""
        project = self.project
        if self.revision is None:
            return {name: project.shown(p) for name, p in project.contracts().items()}
        specs = PurePosixPath(project.shown(project.specs))
        found = [p for p in map(PurePosixPath, self.revision) if p.parent == specs]
        return {path.stem: str(path) for path in found if is_contract(path)}

    def contract(self, name: str) -> Source | None:
        """Return a contract; None if there is none of that name.

        Raises:
            FindingsError: it is invalid.
        """
        path = self.paths().get(name)
        if path is None:
            return None
        project, wanted = self.project, self.project.slices.get(name)
        if self.revision is None:
            return load(
                project.root / path,
                root=project.root,
                skip_broken=self.skip_broken,
                wanted=wanted,
            )
        with named_at(self.name):
            return load_files(
                path, self.revision, skip_broken=self.skip_broken, wanted=wanted
            )


def changes_of(name: str, old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """Return the changes of a contract.

    Raises:
        FindingsError: it is invalid, then or now.
        GitError: git could not answer.
    """
    return changes_between(old.contract(name), new.contract(name), (old.name, new.name))


def changes_of_all(
    names: Collection[str], old: Snapshot, new: Snapshot, faults: list[Finding]
) -> Iterator[Change]:
    """Yield the changes of contracts; note what is wrong with those that are invalid."""
    for name in names:
        try:
            yield from changes_of(name, old, new)
        except FindingsError as error:
            faults += error.findings


def breaks_since(release: Snapshot, name: str, version: str) -> tuple[Finding, ...]:
    """Return the changes of a contract since a release that callers do not know of yet.

    Raises:
        FindingsError: it is invalid, then or now.
        GitError: git could not answer.
    """
    was = release.contract(name)
    if was is None or released_version(was) != version:
        return ()
    now = Snapshot(release.project, None, release.skip_broken)
    changes = changes_between(was, now.contract(name), (release.name, ""))
    settings = release.project
    found = findings(changes, settings.approvals, settings.levels, Rating.BREAKING)
    return tuple(each for each in found if each.severity is Severity.ERROR)
