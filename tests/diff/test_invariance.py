"""What is only written in another way is no change."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engross.diff import Change, Side, compare
from engross.source import load_files
from tests.diff.comparison import changes, meanings
from tests.diff.documents import Data, data_of, foreign, operations, own, side_of

DOCUMENTS = [*own(), *foreign()]

_ORDERED = ("oneOf", "anyOf", "prefixItems", "servers", "enum", "parameters")


def meant(found: tuple[Change, ...]) -> list[str]:
    """Return the messages of the changes of a contract, without those of its package."""
    return [each.message for each in found if not each.rule.startswith("python-")]


def differences(path: Path, files: dict[str, bytes]) -> tuple[Change, ...]:
    """Return the changes of a document whose files are written in another way."""
    entry = next(iter(files))
    return compare(side_of(path), Side.of(load_files(entry, files, skip_broken=True)))


def shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        dice.shuffle(items)
        return {key: shuffled(member, dice) for key, member in items}
    if isinstance(value, list):
        return [shuffled(item, dice) for item in value]
    return value


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_order_of_members_is_no_change(path: Path) -> None:
    data = shuffled(data_of(path), random.Random(7))
    found = differences(path, {f"{path.stem}.json": json.dumps(data).encode()})
    # Of documents that name nothing themselves, names may depend on the order.
    assert meant(found) == []
    assert path not in own() or found == ()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_another_layout_is_no_change(path: Path) -> None:
    text = yaml.dump(data_of(path), Dumper=Quoting, sort_keys=False, width=40)
    assert differences(path, {f"{path.stem}.yaml": text.encode()}) == ()


@pytest.mark.parametrize("path", own(), ids=lambda path: path.stem)
def test_anchors_and_aliases_are_no_change(path: Path) -> None:
    data = data_of(path)
    shared: dict[str, Any] = {}

    def aliased(value: Any) -> Any:
        if isinstance(value, dict):
            made = {key: aliased(member) for key, member in value.items()}
            return shared.setdefault(json.dumps(made), made) if made else made
        return [aliased(item) for item in value] if isinstance(value, list) else value

    text = yaml.dump(aliased(data), Dumper=Quoting, sort_keys=False)
    assert "*id" in text
    assert differences(path, {f"{path.stem}.yaml": text.encode()}) == ()


class Quoting(yaml.SafeDumper):
    """Writes every text in quotes, since readers of YAML 1.2 see more numbers."""


Quoting.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style='"'
    ),
)


def references(value: Any) -> Iterator[Data]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


@pytest.mark.parametrize("kind", ["parameters", "responses", "schemas"])
@pytest.mark.parametrize("path", own(), ids=lambda path: path.stem)
def test_components_in_another_file_are_no_change(path: Path, kind: str) -> None:
    data = data_of(path)
    moved = data["components"].pop(kind, None)
    if moved is None:
        pytest.skip("no such components")
    text = json.dumps({kind: moved})
    here, there = f"#/components/{kind}/", f"parts.json#/{kind}/"
    main = json.dumps(data).replace(f'"{here}', f'"{there}')
    parts = text.replace('"#/components/', f'"{path.stem}.json#/components/')
    parts = parts.replace(f'"{path.stem}.json{here}', f'"{there}')
    files = {f"{path.stem}.json": main.encode(), "parts.json": parts.encode()}
    assert meant(differences(path, files)) == []


@pytest.mark.parametrize("path", own(), ids=lambda path: path.stem)
def test_parameters_and_responses_without_components_are_no_change(path: Path) -> None:
    data = data_of(path)
    for kind in ("parameters", "responses"):
        for reference in references(data["paths"]):
            start, _, name = reference["$ref"].rpartition("/")
            if start == f"#/components/{kind}":
                del reference["$ref"]
                reference.update(json.loads(json.dumps(data["components"][kind][name])))
        data["components"].pop(kind, None)
    found = differences(path, {f"{path.stem}.json": json.dumps(data).encode()})
    assert found == ()


def renamed(data: Data, rename: Callable[[str], str]) -> Data:
    """Return a document whose component schemas have other names."""
    listed = data["components"]["schemas"]
    data["components"]["schemas"] = {rename(n): each for n, each in listed.items()}
    for reference in references(data):
        start, _, name = reference["$ref"].rpartition("/")
        if start == "#/components/schemas":
            reference["$ref"] = f"{start}/{rename(name)}"
    return data


@pytest.mark.parametrize("path", own(), ids=lambda path: path.stem)
def test_renamed_schema_changes_only_the_package(path: Path) -> None:
    data = renamed(data_of(path), lambda name: f"{name}X")
    found = differences(path, {f"{path.stem}.json": json.dumps(data).encode()})
    assert meant(found) == []
    assert {each.rule for each in found} == {"python-class-renamed"}


def test_reordered_operations_and_parameters_are_no_change() -> None:
    path = own()[0]
    data = data_of(path)
    for _, _, operation in operations(data):
        operation.get("parameters", []).reverse()
    found = differences(path, {f"{path.stem}.json": json.dumps(data).encode()})
    assert meant(found) == []


def schema(text: str) -> str:
    return f"components: {{ schemas: {{ Item: {text} }} }}"


SAME = {
    "inline and reference": (
        "components: { schemas: { Item: { properties: { a: { type: string } } } } }",
        """components: { schemas: { A: { type: string },
            Item: { properties: { a: { $ref: "#/components/schemas/A" } } } } }""",
    ),
    "allOf and properties": (
        schema("{ type: object, required: [a], properties: { a: { type: string } } }"),
        schema(
            "{ allOf: [{ type: object, properties: { a: { type: string } } }, { required: [a] }] }"
        ),
    ),
    "nullable types": (
        schema("{ type: [string, 'null'] }"),
        schema("{ anyOf: [{ type: string }, { type: 'null' }] }"),
    ),
    "constants": (
        schema("{ type: string, enum: [a, b] }"),
        schema("{ oneOf: [{ const: b, title: B }, { const: a, title: A }] }"),
    ),
    "limits of integers": (
        schema("{ type: integer, exclusiveMinimum: 0 }"),
        schema("{ type: integer, minimum: 1 }"),
    ),
    "order of members of unions": (
        schema(
            "{ oneOf: [{ type: string }, { type: array, items: { type: string } }] }"
        ),
        schema(
            "{ oneOf: [{ type: array, items: { type: string } }, { type: string }] }"
        ),
    ),
    "a lone member": (
        schema("{ type: integer, maximum: 5 }"),
        schema("{ oneOf: [{ type: integer, maximum: 5 }] }"),
    ),
    "descriptions": (
        schema("{ type: string, description: One., title: A }"),
        schema("{ type: string, description: Two., title: B }"),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_schemas_that_mean_the_same_are_no_change(case: str) -> None:
    before, after = SAME[case]
    assert meanings(changes(before, after)) == []
    assert meanings(changes(after, before)) == []


def test_name_of_a_path_variable_has_no_meaning_on_the_wire() -> None:
    text = (
        "paths:\n  /items/{id}:\n    get:\n      operationId: getItem\n"
        "      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]\n"
        '      responses: { "204": { description: Done. } }'
    )
    found = changes(
        text, text.replace("{id}", "{item}").replace("name: id", "name: item")
    )
    assert meanings(found) == []
    assert [each.rule for each in found] == ["python-argument-renamed"]


def test_recursive_schemas_are_compared() -> None:
    text = (
        "components: { schemas: { Item: { properties: { size: { type: integer }, "
        'parts: { type: array, items: { $ref: "#/components/schemas/Item" } } } } } }'
    )
    found = changes(text, text.replace("integer", "string"))
    assert meanings(found) == ["type-changed"]
