"""Schemas that are written alike are read once, and counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given

from engross.schema.alike import FirstAlike
from engross.schema.reader import graph_of
from engross.schema.recursion import reachable
from engross.schema.schema_error import SchemaError
from engross.validation.distinct import distinct

from .random_schemas import documents


@given(documents())
def test_each_schema_is_read_once_and_its_copies_are_counted(document: Any) -> None:
    try:
        graph = graph_of({"": document})
        entry = graph.entry("")
        alike = FirstAlike(graph)
        found = distinct(graph, [entry], alike)
        every = reachable(graph, [entry])
    except SchemaError:
        return
    written = Counter(map(alike.of, every))
    counted = {key: found.copies(key, but=set()) + 1 for key in found.edges}
    if "#/$defs/a/properties/a" in repr(document):  # which leads into another schema
        assert counted.keys() == written.keys()
        assert all(counted[key] >= written[key] for key in counted)
    else:
        assert counted == written
