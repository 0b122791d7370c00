"""The rule that examples and defaults fit their schemas."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote

from engross.contract.checks.formats import FORMATS
from engross.contract.checks.outline import Outline, mapping, sequence
from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.checks.shape import parts
from engross.source import Location, Value
from engross.source.checks import (
    Check,
    Dialect,
    JsonSchema,
    UnknownKeywordError,
    always,
    compile_check,
)
from engross.source.regexes import python_regex
from engross.source.suggest import did_you_mean
from engross.source.words import misfit

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


@rule("example-mismatch", "Examples and defaults fit their schemas.", needed=False)
def example_mismatch(outline: Outline) -> Faults:
    fitting = _Fitting(outline)
    for at, schema in _samples(outline):
        yield from fitting.faults(at, schema)


def _samples(outline: Outline) -> Iterator[tuple[Location, Location]]:
    """Each example or default, with the schema that it should fit."""
    source = outline.source
    for schema in source.places("schema"):
        value = outline.value(schema)
        if "default" in value:
            yield schema / "default", schema
        for index in range(len(sequence(value.get("examples")))):
            yield schema / "examples" / index, schema
    for kind in ("media-type", "parameter", "header"):
        for holder in source.places(kind):
            value = outline.value(holder)
            if "schema" not in value:
                continue
            schema = holder / "schema"
            for at in _shown(outline, holder, value):
                # Text shows how a value is sent; only JSON can be held to a schema.
                is_text = isinstance(source.value(at), str)
                is_json = kind == "media-type" and "json" in str(holder.tokens[-1])
                if not is_text or is_json or _may_be_text(outline, schema):
                    yield at, schema


def _shown(
    outline: Outline, holder: Location, value: Mapping[str, Value]
) -> Iterator[Location]:
    if "example" in value:
        yield holder / "example"
    for name in mapping(value.get("examples")):
        example = outline.source.follow(holder / "examples" / name)
        for key in ("value", "dataValue"):
            if key in outline.value(example):
                yield example / key


def _may_be_text(outline: Outline, schema: Location) -> bool:
    return any(
        "string" in str(outline.value(at).get("type"))
        for at in parts(outline.source, schema)
    )


class _Fitting:
    """Whether values fit schemas of a contract, and why not.

    Predicates answer the first question. Only where one says no, or where there is none,
    a full validator is asked, which is slow.
    """

    def __init__(self, outline: Outline) -> None:
        self._source = outline.source
        self._checks: dict[Location, Check] = {}
        self._left: set[Location] = set()

    def faults(self, at: Location, schema: Location) -> Faults:
        """Why the value at `at` does not fit; nothing if it does."""
        value = self._source.value(at)
        try:
            if self._fits(schema, value):
                return
            instance = cast(str, value)  # any value: its stubs know no Decimal
            errors = list(self._validator(schema).iter_errors(instance))
        except RecursionError:  # an endless schema, which has a rule of its own
            return
        for error in errors:
            yield from self._explained(at, schema, error)

    def _check(self, schema: Location) -> Check:
        """The predicate of a schema.

        Raises:
            UnknownKeywordError: it takes the full validator.
        """
        if schema in self._left:
            raise UnknownKeywordError
        if schema not in self._checks:
            # A schema that contains itself finds this entry, and asks it when called.
            self._checks[schema] = lambda value: self._checked(schema, value)
            dialect = Dialect(
                refer=lambda text: self._check(self._source.resolve(schema, text)),
                formats=FORMATS,
                may_lack=lambda outer, name: self._may_lack(schema, outer, name),
            )
            try:
                check = compile_check(self._source.value(schema), dialect)
            except UnknownKeywordError:
                self._left.add(schema)
                raise
            self._checks[schema] = check or always
        return self._checks[schema]

    def _checked(self, schema: Location, value: Value) -> bool:
        return self._checks[schema](value)

    def _fits(self, schema: Location, value: Value) -> bool:
        """Whether a value is known to fit."""
        try:
            return self._check(schema)(value)
        except UnknownKeywordError:
            return False

    def _may_lack(self, at: Location, schema: JsonSchema, name: str) -> bool:
        """Whether only requests, or only replies, have a property.

        An example may be of either, so it need not have one of those.
        """
        value = mapping(mapping(schema.get("properties")).get(name))
        if "$ref" in value:
            target = self._source.follow(self._source.resolve(at, str(value["$ref"])))
            value = {**mapping(self._source.value(target)), **value}
        return value.get("readOnly") is True or value.get("writeOnly") is True

    def _explained(
        self, at: Location, schema: Location, error: "ValidationError"
    ) -> Faults:
        alternatives = cast(list["ValidationError"], error.context or [])
        if error.validator == "anyOf" and _allows_null(error.validator_value):
            for inner in alternatives:
                # Whatever breaks the schema `false` has no path.
                if next(iter(inner.schema_path), 0) == 0:
                    yield from self._explained(at, schema, inner)
            return
        for token in error.absolute_path:
            at = at / token
        limit, got = cast(Value, error.validator_value), cast(Value, error.instance)
        keyword = str(error.validator)
        own = cast(JsonSchema, error.schema) if isinstance(error.schema, dict) else {}
        if keyword == "required":
            missing = [
                name
                for name in cast(list[str], limit)
                if name not in mapping(got) and not self._may_lack(schema, own, name)
            ]
            if missing:
                names = ", ".join(map(repr, missing))
                yield Fault(at, f"lacks what is required: {names}", key=True)
        elif keyword == "additionalProperties" and limit is False:
            for name in mapping(got):
                if not _is_described(own, name):
                    hint = did_you_mean(name, mapping(own.get("properties")))
                    yield Fault(at / name, "the schema has no such member", hint, True)
        elif keyword == "None":
            yield Fault(at, "nothing fits here, by the schema")
        else:
            yield Fault(at, misfit(keyword, limit, got))

    def _validator(self, schema: Location) -> "Validator":
        fragment = quote(schema.pointer)
        return self._validators.evolve(
            schema={"$ref": f"{_uri(schema.document)}#{fragment}"}
        )

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
            for document, value in self._source.resources.items()
        )
        keywords = {
            "multipleOf": _exactly("multipleOf"),
            "pattern": _exactly("pattern"),
        }
        exact: type[Validator] = extend(  # type: ignore[no-untyped-call]
            Draft202012Validator, keywords
        )
        return exact({}, registry=registry, format_checker=formats)


def _for_text(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fits(value)


def _exactly(
    keyword: str,
) -> Callable[["Validator", Value, Value, object], Iterator[object]]:
    """A keyword as the predicates read it: by decimal digits, by ECMA patterns."""

    def errors(
        _validator: "Validator", limit: Value, got: Value, _schema: object
    ) -> Iterator[object]:
        from jsonschema import ValidationError  # noqa: PLC0415

        check = compile_check({keyword: limit}, _PLAIN)
        if check is not None and not check(got):
            yield ValidationError(misfit(keyword, limit, got))

    return errors


_PLAIN: Final = Dialect(refer=lambda _text: None, formats={})


def _uri(document: str) -> str:
    """An address of a document, for references that are relative to it."""
    return f"https://contract.invalid/{quote(document)}"


def _allows_null(alternatives: object) -> bool:
    """Whether alternatives are a schema and null, which the upgrade to 3.1 makes."""
    return isinstance(alternatives, list) and alternatives[1:] == [{"type": "null"}]


def _is_described(schema: JsonSchema, name: str) -> bool:
    patterns = map(python_regex, mapping(schema.get("patternProperties")))
    return name in mapping(schema.get("properties")) or any(
        pattern is None or pattern.search(name) for pattern in patterns
    )
