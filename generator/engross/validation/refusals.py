"""What the compiler refuses, without compiling."""

from __future__ import annotations

from collections.abc import Iterable

from engross.schema.errors import SchemaError
from engross.schema.reader import Graph
from engross.source import Location
from engross.source.resolver import Resolver
from engross.validation.rules import compiled
from engross.validation.session import ENDLESS, check_graph


def refusals(
    schemas: Iterable[Location],
    *,
    resolver: Resolver,
    assert_formats: bool = False,
) -> tuple[SchemaError, ...]:
    """Find what `compile_module` would refuse in some schemas.

    Schemas without end are left out: nothing else can be said of what they apply to.

    Args:
        schemas: the locations of the schemas.
        resolver: every document that they are in or refer to.
        assert_formats: whether `format` is checked, or an annotation.
    """
    try:
        graph = Graph(resolver, assert_formats=assert_formats)
        check_graph(graph, [graph.entry(schema) for schema in schemas])
    except SchemaError as error:
        errors = (error, *error.others)
        return tuple(each for each in errors if each.message != ENDLESS)
    for schema in tuple(graph.values()):
        for rule in schema.rules:
            compiled(graph, schema.key, rule)
    return tuple(graph.errors)
