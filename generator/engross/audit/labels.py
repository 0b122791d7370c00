"""What users call a place in a contract."""

from collections.abc import Mapping
from functools import cached_property

from engross.contract.fingerprint import elements, label
from engross.contract.index import EXTENSION
from engross.source import Location, Source


class Labels:
    """Names of places: `PaymentItem.quantity`, `POST /invoices parameter key`."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @cached_property
    def _elements(self) -> Mapping[Location, str]:
        return {
            element.location: label(element.key) for element in elements(self._source)
        }

    def of(self, at: Location) -> str:
        """Return the name of a place: that of its element, and the way from there."""
        rest: list[str] = []
        while at not in self._elements and at.tokens:
            rest.append(str(at.tokens[-1]))
            at = at.parent
        name = self._elements.get(at, "").removeprefix(f"{EXTENSION}.")
        way = ".".join(token for token in reversed(rest) if token != EXTENSION)
        return " ".join(part for part in (name, way) if part) or "the contract"
