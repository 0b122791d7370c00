"""Which parts of a contract come from where, and what its documents leave uncertain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engross.contract.ir import (
    Contract,
    Discrepancy,
    Model,
    Operation,
    Provenance,
    Webhook,
)
from engross.emit.documentation import sentence
from engross.emit.naming import PythonNames
from engross.emit.readme.markdown import code, codes, link, plain, prose, table

_KINDS = {
    "contradiction": "Contradictions",
    "omission": "Omissions",
    "unclear": "Unclear passages",
    "misprint": "Misprints",
}
_MOST_CONCERNED = 3
_DRAWN_FROM = "What is inferred from it stands below."
_BACKGROUND = "Reasons for what holds above."


@dataclass(frozen=True, slots=True)
class _Element:
    """A part of a package: its owner as a developer would name it, and what of the owner."""

    owner: str
    part: str
    provenance: Provenance

    @property
    def label(self) -> str:
        """The element on its own."""
        if not self.part:
            return code(self.owner)
        if self.owner.isidentifier():
            return code(f"{self.owner}.{self.part}")
        return f"{code(self.owner)} ({prose(self.part)})"


@dataclass(frozen=True, slots=True)
class Origins:
    """Tables on where a contract comes from; empty texts where it does not say."""

    doubts: tuple[tuple[str, str], ...]
    """Kind of discrepancy and table, the gravest first."""
    documents: str
    references: str
    inferred: str


def origins(contract: Contract, names: PythonNames) -> Origins:
    """Gather the provenance of all elements."""
    found = [
        each for each in _elements(contract, names) if each.provenance != Provenance()
    ]
    return Origins(
        doubts=tuple(_doubts(contract, found)),
        documents=_documents(contract),
        references=_references(contract, found),
        inferred=_inferred(contract, found),
    )


def _elements(contract: Contract, names: PythonNames) -> Iterator[_Element]:
    """Every element, the general before the particular."""
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
            for each in definition.fields:
                field = names.field(definition, each)
                yield _Element(owner, field, each.docs.provenance)
    for error in contract.errors.classes:
        yield _Element(names.error(error), "", error.provenance)


def _of_operation(operation: Operation, names: PythonNames) -> Iterator[_Element]:
    method = names.method(operation)
    yield _Element(method, "", operation.docs.provenance)
    yield _Element(method, "repeating", operation.retry.provenance)
    for parameter in operation.parameters:
        argument = names.argument(operation, parameter.id)
        yield _Element(method, f"`{argument}`", parameter.docs.provenance)
    if operation.body is not None:
        yield _Element(method, "request", operation.body.docs.provenance)
    for reply in operation.replies:
        yield _Element(method, f"reply {reply.status}", reply.docs.provenance)
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


def _doubts(contract: Contract, found: Iterable[_Element]) -> Iterator[tuple[str, str]]:
    concerned: dict[str, dict[str, None]] = {}
    for element in found:
        for each in element.provenance.discrepancies:
            concerned.setdefault(each.id, {})[element.label] = None
    kinds = [*_KINDS, *(each.kind for each in contract.discrepancies)]
    for kind in dict.fromkeys(kinds):
        listed = table(
            ("Discrepancy", "What the document says", "What holds here", "Why"),
            (
                _doubt(each, [*concerned.get(each.id, ())])
                for each in contract.discrepancies
                if each.kind == kind
            ),
        )
        if listed:
            yield _KINDS.get(kind, prose(kind)), listed


def _doubt(each: Discrepancy, concerned: list[str]) -> tuple[str, str, str, str]:
    where = [code(each.id)]
    if each.lines is not None:
        many = "" if each.lines.isdigit() else "s"
        where.append(f"line{many} {prose(each.lines)}")
    shown = concerned[:_MOST_CONCERNED]
    more = len(concerned) - len(shown)
    if shown:
        where.append(", ".join([*shown, f"{more} more"] if more else shown))
    return (
        "<br>".join(where),
        prose(sentence(each.says)),
        prose(sentence(each.chosen)),
        prose(sentence(each.because)),
    )


def _documents(contract: Contract) -> str:
    return table(
        ("Document", "File", "SHA-256"),
        (
            (prose(each.title), code(each.file), code(each.sha256))
            for each in contract.documents
        ),
    )


def _references(contract: Contract, found: Iterable[_Element]) -> str:
    supplied: dict[str, list[_Element]] = {}
    drawn_from: set[str] = set()
    for each in found:
        title = each.provenance.supplement
        if title is not None and each.provenance.confidence == "supplemented":
            supplied.setdefault(title, []).append(each)
        elif title is not None:
            drawn_from.add(title)

    def what(title: str) -> str:
        if title in supplied:
            return _gathered(supplied[title])
        return _DRAWN_FROM if title in drawn_from else _BACKGROUND

    return table(
        ("Source", "Published by", "What it supplies"),
        (
            (
                link(each.title, each.url),
                "the provider" if each.publisher == "official" else "a third party",
                what(each.title),
            )
            for each in contract.references
        ),
    )


def _inferred(contract: Contract, found: Iterable[_Element]) -> str:
    links = {each.title: link(each.title, each.url) for each in contract.references}
    reasons: dict[tuple[str, str], list[_Element]] = {}
    for each in found:
        origin = each.provenance
        if origin.confidence == "inferred":
            key = (origin.because or "", links.get(origin.supplement or "", ""))
            reasons.setdefault(key, []).append(each)
    rows = [
        (_gathered(elements), prose(sentence(_capital(plain(reason)))), source)
        for (reason, source), elements in reasons.items()
    ]
    headings = ("What", "Why it is believed", "Drawn from")
    if any(row[-1] for row in rows):
        return table(headings, rows)
    return table(headings[:-1], (row[:-1] for row in rows))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _gathered(found: Iterable[_Element]) -> str:
    """Elements by their owners, owners of the same parts together.

    What no document has at all is named without its parts.
    """
    parts: dict[str, dict[str, None]] = {}
    whole: set[str] = set()
    for each in found:
        named = parts.setdefault(each.owner, {})
        if each.part:
            is_field = each.owner.isidentifier()
            named[code(each.part) if is_field else prose(each.part)] = None
        elif each.provenance.lines is None:
            whole.add(each.owner)
    owners: dict[tuple[str, ...], list[str]] = {}
    for owner, named in parts.items():
        owners.setdefault(() if owner in whole else tuple(named), []).append(owner)
    return "; ".join(
        f"{codes(listed)} ({', '.join(named)})" if named else codes(listed)
        for named, listed in owners.items()
    )
