"""Changes of a contract are listed by element, with their lines."""

from hashlib import sha256
from pathlib import Path

import pytest

from engross.contract.fingerprint import changes, digests, elements
from engross.source import load
from tests.conftest import SHOP


def changed(root: Path, *edits: tuple[str, str]) -> list[str]:
    """Return the changes of the contract after edits, as `line kind label`."""
    path = root / "specs" / "shop.yaml"
    before = digests(elements(load(path, root=root)))
    text = path.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    source = load(path, root=root)
    found = elements(source)
    return [
        f"{'-' if change.span is None else change.span.start.line} {change}"
        for change in changes(before, found, digests(found), source)
    ]


def line(text: str) -> int:
    """Return the number of the line of the contract that starts with `text`."""
    lines = SHOP.splitlines()
    (number,) = (n for n, found in enumerate(lines, 1) if found.startswith(text))
    return number


@pytest.fixture
def large(project: Path) -> Path:
    """Return a project whose contract has so many elements that few are remembered by name."""
    path = project / "specs" / "shop.yaml"
    fillers = (f"    F{n}: {{properties: {{a: {{}}, b: {{}}}}}}\n" for n in range(1200))
    path.write_text(path.read_text() + "".join(fillers))
    return project


def test_unchanged_contract_has_no_changes(project: Path) -> None:
    assert changed(project) == []


def test_comments_and_order_are_not_changes(project: Path) -> None:
    moved = ("        note:\n          type: string\n          maxLength: 80\n", "")
    first = (
        "      properties:\n        items:",
        """\
      properties: # all of them
        note: {maxLength: 80, type: string}
        items:""",
    )
    assert changed(project, moved, first) == []


def test_digests_of_a_group_that_an_earlier_version_wrote_are_read(large: Path) -> None:
    source = load(large / "specs" / "shop.yaml", root=large)
    found = elements(source)
    key = "/components/schemas/F7"
    names = (key, f"{key}/properties/a", f"{key}/properties/b")
    inside = [each for each in found if each.key in names]
    written = [
        sha256(f"{each.key} {each.digest}".encode()).hexdigest()[:8] for each in inside
    ]
    assert (
        changes(
            digests(found) | {key: " ".join(written)}, found, digests(found), source
        )
        == ()
    )
    edited = digests(found) | {key: " ".join([*written[:-1], "00000000"])}
    (change,) = changes(edited, found, digests(found), source)
    assert str(change).startswith("changed F7.")


@pytest.mark.parametrize(
    ("old", "new", "place", "change"),
    [
        ("minimum: 1", "minimum: 2", "        quantity:", "changed Item.quantity"),
        ("maxLength: 80", "maxLength: 8", "        note:", "changed Order.note"),
        (
            "[code, quantity]",
            "[code]",
            "        quantity:",
            "changed Item.quantity",
        ),
        ("What a customer", "All a customer", "    Order:", "changed Order"),
        ("Read an order", "Find an order", "    get:", "changed GET /orders/{id}"),
        (
            "required: true\n          schema: { type: string }",
            "required: true\n          schema: { type: integer }",
            "        - name: id",
            "changed GET /orders/{id} parameter id",
        ),
        (
            "requestBody:\n        required: true",
            "requestBody:\n        required: false",
            "      requestBody:",
            "changed POST /orders request",
        ),
        (
            "The order.",
            "It.",
            '        "201":',
            "changed POST /orders response 201",
        ),
        ("bearer", "basic", "    token:", "changed securitySchemes.token"),
        ("shop.example", "shop2.example", "servers:", "changed servers"),
        ("Sells things", "Sells", "info:", "changed info"),
    ],
)
def test_change_has_the_line_of_its_element(
    project: Path, old: str, new: str, place: str, change: str
) -> None:
    assert changed(project, (old, new)) == [f"{line(place)} {change}"]


def test_added_property_is_the_only_change(project: Path) -> None:
    edit = ("        code:\n", "        size: {type: string}\n        code:\n")
    assert changed(project, edit) == [f"{line('        code:')} added Item.size"]


def test_added_schema_is_listed_without_its_properties(project: Path) -> None:
    edit = ("    Item:\n", "    Bag: {type: object, properties: {a: {}}}\n    Item:\n")
    assert changed(project, edit) == [f"{line('    Item:')} added Bag"]


def test_removed_element_has_no_line(project: Path) -> None:
    edit = ("        note:\n          type: string\n          maxLength: 80\n", "")
    assert changed(project, edit) == ["- removed Order.note"]


def test_inline_property_is_an_element(project: Path) -> None:
    inline = (
        '            schema: { $ref: "#/components/schemas/Order" }\n      responses',
        """\
            schema:
              type: object
              properties:
                order: {type: object, properties: {id: {type: string}}}
      responses""",
    )
    changed(project, inline)
    edit = ("{id: {type: string}}", "{id: {type: integer}}")
    (change,) = changed(project, edit)
    assert change.endswith("changed POST /orders request order.id")


def test_entry_of_the_document_extension_is_an_element(project: Path) -> None:
    settings = """\
x-engross:
  errors:
    code: [/code]
    codes:
      OUT_OF_STOCK: {status: 409, meaning: Nothing is left.}
      TOO_MANY: {status: 400, meaning: More than one may have.}
paths:
"""
    changed(project, ("paths:\n", settings))
    edits = (("status: 400", "status: 422"), ("[/code]", "[/error]"))
    assert [change.split(" ", 1)[1] for change in changed(project, *edits)] == [
        "changed x-engross.errors",
        "changed x-engross.errors.codes.TOO_MANY",
    ]


def test_referenced_file_belongs_to_the_contract(project: Path) -> None:
    shared = project / "specs" / "shared" / "sizes.yaml"
    shared.parent.mkdir()
    shared.write_text("Size:\n  type: string\nColour:\n  type: string\n")
    edit = (
        "          type: string\n          maxLength: 80",
        "          $ref: shared/sizes.yaml#/Size",
    )
    changed(project, edit)
    path = project / "specs" / "shop.yaml"
    before = digests(elements(load(path, root=project)))
    shared.write_text("Size:\n  type: integer\nColour:\n  type: string\n")
    source = load(path, root=project)
    (change,) = changes(before, now := elements(source), digests(now), source)
    assert str(change) == "changed Size"
    assert change.span is not None
    assert (change.span.file, change.span.start.line) == ("specs/shared/sizes.yaml", 1)


def test_large_contract_is_remembered_by_components_and_operations(large: Path) -> None:
    found = elements(load(large / "specs" / "shop.yaml", root=large))
    remembered = digests(found)
    assert len(remembered["/components/schemas/F7"]) == 1 + 3 * 3
    assert "/components/schemas/F7/properties/a" not in remembered
    written = "".join(each[1:] for each in remembered.values())
    assert len(written) == 3 * len(found)


@pytest.mark.parametrize(
    ("old", "new", "place", "change"),
    [
        ("minimum: 1", "minimum: 2", "        quantity:", "changed Item.quantity"),
        ("What a customer", "All a customer", "    Order:", "changed Order"),
        ("Read an order", "Find an order", "    get:", "changed GET /orders/{id}"),
        (
            "The order.",
            "It.",
            '        "201":',
            "changed POST /orders response 201",
        ),
        (
            "    Item:\n",
            "    Bag: {type: object, properties: {a: {}}}\n    Item:\n",
            "    Item:",
            "added Bag",
        ),
        (
            "        code:\n",
            "        size: {type: object, properties: {a: {}}}\n        code:\n",
            "        code:",
            "changed Item.size",
        ),
    ],
)
def test_change_of_a_large_contract_has_the_line_of_its_element(
    large: Path, old: str, new: str, place: str, change: str
) -> None:
    assert changed(large) == []
    assert changed(large, (old, new)) == [f"{line(place)} {change}"]


def test_removed_property_of_a_large_contract_changes_its_schema(large: Path) -> None:
    edit = ("        note:\n          type: string\n          maxLength: 80\n", "")
    assert changed(large, edit) == [f"{line('    Order:')} changed Order"]


def test_removed_schema_of_a_large_contract_has_no_line(large: Path) -> None:
    assert changed(large, ("    F7: {properties: {a: {}, b: {}}}\n", "")) == [
        "- removed F7"
    ]


def test_every_element_of_a_large_contract_may_be_remembered_by_name(
    large: Path,
) -> None:
    path = large / "specs" / "shop.yaml"
    before = {e.key: e.digest for e in elements(load(path, root=large))}
    path.write_text(path.read_text().replace("maxLength: 80", "maxLength: 8"))
    source = load(path, root=large)
    (change,) = changes(before, now := elements(source), digests(now), source)
    assert str(change) == "changed Order.note"
