"""Validators that are compiled and used in the same process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from engross.data import dataclass
from engross.schema.reader import Graph, graph_of
from engross.source import Location, Value
from engross.validation.module import Support, compile_module
from engross.validation.runtime import Violation
from engross.validation.units import Target

_SUPPORT: Final = Support("engross.validation.runtime", "engross.patterns.matching")


@dataclass(frozen=True, slots=True)
class Validator:
    """Checks payloads against one schema."""

    is_valid: Callable[[object], bool]
    """Tells whether a payload is valid; stops at the first violation."""

    violations: Callable[[object], tuple[Violation, ...]]
    """Returns all violations in a payload."""

    source: str
    """Source of the module that has both functions."""


def compile_validator(
    schema: object,
    *,
    resources: Mapping[str, object] | None = None,
    assert_formats: bool = False,
) -> Validator:
    """Compile a JSON Schema of draft 2020-12.

    Args:
        schema: the schema, an object or a boolean.
        resources: further schemas that references point to, by URI; the meta-schemas of
            draft 2020-12 are known.
        assert_formats: whether `format` is checked, or an annotation.

    Raises:
        SchemaError: the schema is malformed or cannot be honoured exactly.
    """
    documents = {
        uri.removesuffix("#"): value for uri, value in (resources or {}).items()
    }
    graph = graph_of(
        cast(dict[str, Value], {**documents, "": schema}),
        assert_formats=assert_formats,
    )
    return validator_of(Location(""), graph)


def validator_of(place: Location, graph: Graph) -> Validator:
    """Compile a schema of a graph.

    Raises:
        SchemaError: the schema is malformed or cannot be honoured exactly.
    """
    source = compile_module([Target("payload", place)], graph=graph, support=_SUPPORT)
    namespace: dict[str, Any] = {}
    exec(compile(source, "<validator>", "exec"), namespace)
    return Validator(namespace["is_payload"], namespace["payload_violations"], source)
