"""What the compiler refuses, without compiling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engross.schema.errors import SchemaError
from engross.schema.reader import Graph
from engross.schema.resources import Registry
from engross.validation.rules import compiled
from engross.validation.session import ENDLESS, check_graph


def refusals(
    uris: Iterable[str],
    *,
    resources: Mapping[str, object],
    assert_formats: bool = False,
) -> tuple[SchemaError, ...]:
    """Find what `compile_module` would refuse in some schemas.

    Schemas without end are left out: nothing else can be said of what they apply to.

    Args:
        uris: where the schemas stand.
        resources: every document that they stand in or refer to, by URI.
        assert_formats: whether `format` is checked, or an annotation.
    """
    try:
        graph = Graph(Registry(resources), assert_formats=assert_formats)
        check_graph(graph, [graph.entry(uri) for uri in uris])
    except SchemaError as error:
        errors = (error, *error.others)
        return tuple(each for each in errors if each.message != ENDLESS)
    for schema in tuple(graph.values()):
        for rule in schema.rules:
            compiled(graph, schema.key, rule)
    return tuple(graph.errors)
