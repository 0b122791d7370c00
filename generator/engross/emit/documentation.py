"""Docs of the contract as paragraphs of docstrings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engross.contract.ir import (
    Discrepancy,
    Docs,
    Operation,
    Provenance,
    ProviderError,
    Retry,
)


def sentence(text: str) -> str:
    """The text with a full stop."""
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in ".!?:;" else f"{stripped}."


def origin(provenance: Provenance, *, title: bool) -> str:
    """Where an element stands, as a sentence; empty where the contract does not say."""
    parts: list[str] = []
    if provenance.lines is not None:
        many = not provenance.lines.isdigit()
        where = f"line{'s' if many else ''} {provenance.lines}"
        document = f"{provenance.document}, " if title and provenance.document else ""
        parts.append(f"{document}{where}" if document else where.capitalize())
    if provenance.confidence != "documented" or provenance.supplement:
        source = f" from {provenance.supplement}" if provenance.supplement else ""
        word = "inferred" if provenance.confidence == "inferred" else "supplemented"
        reason = f": {provenance.because.strip()}" if provenance.because else ""
        parts.append(f"{word}{source}{reason}")
    if not parts:
        return ""
    text = "; ".join(part.rstrip(".") for part in parts)
    return f"{text[0].upper()}{text[1:]}."


def doubts(discrepancies: Iterable[Discrepancy]) -> Iterator[str]:
    """Discrepancies as a developer should read them; misprints are named only."""
    named: list[str] = []
    for each in discrepancies:
        if each.kind == "misprint":
            named.append(each.id)
        else:
            yield f"{sentence(each.says)} Here: {sentence(each.chosen)} (discrepancy {each.id})"
    if named:
        many = "ies" if len(named) > 1 else "y"
        yield f"Misprinted in the document: discrepanc{many} {', '.join(named)}."


def meaning(docs: Docs) -> str:
    """What an element means, with its unit and limits, as one paragraph."""
    marks = ("Deprecated.",) if docs.deprecated else ()
    return " ".join(
        part for part in (sentence(docs.description), *docs.notes, *marks) if part
    )


def element(docs: Docs) -> Iterator[str]:
    """Paragraphs of a field: meaning and limits, where it stands, doubts."""
    where = origin(docs.provenance, title=False)
    yield " ".join(part for part in (meaning(docs), where) if part)
    yield from doubts(docs.provenance.discrepancies)


def definition(docs: Docs, fallback: str) -> Iterator[str]:
    """Paragraphs of a class."""
    yield sentence(docs.description or fallback)
    where = origin(docs.provenance, title=True)
    if where:
        yield f"Source: {where}"
    yield from doubts(docs.provenance.discrepancies)


def repeating(retry: Retry, key: str | None) -> str:
    """Whether a call may be repeated, as a developer should read it."""
    if retry.mode == "safe":
        return "Repeated by itself when the connection or the provider fails."
    if retry.mode == "keyed":
        subject = f"`{key}` is the key" if key else "the request carries a key"
        return f"Safe to repeat: {subject}, and a repeated call returns what the first one made."
    return (
        "Never repeated once the request may have left: when the outcome is not known, "
        "OutcomeUnknownError is raised."
    )


def method(
    operation: Operation,
    *,
    key: str | None,
    arguments: Iterable[tuple[str, Docs]],
    raised: Iterable[tuple[str, ProviderError]],
    validated: bool,
) -> Iterator[str]:
    """Paragraphs of a method."""
    docs = operation.docs
    yield sentence(docs.summary or docs.description or f"Call {operation.label}")
    if docs.summary and docs.description and docs.description != docs.summary:
        yield sentence(docs.description)
    if docs.deprecated:
        yield "Deprecated."
    yield repeating(operation.retry, key)
    described = [(name, meaning(each)) for name, each in arguments]
    if described:
        yield "Args:\n" + "\n".join(
            f"    {name}: {text}" if text else f"    {name}" for name, text in described
        )
    errors = [
        f"    {name}: {sentence(each.meaning) or each.code}" for name, each in raised
    ]
    if validated:
        errors.insert(
            0,
            "    RequestInvalidError: The arguments break the contract; nothing was sent.",
        )
    if operation.retry.mode != "safe":
        errors.append(
            "    OutcomeUnknownError: The request may have arrived; find out first."
        )
    yield "Raises:\n" + "\n".join(
        [*errors, "    APIError: No reply, or one that says no."]
    )
    where = origin(docs.provenance, title=True)
    if where:
        yield f"Source: {where}"
    named = ", ".join(each.id for each in docs.provenance.discrepancies)
    if named:
        yield f"The document leaves doubts, named in the README: {named}."
