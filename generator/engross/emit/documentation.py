"""Docs of the contract as paragraphs of docstrings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engross.contract.ir import (
    Confidence,
    Discrepancy,
    Docs,
    Operation,
    Provenance,
    ProviderError,
    Retry,
    RetryMode,
    ServerVariable,
)


def sentence(text: str) -> str:
    """Return the text with a full stop."""
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in ".!?:;" else f"{stripped}."


def origin(provenance: Provenance, *, full: bool) -> str:
    """Return where an element comes from, as a sentence; empty where nothing is stated.

    Args:
        provenance: Where it comes from. Why something was inferred is in the README.
        full: Whether to name the document of the lines, and the source of a supplement.
    """
    parts: list[str] = []
    if provenance.lines is not None:
        where = f"line{'' if provenance.lines.isdigit() else 's'} {provenance.lines}"
        document = f"{provenance.document}, " if full and provenance.document else ""
        parts.append(f"{document}{where}")
    if full and provenance.supplement:
        parts.append(provenance.supplement)
    if provenance.confidence is Confidence.INFERRED:
        parts.append("partly inferred" if parts else "inferred")
    text = "; ".join(part.rstrip(".") for part in parts)
    return sentence(text[:1].upper() + text[1:])


def advice(discrepancies: Iterable[Discrepancy]) -> Iterator[str]:
    """Yield what a caller must do or know because of discrepancies, a sentence each."""
    for discrepancy in discrepancies:
        if discrepancy.caller:
            yield sentence(discrepancy.caller)


def meaning(docs: Docs) -> str:
    """Return what an element means, with its unit and limits, as one paragraph."""
    parts = (
        sentence(docs.description),
        *docs.notes,
        *advice(docs.provenance.discrepancies),
        "Deprecated." if docs.deprecated else "",
    )
    return " ".join(filter(None, parts))


def variable(of_server: ServerVariable) -> str:
    """Return the docs of a variable of a server's URL: meaning and values."""
    listed = ", ".join(f"`{value}`" for value in of_server.values)
    values = f"One of {listed}." if listed else ""
    return " ".join(filter(None, (sentence(of_server.description), values)))


def element(docs: Docs) -> str:
    """Return the docs of a field: meaning, limits and where it comes from."""
    where = origin(docs.provenance, full=False)
    return " ".join(filter(None, (meaning(docs), where)))


def definition(docs: Docs, fallback: str) -> Iterator[str]:
    """Yield the paragraphs of a class or of another definition.

    Args:
        docs: What the contract says of it.
        fallback: What to say where the contract has no description.
    """
    yield sentence(docs.description or fallback)
    yield from about(docs)


def headed(docs: Docs, fallback: str) -> Iterator[str]:
    """Yield summary and description, without a summary that the description repeats."""
    summary, description = docs.summary, docs.description
    repeats = description.lower().startswith(summary.lower().rstrip("."))
    opening = [description] if repeats else [summary, description]
    yield from map(sentence, filter(None, opening if any(opening) else [fallback]))


def about(docs: Docs) -> Iterator[str]:
    """Yield what follows the description of a definition: advice, then its source."""
    if docs.deprecated:
        yield "Deprecated."
    yield " ".join(advice(docs.provenance.discrepancies))
    where = origin(docs.provenance, full=True)
    if where:
        yield f"Source: {where}"


def retries(retry: Retry, key: str | None, *, brief: bool) -> str:
    """Return when a call is retried.

    Args:
        retry: The operation's rules.
        key: The argument that holds the idempotency key.
        brief: Whether to leave out what `raised_by_all` tells.
    """
    if retry.mode is RetryMode.SAFE:
        return "Retried automatically on connection errors, 408, 429 and 5xx."
    if retry.mode is RetryMode.KEYED:
        subject = f"`{key}` is the" if key else "the request carries an"
        generated = " (a UUID if you give none)" if retry.generates_key else ""
        return (
            f"Retried safely: {subject} idempotency key{generated}, so a repeated call "
            "returns the first result."
        )
    condition = "Retried only if the request was not sent or was refused with 429"
    if brief:
        return f"{condition}."
    return f"{condition}; an unknown outcome raises `OutcomeUnknownError`."


def raised_by_all() -> str:
    """Return what every method of a client raises."""
    return (
        "Methods raise `RequestInvalidError` if their arguments violate the contract and "
        "nothing was sent, `OutcomeUnknownError` if the request may have been processed, so "
        "check before you repeat it, and `APIError` for any other failure."
    )


def method_in_short(operation: Operation, described_by: str) -> Iterator[str]:
    """Yield the paragraphs of a method that another one describes in full.

    Args:
        operation: The operation that both call.
        described_by: The other method.
    """
    docs = operation.docs
    first, *_ = headed(docs, f"Call {operation.label}")
    yield sentence(first.partition("\n\n")[0])
    if docs.deprecated:
        yield "Deprecated."
    yield " ".join(advice(docs.provenance.discrepancies))
    yield f"See `{described_by}` for arguments, retries and errors."


def method(
    operation: Operation,
    *,
    key: str | None,
    arguments: Iterable[tuple[str, Docs]],
    raised: Iterable[tuple[str, ProviderError]],
    validated: bool,
    read_back: str | None,
    linked: Sequence[str],
    brief: bool,
) -> Iterator[str]:
    """Yield the paragraphs of a method.

    Args:
        operation: The operation that it calls.
        key: The argument that holds the idempotency key.
        arguments: Name and docs of each argument.
        raised: Class and meaning of each of the provider's errors that it can raise.
        validated: Whether its request is validated.
        read_back: The method that tells how a call ended.
        linked: The methods that continue with a response.
        brief: Whether to leave out what every method raises, which `raised_by_all` tells.
    """
    docs = operation.docs
    yield from headed(docs, f"Call {operation.label}")
    if docs.deprecated:
        yield "Deprecated."
    yield " ".join(advice(docs.provenance.discrepancies))
    if operation.body is not None and operation.body.spread:
        about = sentence(operation.body.docs.description)
        yield f"Body: {about}" if about else ""
    yield retries(operation.retry, key, brief=brief)
    described = [(name, meaning(of_argument)) for name, of_argument in arguments]
    if described:
        yield "Args:\n" + "\n".join(
            f"    {name}: {text}" if text else f"    {name}" for name, text in described
        )
    errors = [
        f"    {name}: {sentence(error.meaning) or error.code}" for name, error in raised
    ]
    if validated and not brief:
        errors.insert(
            0,
            "    RequestInvalidError: The arguments violate the contract; nothing was sent.",
        )
    if operation.retry.mode is not RetryMode.SAFE and (read_back or not brief):
        check = f"check with `{read_back}`" if read_back else "check"
        errors.append(
            "    OutcomeUnknownError: The request may have been processed; "
            f"{check} before you repeat it."
        )
    if not brief:
        errors.append("    APIError: Any other API failure.")
    if errors:
        yield "Raises:\n" + "\n".join(errors)
    if linked:
        yield f"See also: {', '.join(f'`{name}`' for name in linked)}."
    where = origin(docs.provenance, full=True)
    if where:
        yield f"Source: {where}"
