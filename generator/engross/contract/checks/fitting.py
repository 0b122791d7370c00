"""Whether values fit schemas of a contract, and what is wrong if not.

Predicates answer the first question. Only where one says no, or where there is none, a
full validator is asked, which is slow.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from urllib.parse import quote

from engross.contract.checks.formats import FORMATS
from engross.contract.index import mapping
from engross.patterns import PatternError, read_pattern
from engross.source import Location, Source, Value
from engross.source.messages import misfit
from engross.source.predicates import (
    Dialect,
    JsonSchema,
    Predicate,
    UnknownKeywordError,
    UntellableError,
    always,
    compile_predicate,
)

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_Errors: TypeAlias = Iterator["ValidationError"]
_Keyword: TypeAlias = Callable[["Validator", Value, Value, JsonSchema], _Errors]

_MOST_STEPS: Final = 20_000
"""References followed for one value, beyond which a schema is given up."""


class Fitting:
    """Checks values against the schemas of one contract."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._steps = 0
        self._checks: dict[Location, Predicate] = {}
        self._refused: dict[Location, UnknownKeywordError | UntellableError] = {}

    def errors(self, schema: Location, value: Value) -> list["ValidationError"]:
        """Return why a value is invalid; nothing if it is valid or that cannot be decided."""
        self._steps = 0
        try:
            if self._fits(schema, value):
                return []
            self._steps = 0
            return self._all_errors(schema, value)
        except (UntellableError, RecursionError):  # too costly, or without end
            return []

    def _all_errors(self, schema: Location, value: Value) -> list["ValidationError"]:
        from referencing.exceptions import Unresolvable  # noqa: PLC0415

        instance = cast(str, value)  # any value: the stubs know no Decimal
        try:
            return list(self._validator(schema).iter_errors(instance))
        except Unresolvable:  # an `$id` or anchor that only our resolver follows
            raise UntellableError from None

    def may_lack(self, at: Location, schema: JsonSchema, name: str) -> bool:
        """Return whether only requests, or only responses, have a property.

        A value may be of either, so it need not have one of those.

        Args:
            at: a place in the document of the schema, as far as that is known.
        """
        value = mapping(mapping(schema.get("properties")).get(name))
        if "$ref" in value:
            try:
                target = self._source.resolve(at, str(value["$ref"]))
            except LookupError:  # the schema is of another document than `at`
                return False
            target = self._source.follow(target)
            value = {**mapping(self._source.value(target)), **value}
        return value.get("readOnly") is True or value.get("writeOnly") is True

    def _fits(self, schema: Location, value: Value) -> bool:
        try:
            return self._check(schema)(value)
        except UnknownKeywordError:
            return False  # for the full validator to say

    def _check(self, schema: Location) -> Predicate:
        """Return the predicate of a schema.

        Raises:
            UnknownKeywordError: it takes the full validator.
            UntellableError: not even that could tell.
        """
        if schema in self._refused:
            raise self._refused[schema]
        if schema not in self._checks:
            # A schema that contains itself finds this entry, and asks it when called.
            self._checks[schema] = lambda value: self._asked_later(schema, value)
            dialect = Dialect(
                refer=lambda text: self._referred(self._source.resolve(schema, text)),
                formats=FORMATS,
                may_lack=lambda outer, name: self.may_lack(schema, outer, name),
            )
            try:
                check = compile_predicate(self._source.value(schema), dialect)
            except (UnknownKeywordError, UntellableError) as error:
                self._refused[schema] = error
                raise
            self._checks[schema] = check or always
        return self._checks[schema]

    def _asked_later(self, schema: Location, value: Value) -> bool:
        if schema in self._refused:
            raise self._refused[schema]
        return self._checks[schema](value)

    def _referred(self, schema: Location) -> Predicate:
        check = self._check(schema)

        def counted(value: Value) -> bool:
            self._count_step()
            return check(value)

        return counted

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise UntellableError

    def _validator(self, schema: Location) -> "Validator":
        uri = f"{_uri(schema.document)}#{schema.pointer.fragment}"
        return self._validators.evolve(schema={"$ref": uri})

    @cached_property
    def _validators(self) -> "Validator":
        # Imported late: it takes longer than checking most contracts, which are sound.
        from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415
        from jsonschema.validators import extend  # noqa: PLC0415
        from referencing import Registry  # noqa: PLC0415
        from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

        formats = FormatChecker(formats=())
        for name, fits in FORMATS.items():
            formats.checks(name)(_for_text(fits))
        registry = Registry().with_resources(
            (_uri(document), DRAFT202012.create_resource(cast(JsonSchema, value)))
            for document, value in self._resources()
        )
        follow: _Keyword = Draft202012Validator.VALIDATORS["$ref"]

        def counted(
            validator: "Validator", text: Value, value: Value, schema: JsonSchema
        ) -> _Errors:
            self._count_step()
            yield from follow(validator, text, value, schema)

        keywords: dict[str, _Keyword] = {
            "$ref": counted,
            "multipleOf": _exactly("multipleOf"),
            "pattern": _exactly("pattern"),
        }
        exact: type[Validator] = extend(  # type: ignore[no-untyped-call]
            Draft202012Validator, keywords
        )
        return exact({}, registry=registry, format_checker=formats)

    def _resources(self) -> Iterator[tuple[str, Value]]:
        for document, value in self._source.resources.items():
            has_patterns = "patternProperties" in self._source.text(document)
            yield document, _with_patterns_of_python(value) if has_patterns else value


def _for_text(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fits(value)


def _exactly(keyword: str) -> _Keyword:
    """Return a keyword that compares exactly: decimal digits, ECMA-262 patterns."""

    def errors(
        _validator: "Validator", limit: Value, got: Value, _schema: JsonSchema
    ) -> _Errors:
        from jsonschema import ValidationError  # noqa: PLC0415

        check = compile_predicate({keyword: limit}, _PLAIN)
        if check is not None and not check(got):
            yield ValidationError(misfit(keyword, limit, got))

    return errors


_PLAIN: Final = Dialect(refer=lambda _text: None, formats={})


def _uri(document: str) -> str:
    """Return an address of a document, for references that are relative to it."""
    return f"https://contract.invalid/{quote(document)}"


def _with_patterns_of_python(value: Value) -> Value:
    """Return a copy of data whose patterns for names are those of Python.

    Those that Python cannot match, or not fast enough, are left out.
    """
    if isinstance(value, list):
        return [_with_patterns_of_python(item) for item in value]
    if not isinstance(value, dict):
        return value
    copied = {key: _with_patterns_of_python(inner) for key, inner in value.items()}
    patterns = copied.get("patternProperties")
    if isinstance(patterns, dict):
        copied["patternProperties"] = {
            searched: inner
            for pattern, inner in patterns.items()
            if (searched := _searched(pattern)) is not None
        }
    return copied


def _searched(pattern: str) -> str | None:
    try:
        return read_pattern(pattern).regex.searched
    except PatternError:
        return None
