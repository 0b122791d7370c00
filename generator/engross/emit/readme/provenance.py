"""Where the parts of a contract come from, and discrepancies in its documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engross.contract.ir import (
    Confidence,
    Contract,
    Discrepancy,
    DiscrepancyKind,
    Model,
    Operation,
    Provenance,
    Publisher,
    Webhook,
)
from engross.data import dataclass
from engross.emit.documentation import sentence
from engross.emit.naming import PythonNames
from engross.emit.readme.markdown import code, codes, link, plain, prose, table

_KINDS = {
    DiscrepancyKind.CONTRADICTION: "Contradictions",
    DiscrepancyKind.OMISSION: "Omissions",
    DiscrepancyKind.UNCLEAR: "Unclear passages",
    DiscrepancyKind.MISPRINT: "Misprints",
}
_MOST_CONCERNED = 3
_DRAWN_FROM = 'Inferences; see "Inferred" below.'
_BACKGROUND = "Reasons for choices above."


class _Element(NamedTuple):
    """An element of a package: its owner, and the part of the owner if it is a part."""

    owner: str
    part: str
    provenance: Provenance

    @property
    def label(self) -> str:
        """Return the name of the element on its own."""
        if not self.part:
            return code(self.owner)
        if self.owner.isidentifier():
            return code(f"{self.owner}.{self.part}")
        return f"{code(self.owner)} ({prose(self.part)})"


@dataclass(frozen=True, slots=True)
class Origins:
    """Tables on the origin of a contract; empty where nothing is stated."""

    discrepancies: tuple[tuple[str, str], ...]
    """Kind of discrepancy and table, the most serious first."""
    documents: str
    references: str
    inferred: str


def origins(contract: Contract, names: PythonNames) -> Origins:
    """Gather the provenance of all elements."""
    nothing = Provenance()
    elements = _elements(contract, names)
    found = [each for each in elements if each.provenance != nothing]
    return Origins(
        discrepancies=tuple(_discrepancies(contract, found)),
        documents=_documents(contract),
        references=_references(contract, found),
        inferred=_inferred(contract, found),
    )


def _elements(contract: Contract, names: PythonNames) -> Iterator[_Element]:
    """Yield every element, the general before the particular."""
    for server in contract.servers:
        yield _Element(server.url, "", server.docs.provenance)
    for scheme in contract.security:
        argument = scheme.name
        if scheme.credential is not None:
            argument = names.setting(scheme.credential).argument
        yield _Element(argument, "", scheme.docs.provenance)
    for operation in contract.operations:
        yield from _of_operation(operation, names)
    if contract.webhooks is not None:
        for webhook in contract.webhooks.members:
            yield from _of_webhook(names.reader(webhook), webhook)
    for definition in contract.definitions:
        owner = names.class_of(definition)
        yield _Element(owner, "", definition.docs.provenance)
        if isinstance(definition, Model):
            for field in definition.fields:
                name = names.field(definition, field)
                yield _Element(owner, name, field.docs.provenance)
    for error in contract.errors.classes:
        yield _Element(names.error(error), "", error.provenance)


def _of_operation(operation: Operation, names: PythonNames) -> Iterator[_Element]:
    method = names.method(operation)
    yield _Element(method, "", operation.docs.provenance)
    yield _Element(method, "retries", operation.retry.provenance)
    for parameter in operation.parameters:
        argument = names.argument(operation, parameter.id)
        yield _Element(method, f"`{argument}`", parameter.docs.provenance)
    if operation.body is not None:
        yield _Element(method, "request", operation.body.docs.provenance)
    for reply in operation.replies:
        yield _Element(method, f"response {reply.status}", reply.docs.provenance)
    for example in operation.request_examples:
        yield _Element(method, f"example {example.name}", example.provenance)
    for status, example in operation.reply_examples:
        yield _Element(method, f"example {status} {example.name}", example.provenance)


def _of_webhook(owner: str, webhook: Webhook) -> Iterator[_Element]:
    yield _Element(owner, "", webhook.docs.provenance)
    if webhook.proof is not None:
        yield _Element(owner, "proof", webhook.proof.provenance)
    for example in webhook.examples:
        yield _Element(owner, f"example {example.name}", example.provenance)


def _discrepancies(
    contract: Contract, found: Iterable[_Element]
) -> Iterator[tuple[str, str]]:
    concerned: dict[str, dict[str, None]] = {}
    for element in found:
        for discrepancy in element.provenance.discrepancies:
            concerned.setdefault(discrepancy.id, {})[element.label] = None
    for kind, heading in _KINDS.items():
        listed = table(
            ("Discrepancy", "Document", "This package", "Reason"),
            (
                _row(discrepancy, [*concerned.get(discrepancy.id, ())])
                for discrepancy in contract.discrepancies
                if discrepancy.kind is kind
            ),
        )
        if listed:
            yield heading, listed


def _row(discrepancy: Discrepancy, concerned: list[str]) -> tuple[str, str, str, str]:
    where = [code(discrepancy.id)]
    if discrepancy.lines is not None:
        many = "" if discrepancy.lines.isdigit() else "s"
        where.append(f"line{many} {prose(discrepancy.lines)}")
    shown = concerned[:_MOST_CONCERNED]
    more = len(concerned) - len(shown)
    if shown:
        where.append(", ".join([*shown, f"{more} more"] if more else shown))
    return (
        "<br>".join(where),
        prose(sentence(discrepancy.says)),
        prose(sentence(discrepancy.chosen)),
        prose(sentence(discrepancy.because)),
    )


def _documents(contract: Contract) -> str:
    return table(
        ("Document", "File", "SHA-256"),
        (
            (prose(document.title), code(document.file), code(document.sha256))
            for document in contract.documents
        ),
    )


def _references(contract: Contract, found: Iterable[_Element]) -> str:
    supplied: dict[str, list[_Element]] = {}
    drawn_from: set[str] = set()
    for element in found:
        title = element.provenance.supplement
        if (
            title is not None
            and element.provenance.confidence is Confidence.SUPPLEMENTED
        ):
            supplied.setdefault(title, []).append(element)
        elif title is not None:
            drawn_from.add(title)

    def what(title: str) -> str:
        if title in supplied:
            return _gathered(supplied[title])
        return _DRAWN_FROM if title in drawn_from else _BACKGROUND

    return table(
        ("Source", "Published by", "Supplies"),
        (
            (
                link(reference.title, reference.url),
                (
                    "provider"
                    if reference.publisher is Publisher.OFFICIAL
                    else "third party"
                ),
                what(reference.title),
            )
            for reference in contract.references
        ),
    )


def _inferred(contract: Contract, found: Iterable[_Element]) -> str:
    links = {each.title: link(each.title, each.url) for each in contract.references}
    reasons: dict[tuple[str, str], list[_Element]] = {}
    for element in found:
        origin = element.provenance
        if origin.confidence is Confidence.INFERRED:
            key = (origin.because or "", links.get(origin.supplement or "", ""))
            reasons.setdefault(key, []).append(element)
    rows = [
        (_gathered(elements), prose(sentence(_capital(plain(reason)))), source)
        for (reason, source), elements in reasons.items()
    ]
    headings = ("Inferred", "Reason", "From")
    if any(row[-1] for row in rows):
        return table(headings, rows)
    return table(headings[:-1], (row[:-1] for row in rows))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _gathered(found: Iterable[_Element]) -> str:
    """Return elements by owner; owners with the same parts share an entry.

    An owner that is in no document is listed without its parts.
    """
    parts: dict[str, dict[str, None]] = {}
    whole: set[str] = set()
    for element in found:
        named = parts.setdefault(element.owner, {})
        if element.part:
            is_field = element.owner.isidentifier()
            named[code(element.part) if is_field else prose(element.part)] = None
        elif element.provenance.lines is None:
            whole.add(element.owner)
    owners: dict[tuple[str, ...], list[str]] = {}
    for owner, named in parts.items():
        owners.setdefault(() if owner in whole else tuple(named), []).append(owner)
    return "; ".join(
        f"{codes(listed)} ({', '.join(named)})" if named else codes(listed)
        for named, listed in owners.items()
    )
