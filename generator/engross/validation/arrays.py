"""Checks of arrays."""

from __future__ import annotations

from engross.layout.conditions import atom, compare
from engross.layout.statements import FAIL, Block, For, Line, mentions, require, when
from engross.schema.tree import Key, Schema
from engross.validation.scalars import size_test, sizes
from engross.validation.value import Value
from engross.validation.writer import Writer


def constrains(schema: Schema) -> bool:
    """Tell whether the schema has checks for arrays."""
    return bool(
        schema.min_items is not None
        or schema.max_items is not None
        or schema.unique_items
        or schema.prefix_items
        or schema.items
        or schema.contains
    )


def write(writer: Writer, schema: Schema, value: Value) -> Block:
    """Write the checks of an array."""
    bounds = schema.min_items, schema.max_items
    block = sizes(writer, schema, value, "Items", bounds)
    for index, key in enumerate(schema.prefix_items):
        block += _prefix_item(writer, value, index, key)
    if schema.items is not None:
        block += _items(writer, schema, value, schema.items)
    if schema.unique_items:
        test = atom(f"unique({value.name})")
        block += writer.demand(test, value, schema, "uniqueItems", "True")
    if schema.contains is not None:
        block += _contains(writer, schema, value, schema.contains)
    return block


def _prefix_item(writer: Writer, value: Value, index: int, key: Key) -> Block:
    name = value.variable(f"item_{index + 1}")
    body = writer.statements(key, value.part(name, f"/{index}"))
    if mentions(body, name):
        body = (Line(f"{name} = {value.name}[{index}]"), *body)
    return when(compare(f"len({value.name})", ">", str(index)), body)


def _items(writer: Writer, schema: Schema, value: Value, key: Key) -> Block:
    start = len(schema.prefix_items)
    rest = f"{value.name}[{start}:]" if start else value.name
    name = value.variable("item")
    index = value.variable("index")
    item = value.part(name, f"/{{{index}}}")
    item = item if writer.predicts else item.taking(index)
    body = writer.statements(key, item)
    if not body:
        return ()
    if body == (FAIL,):
        return require(compare(f"len({value.name})", "<=", str(start)))
    if writer.predicts:
        return (For(f"{name} in {rest}", body),)
    counted = f"{rest}, {start}" if start else rest
    return (For(f"{index}, {name} in enumerate({counted})", body),)


def _contains(writer: Writer, schema: Schema, value: Value, key: Key) -> Block:
    least, most = schema.min_contains, schema.max_contains
    if least == 0 and most is None:
        return ()
    name = value.variable("item")
    test = writer.test(key, value.part(name, "/0"))
    if writer.predicts and least == 1 and most is None:
        search = when(test, (Line("break"),))
        if not search:
            return (FAIL,)
        return (For(f"{name} in {value.name}", search, (FAIL,)),)
    count = value.variable("contained")
    block: Block = (Line(f"{count} = 0"),)
    counting = when(test, (Line(f"{count} += 1"),))
    if counting:
        block += (For(f"{name} in {value.name}", counting),)
    if writer.predicts:
        return (*block, *require(size_test(count, least or None, most)))
    if least:
        keyword = "minContains" if least != 1 else "contains"
        too_few = writer.violation(value, schema, keyword, str(least))
        block += when(compare(count, "<", str(least)), (too_few,))
    if most is not None:
        too_many = writer.violation(value, schema, "maxContains", str(most))
        block += when(compare(count, ">", str(most)), (too_many,))
    return block
