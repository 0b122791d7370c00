"""Models, validators and JSON Schema agree on random schemas.

What `jsonschema` accepts is read by the emitted package into a model, written back as the
same JSON, and accepted by the emitted validator; taken out of the object that holds it, it
is sent as the same JSON. The validator refuses what `jsonschema` refuses. The same pairs
of a schema and a value are tried every time; `ROUND_TRIPS` sets how many random ones are
tried instead.
"""

import importlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from inspect import signature
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import jsonschema
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engross.contract import build
from engross.emit import emit
from engross.source import load

PAIRS = int(os.environ.get("ROUND_TRIPS", "2000"))
SCHEMAS = 16
VALUES = 8
"""Schemas in a document, and values that are tried with each."""

NAMES = ("a", "b", "c", "d")
TEXTS = ("x", "y", "zz")
SHARED = ("Apple", "Berry", "Cherry")

Json = Any


def objects(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    properties = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    required = st.lists(st.sampled_from(NAMES), unique=True, max_size=2)
    extra = st.one_of(st.booleans(), inner)
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": properties},
        optional={"required": required, "additionalProperties": extra},
    )


SCALARS: st.SearchStrategy[Json] = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": ["string", "null"]}),
    st.just({"type": "integer"}),
    st.just({"type": "number"}),
    st.just({"type": "boolean"}),
    st.just({"type": "integer", "minimum": 2, "maximum": 5}),
    st.just({"type": "string", "maxLength": 1}),
    st.builds(lambda text: {"const": text}, st.sampled_from(TEXTS)),
    st.builds(
        lambda texts: {"type": "string", "enum": texts},
        st.lists(st.sampled_from(TEXTS), unique=True, min_size=1),
    ),
    st.builds(
        lambda numbers: {
            "type": "integer",
            "enum": numbers,
            "x-enum-varnames": [f"No {number}" for number in numbers],
        },
        st.lists(st.integers(1, 4), unique=True, min_size=1, max_size=3),
    ),
)
REFERENCES: st.SearchStrategy[Json] = st.builds(
    lambda name: {"$ref": f"#/components/schemas/{name}"}, st.sampled_from(SHARED)
)


def composed(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    parts = st.lists(st.one_of(REFERENCES, objects(inner)), min_size=1, max_size=3)
    members = st.lists(st.one_of(inner, REFERENCES), min_size=2, max_size=3)
    beside: st.SearchStrategy[Json] = st.one_of(st.just({}), objects(inner))
    return st.one_of(
        st.builds(lambda own, all_of: {**own, "allOf": all_of}, beside, parts),
        st.builds(lambda own, union: {**own, "oneOf": union}, beside, members),
        st.builds(lambda own, union: {**own, "anyOf": union}, beside, members),
        st.builds(lambda own, ref: {**own, **ref}, objects(inner), REFERENCES),
    )


schemas: st.SearchStrategy[Json] = st.recursive(
    st.one_of(SCALARS, REFERENCES),
    lambda inner: st.one_of(
        objects(inner),
        composed(inner),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(
            lambda extra: {"type": "object", "additionalProperties": extra}, inner
        ),
    ),
    max_leaves=6,
)

shared: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {
        "Apple": objects(SCALARS),
        "Berry": st.one_of(
            objects(st.one_of(SCALARS, REFERENCES)),
            st.builds(
                lambda own: {
                    "allOf": [{"$ref": "#/components/schemas/Apple"}, own],
                },
                objects(SCALARS),
            ),
        ),
        "Cherry": st.one_of(SCALARS, objects(SCALARS)),
    }
)

anything: st.SearchStrategy[Json] = st.recursive(
    st.one_of(
        st.sampled_from(TEXTS),
        st.integers(1, 6),
        st.just(2.5),
        st.booleans(),
        st.none(),
    ),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from((*NAMES, "extra")), inner, max_size=4),
        st.lists(inner, max_size=2),
    ),
    max_leaves=5,
)


@st.composite
def values(draw: st.DrawFn, schema: Json, known: Json, depth: int = 4) -> Json:
    """A value that has a good chance to fit a schema."""
    if depth == 0 or schema is True:
        return draw(anything)
    if schema is False:
        return draw(anything)
    found: dict[str, Json] = {}
    whole: list[Json] = []
    for part in _parts(draw, schema, known):
        if "const" in part:
            return part["const"]
        if "enum" in part:
            return draw(st.sampled_from(part["enum"]))
        kinds = part.get("type")
        kind = draw(st.sampled_from(kinds)) if isinstance(kinds, list) else kinds
        match kind:
            case "object":
                for name in {*part.get("properties", {}), *part.get("required", [])}:
                    extra = part.get("additionalProperties", True)
                    inner = part.get("properties", {}).get(name, extra)
                    if name in part.get("required", []) or draw(st.booleans()):
                        found[name] = draw(values(inner, known, depth - 1))
                if part.get("additionalProperties") and draw(st.booleans()):
                    inner = part["additionalProperties"]
                    found["extra"] = draw(values(inner, known, depth - 1))
                whole.append(found)
            case "array":
                inner = values(part["items"], known, depth - 1)
                return draw(st.lists(inner, max_size=2))
            case "string":
                return draw(st.sampled_from(TEXTS))
            case "integer":
                return draw(st.integers(1, 6))
            case "number":
                return draw(st.sampled_from((1, 2.5)))
            case "boolean":
                return draw(st.booleans())
            case "null":
                return None
    return found if whole else draw(anything)


def _parts(draw: st.DrawFn, schema: Json, known: Json, depth: int = 6) -> list[Json]:
    """Schemas that apply together, with a member of each union drawn."""
    if not isinstance(schema, dict) or depth == 0:
        return []
    inner = [*schema.get("allOf", [])]
    if "$ref" in schema:
        inner.append(known[schema["$ref"].rpartition("/")[2]])
    unions = [schema[keyword] for keyword in ("oneOf", "anyOf") if keyword in schema]
    inner += [draw(st.sampled_from(members)) for members in unions]
    deeper = [p for part in inner for p in _parts(draw, part, known, depth - 1)]
    return [*deeper, schema]


def contract_of(tried: list[Json], known: Json) -> Json:
    """A contract that sends and returns each schema, as the member of an object."""
    holders = {
        f"Holder{index}": {
            "type": "object",
            "required": ["value"],
            "properties": {"value": schema},
        }
        for index, schema in enumerate(tried)
    }
    return {
        "openapi": "3.1.1",
        "info": {"title": "Round trip", "version": "1"},
        "servers": [{"url": "http://127.0.0.1"}],
        "paths": {
            f"/holders/{index}": {
                "get": {
                    "operationId": f"pick{index}",
                    "tags": ["holders"],
                    "responses": {
                        "200": {
                            "description": "The value.",
                            "content": {
                                "application/json": {
                                    "schema": {
                                        "$ref": f"#/components/schemas/Holder{index}"
                                    }
                                }
                            },
                        }
                    },
                },
                "post": {
                    "operationId": f"send{index}",
                    "tags": ["holders"],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {
                                    "$ref": f"#/components/schemas/Holder{index}"
                                }
                            }
                        },
                    },
                    "responses": {"204": {"description": "Taken."}},
                },
            }
            for index in range(len(tried))
        },
        "components": {"schemas": {**known, **holders}},
    }


class Canned:
    """Answers GET with the body that was set last, and keeps what POST sends."""

    body: bytes = b""
    sent: bytes = b""

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            headers = {"Content-Type": "application/json"}
            return httpx2.Response(200, content=self.body, headers=headers)
        self.sent = request.content
        return httpx2.Response(204)


@contextmanager
def package_of(contract: Json, name: str) -> Iterator[ModuleType]:
    """The package of a contract, imported."""
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(contract, sort_keys=False))
        files = emit(build(load(folder / f"{name}.yaml", root=folder)))
        for path, content in files.items():
            if path.startswith(f"{name}/"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        yield importlib.import_module(name)
    finally:
        if str(folder) in sys.path:
            sys.path.remove(str(folder))
        for module in [m for m in sys.modules if m.partition(".")[0] == name]:
            del sys.modules[module]
        shutil.rmtree(folder)


def is_endless(schema: Json, known: Json, above: frozenset[str] = frozenset()) -> bool:
    """Whether a schema applies to the very value that it applies to already."""
    if not isinstance(schema, dict):
        return False
    here = [s for k in ("allOf", "oneOf", "anyOf") for s in schema.get(k, [])]
    name = schema.get("$ref", "").rpartition("/")[2]
    if name in above:
        return True
    if name and is_endless(known[name], known, above | {name}):
        return True
    return any(is_endless(part, known, above) for part in here)


NUMBERS = count()


@settings(
    max_examples=max(PAIRS // (SCHEMAS * VALUES), 1),
    deadline=None,
    derandomize="ROUND_TRIPS" not in os.environ,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_accepted_values_survive_model_and_validator(data: st.DataObject) -> None:
    known = data.draw(shared)
    tried = data.draw(st.lists(schemas, min_size=SCHEMAS, max_size=SCHEMAS))
    package = f"trip{next(NUMBERS)}"
    canned = Canned()
    transport = httpx2.MockTransport(canned)
    with package_of(contract_of(tried, known), package) as module:
        http_client = httpx2.Client(transport=transport)
        with getattr(module, package.title())(http_client=http_client) as client:
            validators = importlib.import_module(f"{package}.validators")
            for index, schema in enumerate(tried):
                judge = jsonschema.Draft202012Validator(
                    {**schema, "components": {"schemas": known}}
                    if isinstance(schema, dict)
                    else schema
                )
                for _ in range(VALUES):
                    value = data.draw(values(schema, known))
                    holder = {"value": value}
                    broken = getattr(validators, f"holder{index}_violations")
                    is_valid = judge.is_valid(value)
                    assert (not broken(_exact(holder))) == is_valid, (schema, value)
                    if is_valid:
                        canned.body = json.dumps(holder).encode()
                        model = getattr(client.holders, f"pick{index}")()
                        assert json.loads(model.to_json()) == holder, (schema, value)
                        send = getattr(client.holders, f"send{index}")
                        # A constant is no argument: it is always sent.
                        is_argument = "value" in signature(send).parameters
                        send(**({"value": model.value} if is_argument else {}))
                        assert json.loads(canned.sent) == holder, (schema, value)


def _exact(value: Json) -> Json:
    return json.loads(json.dumps(value), parse_float=Decimal)
