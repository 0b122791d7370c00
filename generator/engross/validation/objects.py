"""Checks of objects."""

from __future__ import annotations

from engross.data import dataclass
from engross.layout import compact_call
from engross.layout.conditions import (
    Test,
    atom,
    compare,
    every,
    negate,
    some,
    truth,
)
from engross.layout.statements import (
    FAIL,
    Block,
    For,
    Gap,
    Line,
    mentions,
    require,
    when,
)
from engross.patterns import Regex
from engross.schema.tree import Key, Schema
from engross.validation import names
from engross.validation.json_types import STRING, possible
from engross.validation.plain_members import member_checks, plain_member, plain_object
from engross.validation.scalars import frozenset_of, pattern_test, sizes
from engross.validation.value import Value, code_for, token
from engross.validation.writer import Writer


def constrains(schema: Schema) -> bool:
    """Tell whether the schema has checks for objects."""
    return bool(
        schema.min_properties is not None
        or schema.max_properties is not None
        or schema.required
        or schema.properties
        or schema.pattern_properties
        or schema.additional_properties
        or schema.property_names
        or schema.dependent_required
        or schema.dependent_schemas
    )


def write(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of an object."""
    properties = dict(schema.properties)
    if not value.is_child and schema.key.place != writer.unit.key.place:
        # The checks of members would report the place of the whole schema.
        value = value._replace(checks="")
    block: Block = ()
    known = None
    if writer.predicts and _is_closed(writer, schema):
        # Counting the declared members is faster than looking for others.
        known = value.variable("known")
        value = value.taking(known)
        block += (Line(f"{known} = {len(schema.required)}"),)
    for name in dict.fromkeys((*properties, *schema.required)):
        key = properties.get(name)
        block += _member(writer, schema, value, name, key=key, known=known)
    if known is None:
        block += _other_members(writer, schema, value)
        if value.checks and not value.is_child and mentions(block, value.checks):
            block = (member_checks(writer, value), *block)
    elif len(properties) == len(schema.required):
        block = (*block[1:], *_of_size(value, str(len(properties))))
    else:
        block += _of_size(value, known)
    if schema.property_names is not None:
        block += _names(writer, schema, value, schema.property_names)
    for name, dependents in schema.dependent_required:
        block += _dependents(writer, schema, value, name, dependents)
    for name, key in schema.dependent_schemas:
        test = compare(writer.text(name), "in", value.name)
        block += when(test, writer.statements(key, value.indented()))
    bounds = schema.min_properties, schema.max_properties
    return block + sizes(writer, schema, value, "Properties", bounds)


def _is_closed(writer: Writer, schema: Schema) -> bool:
    """Tell whether only declared members are allowed, each of which has checks."""
    additional = schema.additional_properties
    if additional is None or not _forbids(writer, additional):
        return False
    if schema.pattern_properties or not schema.properties:
        return False
    graph, plain = writer.units.graph, writer.units.plain
    return {name for name, _ in schema.properties}.issuperset(schema.required) and all(
        graph[plain(key)].always is not True for _, key in schema.properties
    )


def _of_size(value: Value, size: str) -> Block:
    return require(compare(f"len({value.name})", "==", size))


def _member(
    writer: Writer,
    schema: Schema,
    value: Value,
    name: str,
    *,
    key: Key | None,
    known: str | None,
) -> Block:
    """Write the checks of a declared or required member.

    Args:
        writer: writes the function.
        schema: schema of the object.
        value: the object.
        name: name of the member.
        key: schema of the member.
        known: variable that counts the members found.
    """
    required = name in schema.required
    if key is not None and value.checks:
        plain = plain_member(writer, value, name, key, required=required)
        plain = plain or _inner_object(writer, value, name, key, required=required)
        if plain:
            comment = writer.comment(key)
            return (Gap(), *comment, *plain, Gap()) if comment else plain
    if key is not None and required and writer.predicts:
        body = _required_member(writer, value, name, key)
        if body:
            return body
    present = compare(writer.text(name), "in", value.name)
    body = ()
    if key is not None:
        indent = 0 if required and writer.predicts else 1
        body = _member_body(writer, value, name, key, (value.name, "[]"), indent)
    if not required:
        count = (Line(f"{known} += 1"),) if known else ()
        block = when(present, (*count, *body))
    elif writer.predicts:
        block = (*require(present), *body)
    else:
        code = _code_of_missing(writer, key) or value.code_for("required")
        missing = writer.violation(
            value, schema, "required", writer.text(name), code=code
        )
        block = when(negate(present), (missing,), body)
    comment = writer.comment(key) if key is not None else ()
    return (Gap(), *comment, *block, Gap()) if comment and block else block


def _inner_object(
    writer: Writer, value: Value, name: str, key: Key, *, required: bool
) -> Block:
    """Write the checks of a member that is an object with members of its own."""
    start = plain_object(writer, value, name, key, required=required)
    if start is None:
        return ()
    line, inner = start
    schema = writer.units.graph[writer.units.plain(key)]
    body = write(writer, schema, inner)
    if not mentions(body, inner.checks):
        return ()
    return (line, *when(compare(inner.checks, "is not", "None"), body))


def _required_member(writer: Writer, value: Value, name: str, key: Key) -> Block:
    """Write the checks of a member for which None stands if it is absent."""
    if "null" in possible(writer.units.graph, key):
        return ()
    return _member_body(writer, value, name, key, (f"{value.name}.get", "()"), 0)


def _member_body(
    writer: Writer,
    value: Value,
    name: str,
    key: Key,
    access: tuple[str, str],
    indent: int,
) -> Block:
    """Write the checks of a member that is there.

    Args:
        writer: writes the function.
        value: the object.
        name: name of the member.
        key: schema of the member.
        access: source before the name of the member, and the brackets around it.
        indent: levels that the statements are indented further.
    """
    label = names.local(name).rstrip("_")
    head, brackets = access
    text = writer.text(name)
    if value.as_expression:
        reached = f"{head}{brackets[0]}{text}{brackets[1]}"
        return writer.statements(key, value.part(reached, token(name), label=label))
    variable = value.variable(names.local(name, value.indent))
    member = value.part(variable, token(name), indent, label)
    body = writer.statements(key, member)
    if mentions(body, variable):
        access_member = compact_call(head, (text,), brackets)
        return (Line(access_member, f"{variable} = "), *body)
    return body


def _code_of_missing(writer: Writer, key: Key | None) -> str | None:
    """Return the code that a missing member's own schema has for it."""
    graph = writer.units.graph
    while key is not None:
        schema = graph[key]
        code = code_for((schema.codes,), "required") if schema.codes else None
        if code is not None:
            return code
        key = schema.every[0].key if len(schema.every) == 1 else None
    return None


def _other_members(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of `patternProperties` and `additionalProperties`."""
    known = tuple(name for name, _ in schema.properties)
    patterns = tuple(regex for regex, _ in schema.pattern_properties)
    additional = schema.additional_properties
    others = None
    if additional is not None:
        others = Rest(additional, "additionalProperties", known, patterns)
    if not patterns:
        return rest(writer, schema, value, others) if others else ()
    key_name, item = _member_value(value)
    body: Block = ()
    for regex, key in schema.pattern_properties:
        checks = writer.statements(key, item.indented())
        body += when(pattern_test(writer, regex, value.part(key_name, "")), checks)
    if others is not None:
        body += _rest_body(writer, schema, item, key_name, others)
    return _loop_of_texts(writer, schema, value, key_name, item.name, body)


@dataclass(frozen=True, slots=True)
class Rest:
    """The members that no other keyword applies to, and their schema."""

    key: Key
    keyword: str
    known: tuple[str, ...]
    patterns: tuple[Regex, ...] = ()
    seen: str | None = None
    """Variable with the names that are excluded, if these depend on the payload."""


def rest(writer: Writer, schema: Schema, value: Value, others: Rest) -> Block:
    """Write the checks of the members that have no schema of their own."""
    key_name, item = _member_value(value)
    body = _rest_body(writer, schema, item, key_name, others)
    if others.patterns:
        return _loop_of_texts(writer, schema, value, key_name, item.name, body)
    if not body:
        return ()
    loop = (_loop(value, key_name, item.name, body),)
    if not _forbids(writer, others.key) or others.seen:
        return loop
    if others.known:
        members = member_names(writer, others.known, value.label)
        if (
            value.checks
            and not value.codes
            and others.keyword == "additionalProperties"
        ):
            return (Line(f"{value.checks}.closed({members})"),)
        none_left: Test = atom(f"{members}.issuperset({value.name})")
    else:
        none_left = negate(truth(value.name))
    if writer.predicts:
        return require(none_left)
    return when(negate(none_left), loop) if others.known else loop


def _member_value(value: Value) -> tuple[str, Value]:
    """Return the loop's variables for the name and the value of a member."""
    key_name, item_name = value.variable("key"), value.variable("member")
    item = value.part(item_name, f"/{{escape({key_name})}}")
    return key_name, item.taking(key_name)


def _forbids(writer: Writer, key: Key) -> bool:
    return writer.units.graph[writer.units.plain(key)].always is False


def _rest_body(
    writer: Writer, schema: Schema, item: Value, key: str, others: Rest
) -> Block:
    tests: list[Test] = []
    if others.seen:
        tests.append(compare(key, "not in", others.seen))
    elif others.known:
        names_constant = member_names(writer, others.known, item.label)
        tests.append(compare(key, "not in", names_constant))
    tests += (
        negate(pattern_test(writer, regex, item.part(key, "")))
        for regex in others.patterns
    )
    return when(every(tests), _unexpected(writer, schema, item, others))


def _unexpected(writer: Writer, schema: Schema, item: Value, others: Rest) -> Block:
    """Write the checks of a member without a schema of its own."""
    if not _forbids(writer, others.key):
        return writer.statements(others.key, item.indented())
    if writer.predicts:
        return (FAIL,)
    return (writer.violation(item, schema, others.keyword, "False"),)


def member_names(writer: Writer, known: tuple[str, ...], label: str) -> str:
    """Return the constant that holds names of members."""
    return writer.constant(
        "members", frozenset_of(known, compact=writer.units.compact), label
    )


def _loop_of_texts(
    writer: Writer, schema: Schema, value: Value, key: str, item: str, body: Block
) -> Block:
    """Write a loop over members whose names are matched, so they must be strings."""
    if not body:
        return ()
    is_text = atom(f"isinstance({key}, str)")
    if writer.predicts:
        body = (*require(is_text), *body)
    else:
        body = when(negate(is_text), _wrong_name(writer, schema, value, key), body)
    return (_loop(value, key, item, body),)


def _loop(value: Value, key: str, item: str, body: Block) -> For:
    if not mentions(body, item):
        return For(f"{key} in {value.name}", body)
    if not mentions(body, key):
        return For(f"{item} in {value.name}.values()", body)
    return For(f"{key}, {item} in {value.name}.items()", body)


def _names(writer: Writer, schema: Schema, value: Value, key: Key) -> Block:
    key_name = value.variable("key")
    name = value.part(key_name, "")
    is_text = atom(f"isinstance({key_name}, str)")
    test = every((is_text, writer.test(key, name.typed(STRING))))
    if writer.predicts:
        body = require(test)
    else:
        body = when(negate(test), _wrong_name(writer, schema, value, key_name))
    return (For(f"{key_name} in {value.name}", body),)


def _wrong_name(writer: Writer, schema: Schema, value: Value, key: str) -> Block:
    if writer.predicts:
        return (FAIL,)
    name = value.part(key, f"/{{escape({key})}}")
    return (writer.violation(name, schema, "propertyNames", "None"),)


def _dependents(
    writer: Writer, schema: Schema, value: Value, name: str, dependents: tuple[str, ...]
) -> Block:
    given = compare(writer.text(name), "in", value.name)
    if writer.predicts:
        needed = (compare(writer.text(other), "in", value.name) for other in dependents)
        return require(some((negate(given), every(needed))))
    body: Block = ()
    for other in dependents:
        details = (writer.text(other), writer.text(name))
        call = writer.addition(
            "add_dependent", value, schema, "dependentRequired", *details
        )
        body += when(compare(writer.text(other), "not in", value.name), (call,))
    return when(given, body)
