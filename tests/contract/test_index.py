"""Every operation of a document is found, whatever file or `$ref` it is behind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engross.contract import build
from engross.contract.fingerprint import changes, digests, elements
from engross.contract.index import Index
from engross.emit import emit
from engross.findings import Severity
from engross.source import Source, load
from tests.conftest import ROOT

DOCUMENT = """\
openapi: 3.2.0
info: { title: Harbour, version: "1" }
servers: [{ url: https://harbour.example }]
paths:
  /ships/{id}: { $ref: "#/components/pathItems/Ship" }
  /boats/{id}: { $ref: "#/components/pathItems/Ship" }
  /berths: { $ref: "parts/berths.yaml" }
  /cranes~1/{id}:
    $ref: "parts/all.json#/~1cranes~0~1%7Bid%7D"
    summary: Cranes.
    delete: { operationId: scrapCrane, responses: { "204": { description: Scrapped. } } }
  /cargo:
    query:
      operationId: findCargo
      requestBody: { content: { application/json: { $ref: "#/components/mediaTypes/Filter" } } }
      responses: { "204": { description: Found. } }
    additionalOperations:
      COPY:
        operationId: copyCargo
        responses: { "204": { description: Copied. } }
      Link: { responses: { "204": { description: Linked. } } }
webhooks:
  arrived: { $ref: "#/components/pathItems/Notice" }
components:
  pathItems:
    Ship:
      parameters:
        - { $ref: "#/components/parameters/Id" }
        - { name: flag, in: query, schema: { type: string } }
      get:
        operationId: getShip
        parameters: [{ name: flag, in: query, schema: { type: integer } }]
        responses: { "200": { $ref: "#/components/responses/Any" } }
    Notice:
      post:
        requestBody: { $ref: "#/components/requestBodies/Notice" }
        callbacks: { confirmed: { $ref: "#/components/callbacks/Confirmed" } }
        responses: { "204": { description: Noted. } }
  callbacks:
    Confirmed:
      "{$request.body#/url}":
        put: { responses: { "204": { description: Confirmed. } } }
  parameters:
    Id: { name: id, in: path, required: true, schema: { type: integer } }
  requestBodies:
    Notice: { content: { application/json: { schema: { type: object } } } }
  responses:
    Any: { description: Any., content: { application/json: { schema: { type: object } } } }
  mediaTypes:
    Filter: { schema: { type: object, required: [q], properties: { q: { type: string } } } }
"""
FILES = {
    "parts/berths.yaml": """\
get: { operationId: listBerths, responses: { "204": { description: Listed. } } }
post: { responses: { "204": { description: Made. } } }
""",
    "parts/all.json": """\
{"/cranes~/{id}": {
  "parameters": [{"$ref": "../harbour.yaml#/components/parameters/Id"}],
  "get": {"operationId": "getCrane", "responses": {"204": {"description": "Read."}}}
}}
""",
}
CALLS = [
    ("GET", "/ships/{id}", "getShip"),
    ("GET", "/boats/{id}", "getShip"),
    ("GET", "/berths", "listBerths"),
    ("POST", "/berths", None),
    ("DELETE", "/cranes~1/{id}", "scrapCrane"),
    ("GET", "/cranes~1/{id}", "getCrane"),
    ("QUERY", "/cargo", "findCargo"),
    ("COPY", "/cargo", "copyCargo"),
    ("Link", "/cargo", None),
]
CONTRACTS = [
    *sorted((ROOT / "specs").glob("*.yaml")),
    *sorted((ROOT / "tests" / "fifth_provider" / "specs").glob("*.yaml")),
    *sorted((ROOT / "tests" / "package_tests" / "specs").glob("*.yaml")),
]


def write(folder: Path, text: str = DOCUMENT) -> Path:
    """Write the document with all its files, and return its path."""
    for name, part in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(part)
    path = folder / "harbour.yaml"
    path.write_text(text)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return load(write(tmp_path), root=tmp_path)


@pytest.fixture
def index(source: Source) -> Index:
    return Index(source)


def test_operations_are_found_behind_references(index: Index) -> None:
    found = [(each.method, each.path, each.id) for each in index.operations]
    assert found == CALLS


def test_shared_path_item_is_described_once_and_listed_twice(index: Index) -> None:
    ship, boat, *_ = index.operations
    assert ship.at == boat.at
    assert str(ship.at) == "harbour.yaml#/components/pathItems/Ship/get"
    assert (ship.listed, boat.listed) == (
        index.source.root / "paths" / "/ships/{id}",
        index.source.root / "paths" / "/boats/{id}",
    )


def test_parameters_are_merged_from_the_path_item(index: Index) -> None:
    ship, *_ = index.operations
    assert [(each.name, each.location) for each in ship.parameters] == [
        ("id", "path"),
        ("flag", "query"),
    ]
    assert index.value(ship.parameters[1].at)["schema"] == {"type": "integer"}


def test_parameters_apply_to_operations_beside_a_reference(index: Index) -> None:
    scrap, read = index.operations[4:6]
    assert [each.name for each in scrap.parameters] == ["id"]
    assert scrap.parameters == read.parameters


def test_bodies_are_found_behind_references(index: Index) -> None:
    (webhook,) = index.webhooks
    assert (webhook.method, webhook.path) == ("POST", "arrived")
    assert index.source.root / "components" / "requestBodies" / "Notice" == (
        webhook.request_body
    )
    assert str(index.operations[0].responses["200"]) == (
        "harbour.yaml#/components/responses/Any"
    )


def test_callback_is_reported_not_dropped(index: Index) -> None:
    assert [str(each) for each in index.callbacks] == ["PUT {$request.body#/url}"]
    (warning,) = build(index.source).warnings
    assert warning.rule == "callback-not-generated"
    assert warning.severity is Severity.WARNING
    assert "PUT {$request.body#/url}" in warning.message


def test_every_operation_becomes_a_method(source: Source) -> None:
    contract = build(source)
    found = {(each.http_method, each.path) for each in contract.operations}
    assert found == {(method, path) for method, path, _ in CALLS}
    files = {path: code.decode() for path, code in emit(contract).items()}
    assert len(list(methods(files, "resources"))) == len(CALLS)
    assert len(list(methods(files, "async_resources"))) == len(CALLS)


def test_operations_of_a_shared_path_item_have_names_of_their_own(
    source: Source,
) -> None:
    files = emit(build(source))
    (code,) = (files[path] for path in files if path.endswith("/operations.py"))
    constants = [
        node.target.id
        for node in ast.parse(code).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    assert len(constants) == len(set(constants)) == len(CALLS)


def test_referenced_media_type_has_its_schema(source: Source) -> None:
    operations = build(source).operations
    (find,) = (each for each in operations if each.operation_id == "findCargo")
    assert [each.wire for each in find.arguments] == ["q"]
    assert find.request_examples[0].value == {"q": "text"}


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_as_many_methods_are_emitted_as_there_are_operations(path: Path) -> None:
    root = path.parents[1]
    source = load(path, root=root)
    files = {
        name: code.decode()
        for name, code in emit(build(source)).items()
        if name.endswith(".py")
    }
    expected = len(Index(source).operations)
    assert expected
    assert len(list(methods(files, "resources"))) == expected
    assert len(list(methods(files, "async_resources"))) == expected


@pytest.mark.parametrize(
    ("name", "old", "new", "label"),
    [
        ("parts/berths.yaml", "Listed.", "All.", "changed GET /berths response 204"),
        ("parts/berths.yaml", "post:", "put:", "added PUT /berths"),
        (
            "parts/all.json",
            '"Read."',
            '"R."',
            "changed GET /cranes~1/{id} response 204",
        ),
        ("harbour.yaml", "Copied.", "Made.", "changed COPY /cargo response 204"),
        ("harbour.yaml", "Noted.", "N.", "changed webhook arrived response 204"),
        ("harbour.yaml", "scrapCrane", "scrap", "changed DELETE /cranes~1/{id}"),
        (
            "harbour.yaml",
            "type: string } }\n",
            "type: number } }\n",
            "changed pathItems.Ship",
        ),
    ],
)
def test_change_behind_a_reference_is_named_after_the_operation(
    tmp_path: Path, name: str, old: str, new: str, label: str
) -> None:
    path = write(tmp_path)
    before = {each.key: each.digest for each in elements(load(path, root=tmp_path))}
    text = (tmp_path / name).read_text()
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1))
    source = load(path, root=tmp_path)
    found = changes(before, now := elements(source), digests(now), source)
    assert str(found[0]) == label
    assert found[0].span is not None
    assert found[0].span.file == name


def test_change_of_a_shared_operation_is_named_after_each_path(tmp_path: Path) -> None:
    path = write(tmp_path)
    before = {each.key: each.digest for each in elements(load(path, root=tmp_path))}
    path.write_text(DOCUMENT.replace("operationId: getShip", "operationId: readShip"))
    source = load(path, root=tmp_path)
    now = elements(source)
    found = [str(change) for change in changes(before, now, digests(now), source)]
    assert found == ["changed GET /ships/{id}", "changed GET /boats/{id}"]


def methods(files: dict[str, str], folder: str) -> Iterator[str]:
    """Yield the methods of the resource classes in a folder of a package."""
    for path, code in files.items():
        if f"/{folder}/" in path:
            for node in ast.walk(ast.parse(code)):
                # Only methods that send something take options.
                if (
                    isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                    and node.args.kwarg is not None
                    and "overload" not in map(ast.unparse, node.decorator_list)
                ):
                    yield node.name
