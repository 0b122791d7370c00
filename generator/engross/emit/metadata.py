"""The metadata and changelog of a distribution."""

from __future__ import annotations

import json
from collections.abc import Iterator

from engross.contract.ir import Contract, Publisher
from engross.data import dataclass
from engross.emit.naming import PythonNames
from engross.emit.readme.markdown import code, codes, plain, prose

_MOST_METHODS = 12


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """What the changelog says of a version, in markdown."""

    version: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectView:
    """Metadata of the distribution."""

    description: str
    """One line that can stand in a string of TOML."""
    keywords: str
    """A list in TOML."""
    urls: tuple[str, ...]
    """Lines of the table `project.urls`."""
    added: tuple[str, ...]
    """What the version has, in markdown; nothing if the contract lists earlier ones."""
    remarks: tuple[str, ...]
    """What the contract says of a version for which `added` says what it has."""
    releases: tuple[ReleaseView, ...]
    names_a_place: bool
    """Whether the contract names a timezone by a place, which not every system knows."""


def project_view(contract: Contract, names: PythonNames) -> ProjectView:
    """Return the view of `pyproject.toml` and the changelog."""
    text = contract.docs.summary or f"Typed client of {contract.title}"
    resources = (each.name for each in names.resources if each.is_of_client)
    keywords = dict.fromkeys([names.package, "api", "client", *resources])
    listed = dict(contract.releases)
    first = listed.pop(contract.version, ()) if len(listed) == 1 else ()
    return ProjectView(
        description=plain(text).replace("\\", "").replace('"', "'"),
        keywords=json.dumps(list(keywords)),
        urls=tuple(_urls(contract)),
        added=() if contract.version in listed else tuple(_added(contract, names)),
        remarks=tuple(map(prose, first)),
        releases=tuple(
            ReleaseView(version, tuple(map(prose, entries)))
            for version, entries in listed.items()
        ),
        names_a_place="/" in (contract.timezone or ""),
    )


def _urls(contract: Contract) -> Iterator[str]:
    for reference in contract.references:
        url = plain(reference.url)
        if reference.publisher is Publisher.OFFICIAL and url.startswith("https://"):
            yield f"Documentation = {json.dumps(url)}"
            return


def _added(contract: Contract, names: PythonNames) -> Iterator[str]:
    client = names.client
    methods = [names.method(each) for each in contract.operations]
    more = len(methods) - _MOST_METHODS
    listed = codes(methods[:_MOST_METHODS]) + (f" and {more} more" if more > 0 else "")
    rest = f" with {listed}" if methods else ""
    yield f"The clients {code(client)} and {code(f'Async{client}')}{rest}."
    if contract.errors.classes:
        count = len(contract.errors.classes)
        many = "s" if count > 1 else ""
        yield f"Exceptions for {count} error code{many} of the provider."
    if contract.documents:
        titles = ", ".join(f"*{prose(each.title)}*" for each in contract.documents)
        yield f"Based on {titles}{_discrepancies(contract)}."


def _discrepancies(contract: Contract) -> str:
    count = len(contract.discrepancies)
    if not count:
        return ""
    listed = "one discrepancy" if count == 1 else f"{count} discrepancies"
    return f"; the README lists {listed}"
