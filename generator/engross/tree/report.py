"""What a run has to say about packages, as text for people and as findings."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from engross import __version__
from engross.findings import Finding, Position, Span
from engross.tree.compare import FileState, State, unified
from engross.tree.manifest import NAME
from engross.tree.package import Package
from engross.tree.survey import Survey
from engross.tree.write import Plan

_STRAY: Final = "not made by engross; move it to a folder of your own"

_MOST_CAUSES: Final = 5
"""Changes of a contract that are told before the rest is only counted."""

_MOST_FILES: Final = 20
"""Written files that are named before the rest is only counted."""

_PRECEDENCE: Final = (State.HAND_EDITED, State.STALE, State.MISSING, State.ORPHAN)


@dataclass(frozen=True, slots=True)
class _Row:
    """A path, its state or fate, and notes; each further note takes a line."""

    path: str
    state: str
    notes: tuple[str, ...] = ()


def check_report(survey: Survey, *, color: bool = False) -> str:
    """The table that `check` prints: every package, and every path not current."""
    table = [(_status(package), _problem_rows(package)) for package in survey.packages]
    return _layout([*table, *_stray_rows(survey)], color) + _advice(survey)


def generate_report(
    survey: Survey, plans: Mapping[str, Plan | None], *, color: bool = False
) -> str:
    """The table that `generate` prints: what it did, and what it left alone.

    Args:
        plans: what was carried out, by package; None where that was refused.
    """
    table = [_outcome(package, plans[package.name]) for package in survey.packages]
    return _layout([*table, *_stray_rows(survey)], color) + _way_out(survey, plans)


def diffs(survey: Survey) -> Iterator[str]:
    """Unified diffs from what is on disk to what the contracts make."""
    for package in survey.packages:
        rendered = {} if package.rendering is None else package.rendering.files
        for entry in package.problems:
            if (entry.owned or entry.wanted) and not entry.is_folder:
                before = package.snapshot.files.get(entry.path)
                after = rendered.get(entry.path)
                yield unified(f"{package.name}/{entry.path}", before, after)


def check_findings(survey: Survey, folder: str, *, grouped: bool) -> list[Finding]:
    """What `check` reports as findings, at the lines of the contract behind them.

    Args:
        folder: path of the packages' folder, relative to the project root.
        grouped: one finding for all paths of a package that share state and cause.
    """
    found = [*survey.findings, *survey.warnings]
    for package in survey.packages:
        rows = _problem_rows(package)
        for _, same in groupby(rows, key=lambda row: (row.state, row.notes)):
            group = list(same)
            parts = [group] if grouped else [[row] for row in group]
            found += [_finding(package, part, folder) for part in parts]
    found += [
        Finding(State.ORPHAN, f"{path}: {_STRAY}", _top(path)) for path in survey.strays
    ]
    return found


def refusals(
    survey: Survey, plans: Mapping[str, Plan | None], folder: str
) -> list[Finding]:
    """What `generate` would not overwrite or delete, as findings."""
    return [
        _finding(package, [row], folder)
        for package in survey.packages
        if plans[package.name] is None
        for row in _blocking_rows(package)
    ]


# What is said of one package


def _status(package: Package) -> _Row:
    states = {entry.state for entry in package.problems}
    state = next((s for s in _PRECEDENCE if s in states), package.manifest_state)
    if package.rendering is None:
        return _Row(package.name, state, (_count(len(package.states)),))
    total = len(package.rendering.files)
    if package.is_current:
        return _Row(package.name, state, (_count(total),))
    wrong = sum(entry.path in package.rendering.files for entry in package.problems)
    return _Row(package.name, state, (f"{wrong:>3} of {_count(total).lstrip()}",))


def _problem_rows(package: Package) -> list[_Row]:
    if package.is_current:
        return []
    causes = _causes(package)
    rows = [
        _Row(entry.path, entry.state, _notes(package, entry, causes))
        for entry in _by_gravity(package.problems)
    ]
    # The manifest follows its files; it is worth a line when it alone is not current,
    # or when its own state explains theirs.
    if package.interrupted:
        rows.append(_Row(NAME, State.STALE, ("a run was killed here half-way",)))
    elif not rows or package.memory.manifest is None:
        rows.append(_Row(NAME, package.manifest_state, causes))
    return rows


def _blocking_rows(package: Package) -> list[_Row]:
    return [
        _Row(entry.path, entry.state, _notes(package, entry, ()))
        for entry in _by_gravity(package.blocking)
    ]


def _by_gravity(entries: Iterable[FileState]) -> list[FileState]:
    return sorted(entries, key=lambda e: (_PRECEDENCE.index(e.state), e.path))


def _notes(
    package: Package, entry: FileState, causes: tuple[str, ...]
) -> tuple[str, ...]:
    """Why a file is what it is."""
    match entry.state:
        case State.HAND_EDITED if package.rendering is None:
            return (f"changed by hand, and {package.contract} is gone",)
        case State.HAND_EDITED:
            return (f"changed by hand; move the change to {package.contract}",)
        case State.MISSING if entry.owned:
            return ("deleted since it was made",)
        case State.ORPHAN if entry.blocks and package.memory.manifest is None:
            return (f"made by an unknown hand, as there is no {NAME}",)
        case State.ORPHAN if entry.blocks:
            return ("not made by engross, which must write here; move it away",)
        case State.ORPHAN if not entry.owned:
            return (_STRAY,)
        case State.ORPHAN if package.rendering is not None:
            return (f"no longer made from {package.contract}",)
    return causes


def _causes(package: Package) -> tuple[str, ...]:
    """Why the package is not what it was, from the contract's lines down to engross."""
    rendering, before = package.rendering, package.memory.manifest
    if rendering is None:
        return (f"{package.contract} is gone",)
    if package.memory.damage is not None:
        return (f"{NAME} is damaged: {package.memory.damage}",)
    if before is None:
        return ("never made before",)
    told = [
        f"{_line(package.contract, change.span)} {change}" for change in package.changes
    ]
    if len(told) > _MOST_CAUSES:
        more = len(told) - _MOST_CAUSES + 1
        told = [*told[: _MOST_CAUSES - 1], f"and {more} more changes"]
    if before.contract != rendering.contract:
        told.append(f"{before.contract} became {rendering.contract}")
    if before.engross != __version__:
        told.append(f"engross {before.engross} became {__version__}")
    if not told and before.sha256 != rendering.source.sha256:
        told.append(f"{package.contract} changed in comments, order or layout only")
    return tuple(told) or ("engross makes it differently now",)


def _outcome(package: Package, plan: Plan | None) -> tuple[_Row, list[_Row]]:
    if plan is None:
        rows = _blocking_rows(package)
        return _Row(package.name, "refused", (" nothing was written",)), rows
    rows = [_Row(path, _fate(package, path)) for path in sorted(plan.writes)]
    rows += [_Row(path, "deleted") for path in plan.deletes]
    left = [
        _Row(entry.path, entry.state, (_STRAY,))
        for entry in package.problems
        if entry.path not in plan.writes and entry.path not in plan.deletes
    ]
    total = 0 if package.rendering is None else len(package.rendering.files)
    fates = Counter(row.state for row in rows)
    if not rows:
        changed = plan.changes(package.snapshot)
        state = "updated" if changed and package.rendering else "unchanged"
        notes = f"{_count(total)}{', the manifest alone' if changed else ''}"
        return _Row(package.name, state, (notes,)), left
    state = next(iter(fates)) if len(fates) == 1 else "updated"
    if package.rendering is None:
        return _Row(package.name, "deleted", (_count(len(rows)),)), rows + left
    if fates["created"] == total and len(fates) == 1:
        return _Row(package.name, state, (_count(total),)), left
    done = f"{len(rows):>3} of {_count(total).lstrip()}"
    if len(rows) > _MOST_FILES:
        more = f"and {len(rows) - _MOST_FILES + 1} more"
        rows = [*rows[: _MOST_FILES - 1], _Row(more, "")]
    return _Row(package.name, state, (done,)), rows + left


def _fate(package: Package, path: str) -> str:
    return "changed" if path in package.snapshot.files else "created"


# The way out


def _advice(survey: Survey) -> str:
    stale = [p for p in survey.packages if _is_mended(p) and not p.blocking]
    blocked = [p.name for p in survey.packages if p.blocking]
    lines: list[str] = []
    if stale:
        every = survey.is_whole and len(stale) == len(survey.packages) > 1
        names = [] if every else [package.name for package in stale]
        lines.append(f"  run: {_command(names)}\n")
    if blocked:
        run = _command(blocked, force=True)
        lines.append(f"  to give up what was made by hand, run: {run}\n")
    return "".join(lines)


def _way_out(survey: Survey, plans: Mapping[str, Plan | None]) -> str:
    refused = [package for package in survey.packages if plans[package.name] is None]
    names = [p.name for p in refused if not any(s.is_folder for s in p.blocking)]
    if not names:
        return ""
    run = _command(names, force=True)
    return f"  to give up what was made by hand, run: {run}\n"


def _is_mended(package: Package) -> bool:
    """Whether `generate` has something to do there."""
    plan = package.plan()
    return plan is not None and plan.changes(package.snapshot)


def _command(names: Iterable[str], *, force: bool = False) -> str:
    words = ["engross", "generate", *(["--force"] if force else []), *names]
    return " ".join(words)


# Forms


def _finding(package: Package, rows: list[_Row], folder: str) -> Finding:
    paths = [f"{folder}/{package.name}/{row.path}" for row in rows]
    state, notes = rows[0].state, rows[0].notes
    spans = [change.span for change in package.changes if change.span is not None]
    from_contract = state == State.STALE and spans
    blocked = bool(package.blocking)
    mends = blocked or _is_mended(package)
    return Finding(
        rule=state,
        message=f"{', '.join(paths)}: {'; '.join(notes)}",
        span=spans[0] if from_contract else _top(paths[0]),
        hint=f"run: {_command([package.name], force=blocked)}" if mends else None,
    )


def _top(path: str) -> Span:
    return Span(path, Position(1, 1), Position(1, 1))


def _line(contract: str, span: Span | None) -> str:
    return contract if span is None else f"{span.file}:{span.start.line}"


def _count(files: int) -> str:
    return f"{files:>3} file{'' if files == 1 else 's'}"


def _stray_rows(survey: Survey) -> list[tuple[_Row, list[_Row]]]:
    return [(_Row(path, State.ORPHAN, (f" {_STRAY}",)), []) for path in survey.strays]


_STATE_WIDTH: Final = 11


def _layout(table: list[tuple[_Row, list[_Row]]], color: bool) -> str:
    """Packages as lines, with their files as indented lines below each."""
    paint = _painted if color else _plain
    names = max((len(head.path) for head, _ in table), default=0)
    lines: list[str] = []
    for head, rows in table:
        state = paint(f"{head.state:<{_STATE_WIDTH}}")
        lines.append(f"  {head.path:<{names}}  {state} {''.join(head.notes)}")
        paths = max((len(row.path) for row in rows), default=0)
        previous: tuple[str, ...] = ()
        for row in rows:
            notes = ("same",) if row.notes and row.notes == previous else row.notes
            previous = row.notes
            state = paint(f"{row.state:<{_STATE_WIDTH}}")
            lines.append(f"      {row.path:<{paths}}    {state}  {''.join(notes[:1])}")
            indent = " " * (6 + paths + 4 + _STATE_WIDTH + 2)
            lines += [f"{indent}{note}" for note in notes[1:]]
    return "".join(f"{line.rstrip()}\n" for line in lines)


_COLORS: Final = {
    "current": "32",
    "unchanged": "32",
    "stale": "33",
    "missing": "33",
    "orphan": "35",
    "hand-edited": "31",
    "refused": "31",
}


def _painted(state: str) -> str:
    color = _COLORS.get(state.rstrip(), "36")
    return f"\x1b[{color}m{state}\x1b[0m"


def _plain(state: str) -> str:
    return state
