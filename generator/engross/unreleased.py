"""Changes of contracts that break callers, and that no release tells them of.

A contract lists its releases, and git knows the commit that listed the one that it
states now. Nothing else is compared: not contracts without a release, nor those of a
project without git.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from engross.findings import Finding, FindingsError, Severity, in_order
from engross.git import GitError, Revision, has_repository, is_shallow, last_change_of
from engross.input_files import overlay_names
from engross.tree.package import Package, Rendering
from engross.tree.project import Project
from engross.tree.records import Records

_WHOLE_HISTORY: Final = (
    "fetch the whole history, with git fetch --unshallow, or with fetch-depth: 0 of "
    "actions/checkout"
)


def unreleased_breaks(
    project: Project,
    packages: Iterable[Package],
    records: Records | None,
    *,
    skip_broken: bool,
) -> tuple[Finding, ...]:
    """Return what breaks callers of contracts since their last releases.

    Args:
        project: the project.
        packages: its packages, as they are generated now.
        records: what earlier runs found out.
        skip_broken: whether to leave out operations that cannot be generated.

    Returns:
        An error for each change, and a warning where git cannot say what was released.
    """
    renderings = [
        package.rendering
        for package in packages
        if package.rendering is not None and package.rendering.released
    ]
    if not renderings or not has_repository(project.root):
        return ()
    found: list[Finding] = []
    for rendering in renderings:
        found += _breaks(project, rendering, records, skip_broken=skip_broken)
    return in_order(found)


def _breaks(
    project: Project,
    rendering: Rendering,
    records: Records | None,
    *,
    skip_broken: bool,
) -> tuple[Finding, ...]:
    version = rendering.released
    try:
        commit = last_release(project, rendering.contract, version)
        if commit is None:
            return ()
        key = [rendering.contract, rendering.manifest.sha256, commit, version]
        key += [repr(project.slices), repr(project.levels), repr(project.approvals)]
        key += [repr(skip_broken)]
        found = None if records is None else records.findings(key)
        if found is None:
            found = _compared(project, rendering, commit, skip_broken=skip_broken)
            if records is not None:
                records.keep_findings(key, found)
    except CutOffError as error:
        return (_unknown(rendering, str(error), _WHOLE_HISTORY),)
    except GitError as error:
        return (_unknown(rendering, str(error)),)
    return found


def _unknown(rendering: Rendering, reason: str, hint: str | None = None) -> Finding:
    """Return the warning that nothing can be compared with the last release."""
    message = f"nothing is known of changes since {rendering.released}: {reason}"
    return Finding("unknown-release", message, rendering.span, hint, Severity.WARNING)


class CutOffError(Exception):
    """The history begins after a release; the message says so."""


def last_release(project: Project, contract: str, version: str) -> str | None:
    """Return the commit that released a version of a contract, as `releases` lists it.

    Args:
        project: the project.
        contract: path of the contract, relative to the project.
        version: the version that the contract states.

    Returns:
        The abbreviated digest of the commit; None if no commit lists the version.

    Raises:
        CutOffError: the clone lacks the commit.
        GitError: git could not answer.
    """
    listed = rf"(^|[^0-9.]){re.escape(version)}[\"']?[[:space:]]*:"
    files = [contract, *overlay_names(contract)]
    commit = last_change_of(project.root, listed, files)
    if commit is None:
        return None
    if not commit.has_parents and is_shallow(project.root):
        raise CutOffError("the history of this clone begins after it")
    return commit.name


def _compared(
    project: Project, rendering: Rendering, commit: str, *, skip_broken: bool
) -> tuple[Finding, ...]:
    # It loads YAML, and all that reads contracts.
    from engross.history import Snapshot, breaks_since  # noqa: PLC0415

    name, version = PurePosixPath(rendering.contract).stem, rendering.released
    release = Snapshot(project, Revision(project.root, commit), skip_broken)
    try:
        found = breaks_since(release, name, version)
    except FindingsError as error:
        hint = "compare both versions by hand, and list the next one in `releases`"
        return (_unknown(rendering, error.findings[0].message, hint),)
    hint = f"run: engross release {name}"
    return tuple(
        replace(
            each,
            rule="unreleased-break",
            message=f"since {version}, {each.message}",
            hint=hint,
        )
        for each in found
    )
