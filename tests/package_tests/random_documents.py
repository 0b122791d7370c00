"""Random OpenAPI documents: operations, parameters, bodies, responses, security, schemas."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

Json = Any
Schemas = st.SearchStrategy[Json]

NAMES: Final = (
    *("id", "name", "amount", "createdAt", "user_id", "x-trace", "from", "größe"),
    *("URLValue", "filter[state]", "$top", "self", "2nd", "is active", "type", "count"),
)
TOKENS: Final = ("X-Trace", "Prefer", "x-count", "id")
"""Names that headers and cookies can have."""
COMPONENTS: Final = ("Account", "Money", "Shipment", "Node", "Animal", "Shape")
TEXTS: Final = ("red", "GREEN", "not now", "", "+", "1.0", "true", "ü", "a/b", "None")


def either(name: str, value: Json) -> st.SearchStrategy[dict[str, Json]]:
    """Return an object that has one member or none."""
    return st.sampled_from(({}, {name: value}))


def one_with(
    required: Json, **optional: st.SearchStrategy[Json]
) -> st.SearchStrategy[Json]:
    """Return an object of some members, and any choice of others."""
    strategies = {name.rstrip("_"): value for name, value in optional.items()}
    return st.fixed_dictionaries({}, optional=strategies).map(
        lambda found: {**required, **found}
    )


formats: Schemas = st.sampled_from(
    (
        *("date", "date-time", "time", "duration", "uuid", "email", "uri", "hostname"),
        *("ipv4", "ipv6", "byte", "binary", "decimal", "password", "unknown"),
    )
).map(lambda name: {"type": "string", "format": name})
patterns: Schemas = st.sampled_from(
    (r"^[A-Z]{3}$", r"^\d{2,5}$", r"^\S+@\S+$", r"[a-f0-9]{8}", r"^(a|bc)+$", r"^$|^x")
).map(lambda pattern: {"type": "string", "pattern": pattern})
texts: Schemas = st.one_of(
    st.just({"type": "string"}),
    st.builds(
        lambda least, more: {
            "type": "string",
            "minLength": least,
            "maxLength": least + more,
        },
        st.integers(0, 3),
        st.integers(0, 40),
    ),
    formats,
    patterns,
)
numbers: Schemas = st.one_of(
    st.sampled_from(
        (
            {"type": "integer"},
            {"type": "number"},
            {"type": "integer", "format": "int64"},
            {"type": "number", "format": "double"},
            {"type": "number", "format": "decimal"},
            {"type": "integer", "multipleOf": 5},
            {"type": "number", "multipleOf": 0.01},
            {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        )
    ),
    st.builds(
        lambda least, more: {
            "type": "integer",
            "minimum": least,
            "maximum": least + more,
        },
        st.integers(-5, 5),
        st.integers(0, 100),
    ),
)
enums: Schemas = st.one_of(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4, unique=True).map(
        lambda texts: {"type": "string", "enum": texts}
    ),
    st.lists(st.integers(-2, 9), min_size=1, max_size=3, unique=True).map(
        lambda listed: {"type": "integer", "enum": listed}
    ),
    st.lists(st.integers(-2, 9), min_size=1, max_size=3, unique=True).map(
        lambda listed: {
            "type": "integer",
            "enum": listed,
            "x-enum-varnames": [f"No {number}" for number in listed],
        }
    ),
    st.sampled_from((*TEXTS, 7, True, None)).map(lambda value: {"const": value}),
)
scalars: Schemas = st.one_of(
    texts, numbers, enums, st.just({"type": "boolean"}), st.just({"type": "null"})
)
defaulted: Schemas = st.sampled_from(
    (
        {"type": "string", "example": 'it\'s "so"'},
        {"type": "string", "examples": ["ü", "b"], "title": "A text"},
        {"type": "string", "format": "date", "default": "2024-02-29"},
        {"type": "string", "format": "date-time", "example": "2024-02-29T12:00:00.5Z"},
        {"type": "string", "format": "decimal", "default": "0.10"},
        {"type": "string", "enum": ["a", "A", "b-c", "b_c"], "example": "A"},
        {"type": ["integer", "null"], "default": None},
        {"anyOf": [{"type": "string"}, {"type": "integer"}], "example": 5},
        {"type": "array", "items": {"type": "integer"}, "example": [1, 2]},
        {"type": "object", "example": {"a": {"b": []}}},
        {"type": "string", "default": "x"},
        {"type": "integer", "default": 3, "minimum": 1},
        {"type": "boolean", "default": False},
        {"type": "number", "default": 0.5},
        {"type": "string", "enum": ["on", "off"], "default": "off"},
        {"type": "array", "items": {"type": "string"}, "default": []},
    )
)


def reference(name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


references: Schemas = st.sampled_from(COMPONENTS).map(reference)
bases: Schemas = st.sampled_from(("Account", "Money", "Node", "Animal")).map(reference)


MARKS: Final[tuple[dict[str, Json], ...]] = (
    *({}, {}, {}, {"readOnly": True}, {"writeOnly": True}),
    *({"deprecated": True}, {"description": "What it is."}),
)


def nullable(schema: Json) -> Json:
    """Return a schema that null satisfies, too."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


@st.composite
def objects(
    draw: st.DrawFn,
    inner: Schemas,
    names: Sequence[str] = NAMES,
    marks: Sequence[dict[str, Json]] = MARKS,
) -> Json:
    """An object with properties, some of them required, read-only or write-only."""
    chosen = draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
    properties = {}
    for name in chosen:
        schema = draw(inner)
        is_filled = "default" in schema or "const" in schema
        properties[name] = {
            **schema,
            **({} if is_filled else draw(st.sampled_from(marks))),
        }
    required = draw(st.lists(st.sampled_from(chosen), unique=True)) if chosen else []
    schema = {"type": "object", "properties": properties, "required": required}
    extra = draw(st.sampled_from((None, None, None, False, True, inner)))
    if extra is not None:
        schema["additionalProperties"] = (
            extra if isinstance(extra, bool) else draw(extra)
        )
    return schema


def opened(schema: Json) -> Json:
    """Return an object that others can extend: with any other members."""
    return {
        name: value for name, value in schema.items() if name != "additionalProperties"
    }


@st.composite
def unions(draw: st.DrawFn, inner: Schemas) -> Json:
    """Alternatives: of any schemas, or of objects told apart by a constant."""
    keyword = draw(st.sampled_from(("oneOf", "anyOf")))
    if draw(st.booleans()):
        return {keyword: draw(st.lists(inner, min_size=1, max_size=3))}
    kinds = draw(
        st.lists(st.sampled_from(TEXTS[:3]), min_size=1, max_size=3, unique=True)
    )
    members = []
    for kind in kinds:
        member = draw(objects(inner))
        member["properties"]["type"] = {"type": "string", "const": kind}
        member["required"] = [*{*member["required"], "type"}]
        members.append(member)
    return {keyword: members, **draw(either("description", "A choice."))}


KEYWORDS: Final[tuple[dict[str, Json], ...]] = (
    {"minProperties": 1},
    {"maxProperties": 5},
    {"dependentRequired": {"id": ["name"]}},
    {"patternProperties": {"^x-": {"type": "integer"}}},
    {"propertyNames": {"pattern": "^[^/]*$"}},
    {"unevaluatedProperties": False},
    {"title": "Anything else"},
    {"if": {"required": ["id"]}, "then": {"minProperties": 2}},
    {"not": {"required": ["count", "type"]}},
)
"""What an object may say beside its properties."""


def compounds(inner: Schemas) -> Schemas:
    """Schemas made of schemas."""
    return st.one_of(
        st.builds(operator.or_, objects(inner), st.sampled_from(KEYWORDS)),
        st.builds(
            lambda left, right: {"allOf": [opened(left), opened(right)]},
            objects(inner, NAMES[:8]),
            objects(inner, NAMES[8:]),
        ),
        inner.map(lambda items: {"type": "array", "items": items, "uniqueItems": True}),
        objects(inner),
        objects(inner),
        unions(inner),
        inner.map(nullable),
        st.builds(
            lambda items, rest: {"type": "array", "items": items, **rest},
            inner,
            one_with({}, minItems=st.integers(0, 2), maxItems=st.integers(2, 4)),
        ),
        inner.map(lambda value: {"type": "object", "additionalProperties": value}),
        st.builds(
            lambda base, own: {"allOf": [base, opened(own)]}, bases, objects(inner)
        ),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda prefix: {"type": "array", "prefixItems": prefix, "items": False}
        ),
    )


schemas: Schemas = st.recursive(
    st.one_of(scalars, scalars, references, defaulted), compounds, max_leaves=6
)
leaves: Schemas = st.one_of(texts, numbers, enums, st.just({"type": "boolean"}))
segments: Schemas = leaves.filter(
    lambda schema: (
        schema.get("maxLength") != 0
        and schema.get("const", 0) not in ("", None)
        and schema.get("enum") != [""]
    )
)
"""What can be a segment of a path: no segment is empty."""
flat: Schemas = st.one_of(
    leaves,
    leaves,
    defaulted,
    leaves.map(lambda items: {"type": "array", "items": items}),
    objects(leaves, marks=({},)),
)

STYLES: Final = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}


@st.composite
def parameters(draw: st.DrawFn, place: str, name: str) -> Json:
    """A parameter whose style suits its schema."""
    found: dict[str, Json] = {"name": name, "in": place}
    if place == "path" or draw(st.booleans()):
        found["required"] = True
    if draw(st.integers(0, 9)) == 0:
        return {**found, "content": {"application/json": {"schema": draw(flat)}}}
    style = draw(st.sampled_from(STYLES[place]))
    if style == "deepObject":
        # This style has no way to write a bracket within a name.
        schema = draw(
            objects(leaves, [name for name in NAMES if "[" not in name], ({},))
        )
    elif style in ("spaceDelimited", "pipeDelimited"):
        # Texts may hold what separates items.
        schema = {"type": "array", "items": draw(numbers)}
        found["explode"] = False
    else:
        schema = draw(segments if place == "path" else flat)
    if style != STYLES[place][0]:
        found["style"] = style
    elif draw(st.booleans()):
        found["explode"] = draw(st.booleans())
    said: dict[str, Json] = draw(
        st.sampled_from(({}, {"deprecated": True}, {"description": "Which one."}))
    )
    return {**found, "schema": schema, **said}


@st.composite
def parameter_lists(draw: st.DrawFn, in_path: list[str]) -> list[Json]:
    """The parameters of an operation: those of its path, and others."""
    found = [draw(parameters("path", name)) for name in in_path]
    places = draw(
        st.lists(st.sampled_from(("query", "query", "header", "cookie")), max_size=3)
    )
    taken = set()
    for place in places:
        names = NAMES if place == "query" else TOKENS
        name = draw(st.sampled_from(names))
        if (place, name) not in taken:
            taken.add((place, name))
            found.append(draw(parameters(place, name)))
    return found


def content(media_type: str, schema: Json = None) -> Json:
    """Return a content of one media type."""
    return {media_type: {} if schema is None else {"schema": schema}}


forms: Schemas = objects(
    st.one_of(
        flat,
        st.just({"type": "string", "format": "binary"}),
        st.just({"type": "string", "contentMediaType": "image/png"}),
    )
).filter(lambda schema: bool(schema["required"]))
bodies: st.SearchStrategy[Json] = st.builds(
    lambda found, required: {"content": found, **required},
    st.one_of(
        schemas.map(lambda schema: content("application/json", schema)),
        schemas.map(lambda schema: content("application/json", schema)),
        objects(flat)
        .filter(lambda schema: bool(schema["required"]))
        .map(lambda schema: content("application/x-www-form-urlencoded", schema)),
        forms.map(lambda schema: content("multipart/form-data", schema)),
        st.just(content("text/plain", {"type": "string"})),
        st.just(content("application/octet-stream")),
        st.just(content("image/png", {"type": "string", "format": "binary"})),
        st.just(content("application/xml", {"type": "string"})),
        schemas.map(lambda schema: content("application/json; charset=utf-8", schema)),
        schemas.map(lambda schema: content("application/vnd.api+json", schema)),
        schemas.map(lambda schema: content("application/x-ndjson", schema)),
        objects(leaves).map(
            lambda meta: {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["meta"],
                        "properties": {"meta": meta, "file": {"format": "binary"}},
                    },
                    "encoding": {
                        "meta": {"contentType": "application/json"},
                        "file": {"contentType": "image/png, image/jpeg"},
                    },
                }
            }
        ),
        schemas.map(
            lambda schema: {
                **content("application/json", schema),
                **content("text/csv", {"type": "string"}),
            }
        ),
        st.just(content("application/json")),
    ),
    st.sampled_from(({}, {"required": True}, {"required": True})),
)


@st.composite
def responses(draw: st.DrawFn) -> Json:
    """Responses of an operation: a success most of the time, and errors."""
    found = {}
    for status in draw(
        st.lists(
            st.sampled_from(("200", "200", "201", "204", "2XX", "404", "4XX"))
            | st.sampled_from(("default", "409", "302", "500")),
            min_size=1,
            max_size=3,
            unique=True,
        )
    ):
        response: dict[str, Json] = {"description": "What happened."}
        if status != "204":
            schema = draw(schemas)
            response |= draw(
                st.sampled_from(
                    (
                        {"content": content("application/json", schema)},
                        {"content": content("application/json", schema)},
                        {"content": content("application/problem+json", schema)},
                        {"content": content("text/plain", {"type": "string"})},
                        {"content": content("application/octet-stream")},
                        {"content": content("*/*", schema)},
                        {"content": content("application/xml", {"type": "string"})},
                        {"content": content("text/event-stream", schema)},
                        {"content": content("application/jsonl", schema)},
                        {"content": content("application/hal+json", schema)},
                        {
                            "content": {
                                **content("application/json", schema),
                                **content("text/html"),
                            }
                        },
                        {"content": content("application/json")},
                        {},
                    )
                )
            )
        if draw(st.integers(0, 5)) == 0:
            response["headers"] = {
                "X-Rate": {"schema": {"type": "integer"}},
                "Link": {"description": "More.", "schema": draw(flat)},
            }
        found[status] = response
    return found


SCHEMES: Final = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "token": {"type": "apiKey", "in": "query", "name": "access_token"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "open": {
        "type": "openIdConnect",
        "openIdConnectUrl": "https://example.com/.well-known/openid-configuration",
    },
    "user": {
        "type": "oauth2",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": "https://example.com/authorize",
                "tokenUrl": "https://example.com/token",
                "scopes": {},
            }
        },
    },
    "client": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "https://example.com/token",
                "scopes": {"read": "Read."},
            }
        },
    },
}
requirements: st.SearchStrategy[Json] = st.lists(
    st.lists(st.sampled_from(tuple(SCHEMES)), max_size=2, unique=True).map(
        lambda names: {name: [] for name in names}
    ),
    max_size=2,
)

PATHS: Final = (
    *("/accounts", "/accounts/{id}", "/accounts/{id}/items", "/v1/search", "/"),
    *("/accounts/{id}/items/{item-id}", "/orders/{id}.json", "/files/{name}/content"),
    *("/orders/{id}/cancel", "/me", "/accounts/me"),
)
METHODS: Final = ("get", "get", "post", "post", "put", "patch", "delete", "head")
IDS: Final = (
    *("getAccount", "list", "AccountsController_findAll", "create-item", "search"),
    *("Cancel order", "get", "delete_it", "readMe", "update"),
)


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """An OpenAPI document of a few operations."""
    paths: dict[str, Json] = {}
    ids = draw(st.permutations(IDS))
    chosen = draw(
        st.lists(
            st.tuples(st.sampled_from(PATHS), st.sampled_from(METHODS)),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    for (path, method), operation_id in zip(chosen, ids, strict=False):
        in_path = [part.partition("}")[0] for part in path.split("{")[1:]]
        operation = {
            **draw(either("operationId", operation_id)),
            **draw(either("tags", ["accounts"])),
            **draw(either("summary", "Do it.")),
            "parameters": draw(parameter_lists(in_path)),
            "responses": draw(responses()),
        }
        if method in ("post", "put", "patch") and draw(st.integers(0, 4)):
            operation["requestBody"] = draw(bodies)
        if draw(st.integers(0, 3)) == 0:
            operation["security"] = draw(requirements)
        paths.setdefault(path, {})[method] = operation
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Random", "version": "1"},
        **draw(st.sampled_from(SERVERS)),
        "paths": paths,
        **draw(st.one_of(st.just({}), requirements.map(lambda r: {"security": r}))),
        "components": {"schemas": draw(components()), "securitySchemes": SCHEMES},
    }
    version = draw(st.sampled_from(("3.1.1", "3.1.1", "3.0.3", "3.2.0")))
    if version == "3.0.3":
        return {**as_3_0(document), "openapi": version}
    return {**document, "openapi": version}


SERVERS: Final[tuple[dict[str, Json], ...]] = (
    {"servers": [{"url": "https://api.example.com/v1"}]},
    {"servers": [{"url": "https://api.example.com"}, {"url": "https://b.example"}]},
    {
        "servers": [
            {
                "url": "https://{region}.example.com/{version}",
                "variables": {
                    "region": {"default": "eu", "enum": ["eu", "us"]},
                    "version": {"default": "v2"},
                },
            }
        ]
    },
    {"servers": [{"url": "/api"}]},
    {},
)


@st.composite
def components(draw: st.DrawFn) -> Json:
    """The schemas that others refer to: plain, recursive and with a discriminator."""
    base = objects(st.one_of(scalars, references, defaulted))
    node = reference("Node")
    recursive = st.sampled_from(
        (
            {"type": "array", "items": node},
            {"type": "object", "additionalProperties": node},
            {"anyOf": [node, {"type": "null"}]},
            {"oneOf": [{"type": "string"}, node, {"type": "array", "items": node}]},
        )
    )
    shapes = [draw(objects(leaves)), draw(objects(leaves))]
    for shape in shapes:
        shape["properties"]["kind"] = {"type": "string"}
        shape["required"] = [*shape["required"], "kind"]
    mapping = {"circle": "#/components/schemas/Circle", "sq": "Square"}
    return {
        "Account": opened(draw(base)),
        "Money": opened(draw(objects(leaves))),
        "Shipment": draw(st.one_of(base, enums, unions(leaves))),
        "Node": {
            "type": "object",
            "properties": {"children": draw(recursive), "value": draw(scalars)},
        },
        "Animal": {
            "type": "object",
            "required": ["species"],
            "properties": {"species": {"type": "string"}, "age": draw(leaves)},
            "discriminator": {"propertyName": "species"},
        },
        "Dog": {"allOf": [reference("Animal"), opened(draw(objects(leaves)))]},
        "Cat": {"allOf": [reference("Animal"), opened(draw(objects(leaves)))]},
        "Circle": shapes[0],
        "Square": shapes[1],
        "Shape": {
            "oneOf": [reference("Circle"), reference("Square")],
            "discriminator": {
                "propertyName": "kind",
                **draw(either("mapping", mapping)),
            },
        },
    }


NULL_OF_3_0: Final = {"enum": [None], "nullable": True}
NEW_IN_3_1: Final = frozenset(
    {
        *("if", "then", "dependentRequired", "patternProperties", "propertyNames"),
        *("unevaluatedProperties", "contentMediaType", "examples"),
    }
)


def as_3_0(value: Json) -> Json:
    """Return a part of a document as OpenAPI 3.0 writes it."""
    if isinstance(value, list):
        return [as_3_0(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "null":
        return NULL_OF_3_0
    found = {
        name: as_3_0(member) for name, member in value.items() if name not in NEW_IN_3_1
    }
    if isinstance(types := found.get("type"), list):
        found["type"] = types[0]
        found["nullable"] = "null" in types
    if isinstance(found.get("exclusiveMinimum"), int):
        found["minimum"] = found["exclusiveMinimum"]
        found["exclusiveMinimum"] = True
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if "prefixItems" in found:
        found["items"] = {"anyOf": found.pop("prefixItems")}
    for keyword in ("anyOf", "oneOf"):
        rest = [each for each in found.get(keyword, ()) if each != NULL_OF_3_0]
        if rest and len(rest) < len(found[keyword]):
            found |= {keyword: rest, "nullable": True}
    return found
