"""The JSON Schemas that are shipped say what the loader says, to editors."""

import json
import random
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from engross.findings import FindingsError
from engross.patterns import syntax_error
from engross.source import load

FOLDER = files("engross.source").joinpath("schemas")
BASE = "https://schemas.invalid/"


@cache
def schemas() -> dict[str, Any]:
    names = ["contract.schema.json"]
    names += [
        f"x-engross/{each.name}" for each in FOLDER.joinpath("x-engross").iterdir()
    ]
    return {name: json.loads(FOLDER.joinpath(name).read_bytes()) for name in names}


@cache
def editor() -> Draft202012Validator:
    """A validator of whole contracts, as an editor has it."""
    registry: Registry[Any] = Registry().with_resources(
        (f"{BASE}{name}", DRAFT202012.create_resource(schema))
        for name, schema in schemas().items()
    )
    formats = FormatChecker(formats=())
    formats.checks("regex")(
        lambda text: not isinstance(text, str) or syntax_error(text) is None
    )
    return Draft202012Validator(
        {"$ref": f"{BASE}contract.schema.json"},
        registry=registry,
        format_checker=formats,
    )


@pytest.mark.parametrize("name", sorted(schemas()))
def test_each_schema_is_valid(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])


def test_each_key_is_described() -> None:
    for name, schema in schemas().items():
        for path, described in properties(schema, name):
            target = described.get("$ref", "")
            assert "description" in described or target, path
            if target and "description" not in described:
                assert "description" in referred(name, target), path


def properties(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        is_condition = path.rpartition("/")[2] in ("if", "then")
        for key, described in schema.get("properties", {}).items():
            if isinstance(described, dict) and not is_condition:
                yield f"{path}/properties/{key}", described
        for key, inner in schema.items():
            yield from properties(inner, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from properties(inner, f"{path}/{index}")


def referred(name: str, target: str) -> Any:
    file, _, pointer = target.partition("#")
    schema = schemas()[str(Path(name).parent / file) if file else name]
    for part in pointer.split("/")[1:]:
        schema = schema[part]
    return schema


CONTRACT: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "Shop", "version": "1", "license": {"name": "MIT"}},
    "servers": [
        {
            "url": "https://{shop}.example",
            "variables": {
                "shop": {
                    "default": "demo",
                    "x-engross": {"argument": "shop", "env": "SHOP"},
                }
            },
        }
    ],
    "tags": [{"name": "invoices", "description": "Bills."}],
    "security": [{"key": []}, {}],
    "paths": {
        "/invoices/{id}": {
            "parameters": [
                {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"},
                }
            ],
            "post": {
                "operationId": "payInvoice",
                "parameters": [{"$ref": "#/components/parameters/Page"}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Invoice"},
                            "examples": {"one": {"value": {"amount": 1}}},
                            "x-engross": {"wrap": "/invoice", "lines": "3-4, 9"},
                        }
                    }
                },
                "responses": {
                    "201": {
                        "description": "Paid.",
                        "links": {"again": {"operationId": "payInvoice"}},
                        "headers": {"Limit": {"schema": {"type": "integer"}}},
                    },
                    "4XX": {"$ref": "#/components/responses/Bad"},
                },
                "callbacks": {"paid": {"{$request.body#/url}": {"summary": "Paid."}}},
                "x-engross": {
                    "method": "invoices.pay",
                    "retry": {
                        "class": "keyed",
                        "key": "$request.body#/id",
                        "done": ["USED"],
                    },
                    "pagination": {"style": "page", "page": "page", "items": "/data"},
                    "supplement": {
                        "from": "sdk",
                        "confidence": "inferred",
                        "because": "So.",
                    },
                },
            },
        }
    },
    "components": {
        "parameters": {
            "Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}
        },
        "responses": {"Bad": {"description": "Bad.", "x-engross": {"lines": 3}}},
        "schemas": {
            "Invoice": {
                "type": ["object", "null"],
                "required": ["amount"],
                "properties": {
                    "amount": {
                        "type": "number",
                        "minimum": 0,
                        "x-engross": {"money": {"unit": "major", "currency": "USD"}},
                    },
                    "kind": {"enum": ["a", 1], "pattern": "^[a-z]+$", "maxLength": 3},
                },
                "additionalProperties": False,
                "x-engross": {
                    "rules": [
                        {"id": "late", "cel": "self.amount > 0", "message": "Late."}
                    ]
                },
                "oneOf": [
                    True,
                    {"$ref": "#/components/schemas/Invoice/properties/kind"},
                ],
                "discriminator": {"propertyName": "kind", "mapping": {"a": "Invoice"}},
            }
        },
        "securitySchemes": {
            "key": {
                "type": "apiKey",
                "in": "header",
                "name": "Key",
                "x-engross": {
                    "argument": "secret",
                    "signature": {"digest": "md5", "template": "{secret}"},
                },
            }
        },
    },
    "x-engross": {
        "package": "shop",
        "client": "Shop",
        "documents": {
            "guide": {
                "title": "Guide",
                "file": "guide.txt",
                "sha256": "0" * 64,
                "lines": 40,
            }
        },
        "discrepancies": {
            "phone": {
                "kind": "unclear",
                "says": "One.",
                "chosen": "Two.",
                "because": "So.",
            }
        },
        "errors": {
            "code": ["/code"],
            "codes": {"USED": {"meaning": "Used.", "status": 409}},
        },
    },
}

STRAY: list[Any] = [
    *(None, True, False, 0, 1, -1, 2.5, "", "text", "#/components/schemas/Invoice"),
    *(
        [],
        [1],
        ["a", "a"],
        {},
        {"$ref": "#/components/schemas/Invoice"},
        {"type": "objekt"},
    ),
]


def test_the_whole_contract_pleases_both(tmp_path: Path) -> None:
    assert verdicts(CONTRACT) == (True, True)


@pytest.mark.parametrize("seed", range(250))
def test_an_editor_and_the_loader_agree_on_a_spoilt_contract(seed: int) -> None:
    spoilt = spoil(CONTRACT, random.Random(seed))
    by_editor, by_loader = verdicts(spoilt)
    assert by_editor == by_loader, spoilt


def verdicts(contract: Any) -> tuple[bool, bool]:
    """Whether an editor, and whether the loader, finds the structure sound."""
    structure = (
        "bad-key",
        "bad-value",
        "conflicting-keys",
        "missing-key",
        "wrong-type",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contract.json"
        path.write_text(json.dumps(contract))
        try:
            load(path, root=path.parent)
        except FindingsError as error:
            found = {finding.rule for finding in error.findings}
            # What a schema cannot say, and what only people notice.
            hints = {finding.hint or "" for finding in error.findings}
            slip = found == {"unknown-key"} and all(
                "did you mean" in hint for hint in hints
            )
            broken = bool(found & {*structure, "unknown-key"}) and not slip
            return editor().is_valid(contract), not broken
    return editor().is_valid(contract), True


def spoil(contract: Any, random: random.Random) -> Any:
    """The contract with one value replaced, removed or put under another key."""
    contract = json.loads(json.dumps(contract))
    places = [place for place in holders(contract) if place[0] is not contract]
    holder, key = random.choice(places)
    way = random.choice(["replace", "replace", "remove", "rename", "add"])
    if way == "remove":
        del holder[key]
    elif way == "rename" and isinstance(holder, dict):
        holder[random.choice(["foreign", "x-foreign", "x-engross", "200", "/path"])] = (
            holder.pop(key)
        )
    elif way == "add" and isinstance(holder, dict):
        holder[random.choice(["foreign", "description", "required", "x-engross"])] = (
            random.choice(STRAY)
        )
    else:
        holder[key] = random.choice(STRAY)
    return contract


def holders(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from holders(inner)
