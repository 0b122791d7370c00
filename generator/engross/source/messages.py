"""Values, kinds and misfits in the words of messages."""

import json
from decimal import Decimal
from typing import Final

from engross.source.document import Value

_LONGEST: Final = 60


def kind_of(value: Value) -> str:
    """Return the kind of a value with its article: `a list`, `a string`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "a string"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "a number"


def shown(value: Value) -> str:
    """Return a value as JSON, shortened if it is long."""
    if isinstance(value, dict | list):
        return kind_of(value)
    if isinstance(value, Decimal):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def phrase(kind: str) -> str:
    """Return the name of a kind: `an operation`, `x-engross of a server`."""
    place, _, name = kind.rpartition("/")
    words = name.removesuffix("-or-reference").replace("-", " ")
    if name not in _UNCOUNTED:
        words = f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
    is_part = place != "x-engross" or name in _PARTS
    return words if is_part else f"x-engross of {words}"


_UNCOUNTED: Final = frozenset(
    ("components", "errors", "info", "pagination", "paths", "responses", "xml")
)

# Files of `schemas/x-engross` that describe a part of an extension, not all of it.
_PARTS: Final = frozenset(("error-code", "errors", "life", "pagination", "retry"))


def misfit(keyword: str, limit: Value, got: Value) -> str:
    """Return why a value violates a keyword of its schema."""
    if keyword in ("enum", "const"):
        values = limit if keyword == "enum" and isinstance(limit, list) else [limit]
        one_of = "one of " if len(values) > 1 else ""
        return f"must be {one_of}{', '.join(map(shown, values))}, not {shown(got)}"
    if keyword == "type":
        kinds = limit if isinstance(limit, list) else [limit]
        wanted = " or ".join(_TYPES[str(kind)] for kind in kinds)
        return f"must be {wanted}, not {shown(got)}"
    if keyword == "contentEncoding":
        return f"is not whole {limit}: {shown(got)}"
    if keyword == "format":
        return f"is not a valid {limit}: {shown(got)}"
    form = _FORMS.get(keyword, "violates `{keyword}`")
    if limit == 1:
        form = _FORMS_OF_ONE.get(keyword, form)
    return form.format(keyword=keyword, limit=shown(limit), got=shown(got))


_TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}

_FORMS: Final = {
    "anyOf": "matches none of the alternatives",
    "contains": "has no item that matches `contains`",
    "exclusiveMaximum": "must be less than {limit}, not {got}",
    "exclusiveMinimum": "must be greater than {limit}, not {got}",
    "maxItems": "must have at most {limit} items",
    "maxLength": "must have at most {limit} characters",
    "maxProperties": "must have at most {limit} members",
    "maximum": "must be at most {limit}, not {got}",
    "minItems": "must have at least {limit} items",
    "minLength": "must have at least {limit} characters",
    "minProperties": "must have at least {limit} members",
    "minimum": "must be at least {limit}, not {got}",
    "multipleOf": "must be a multiple of {limit}, not {got}",
    "oneOf": "must match exactly one of the alternatives",
    "pattern": "does not match {limit}: {got}",
    "uniqueItems": "has duplicate items",
}

_FORMS_OF_ONE: Final = {
    "maxProperties": "must have at most one member",
    "minItems": "must not be empty",
    "minLength": "must not be empty",
    "minProperties": "must not be empty",
}
