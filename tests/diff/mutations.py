"""Changes that are made to real contracts, each at every place where it can be made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engross.diff.rules import BOTH, Way
from tests.diff.documents import Data, operations, schemas, target

Apply = Callable[[], object]


@dataclass(frozen=True)
class Site:
    """A place where a change can be made, and the ways of the values that it concerns."""

    apply: Apply
    ways: frozenset[Way] = BOTH


Sites = Callable[[Data], Iterator[Site]]

MUTATIONS: dict[str, Sites] = {}
"""The places of each kind of change, by a name that begins with its rule."""


def kind(name: str) -> Callable[[Sites], Sites]:
    def listed(sites: Sites) -> Sites:
        MUTATIONS[name] = sites
        return sites

    return listed


def _set(holder: Data, key: str, value: Any) -> Apply:
    return lambda: holder.update({key: value})


def _drop(holder: Data, key: str) -> Apply:
    return lambda: holder.pop(key)


def provenance(data: Data) -> Data:
    """Return what a contract of ours must say of a fact that no document states."""
    stated = {"supplement": {"confidence": "inferred", "because": "A test."}}
    return {"x-engross": stated} if "x-engross" in data else {}


# Schemas


def _plain(schema: Data, *types: str) -> bool:
    is_open = not {"enum", "const", "oneOf", "anyOf", "allOf", "$ref"} & schema.keys()
    return schema.get("type") in types and is_open


def _on_schemas(
    name: str, when: Callable[[Data], bool], change: Callable[[Data], object]
) -> None:
    def sites(data: Data) -> Iterator[Site]:
        for schema, ways in schemas(data):
            if when(schema):
                yield Site(lambda schema=schema: change(schema), ways)  # type: ignore[misc]

    MUTATIONS[name] = sites


def _lists(schema: Data, most: int = 2) -> bool:
    return len(schema.get("enum", ())) >= most and schema.get("type") == "string"


def _on_properties(
    name: str, when: Callable[[Data, str], bool], change: Callable[[Data, str], object]
) -> None:
    def sites(data: Data) -> Iterator[Site]:
        for schema, ways in schemas(data):
            for member in schema.get("properties", {}):
                if _plain(schema, "object") and when(schema, member):
                    yield Site(lambda s=schema, m=member: change(s, m), ways)  # type: ignore[misc]

    MUTATIONS[name] = sites


def _is_optional(schema: Data, name: str) -> bool:
    found = schema["properties"][name]
    return name not in schema.get("required", ()) and not (
        {"readOnly", "writeOnly", "$ref", "allOf"} & found.keys()
    )


def _is_required(schema: Data, name: str) -> bool:
    found = schema["properties"][name]
    return name in schema.get("required", ()) and not (
        {"readOnly", "writeOnly", "$ref", "allOf"} & found.keys()
    )


_on_schemas(
    "limit-tightened maxLength",
    lambda s: _plain(s, "string") and "maxLength" not in s,
    lambda s: s.update(maxLength=5000),
)
_on_schemas(
    "limit-loosened maxLength",
    lambda s: "maxLength" in s,
    lambda s: s.update(maxLength=s["maxLength"] + 1),
)
_on_schemas(
    "limit-tightened maximum",
    lambda s: _plain(s, "integer", "number")
    and not {"maximum", "exclusiveMaximum"} & s.keys(),
    lambda s: s.update(maximum=10**12),
)
_on_schemas(
    "limit-tightened maxItems",
    lambda s: s.get("type") == "array" and "maxItems" not in s,
    lambda s: s.update(maxItems=9999),
)
_on_schemas(
    "limit-loosened minLength",
    lambda s: "minLength" in s and s["minLength"] > 0,
    lambda s: s.pop("minLength"),
)
_on_schemas(
    "null-allowed",
    lambda s: _plain(s, "string", "integer", "object", "array"),
    lambda s: s.update(type=[s["type"], "null"]),
)
_on_schemas(
    "type-changed",
    lambda s: _plain(s, "string")
    and not {
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "example",
        "examples",
        "default",
        "x-engross",
    }
    & s.keys(),
    lambda s: s.update(type="boolean"),
)
_on_schemas(
    "type-widened",
    lambda s: _plain(s, "integer") and "x-engross" not in s,
    lambda s: s.update(type="number"),
)
_on_schemas("enum-value-added", _lists, lambda s: s["enum"].append("added-by-a-test"))
_on_schemas("enum-value-removed", lambda s: _lists(s, 3), lambda s: s["enum"].pop())
_on_schemas("enum-removed", _lists, lambda s: s.pop("enum"))
_on_schemas(
    "pattern-added",
    lambda s: _plain(s, "string") and "pattern" not in s,
    lambda s: s.update(pattern="^[^#]*$"),
)
_on_schemas(
    "format-hint-changed",
    lambda s: _plain(s, "integer") and "format" not in s,
    lambda s: s.update(format="int32"),
)
_on_schemas(
    "format-added",
    lambda s: _plain(s, "string") and not {"format", "pattern"} & s.keys(),
    lambda s: s.update(format="uri-reference"),
)
_on_schemas(
    "default-changed",
    lambda s: _plain(s, "integer")
    and not {"default", "minimum", "exclusiveMinimum"} & s.keys(),
    lambda s: s.update(default=7),
)
_on_schemas(
    "condition-added",
    lambda s: _plain(s, "string") and "not" not in s,
    lambda s: s.update({"not": {"const": "added-by-a-test"}}),
)
_on_schemas(
    "additional-properties-forbidden",
    lambda s: _plain(s, "object")
    and "properties" in s
    and "additionalProperties" not in s,
    lambda s: s.update(additionalProperties=False),
)
_on_schemas(
    "property-added",
    lambda s: _plain(s, "object")
    and "properties" in s
    and "additionalProperties" not in s,
    lambda s: s["properties"].update(addedByATest={"type": "string"}),
)
_on_schemas(
    "required-property-added",
    lambda s: _plain(s, "object")
    and "properties" in s
    and "additionalProperties" not in s,
    lambda s: (
        s["properties"].update(addedByATest={"type": "string"}),
        s.update(required=[*s.get("required", ()), "addedByATest"]),
    ),
)
_on_schemas(
    "money-changed",
    lambda s: "money" in s.get("x-engross", {}),
    lambda s: s["x-engross"].update(
        money={**s["x-engross"]["money"], "currency": "XAU"}
    ),
)

_on_properties(
    "property-removed",
    lambda s, n: _is_optional(s, n) and "additionalProperties" not in s,
    lambda s, n: s["properties"].pop(n),
)
_on_properties(
    "required-property-removed",
    lambda s, n: _is_required(s, n) and "additionalProperties" not in s,
    lambda s, n: (s["properties"].pop(n), s["required"].remove(n)),
)
_on_properties(
    "property-required",
    _is_optional,
    lambda s, n: s.update(required=[*s.get("required", ()), n]),
)
_on_properties("property-optional", _is_required, lambda s, n: s["required"].remove(n))
_on_properties(
    "read-only-added",
    _is_optional,
    lambda s, n: s["properties"][n].update(readOnly=True),
)
_on_properties(
    "write-only-added",
    _is_optional,
    lambda s, n: s["properties"][n].update(writeOnly=True),
)
_on_properties(
    "deprecated property",
    lambda s, n: _is_optional(s, n) and "deprecated" not in s["properties"][n],
    lambda s, n: s["properties"][n].update(deprecated=True),
)


# Operations

SENT = frozenset({Way.REQUEST})
RECEIVED = frozenset({Way.RESPONSE})


def _on_operations(
    name: str,
    when: Callable[[Data], bool],
    change: Callable[[Data], object],
    ways: frozenset[Way] = BOTH,
) -> None:
    def sites(data: Data) -> Iterator[Site]:
        for _, _, operation in operations(data):
            if when(operation):
                yield Site(lambda o=operation: change(o), ways)  # type: ignore[misc]

    MUTATIONS[name] = sites


_on_operations(
    "deprecated operation",
    lambda o: "deprecated" not in o,
    lambda o: o.update(deprecated=True),
)
_on_operations(
    "parameter-added",
    lambda o: True,
    lambda o: o.setdefault("parameters", []).append(
        {"name": "added", "in": "query", "schema": {"type": "string"}}
    ),
    SENT,
)
_on_operations(
    "required-parameter-added",
    lambda o: True,
    lambda o: o.setdefault("parameters", []).append(
        {"name": "added", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    SENT,
)
_on_operations(
    "failure-added",
    lambda o: "418" not in o["responses"] and "4XX" not in o["responses"],
    lambda o: o["responses"].update({"418": {"description": "Refused."}}),
    RECEIVED,
)
_on_operations(
    "success-added",
    lambda o: "207" not in o["responses"] and "2XX" not in o["responses"],
    lambda o: o["responses"].update({"207": {"description": "Done."}}),
    RECEIVED,
)
_on_operations(
    "failure-removed",
    lambda o: {"404", "400"} & o["responses"].keys() and "x-engross" not in o,
    lambda o: o["responses"].pop("404", None) or o["responses"].pop("400"),
    RECEIVED,
)
_on_operations(
    "retry-weakened",
    lambda o: o.get("x-engross", {}).get("retry", {}).get("class") == "safe",
    lambda o: o["x-engross"]["retry"].update({"class": "unsafe"}),
)
_on_operations(
    "retry-strengthened",
    lambda o: o.get("x-engross", {}).get("retry", {}).get("class") == "unsafe",
    lambda o: o["x-engross"]["retry"].update({"class": "safe"}),
)
_on_operations(
    "pagination-changed",
    lambda o: "pagination" in o.get("x-engross", {}),
    lambda o: o["x-engross"].pop("pagination"),
)
_on_operations(
    "read-back-changed",
    lambda o: o.get("x-engross", {}).get("retry", {}).get("done"),
    lambda o: [o["x-engross"]["retry"].pop(k, None) for k in ("done", "read")],
)


@kind("security-tightened")
def _security(data: Data) -> Iterator[Site]:
    for _, _, operation in operations(data):

        def apply(operation: Data = operation) -> None:
            scheme = {"type": "apiKey", "in": "header", "name": "X-Added"}
            scheme |= provenance(data)
            components = data.setdefault("components", {})
            components.setdefault("securitySchemes", {})["added"] = scheme
            operation["security"] = [{"added": []}]

        yield Site(apply)


@kind("operation-removed")
def _removed(data: Data) -> Iterator[Site]:
    for path, method, _ in operations(data):
        yield Site(_drop(data["paths"][path], method))


@kind("operation-added")
def _added(data: Data) -> Iterator[Site]:
    added = {
        "get": {
            "responses": {"204": {"description": "Done."}},
            "operationId": "addedByATest",
        }
    }
    for ours in (
        {"x-engross": {"supplement": {"confidence": "inferred", "because": "A test."}}},
        {},
    ):
        yield Site(
            _set(data["paths"], "/added-by-a-test", {"get": {**added["get"], **ours}})
        )


@kind("operation-moved")
def _moved(data: Data) -> Iterator[Site]:
    for path, item in data["paths"].items():
        is_plain = all(
            "operationId" in item[m]
            for m in item
            if m in ("get", "post", "put", "patch", "delete")
        )
        if is_plain and "{" not in path:
            yield Site(lambda p=path: data["paths"].update({f"{p}/moved": data["paths"].pop(p)}))  # type: ignore[misc]


@kind("operation-id-changed")
def _renamed(data: Data) -> Iterator[Site]:
    for _, _, operation in operations(data):
        if "operationId" in operation:
            yield Site(_set(operation, "operationId", "renamedByATest"))


def _parameters(data: Data) -> Iterator[tuple[Data, list[Any], Data]]:
    for _, _, operation in operations(data):
        listed = operation.get("parameters", [])
        for each in listed:
            found = target(data, each)
            if found.get("in") == "query" and "$ref" not in each:
                yield found, listed, each


@kind("parameter-removed")
def _parameter_removed(data: Data) -> Iterator[Site]:
    for _, listed, each in _parameters(data):
        yield Site(lambda ps=listed, e=each: ps.remove(e), SENT)  # type: ignore[misc]


@kind("parameter-required")
def _parameter_required(data: Data) -> Iterator[Site]:
    for found, _, _ in _parameters(data):
        if not found.get("required"):
            yield Site(_set(found, "required", True), SENT)


@kind("parameter-optional")
def _parameter_optional(data: Data) -> Iterator[Site]:
    for found, _, _ in _parameters(data):
        if found.get("required"):
            yield Site(_set(found, "required", False), SENT)


@kind("parameter-moved")
def _parameter_moved(data: Data) -> Iterator[Site]:
    for found, _, _ in _parameters(data):
        if not {"style", "explode", "allowReserved"} & found.keys():
            yield Site(_set(found, "in", "header"), SENT)


def _bodies(data: Data) -> Iterator[Data]:
    for _, _, operation in operations(data):
        if "requestBody" in operation:
            yield target(data, operation["requestBody"])


@kind("body-required")
def _body_required(data: Data) -> Iterator[Site]:
    for body in _bodies(data):
        if not body.get("required"):
            yield Site(_set(body, "required", True), SENT)


@kind("body-optional")
def _body_optional(data: Data) -> Iterator[Site]:
    for body in _bodies(data):
        if body.get("required"):
            yield Site(_set(body, "required", False), SENT)


@kind("media-type-added")
def _media_type_added(data: Data) -> Iterator[Site]:
    for body in _bodies(data):
        if "text/plain" not in body["content"]:
            yield Site(
                _set(body["content"], "text/plain", {"schema": {"type": "string"}}),
                SENT,
            )


@kind("server-changed")
def _server(data: Data) -> Iterator[Site]:
    for server in data.get("servers", [])[:1]:
        yield Site(_set(server, "url", "https://elsewhere.example"))


@kind("security-scheme-changed")
def _scheme(data: Data) -> Iterator[Site]:
    for scheme in data.get("components", {}).get("securitySchemes", {}).values():
        if scheme.get("type") == "apiKey":
            yield Site(_set(scheme, "name", "X-Elsewhere"))


@kind("error-code-removed")
def _error(data: Data) -> Iterator[Site]:
    codes = data.get("x-engross", {}).get("errors", {}).get("codes", {})
    for code in codes:
        yield Site(_drop(codes, code))


@kind("timezone-changed")
def _timezone(data: Data) -> Iterator[Site]:
    if "x-engross" in data:
        yield Site(_set(data["x-engross"], "timezone", "Asia/Tokyo"))


@kind("webhook-removed")
def _webhook(data: Data) -> Iterator[Site]:
    for name in data.get("webhooks", {}):
        yield Site(_drop(data["webhooks"], name))


@kind("body-removed")
def _body_removed(data: Data) -> Iterator[Site]:
    for _, _, operation in operations(data):
        if "requestBody" in operation and not {"x-engross"} & operation.keys():
            yield Site(_drop(operation, "requestBody"), SENT)


@kind("security-loosened")
def _loosened(data: Data) -> Iterator[Site]:
    for _, _, operation in operations(data):
        listed = operation.get("security", data.get("security")) or []
        if listed and {} not in listed:
            yield Site(_set(operation, "security", [*listed, {}]))


@kind("server-added")
def _server_added(data: Data) -> Iterator[Site]:
    if data.get("servers"):
        added = {"url": "https://elsewhere.example", **provenance(data)}
        yield Site(_set(data, "servers", [*data["servers"], added]))


@kind("server-variable-changed")
def _variable(data: Data) -> Iterator[Site]:
    for server in data.get("servers", []):
        for variable in server.get("variables", {}).values():
            values = [*variable.get("enum", [variable.get("default")]), "by-a-test"]
            yield Site(_set(variable, "enum", values))


@kind("parameter-style-changed")
def _style(data: Data) -> Iterator[Site]:
    for found, _, _ in _parameters(data):
        if target(data, found.get("schema", {})).get("type") == "array":
            explode = found.get("explode", True)
            yield Site(_set(found, "explode", not explode), SENT)


@kind("callback-added")
def _callback(data: Data) -> Iterator[Site]:
    for _, _, operation in operations(data):
        if "callbacks" not in operation and operation.get("requestBody"):
            answer = {"post": {"responses": {"204": {"description": "Seen."}}}}
            called = {"addedByATest": {"https://example.com/hook": answer}}
            yield Site(_set(operation, "callbacks", called))


@kind("error-code-changed")
def _error_status(data: Data) -> Iterator[Site]:
    codes = data.get("x-engross", {}).get("errors", {}).get("codes", {})
    for code in codes.values():
        yield Site(_set(code, "status", 451))


@kind("error-location-changed")
def _error_location(data: Data) -> Iterator[Site]:
    errors = data.get("x-engross", {}).get("errors", {})
    if "message" in errors:
        yield Site(_drop(errors, "message"))


def _webhooks(data: Data) -> Iterator[Data]:
    for item in data.get("webhooks", {}).values():
        for operation in item.values():
            yield operation.get("x-engross", {})


@kind("proof-changed")
def _proof(data: Data) -> Iterator[Site]:
    for own in _webhooks(data):
        if "signature" in own:
            digest = "sha512" if own["signature"].get("digest") != "sha512" else "sha1"
            yield Site(_set(own["signature"], "digest", digest))


@kind("event-changed")
def _event(data: Data) -> Iterator[Site]:
    for own in _webhooks(data):
        if "event" in own:
            yield Site(_set(own["event"], "equals", ["changed.by-a-test"]))


@kind("envelope-changed")
def _envelope(data: Data) -> Iterator[Site]:
    for _, _, operation in operations(data):
        for answer in operation["responses"].values():
            for media in target(data, answer).get("content", {}).values():
                if "unwrap" in media.get("x-engross", {}):
                    yield Site(_drop(media["x-engross"], "unwrap"))


@kind("idempotency-key-changed")
def _key(data: Data) -> Iterator[Site]:
    for _, _, operation in operations(data):
        retry = operation.get("x-engross", {}).get("retry", {})
        if "key" in retry and "generate" not in retry:
            yield Site(_set(retry, "generate", "uuid"))


_on_schemas(
    "format-changed",
    lambda s: s.get("format") in ("date", "date-time")
    and _plain(s, "string")
    and not {"example", "examples", "default", "x-engross"} & s.keys(),
    lambda s: s.update(format="uuid"),
)
_on_schemas(
    "pattern-changed",
    lambda s: _plain(s, "string") and "pattern" in s,
    lambda s: s.update(pattern=f"(?:{s['pattern']})"),
)
_on_schemas(
    "content-encoding-changed",
    lambda s: _plain(s, "string") and not {"contentEncoding", "format"} & s.keys(),
    lambda s: s.update(contentMediaType="text/html"),
)
_on_schemas(
    "known-value-added",
    lambda s: bool(s.get("x-extensible-enum")),
    lambda s: s["x-extensible-enum"].append("added-by-a-test"),
)
_on_schemas(
    "time-changed",
    lambda s: s.get("x-engross", {}).get("time") in ("unix-s", "unix-ms"),
    lambda s: s["x-engross"].update(
        time="unix-s" if s["x-engross"]["time"] == "unix-ms" else "unix-ms"
    ),
)
_on_schemas(
    "rule-removed",
    lambda s: "rules" in s.get("x-engross", {}),
    lambda s: s["x-engross"].pop("rules"),
)


@kind("rule-added")
def _rule(data: Data) -> Iterator[Site]:
    for schema, ways in schemas(data) if "x-engross" in data else ():
        if _plain(schema, "string") and "x-engross" not in schema:
            rule = {
                "id": "by-a-test",
                "cel": "size(self) < 9999",
                "message": "too long",
            }
            yield Site(_set(schema, "x-engross", {"rules": [rule]}), ways)


_on_schemas(
    "violation-code-changed",
    lambda s: "code" in s.get("x-engross", {}),
    lambda s: s["x-engross"].pop("code"),
)

REVERSE = {
    rule: other
    for pair in (
        ("limit-tightened", "limit-loosened"),
        ("null-allowed", "null-disallowed"),
        ("type-widened", "type-narrowed"),
        ("enum-value-added", "enum-value-removed"),
        ("enum-removed", "enum-added"),
        ("pattern-added", "pattern-removed"),
        ("format-added", "format-removed"),
        ("condition-added", "condition-removed"),
        ("additional-properties-forbidden", "additional-properties-allowed"),
        ("property-added", "property-removed"),
        ("required-property-added", "required-property-removed"),
        ("property-required", "property-optional"),
        ("read-only-added", "read-only-removed"),
        ("write-only-added", "write-only-removed"),
        ("deprecated", "deprecation-withdrawn"),
        ("parameter-added", "parameter-removed"),
        ("parameter-required", "parameter-optional"),
        ("failure-added", "failure-removed"),
        ("success-added", "success-removed"),
        ("retry-weakened", "retry-strengthened"),
        ("operation-added", "operation-removed"),
        ("body-required", "body-optional"),
        ("media-type-added", "media-type-removed"),
        ("security-tightened", "security-loosened"),
        ("server-added", "server-removed"),
        ("error-code-added", "error-code-removed"),
        ("webhook-added", "webhook-removed"),
        ("callback-added", "callback-removed"),
        ("variant-added", "variant-removed"),
        ("known-value-added", "known-value-removed"),
        ("rule-added", "rule-removed"),
    )
    for rule, other in (pair, pair[::-1])
}
"""The rule of a change that is made undone; by default the same."""

REVERSE_OF_KINDS = {
    "required-parameter-added": {"parameter-removed"},
    "parameter-removed": {"parameter-added", "required-parameter-added"},
    "body-removed": {"body-added", "required-body-added"},
    # One way to authenticate took the place of another.
    "security-tightened": {"security-tightened", "security-loosened"},
}
"""The same, where several rules may follow."""


def reverse(rule: str) -> set[str]:
    """Return the rules of which one is found where a change is made undone."""
    return REVERSE_OF_KINDS.get(rule, {REVERSE.get(rule, rule)})
