"""All changes between two contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from engross.contract.index import OperationKind
from engross.diff.changes import Change
from engross.diff.operation_changes import OperationComparer
from engross.diff.python_changes import PythonComparer
from engross.diff.rules import Rating, Way
from engross.diff.schema_changes import Found, SchemaComparer
from engross.diff.section_changes import SectionComparer
from engross.diff.sides import Side
from engross.findings import Finding, FindingsError, Severity, Span
from engross.source import Location, Source
from engross.source.gc_pause import gc_paused


def changes_between(
    old: Source | None, new: Source | None, at: tuple[str, str] = ("", "")
) -> tuple[Change, ...]:
    """Return the changes between two contracts, those of the contract itself first.

    Args:
        old: the older contract; None if it is new.
        new: the newer contract; None if it is gone.
        at: the commits that they are of; empty for files on disk.

    Raises:
        FindingsError: one of them is invalid; holds every finding of that one.
    """
    before, after = at
    if old is None or new is None:
        return tuple(_whole(old, new, before, after))
    if old.sha256 == new.sha256:
        return ()
    with gc_paused():
        with named_at(before):
            one = Side.of(old)
        with named_at(after):
            other = Side.of(new)
        changes = compare(one, other)
    return tuple(
        replace(
            change,
            before=_named(change.before, before),
            after=_named(change.after, after),
        )
        for change in changes
    )


def compare(old: Side, new: Side) -> tuple[Change, ...]:
    """Return the changes between two contracts that were read."""
    return _Comparison(old, new).changes()


def _whole(
    old: Source | None, new: Source | None, before: str, after: str
) -> Iterator[Change]:
    """Yield the change that a contract is new, or gone."""
    source = old or new
    if source is not None:
        name = source.entry.rpartition("/")[2].rpartition(".")[0]
        span = _start(source.span(source.root))
        was = _named(span, before) if old else None
        now = _named(span, after) if new else None
        kind = "added" if new else "removed"
        message = f"the contract {name} is {'new' if new else 'gone'}"
        yield Change(f"contract-{kind}", name, "", "", message, was, now)


@contextmanager
def named_at(commit: str) -> Iterator[None]:
    """Say in one finding that a contract of a commit is invalid; nobody can edit it.

    Args:
        commit: its name; empty for files on disk, whose findings stay as they are.
    """
    try:
        yield
    except FindingsError as error:
        if not commit:
            raise
        errors = [each for each in error.findings if each.severity is Severity.ERROR]
        first = errors[0]
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        message = f"in {commit}, the contract has {count} by today's checks"
        span = None if first.span is None else _named(first.span, commit)
        raise FindingsError(
            [
                Finding(
                    "invalid-at-commit",
                    f"{message}{'' if len(errors) == 1 else '; the first'}: "
                    f"{first.rule}: {first.message}",
                    span,
                    "compare with a later commit, or write the old version to a file, "
                    "correct it there, and compare the files",
                )
            ]
        ) from None


def _named(span: Span | None, commit: str) -> Span | None:
    if span is None or not commit:
        return span
    return replace(span, file=f"{commit}:{span.file}")


class _Comparison:
    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        self._changes: dict[tuple[object, ...], Change] = {}

    def changes(self) -> tuple[Change, ...]:
        """Return all changes."""
        old, new = self._old, self._new
        schemas = SchemaComparer(old, new)
        operations = OperationComparer(old, new, schemas, self._note)
        calls = operations.run(OperationKind.CALL)
        webhooks = operations.run(OperationKind.WEBHOOK)
        operations.run(OperationKind.CALLBACK)
        SectionComparer(old, new, self._note).run(calls, webhooks)
        for found in schemas.differences():
            self._note_schema(found)
        roots = _start(old.span(old.index.source.root)), _start(
            new.span(new.index.source.root)
        )
        PythonComparer(
            old.interface,
            new.interface,
            {pair.old.identity: pair.new.identity for pair in (*calls, *webhooks)},
            schemas.counterparts,
            roots,
            self._note,
        ).run()
        return tuple(self._changes.values())

    def _note(
        self,
        rule: str,
        place: str,
        message: str,
        before: Span | None,
        after: Span | None,
        *,
        detail: str = "",
        operations: Mapping[Way, tuple[str, ...]] | None = None,
        exceptions: Mapping[Way, Rating] | None = None,
    ) -> None:
        change = Change(
            rule,
            self._new.name,
            place,
            detail or message,
            message,
            before,
            after,
            operations,
            exceptions,
        )
        self._changes.setdefault((rule, place, change.detail), change)

    def _note_schema(self, found: Found) -> None:
        difference = found.difference
        joint = " " if difference.message.startswith("is ") else ": "
        self._note(
            difference.rule,
            f"{found.label.old}{difference.part}",
            f"{found.label.new}{difference.part}{joint}{difference.message}",
            _span(self._old, difference.before),
            _span(self._new, difference.after),
            detail=difference.detail or difference.rule,
            operations=found.operations,
            exceptions=difference.exceptions,
        )


def _start(span: Span) -> Span:
    """Return the first position of a span, for a whole document."""
    return Span(span.file, span.start, span.start)


def _span(side: Side, at: Location | None) -> Span | None:
    if at is None:
        return None
    is_named = bool(at.tokens) and isinstance(at.tokens[-1], str)
    return side.span(at, key=is_named)
