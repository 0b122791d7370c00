"""Repairs: how a document that somebody else wrote is read in spite of a fault.

A repair belongs to a fault that one annotation, one value or one reference has. It
changes the data, never the text, so that positions stay those of the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from engross.data import dataclass
from engross.findings import Finding, Severity
from engross.source.document import Document, Value, value_at
from engross.source.location import Location


@dataclass(frozen=True, slots=True)
class Put:
    """Set the member or item at a location; a new item goes to the end of the list."""

    at: Location
    value: Value


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the member or item at a location."""

    at: Location


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the member at a location another name."""

    at: Location
    name: str


Edit: TypeAlias = Put | Remove | Rename


@dataclass(frozen=True, slots=True)
class Repair:
    """What makes a document readable, and what to tell its users of it.

    Attributes:
        done: what was done, as the end of a message: `ignored`.
        edits: changes of the data; none if it can be used as it is.
    """

    done: str
    edits: tuple[Edit, ...] = ()

    def warning(self, finding: Finding) -> Finding:
        """Return the finding as a warning that says what was done."""
        message = f"{finding.message}; {self.done}"
        return replace(finding, message=message, severity=Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Defect:
    """A finding in the data of a document, with its location and repair, if there is one."""

    finding: Finding
    at: Location
    repair: Repair | None = None

    @property
    def is_error(self) -> bool:
        """Whether the finding is one that fails a command unless it is repaired."""
        return self.finding.severity is Severity.ERROR

    @property
    def reported(self) -> Finding:
        """The finding, or the warning that says how it was repaired."""
        return (
            self.finding if self.repair is None else self.repair.warning(self.finding)
        )


def removal(at: Location, done: str = "ignored") -> Repair:
    """Return the repair that removes what is at a location."""
    return Repair(done, (Remove(at),))


def replacement(at: Location, value: Value, done: str) -> Repair:
    """Return the repair that sets what is at a location."""
    return Repair(done, (Put(at, value),))


def apply(edits: Iterable[Edit], documents: Mapping[str, Document]) -> bool:
    """Change the data of documents; return whether anything changed.

    Of several edits of one place, the first counts. An edit of something that another
    one removed has nothing left to do.
    """
    first: dict[Location, Edit] = {}
    for edit in edits:
        first.setdefault(edit.at, edit)
    thinned: dict[Location, set[int]] = {}
    changed = False
    for edit in sorted(first.values(), key=lambda edit: _RANKS[type(edit)]):
        document = documents[edit.at.document]
        holder, name = (
            value_at(document.value, edit.at.parent.tokens),
            edit.at.tokens[-1],
        )
        if isinstance(holder, dict):
            changed |= _change_object(edit, holder, str(name), document)
        elif isinstance(holder, list) and isinstance(name, int):
            if isinstance(edit, Put):
                holder[name : name + 1] = [edit.value]
            elif name < len(holder):
                thinned.setdefault(edit.at.parent, set()).add(name)
            else:
                continue
            changed = True
    # Indexes change, so what is deepest comes first.
    for at in sorted(thinned, key=lambda at: -len(at.tokens)):
        document = documents[at.document]
        holder = value_at(document.value, at.tokens)
        if isinstance(holder, list):
            _thin(holder, thinned[at], document)
    return changed


_RANKS: Final[dict[type[Edit], int]] = {Put: 0, Rename: 1, Remove: 2}


def _change_object(
    edit: Edit, holder: dict[str, Value], name: str, document: Document
) -> bool:
    if isinstance(edit, Put):
        holder[name] = edit.value
    elif name not in holder:
        return False
    elif isinstance(edit, Remove) or edit.name in holder:
        del holder[name]
    else:
        document.note_move(holder, edit.name, document.as_written(holder, name))
        members = [
            (edit.name if key == name else key, value) for key, value in holder.items()
        ]
        holder.clear()
        holder.update(members)
    return True


def _thin(holder: list[Value], removed: set[int], document: Document) -> None:
    """Remove the items of these indexes."""
    kept = [index for index in range(len(holder)) if index not in removed]
    written = [document.as_written(holder, index) for index in kept]
    holder[:] = [holder[index] for index in kept]
    for index, before in enumerate(written):
        document.note_move(holder, index, before)


def edits_of(defects: Iterable[Defect]) -> Iterator[Edit]:
    """Yield the edits of all repairs."""
    for defect in defects:
        if defect.repair is not None:
            yield from defect.repair.edits
