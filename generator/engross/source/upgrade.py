"""Documents of OpenAPI 3.0 take the form of 3.1, in place.

What only 3.0 says is rewritten in the words of 3.1; the rest is the same. Documents of
3.1 that still use `nullable` or `example` get the same meaning.
"""

from decimal import Decimal
from typing import Final

from engross.source.document import Value

_NULL: Final = "null"

IGNORED: Final = "x-ignored-by-3.0"
"""Where the upgrade keeps the keywords that OpenAPI 3.0 ignores beside a `$ref`."""

_BESIDE_REFERENCE: Final = frozenset(
    (
        "$ref",
        "default",
        "deprecated",
        "description",
        "example",
        "examples",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
    )
)


EXCLUSIVE: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""Limits that exclude their value; in 3.0, booleans beside the limit itself."""


def upgrade_schema(schema: dict[str, Value], is_3_0: bool) -> None:
    """Rewrite one schema, not those within it.

    Only sound values are rewritten: what is left is for the structure check to find.
    """
    if is_3_0 and "$ref" in schema:
        _set_ignored_aside(schema)
    if schema.get("nullable") is True:
        del schema["nullable"]
        _allow_null(schema)
    elif schema.get("nullable") is False:
        del schema["nullable"]
    if "example" in schema and "examples" not in schema:
        schema["examples"] = [schema.pop("example")]
    for exclusive, limit in EXCLUSIVE.items() if is_3_0 else ():
        if isinstance(schema.get(exclusive), bool):
            _make_exclusive(schema, limit, exclusive)


def _set_ignored_aside(schema: dict[str, Value]) -> None:
    """Put aside what 3.0 ignores beside a `$ref` and 3.1 would not.

    It stays within reach of other references. What only describes the place is kept.
    """
    ignored = {
        keyword: schema.pop(keyword)
        for keyword in list(schema)
        if keyword not in _BESIDE_REFERENCE and not keyword.startswith("x-")
    }
    if ignored:
        schema[IGNORED] = ignored


def _allow_null(schema: dict[str, Value]) -> None:
    kind = schema.get("type")
    if isinstance(kind, str):
        schema["type"] = [kind] if kind == _NULL else [kind, _NULL]
    elif isinstance(kind, list) and _NULL not in kind:
        kind.append(_NULL)
    values = schema.get("enum")
    if isinstance(values, list) and None not in values:
        values.append(None)
    if "const" in schema and schema["const"] is not None:
        schema["enum"] = [schema.pop("const"), None]
    _allow_null_beside_applicators(schema)


def _allow_null_beside_applicators(schema: dict[str, Value]) -> None:
    """Let null pass `$ref`, `allOf`, `oneOf` and `anyOf`.

    Strictly, 3.0 lets `nullable` work beside `type` only. Nobody who writes it beside
    a reference means nothing by it.
    """
    for keyword in ("anyOf", "oneOf"):
        alternatives = schema.get(keyword)
        if isinstance(alternatives, list):
            alternatives.append({"type": _NULL})
    parts: list[Value] = []
    if "$ref" in schema:
        parts.append({"$ref": schema.pop("$ref")})
    every = schema.get("allOf")
    if isinstance(every, list):
        parts += every
        del schema["allOf"]
    if not parts:
        return
    # An `allOf` in the first alternative is always made here: references rely on it.
    first = parts[0]
    is_plain = len(parts) == 1 and isinstance(first, dict) and "allOf" not in first
    alternatives = [first if is_plain else {"allOf": parts}, {"type": _NULL}]
    if "anyOf" in schema:
        schema["allOf"] = [{"anyOf": alternatives}]
    else:
        schema["anyOf"] = alternatives


def _make_exclusive(schema: dict[str, Value], limit: str, exclusive: str) -> None:
    if schema[exclusive] is False:
        del schema[exclusive]
    elif isinstance(schema.get(limit), int | float | Decimal):
        schema[exclusive] = schema.pop(limit)
