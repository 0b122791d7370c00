"""What is added to a document renames nothing that was there."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engross.contract import build
from engross.emit.naming import PythonNames, python_names
from engross.source import load

Document = dict[str, Any]

COMPONENTS = ("Folder", "VLAN", "Vlan", "folder-entry", "Text", "Invoice_Item", "Page")
WIRES = ("entries", "entry", "userId", "user_id", "type", "options", "名前", "+1")
IDS = ("get", "getBook", "get_book", "GetBook", "取得", "listPages", "send")
ADDED = "Supplement"


def _object(inner: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    properties = st.dictionaries(st.sampled_from(WIRES), inner, min_size=1, max_size=3)
    return properties.map(lambda found: {"type": "object", "properties": found})


def schemas(known: tuple[str, ...]) -> st.SearchStrategy[Document]:
    """Schemas that refer to components and hold schemas without a name."""
    leaves: st.SearchStrategy[Document] = st.sampled_from(
        [
            {"type": "string"},
            {"type": "string", "enum": ["a", "b"]},
            *({"$ref": f"#/components/schemas/{name}"} for name in known),
        ]
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            _object(inner),
            inner.map(lambda items: {"type": "array", "items": items}),
            _object(inner).map(lambda part: {"allOf": [part]}),
            st.lists(_object(inner), min_size=2, max_size=2).map(
                lambda options: {"oneOf": options}
            ),
        ),
        max_leaves=4,
    )


def operations(
    ids: st.SearchStrategy[str], known: tuple[str, ...]
) -> st.SearchStrategy[Document]:
    def made(
        identity: str, body: Document, wires: list[str], reply: Document
    ) -> Document:
        content = {"application/json": {"schema": body}}
        answer = {"application/json": {"schema": reply}}
        return {
            "operationId": identity,
            "tags": ["things"],
            "parameters": [
                {"name": wire, "in": "query", "schema": {"type": "string"}}
                for wire in wires
            ],
            "requestBody": {"content": content},
            "responses": {"200": {"description": "Done", "content": answer}},
        }

    wires = st.lists(st.sampled_from(WIRES), unique=True, max_size=3)
    return st.builds(made, ids, schemas(known), wires, schemas(known))


def document(components: Document, listed: list[Document], added: int = -1) -> Document:
    """A contract; the operation at an index has a path of its own, as others keep theirs."""
    order = [index for index in range(len(listed)) if index != added]
    paths = {index: f"/things/{place}" for place, index in enumerate(order)}
    return {
        "openapi": "3.1.1",
        "info": {"title": "Odd", "version": "1"},
        "paths": {
            paths.get(index, "/supplements"): {"post": operation}
            for index, operation in enumerate(listed)
        },
        "components": {"schemas": components},
    }


def names_of(contract: Document) -> PythonNames:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "odd.json"
        path.write_text(json.dumps(contract), encoding="utf-8")
        return python_names(build(load(path, root=Path(folder))))


def table(names: PythonNames) -> dict[object, object]:
    """Every name, by what it names."""
    found: dict[object, object] = {}
    for kind in ("classes", "dicts", "exports", "fields", "members", "validators"):
        found |= {(kind, key): name for key, name in getattr(names, kind).items()}
    for identity, operation in names.operations.items():
        found["method", identity] = (operation.method, operation.constant)
        for key, argument in operation.arguments.items():
            found["argument", identity, key] = argument
    return found


@st.composite
def additions(draw: st.DrawFn) -> tuple[Document, Document]:
    """A document, and the same one with a component and an operation more."""
    known = tuple(
        draw(st.lists(st.sampled_from(COMPONENTS), unique=True, min_size=1, max_size=4))
    )
    objects = _object(schemas(known))
    components = {name: draw(objects) for name in known}
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=4))
    listed = [draw(operations(st.just(identity), known)) for identity in ids]
    before = document(components, listed)
    members = list(components.items())
    members.insert(
        draw(st.integers(0, len(members))), (ADDED, draw(_object(schemas(known))))
    )
    at = draw(st.integers(0, len(listed)))
    more = draw(operations(st.just("sendSupplement"), (*known, ADDED)))
    return before, document(dict(members), [*listed[:at], more, *listed[at:]], at)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(additions())
def test_addition_renames_nothing(pair: tuple[Document, Document]) -> None:
    before, after = (table(names_of(contract)) for contract in pair)
    renamed = {
        key: (name, after[key])
        for key, name in before.items()
        if key in after and after[key] != name
    }
    assert not renamed
