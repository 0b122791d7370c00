"""Rules of provenance: every fact says where it comes from, and that place is listed."""

from collections.abc import Iterator

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.citations import (
    LineRange,
    citations,
    considered,
    stated,
)
from engross.contract.index import EXTENSION, Index, mapping, strings
from engross.source import Location, Value
from engross.suggest import did_you_mean


@rule("unknown-document", "Lines belong to a listed document.")
def unknown_document(index: Index) -> Faults:
    documents = index.named("documents")
    for at, own in stated(index):
        name = own.get("document")
        if isinstance(name, str) and name not in documents:
            hint = did_you_mean(name, documents)
            yield Fault(at / "document", f"no document {name!r} is listed", hint)
        elif "lines" in own and not documents:
            hint = "list it under documents, in the x-engross of the root"
            yield Fault(at / "lines", "`lines` without a document", hint)


@rule("unknown-reference", "A supplement comes from a listed reference.")
def unknown_reference(index: Index) -> Faults:
    references = index.named("references")
    for at, own in stated(index):
        place, name = at / "supplement", own.get("supplement")
        if isinstance(name, dict):
            place, name = place / "from", name.get("from")
        if isinstance(name, str) and name not in references:
            hint = did_you_mean(name, references)
            yield Fault(place, f"no reference {name!r} is listed", hint)


@rule("unknown-discrepancy", "A discrepancy that is referred to is described.")
def unknown_discrepancy(index: Index) -> Faults:
    known = index.named("discrepancies")
    for at, own in stated(index):
        named = own.get("discrepancy")
        for position, name in enumerate(strings(named)):
            if name not in known:
                place = at / "discrepancy"
                place = place / position if isinstance(named, list) else place
                hint = did_you_mean(name, known)
                yield Fault(place, f"no discrepancy {name!r} is described", hint)


@rule("bad-lines", "Ranges of lines are ascending and within their document.")
def bad_lines(index: Index) -> Faults:
    documents = index.named("documents")
    for citation in (*citations(index), *considered(index)):
        length = mapping(documents.get(citation.document)).get("lines")
        problem = _problem(citation.ranges, length)
        if problem is not None:
            yield Fault(citation.written, problem)


def _problem(ranges: tuple[LineRange, ...], length: Value) -> str | None:
    """Return what is wrong with ranges of a document of `length` lines."""
    before = 0
    for found in ranges:
        if found.last < found.first:
            return f"{found} runs backwards"
        if found.first <= before:
            return f"{found} does not follow line {before}"
        if isinstance(length, int) and found.last > length:
            return f"{found} is outside of the document, which has {length} lines"
        before = found.last
    return None


@rule(
    "no-provenance",
    "Where documents are listed, each fact has a provenance: its own, or that of what it is in.",
)
def no_provenance(index: Index) -> Faults:
    if not index.named("documents"):
        return
    bare = dict.fromkeys(at for at in _facts(index) if not _is_stated(index, at))
    within: dict[Location, int] = {}
    for at in bare:
        outermost = [above for above in _above(at) if above in bare]
        top = outermost[-1] if outermost else at
        within[top] = within.get(top, 0) + (top != at)
    for at, count in within.items():
        message = "has no provenance"
        if count:
            facts = "1 fact in it has" if count == 1 else f"{count} facts in it have"
            message += f", and {facts} none"
        yield Fault(at, message, _hint(at), key=True)


def _hint(at: Location) -> str:
    if EXTENSION in at.tokens:
        return "add `lines` or `supplement`"
    return (
        "add x-engross with `lines` or `supplement`; it also counts for what is in it"
    )


def _is_stated(index: Index, at: Location) -> bool:
    """Return whether an object or one around it says where it comes from."""
    for place in (at, *_above(at)):
        value = index.source.value(place)
        own = mapping(value)
        if EXTENSION not in place.tokens:
            own = mapping(own.get(EXTENSION))
        if own.keys() & {"lines", "supplement"}:
            return True
    return False


def _above(at: Location) -> Iterator[Location]:
    """Yield the objects around a place, the nearest first, up to the document itself."""
    while len(at.tokens) > 1:
        at = at.parent
        yield at


def _facts(index: Index) -> Iterator[Location]:
    """Yield every object that must have provenance."""
    source = index.source
    for kind in ("operation", "parameter", "response", "security-scheme", "server"):
        yield from source.places(kind)
    for at in source.places("media-type"):
        if "requestBody" in at.tokens or "requestBodies" in at.tokens:
            yield at
    for at in source.places("example"):
        yield at
    for at in source.places("schema"):
        if _is_component(at) or _is_property(at):
            yield at
    codes = source.root / EXTENSION / "errors" / "codes"
    for code in index.error_codes:
        yield codes / code


def _is_component(at: Location) -> bool:
    return len(at.tokens) == 3 and at.tokens[:2] == ("components", "schemas")


def _is_property(at: Location) -> bool:
    """Return whether a schema is that of a property."""
    depth = 0
    for token in reversed(at.tokens[:-1]):
        if token != "properties":
            break
        depth += 1
    return depth % 2 == 1
