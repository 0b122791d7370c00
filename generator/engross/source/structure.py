"""Why an object breaks its schema, as findings that name the one thing to change."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from engross.findings import Finding
from engross.patterns import syntax_error
from engross.source.document import Document, Value
from engross.source.location import tokens_of
from engross.source.messages import misfit, phrase, shown
from engross.source.metaschema import EXTENSION, Kind, Walk
from engross.source.pointer import Tokens
from engross.source.predicates import JsonSchema
from engross.source.suggest import closest, did_you_mean

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


def structure_findings(document: Document, walk: Walk) -> Iterator[Finding]:
    """Yield what is wrong with the objects that a walk found broken or misspelt."""
    for kind, value, path in walk.broken:
        base = tokens_of(path)
        instance = cast(str, value)  # any value: its stubs know no Decimal
        for error in _validator(kind).iter_errors(instance):
            tokens = (*base, *error.absolute_path)
            yield from _Broken(document, kind, tokens, error).findings()
    for kind, path, key, intended in walk.misspelt:
        span = document.span((*tokens_of(path), key), key=True)
        hint = f"did you mean {intended!r}?"
        yield Finding("unknown-key", f"no such key in {phrase(kind.name)}", span, hint)


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
        self._error = error
        self._instance = cast(Value, error.instance)
        self._limit = cast(Value, error.validator_value)
        self._schema: JsonSchema = (
            cast(JsonSchema, error.schema) if isinstance(error.schema, dict) else {}
        )

    def findings(self) -> Iterable[Finding]:
        """Return the findings of the error."""
        if "propertyNames" in self._error.absolute_schema_path:
            return [self._bad_key()]
        explain = _EXPLANATIONS.get(str(self._error.validator))
        if explain is not None:
            return explain(self)
        return [self._at_value("bad-value", self._words())]

    def unknown_keys(self) -> Iterator[Finding]:
        assert isinstance(self._instance, dict)
        names = cast(JsonSchema, self._schema.get("properties", {}))
        patterns = cast(JsonSchema, self._schema.get("patternProperties", {}))
        for key in self._instance:
            if key in names or _matches_any(key, patterns):
                continue
            message = str(
                self._schema.get("errorMessage", f"no such key in {self._of()}")
            )
            hint = self._since(key)
            if key == EXTENSION:
                message = f"{key} is not allowed here"
            elif "schema" in names and key in self._kind.keys_of("schema"):
                hint = "it describes a value: move it into `schema`"
            elif hint is None and closest(key, names) not in self._instance:
                hint = did_you_mean(key, names)
            yield self._at_key("unknown-key", message, hint, key)

    def missing_keys(self) -> Iterator[Finding]:
        # The validator tells each by itself; one finding names them all.
        wanted, got = cast(list[str], self._limit), cast(JsonSchema, self._instance)
        missing = " and ".join(repr(name) for name in wanted if name not in got)
        yield self._at_key("missing-key", f"{self._of()} needs {missing}")

    def wrong_type(self) -> Iterator[Finding]:
        kinds = self._limit if isinstance(self._limit, list) else [self._limit]
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
        message = misfit("type", self._limit, self._instance)
        yield self._at_value("wrong-type", message, hint)

    def not_listed(self) -> Iterator[Finding]:
        values = self._limit if isinstance(self._limit, list) else [self._limit]
        hint = None
        if isinstance(self._instance, str):
            hint = did_you_mean(self._instance, [str(value) for value in values])
        yield self._at_value("bad-value", self._words(), hint)

    def not_allowed(self) -> Iterator[Finding]:
        words = str(self._schema.get("errorMessage", "not allowed here"))
        yield self._at_key("conflicting-keys", words)

    def _bad_key(self) -> Finding:
        key = str(self._instance)
        return self._at_key("bad-key", self._words(), None, key)

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

    def _at_value(self, rule: str, message: str, hint: str | None = None) -> Finding:
        return Finding(rule, message, self._document.span(self._tokens), hint)

    def _at_key(
        self, rule: str, message: str, hint: str | None = None, *below: str
    ) -> Finding:
        span = self._document.span((*self._tokens, *below), key=True)
        return Finding(rule, message, span, hint)


_EXPLANATIONS: Final[dict[str, Callable[[_Broken], Iterable[Finding]]]] = {
    "additionalProperties": _Broken.unknown_keys,
    "const": _Broken.not_listed,
    "enum": _Broken.not_listed,
    "not": _Broken.not_allowed,
    "required": _Broken.missing_keys,
    "type": _Broken.wrong_type,
}


def _matches_any(key: str, patterns: JsonSchema) -> bool:
    return any(re.search(pattern, key) for pattern in patterns)
