"""Which keywords a schema's dialect gives a meaning."""

from __future__ import annotations

from dataclasses import dataclass

from engross.schema.values import JSON

DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"
_VOCABULARIES = "https://json-schema.org/draft/2020-12/vocab/"
_OPENAPI = "https://spec.openapis.org/oas/"

_STANDARD = frozenset(
    {
        "core",
        "applicator",
        "unevaluated",
        "validation",
        "meta-data",
        "format-annotation",
        "content",
    }
)
_KNOWN = _STANDARD | {"format-assertion"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The vocabularies in force, by their short names."""

    vocabularies: frozenset[str] = _STANDARD

    @property
    def applies(self) -> bool:
        """Whether subschemas are applied."""
        return "applicator" in self.vocabularies

    @property
    def evaluates(self) -> bool:
        """Whether `unevaluatedProperties` and `unevaluatedItems` count."""
        return "unevaluated" in self.vocabularies

    @property
    def validates(self) -> bool:
        """Whether `type`, `minimum` and their like count."""
        return "validation" in self.vocabularies

    @property
    def names_formats(self) -> bool:
        """Whether `format` means anything."""
        return not self.vocabularies.isdisjoint(
            {"format-annotation", "format-assertion"}
        )

    @property
    def asserts_formats(self) -> bool:
        """Whether `format` is more than an annotation."""
        return "format-assertion" in self.vocabularies


STANDARD = Dialect()


def well_known(uri: str) -> Dialect | None:
    """Give the dialect of a meta-schema that needs no lookup, if it is one."""
    plain = uri.rstrip("#")
    if plain == DRAFT_2020_12:
        return STANDARD
    if plain.startswith(_OPENAPI) and "/dialect/" in plain:
        return STANDARD
    return None


def from_vocabulary(vocabulary: JSON) -> Dialect:
    """Read a meta-schema's `$vocabulary`.

    Raises:
        ValueError: it requires a vocabulary that is not known.
    """
    if vocabulary is None:
        return STANDARD
    if not isinstance(vocabulary, dict):
        raise ValueError("$vocabulary must be an object")
    active = set()
    for uri, required in vocabulary.items():
        name = uri.removeprefix(_VOCABULARIES)
        if name in _KNOWN:
            active.add(name)
        elif required and not uri.startswith(_OPENAPI):
            raise ValueError(f"the vocabulary {uri} is required, and not supported")
    return Dialect(frozenset(active))
