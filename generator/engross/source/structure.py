"""Why an object breaks its schema, as defects that name the one thing to change."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from engross.findings import Finding
from engross.patterns import syntax_error
from engross.source.document import Document, Value, value_at
from engross.source.location import Location, tokens_of
from engross.source.messages import misfit, phrase, shown
from engross.source.metaschema import EXTENSION, Kind, Walk
from engross.source.pointer import Tokens
from engross.source.predicates import JsonSchema
from engross.source.repair import Defect, Repair, removal
from engross.source.structure_repairs import (
    BOOLEANS,
    of_bad_key,
    of_bad_value,
    of_conflict,
    of_exclusive,
    of_missing_keys,
    of_unknown_key,
    of_wrong_type,
)
from engross.source.upgrade import EXCLUSIVE
from engross.suggest import closest, did_you_mean

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


def structure_defects(document: Document, walk: Walk) -> Iterator[Defect]:
    """Yield what is wrong with the objects that a walk found broken or misspelt."""
    for kind, value, path in walk.broken:
        base = tokens_of(path)
        instance = cast(str, value)  # any value: its stubs know no Decimal
        for error in _without_followers(_validator(kind).iter_errors(instance)):
            tokens = (*base, *error.absolute_path)
            yield from _Broken(document, kind, tokens, error).defects()
    for kind, path, key, intended in walk.misspelt:
        at = Location(document.name, (*tokens_of(path), key))
        span = document.span(at.tokens, key=True)
        hint = f"did you mean {intended!r}?"
        message = f"no such key in {phrase(kind.name)}"
        finding = Finding("unknown-key", message, span, hint)
        yield Defect(finding, at, removal(at))


def _without_followers(
    errors: Iterable["ValidationError"],
) -> Iterator["ValidationError"]:
    """Yield the errors, but not that a value of a wrong type is no allowed value either."""
    found = [*errors]
    mistyped = {
        tuple(error.absolute_path) for error in found if error.validator == "type"
    }
    for error in found:
        is_follower = error.validator in ("const", "enum")
        if not is_follower or tuple(error.absolute_path) not in mistyped:
            yield error


@cache
def _validator(kind: Kind) -> "Draft202012Validator":
    """Return a validator of the object alone: what it refers to is visited by itself."""
    # Imported late: it takes longer than reading most contracts, which are sound.
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415

    formats = FormatChecker(formats=())
    formats.checks("regex")(_is_regex)
    alone = cast(JsonSchema, _without_references(kind.schema))
    return Draft202012Validator(alone, format_checker=formats)


def _is_regex(value: object) -> bool:
    return not isinstance(value, str) or syntax_error(value) is None


def _without_references(schema: Value) -> Value:
    if isinstance(schema, list):
        return [_without_references(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        keyword: _without_references(part)
        for keyword, part in schema.items()
        if not (keyword == "$ref" and isinstance(part, str))
    }


class _Broken:
    """One error of the validator, put into words at the right place."""

    def __init__(
        self, document: Document, kind: Kind, tokens: Tokens, error: "ValidationError"
    ) -> None:
        self._document = document
        self._kind = kind
        self._tokens = tokens
        self._at = Location(document.name, tokens)
        self._error = error
        self._instance = cast(Value, error.instance)
        self._limit = cast(Value, error.validator_value)
        self._schema: JsonSchema = (
            cast(JsonSchema, error.schema) if isinstance(error.schema, dict) else {}
        )

    def defects(self) -> Iterable[Defect]:
        """Return the defects of the error."""
        if "propertyNames" in self._error.absolute_schema_path:
            return [self._bad_key()]
        explain = _EXPLANATIONS.get(str(self._error.validator))
        if explain is not None:
            return explain(self)
        return [self._at_value("bad-value", self._words(), None, self._bad_value())]

    def unknown_keys(self) -> Iterator[Defect]:
        assert isinstance(self._instance, dict)
        names = _properties(self._schema)
        patterns = cast(JsonSchema, self._schema.get("patternProperties", {}))
        value_keys = self._value_keys(names)
        for key in self._instance:
            if key in names or _matches_any(key, patterns):
                continue
            message = str(
                self._schema.get("errorMessage", f"no such key in {self._of()}")
            )
            hint = self._since(key)
            if key == EXTENSION:
                message = f"{key} is not allowed here"
            elif key in value_keys:
                hint = "it describes a value: move it into `schema`"
            elif hint is None and closest(key, names) not in self._instance:
                hint = did_you_mean(key, names)
            at = self._at / key
            repair = of_unknown_key(self._kind.name, at, self._instance, value_keys)
            yield self._at_key("unknown-key", message, hint, repair, key)

    def _value_keys(self, names: JsonSchema) -> Collection[str]:
        """Return keys that describe a value, and belong in the `schema` of the object."""
        known = self._kind.keys_of("schema") if "schema" in names else {}
        return {key for key in known if key not in names}

    def missing_keys(self) -> Iterator[Defect]:
        # The validator tells each by itself; one finding names them all.
        wanted, got = cast(list[str], self._limit), cast(JsonSchema, self._instance)
        missing = [name for name in wanted if name not in got]
        *first, last = map(repr, missing)
        listed = f"{', '.join(first)} and {last}" if first else last
        message = f"{self._of()} needs {listed}"
        is_inner = len(self._error.absolute_path) > 0
        kind = "" if is_inner else self._kind.name
        value_keys = self._value_keys(_properties(self._kind.schema))
        repair = of_missing_keys(kind, self._at, got, missing, value_keys)
        yield self._at_key("missing-key", message, None, repair)

    def wrong_type(self) -> Iterator[Defect]:
        kinds = self._limit if isinstance(self._limit, list) else [self._limit]
        written = self._document.written(self._tokens)
        hint = None
        if "string" in kinds and isinstance(self._instance, int | float):
            hint = "put it in quotes"
        elif isinstance(self._instance, str) and (
            "integer" in kinds or "number" in kinds
        ):
            hint = "write it as a number, without quotes"
        elif isinstance(self._instance, dict) and "$ref" in self._instance:
            hint = (
                "OpenAPI allows no `$ref` here: put its target in its place, "
                "for example with `redocly bundle`"
            )
        elif "boolean" in kinds and str(self._instance).lower() in BOOLEANS:
            meant = BOOLEANS[str(self._instance).lower()]
            hint = f"write {shown(meant)}, without quotes"
        elif self._instance is None and "null" in written:
            hint = "put it in quotes" if "string" in kinds else None
        elif self._instance is None and {"object", "array"} & {*map(str, kinds)}:
            hint = "indent below it what belongs to it, or remove it"
        elif "patternErrorMessage" in self._schema:
            hint = str(self._schema["patternErrorMessage"])
        message = misfit("type", self._limit, self._instance)
        repair = of_wrong_type(
            self._kind.name, self._at, self._limit, self._instance, written
        )
        is_exclusive = self._kind.name == "schema" and self._tokens[-1:] in _EXCLUSIVE
        if is_exclusive and isinstance(self._instance, bool):
            above = (*self._tokens[:-1], EXCLUSIVE[str(self._tokens[-1])])
            limit = value_at(self._document.value, above)
            hint, repair = of_exclusive(self._at, limit, self._instance)
        yield self._at_value("wrong-type", message, hint, repair)

    def not_listed(self) -> Iterator[Defect]:
        values = self._limit if isinstance(self._limit, list) else [self._limit]
        hint = None
        if isinstance(self._instance, str):
            hint = did_you_mean(self._instance, [str(value) for value in values])
        yield self._at_value("bad-value", self._words(), hint, self._bad_value())

    def not_allowed(self) -> Iterator[Defect]:
        words = str(self._schema.get("errorMessage", "not allowed here"))
        yield self._at_key(
            "conflicting-keys", words, None, of_conflict(self._at, words)
        )

    def _bad_key(self) -> Defect:
        key = str(self._instance)
        repair = of_bad_key(self._kind.name, self._at / key)
        return self._at_key("bad-key", self._words(), None, repair, key)

    def _bad_value(self) -> Repair | None:
        keyword = str(self._error.validator)
        return of_bad_value(
            self._kind.name, self._at, keyword, self._limit, self._instance
        )

    def _words(self) -> str:
        own = self._schema.get("patternErrorMessage", self._schema.get("errorMessage"))
        if isinstance(own, str):
            return f"{own}, not {shown(self._instance)}"
        if self._error.validator == "format":
            return f"invalid regular expression: {syntax_error(str(self._instance))}"
        return misfit(str(self._error.validator), self._limit, self._instance)

    def _since(self, key: str) -> str | None:
        newer = cast(JsonSchema, self._kind.full_schema.get("properties", {}))
        known = newer.get(key)
        if isinstance(known, dict) and "x-since" in known:
            return f"it needs OpenAPI {known['x-since']}; this document declares an older one"
        return None

    def _of(self) -> str:
        """Return the name of the object at fault."""
        inner = len(self._error.absolute_path)
        return repr(self._tokens[-1]) if inner else phrase(self._kind.name)

    def _at_value(
        self, rule: str, message: str, hint: str | None, repair: Repair | None
    ) -> Defect:
        finding = Finding(rule, message, self._document.span(self._tokens), hint)
        return Defect(finding, self._at, repair)

    def _at_key(
        self,
        rule: str,
        message: str,
        hint: str | None,
        repair: Repair | None,
        *below: str,
    ) -> Defect:
        tokens = (*self._tokens, *below)
        finding = Finding(rule, message, self._document.span(tokens, key=True), hint)
        return Defect(finding, Location(self._document.name, tokens), repair)


_EXPLANATIONS: Final[dict[str, Callable[[_Broken], Iterable[Defect]]]] = {
    "additionalProperties": _Broken.unknown_keys,
    "const": _Broken.not_listed,
    "enum": _Broken.not_listed,
    "not": _Broken.not_allowed,
    "required": _Broken.missing_keys,
    "type": _Broken.wrong_type,
}


_EXCLUSIVE: Final = tuple((keyword,) for keyword in EXCLUSIVE)


def _properties(schema: JsonSchema) -> JsonSchema:
    return cast(JsonSchema, schema.get("properties", {}))


def _matches_any(key: str, patterns: JsonSchema) -> bool:
    return any(re.search(pattern, key) for pattern in patterns)
