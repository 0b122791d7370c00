"""What a change does depends on which way the values travel."""

from engross.diff.rules import Rating, Way
from tests.diff.comparison import changes, meanings

HOOK = """\
webhooks:
  paid:
    post:
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } }
      responses: { "204": { description: Done. } }
components:
  schemas:
    Item: { type: object, required: [name], properties: { name: { type: string } } }
"""

ITEM = "components: { schemas: { Item: { type: object, properties: { size: %s } } } }"


def test_body_of_a_webhook_is_a_response() -> None:
    (change,) = (c for c in changes(HOOK, HOOK.replace("[name]", "[]")) if c.operations)
    assert change.rule == "property-optional"
    assert dict(change.ratings) == {Way.RESPONSE: Rating.BREAKING}
    assert change.operations == {Way.RESPONSE: ("webhook paid",)}


def test_change_of_a_read_only_property_concerns_no_request() -> None:
    before = ITEM % "{ type: integer, maximum: 5, readOnly: true }"
    found = changes(before, before.replace("5", "4"))
    (change,) = (each for each in found if each.operations)
    assert dict(change.ratings) == {Way.RESPONSE: Rating.COMPATIBLE}


def test_change_names_the_operations_of_each_way() -> None:
    before = ITEM % "{ type: integer, maximum: 5 }"
    (change,) = changes(before, before.replace("5", "4"))
    both = {Way.REQUEST: ("createItem",), Way.RESPONSE: ("createItem",)}
    assert change.operations == both
    assert change.rating is Rating.BREAKING


def test_schema_that_no_operation_uses_changes_only_the_package() -> None:
    before = (
        "paths: {}\ncomponents: { schemas: { Lone: { type: object, "
        "properties: { size: { type: integer } } } } }"
    )
    found = changes(before, before.replace("integer", "string"))
    assert meanings(found) == []
    assert [each.rule for each in found] == ["python-field-type-changed"]


def test_closed_object_is_broken_by_another_property() -> None:
    before = (
        "components: { schemas: { Item: { type: object, additionalProperties: false, "
        "properties: { a: { type: string }, b: { type: string } } } } }"
    )
    after = before.replace(", b: { type: string }", "")
    (removed,) = (each for each in changes(before, after) if each.operations)
    assert removed.ratings[Way.REQUEST] is Rating.BREAKING
    (added,) = (each for each in changes(after, before) if each.operations)
    assert added.ratings[Way.RESPONSE] is Rating.BREAKING


def test_fingerprint_depends_on_neither_lines_nor_other_changes() -> None:
    before = ITEM % "{ type: integer, maximum: 5 }"
    after = before.replace("5", "4")
    (first,) = changes(before, after)
    more = after.replace("type: object", "\n  type: object, minProperties: 1")
    again = {each.fingerprint: each for each in changes(before, more)}
    assert len(again) == 2
    assert again[first.fingerprint].message == first.message
