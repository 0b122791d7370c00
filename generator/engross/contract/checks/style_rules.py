"""Rules of how parameters and the members of forms are written."""

from collections.abc import Iterator, Mapping
from typing import Final

from engross.contract.checks.rule import Fault, Faults, rule
from engross.contract.index import Index, mapping, sequence
from engross.contract.media_types import FORMS, essence, is_text
from engross.contract.openapi import STYLES, ParameterLocation, Style
from engross.schema.tree import ALL_TYPES
from engross.source import Location, Source, Value
from engross.source.messages import shown
from engross.source.repair import Remove, Repair

_STYLED: Final = ("style", "explode", "allowReserved")
_NESTED: Final = frozenset({"array", "object"})
_AS_JSON: Final = "describe it under `content: { application/json: ... }`"


@rule(
    "unwritable-value",
    "Styles cannot write lists and objects within others.",
    needed=False,
)
def unwritable_value(index: Index) -> Faults:
    seen: set[Location] = set()
    for operation in index.operations:
        for parameter in operation.parameters:
            facts = index.value(parameter.at)
            style = Style(str(facts.get("style") or STYLES[parameter.location]))
            is_deep = style is Style.DEEP_OBJECT
            if parameter.at in seen or "schema" not in facts or is_deep:
                continue
            seen.add(parameter.at)
            hint = _AS_JSON
            if parameter.location is ParameterLocation.QUERY:
                hint += ", or as a deepObject if the provider reads brackets"
            yield from _faults(index.source, parameter.at / "schema", style, hint)
        for media_at in index.request_bodies(operation):
            if media_at not in seen:
                seen.add(media_at)
                yield from _members(index, media_at)


@rule("form-without-members", "A form is an object, whose members are sent.")
def form_without_members(index: Index) -> Faults:
    for operation in index.operations:
        body = operation.request_body
        for media_type, media_at in (index.content(body) if body else {}).items():
            media, kind = index.value(media_at), essence(media_type)
            if kind not in FORMS or "schema" not in media:
                continue
            schema = index.source.follow(media_at / "schema")
            types = _types(index.source, schema)
            # A text may be a form as it is sent, and bytes may be a file.
            is_given = types == {"string"} and (
                is_text(kind) or _is_file(index.value(schema))
            )
            if types:
                is_wrong = "object" not in types and not is_given
                said = f"is of type {shown(index.value(schema)['type'])}"
            else:
                is_wrong, said = _says_nothing(index, schema), "may be anything"
            if is_wrong:
                message = f"a form consists of members, and this {said}"
                hint = "describe its members as the properties of an object"
                wrong = ("schema", "example", "examples")
                edits = (Remove(media_at / key) for key in wrong if key in media)
                repair = Repair("any members can be sent", tuple(edits))
                yield Fault(media_at / "schema", message, hint, False, repair)


def _says_nothing(index: Index, schema: Location) -> bool:
    """Return whether a schema allows values of every type, and describes no members."""
    said = index.schemas.effective(schema)
    has_members = said.properties or said.patterns or said.additional or said.is_closed
    return said.types == ALL_TYPES and not said.choices and not has_members


def _is_file(schema: Mapping[str, Value]) -> bool:
    """Return whether a text stands for the bytes of a file as they are."""
    is_encoded = "contentEncoding" in schema
    return schema.get("format") == "binary" or (
        "contentMediaType" in schema and not is_encoded
    )


def _members(index: Index, media_at: Location) -> Faults:
    media = index.value(media_at)
    schema = index.source.follow(media_at / "schema") if "schema" in media else None
    for name, encoding in mapping(media.get("encoding")).items():
        facts = mapping(encoding)
        style = Style(str(facts.get("style") or Style.FORM))
        is_styled = any(key in facts for key in _STYLED)
        if schema is None or not is_styled or style is Style.DEEP_OBJECT:
            continue
        if name in mapping(index.value(schema).get("properties")):
            member = schema / "properties" / name
            hint = "remove its style, and it is sent as JSON"
            yield from _faults(index.source, member, style, hint)


def _faults(source: Source, at: Location, style: Style, hint: str) -> Faults:
    """Yield what makes a style unable to write any value of a schema."""
    target = source.follow(at)
    schema = mapping(source.value(target))
    for where, whole in _inner(schema, target):
        types = _types(source, where)
        if types and types <= _NESTED:
            kind = " or ".join(
                "a list" if one == "array" else "an object" for one in sorted(types)
            )
            yield Fault(
                where, f"style {style} cannot write {kind} within {whole}", hint
            )


def _inner(schema: Mapping[str, Value], at: Location) -> Iterator[tuple[Location, str]]:
    """Yield what each value of a schema consists of."""
    if schema.get("type") == "array" and "items" in schema:
        yield at / "items", "a list"
    if schema.get("type") == "object":
        properties = mapping(schema.get("properties"))
        for name in sequence(schema.get("required")):
            if name in properties:
                yield at / "properties" / str(name), "an object"


def _types(source: Source, at: Location) -> frozenset[str]:
    """Return the types that a schema names, without null; empty if it names none."""
    stated = mapping(source.value(source.follow(at))).get("type")
    names = stated if isinstance(stated, list) else [stated] if stated else []
    return frozenset(str(name) for name in names) - {"null"}
