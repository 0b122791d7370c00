"""How each kind of structural fault is repaired."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from engross.source.document import Value
from engross.source.location import Location
from engross.source.messages import phrase, shown
from engross.source.repair import (
    Put,
    Remove,
    Rename,
    Repair,
    removal,
    replacement,
)
from engross.source.upgrade import EXCLUSIVE
from engross.source.yaml_scalars import UnusableNumberError, plain

# Names


def of_bad_key(kind: str, at: Location) -> Repair:
    """Return the repair of a name that OpenAPI does not allow."""
    if kind == "schema":
        return removal(at)
    return Repair("used as it is")


def of_unknown_key(
    kind: str, at: Location, holder: Mapping[str, Value], value_keys: Collection[str]
) -> Repair | None:
    """Return the repair of a key that its object does not have.

    Args:
        kind: The kind of the object.
        at: The location of the key.
        holder: The object.
        value_keys: Keys of the object that describe a value, so belong in `schema`.
    """
    key = str(at.tokens[-1])
    if kind == "paths":
        return _of_path(at, key, holder)
    if kind == "path-item" and isinstance(holder[key], dict):
        name = key.lower()
        if name in _METHODS:
            return _renamed(at, name)
        return None if name in _LATER_METHODS else removal(at)
    if kind == "responses":
        name = "default" if key.lower() == "default" else key.upper()
        is_status = name == "default" or _STATUS.fullmatch(name) is not None
        return _renamed(at, name) if is_status else removal(at)
    if key in value_keys and not holder.keys() & {"schema", "content"}:
        moved = {name: holder[name] for name in holder if name in value_keys}
        removed = (Remove(at.parent / name) for name in moved)
        return Repair(_MOVED, (Put(at.parent / "schema", moved), *removed))
    return removal(at)


_MOVED: Final = "what describes its value is read as its `schema`"
_METHODS: Final = frozenset(
    ("get", "put", "post", "delete", "options", "head", "patch", "trace")
)
_LATER_METHODS: Final = frozenset(("query", "additionaloperations"))
_STATUS: Final = re.compile("[1-5](?:[0-9][0-9]|XX)")


def _of_path(at: Location, path: str, holder: Mapping[str, Value]) -> Repair | None:
    item = holder[path]
    if not isinstance(item, dict) or not item.keys() & {*_METHODS, "$ref"}:
        return removal(at)
    is_ambiguous = "://" in path or f"/{path}" in holder
    return None if is_ambiguous else _renamed(at, f"/{path}")


def _renamed(at: Location, name: str) -> Repair:
    return Repair(f"read as {shown(name)}", (Rename(at, name),))


def of_missing_keys(
    kind: str,
    at: Location,
    holder: Mapping[str, Value],
    missing: list[str],
    value_keys: Collection[str],
) -> Repair | None:
    """Return the repair of an object that lacks required keys."""
    if missing == ["schema"] and not holder.keys().isdisjoint(value_keys):
        return Repair(_MOVED)
    filled: dict[str, Value] = {}
    for name in missing:
        if (kind, name) == ("info", "title") or (kind, name) == ("contract", "info"):
            title = at.document.rpartition("/")[2].partition(".")[0]
            value: Value = title if kind == "info" else {"title": title, "version": "0"}
        elif (kind, name) == ("server-variable", "default"):
            values = holder.get("enum")
            value = values[0] if isinstance(values, list) and values else None
        else:
            value = _ASSUMED.get((kind, name))
        if value is None:
            if not at.tokens:
                return None
            named = phrase(kind) if kind else "an object"
            return removal(at, f"{named} without it is ignored")
        filled[name] = value
    values = " and ".join(map(_told, filled.values()))
    edits = tuple(Put(at / name, value) for name, value in filled.items())
    return Repair(f"{values} is assumed", edits)


def _told(value: Value) -> str:
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        return f"`type: {value['type']}`"
    return "`{}`" if value == {} else shown(value)


_ASSUMED: Final[Mapping[tuple[str, str], Value]] = {
    ("contract", "paths"): {},
    ("info", "version"): "0",
    ("response", "description"): "",
    ("parameter", "required"): True,
    ("parameter", "schema"): {"type": "string"},
    ("header", "schema"): {"type": "string"},
    ("security-scheme", "flows"): {},
    ("security-scheme", "openIdConnectUrl"): "",
}

# Values


def of_conflict(at: Location, message: str) -> Repair | None:
    """Return the repair of keys that exclude each other: one of them is ignored.

    Args:
        at: The location of the object.
        message: What is said of it, which names both keys.
    """
    for used, unused in _RIVALS:
        if f"`{used}`" in message and f"`{unused}`" in message:
            return removal(at / unused, f"`{unused}` is ignored")
    return None


_RIVALS: Final = (
    ("examples", "example"),
    ("schema", "content"),
    ("value", "externalValue"),
    ("operationId", "operationRef"),
)


def of_bad_value(
    kind: str, at: Location, keyword: str, limit: Value, value: Value
) -> Repair | None:
    """Return the repair of a value that is not among those allowed."""
    key = at.tokens[-1] if at.tokens else None
    if keyword == "const":
        return replacement(at, limit, f"read as {shown(limit)}")
    if value is None and _is_listed_type(kind, at):
        return replacement(at, "null", 'read as "null"')
    if isinstance(value, str):
        if key == "type" and kind == "schema":
            return _of_type(at, value)
        if key == "type" and value.lower() in ("basic", "bearer"):
            both = (Put(at, "http"), Put(at.parent / "scheme", value.lower()))
            return Repair(f"read as HTTP {value.lower()}", both)
        if key == "openapi":
            return replacement(at, f"{value[:3]}.0", f"read as {value[:3]}.0")
        if isinstance(limit, list):
            for allowed in limit:
                if isinstance(allowed, str) and allowed.lower() == value.lower():
                    return replacement(at, allowed, f"read as {shown(allowed)}")
    if keyword == "uniqueItems" and isinstance(value, list):
        unique: list[Value] = []
        unique += (item for item in value if item not in unique)
        return replacement(at, unique, "each counts once")
    if keyword == "maxProperties" and isinstance(value, dict):
        first, *others = value
        edits = tuple(Remove(at / name) for name in others)
        return Repair(f"all but {shown(first)} are ignored", edits)
    return removal(at) if at.tokens else None


def _is_listed_type(kind: str, at: Location) -> bool:
    """Return whether a value is one of several types; YAML reads `null` as null there."""
    return kind == "schema" and at.tokens[-2:-1] == ("type",)


def _of_type(at: Location, name: str) -> Repair:
    kind, form = _TYPES.get(name.lower().replace("_", "-"), (None, None))
    if kind is None:
        return removal(at, "read as any value")
    if form is None:
        return replacement(at, kind, f"read as {kind}")
    edits = (Put(at, kind), Put(at.parent / "format", form))
    return Repair(f"read as {kind} of format {form}", edits)


_TYPES: Final[Mapping[str, tuple[str, str | None]]] = {
    **{
        kind: (kind, None)
        for kind in (
            "array",
            "boolean",
            "integer",
            "null",
            "number",
            "object",
            "string",
        )
    },
    "arr": ("array", None),
    "binary": ("string", "binary"),
    "bool": ("boolean", None),
    "byte": ("string", "byte"),
    "date": ("string", "date"),
    "date-time": ("string", "date-time"),
    "datetime": ("string", "date-time"),
    "decimal": ("number", None),
    "dict": ("object", None),
    "double": ("number", None),
    "email": ("string", "email"),
    "file": ("string", "binary"),
    "float": ("number", None),
    "guid": ("string", "uuid"),
    "hash": ("object", None),
    "int": ("integer", None),
    "int32": ("integer", None),
    "int64": ("integer", None),
    "list": ("array", None),
    "long": ("integer", None),
    "map": ("object", None),
    "none": ("null", None),
    "str": ("string", None),
    "text": ("string", None),
    "uri": ("string", "uri"),
    "url": ("string", "uri"),
    "uuid": ("string", "uuid"),
}
"""What authors write as a type, with the type and format that they mean."""


def of_exclusive(at: Location, limit: Value, value: bool) -> tuple[str, Repair]:
    """Return what to write in place of a boolean that 3.0 has beside a limit, and its repair.

    Args:
        at: The location of the boolean.
        limit: The value of the keyword beside it.
        value: The boolean.
    """
    exclusive = str(at.tokens[-1])
    inclusive = EXCLUSIVE[exclusive]
    is_number = isinstance(limit, int | float | Decimal) and not isinstance(limit, bool)
    if not value:
        return f"remove it: `{inclusive}` includes its value", removal(at)
    if not is_number:
        return "write the limit itself, or remove it", removal(at)
    hint = f"write `{exclusive}: {limit}` in place of `{inclusive}: {limit}`"
    edits = (Put(at, limit), Remove(at.parent / inclusive))
    return hint, Repair(f"read as `{exclusive}: {limit}`", edits)


def of_wrong_type(
    kind: str, at: Location, limit: Value, value: Value, written: str
) -> Repair | None:
    """Return the repair of a value of the wrong type.

    Args:
        kind: The kind of the object that the value is in.
        at: The location of the value.
        limit: The types that are allowed.
        value: The value.
        written: The value as it is written in the text.
    """
    if not at.tokens:
        return None
    if value is None and _is_listed_type(kind, at):
        return replacement(at, "null", 'read as "null"')
    kinds = limit if isinstance(limit, list) else [limit]
    for expected in kinds:
        changed = _converted(kind, at, str(expected), value, written)
        if changed is not None:
            return changed
    return removal(at)


def _converted(
    kind: str, at: Location, expected: str, value: Value, written: str
) -> Repair | None:
    """Return the repair that keeps what a value means; None if there is none."""
    match expected:
        case "string" if isinstance(value, bool | int | float | Decimal):
            return replacement(at, written, "read as text")
        case "boolean" if isinstance(value, str) and value.lower() in BOOLEANS:
            meant = BOOLEANS[value.lower()]
            return replacement(at, meant, f"read as {shown(meant)}")
        case "integer" | "number" if isinstance(value, str):
            return _number(at, expected, value)
        case "array":
            return _as_list(kind, at, value)
        case "object":
            return _as_object(kind, at, value)
    return None


BOOLEANS: Final = {"true": True, "yes": True, "false": False, "no": False}


def _number(at: Location, expected: str, text: str) -> Repair | None:
    try:
        number = plain(text.strip())
    except UnusableNumberError:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        return None
    if expected == "integer" and number != int(number):
        return None
    return replacement(at, number, f"read as {number}")


def _as_list(kind: str, at: Location, value: Value) -> Repair | None:
    key = at.tokens[-1]
    if isinstance(value, dict):
        if key == "examples" or (key == "parameters" and "name" not in value):
            items = [
                item["value"] if isinstance(item, dict) and "value" in item else item
                for item in value.values()
            ]
            listed: list[Value] = items if "$ref" not in value else [value]
            return replacement(at, listed, "read as a list of its members")
        if key in _LISTS_OF_OBJECTS:
            return replacement(at, [value], "read as a list of one")
    if isinstance(value, str) and value and key in _LISTS_OF_TEXTS:
        return replacement(at, [value], "read as a list of one")
    if kind == "security-requirement":
        return replacement(at, [], "read as an empty list")
    return None


_LISTS_OF_OBJECTS: Final = frozenset(
    (
        "allOf",
        "anyOf",
        "oneOf",
        "parameters",
        "prefixItems",
        "security",
        "servers",
        "tags",
    )
)
_LISTS_OF_TEXTS: Final = frozenset(("enum", "required", "tags", "examples"))


def _as_object(kind: str, at: Location, value: Value) -> Repair | None:
    key = at.tokens[-1]
    if value is None or value == []:
        is_item = isinstance(key, int)
        return removal(at) if is_item else replacement(at, {}, "read as `{}`")
    if isinstance(value, list):
        if key == "items":
            done = "read as `prefixItems`"
            return Repair(done, (Rename(at, "prefixItems"),))
        if key == "examples":
            named: dict[str, Value] = {
                f"example{number}": item if _is_example(item) else {"value": item}
                for number, item in enumerate(value, 1)
            }
            return replacement(at, named, "read as an object of examples")
        return None
    if isinstance(value, str):
        if key == "discriminator":
            return replacement(at, {"propertyName": value}, "read as `propertyName`")
        if kind == "security-requirement":
            return replacement(at, {value: []}, "read as the name of a scheme")
        if kind == "response":
            return replacement(at, {"description": value}, "read as its description")
        if kind == "external-documentation":
            return replacement(at, {"url": value}, "read as its `url`")
        if kind == "license":
            return replacement(at, {"name": value}, "read as its name")
    if kind == "schema":
        type_name = _TYPES.get(value.lower()) if isinstance(value, str) else None
        schema: Value = {} if type_name is None else {"type": type_name[0]}
        done = "any value" if type_name is None else f"`type: {type_name[0]}`"
        return replacement(at, schema, f"read as {done}")
    return None


def _is_example(value: Value) -> bool:
    return isinstance(value, dict) and bool(value.keys() & {"value", "$ref"})


# References


def of_reference(kind: str, at: Location) -> Repair | None:
    """Return the repair of a reference that leads to nothing of the expected kind.

    Args:
        kind: The expected kind.
        at: The location of the text of the reference.
    """
    holder = at.parent
    match kind.removesuffix("-or-reference"):
        case "schema" if at.tokens[-1] == "$ref":
            return removal(at, "read as any value")
        case "schema":
            return removal(at)
        case "response":
            done = "read as a response without a body"
            return replacement(holder, {"description": ""}, done)
        case "request-body":
            content: Value = {"content": {"application/json": {}}}
            return replacement(holder, content, "read as any JSON")
        case "media-type":
            return replacement(holder, {}, "read as any value")
        case "path-item":
            return None
        case "operation":
            return removal(holder, "the link is ignored")
        case name:
            return removal(holder, f"{phrase(name)} without it is ignored")
