"""Overlays are applied before a document is read, and keep their positions."""

from pathlib import Path

import pytest

from engross.findings import FindingsError
from engross.source import Location, Source, load
from engross.tree.project import Project
from tests.conftest import SHOP, as_object

HEAD = "overlay: 1.1.0\ninfo: { title: Names, version: 1.0.0 }\nactions:\n"


def loaded(folder: Path, actions: str, *, strict: bool = False) -> Source:
    (folder / "shop.yaml").write_text(SHOP)
    (folder / "shop.overlay.yaml").write_text(HEAD + actions)
    return load(folder / "shop.yaml", root=folder, strict=strict)


def refused(folder: Path, actions: str) -> str:
    with pytest.raises(FindingsError) as caught:
        loaded(folder, actions, strict=True)
    return str(caught.value)


def test_update_is_merged_into_every_match(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        "  - target: $.paths.*.*\n    update: { tags: [new], deprecated: true }\n",
    )
    operations = source.root / "paths"
    create = as_object(source.value(operations / "/orders" / "post"))
    assert create["tags"] == ["orders", "new"]
    assert create["operationId"] == "createOrder"
    read = as_object(source.value(operations / "/orders/{id}" / "get"))
    assert read["deprecated"] is True


def test_removed_members_and_items_are_gone(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        "  - target: $.components.schemas.Item.required[0]\n    remove: true\n"
        "  - target: $.paths['/orders']\n    remove: true\n",
    )
    item = source.root / "components" / "schemas" / "Item"
    assert source.value(item / "required") == ["quantity"]
    assert list(as_object(source.value(source.root / "paths"))) == ["/orders/{id}"]
    column = source.span(item / "required" / 0).start.column
    assert column == "      required: [code, quantity]".index("quantity") + 1


def test_copied_value_is_merged(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        "  - target: $.components.schemas.Order.properties\n"
        "    copy: $.components.schemas.Item.properties\n",
    )
    order = source.value(source.root / "components" / "schemas" / "Order")
    assert [*as_object(as_object(order)["properties"])] == [
        *("items", "note", "code", "quantity"),
    ]


def test_value_of_an_overlay_has_its_position_there(tmp_path: Path) -> None:
    text = "  - target: $.info\n    update: { x-new: { a: 1 } }\n"
    source = loaded(tmp_path, text)
    added = Location(source.entry, ("info", "x-new", "a"))
    assert source.span(added).file == "shop.overlay.yaml"
    assert source.span(added).start.line == 5
    assert source.span(source.root / "info" / "title").file == "shop.yaml"


def test_finding_points_to_the_line_of_the_overlay(tmp_path: Path) -> None:
    text = "  - target: $.components.schemas.Item\n    update: { type: strin }\n"
    assert "shop.overlay.yaml:5:" in refused(tmp_path, text)


def test_action_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    text = refused(tmp_path, "  - { target: $.paths.nowhere, remove: true }\n")
    assert text.startswith("shop.overlay.yaml:4:15: overlay-without-match")


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ("  - { target: '$.[', remove: true }\n", "invalid JSONPath"),
        ("  - { target: $.info }\n", "the action does nothing"),
        ("  - { target: $.info, updat: {} }\n", "no key 'updat'"),
        ("  - { update: {} }\n", "expected a JSONPath"),
        ("  - 1\n", "an action must be an object"),
        ("  {}\n", "expected a list of actions"),
    ],
)
def test_invalid_overlay_is_a_finding(
    tmp_path: Path, actions: str, expected: str
) -> None:
    assert expected in refused(tmp_path, actions)


def test_overlay_takes_part_in_the_digest(tmp_path: Path) -> None:
    action = "  - target: $.info\n    update: { description: %s }\n"
    before = loaded(tmp_path, action % "a").sha256
    assert loaded(tmp_path, action % "b").sha256 != before


def test_overlay_is_no_contract_and_needs_one(tmp_path: Path) -> None:
    loaded(tmp_path, "  - { target: $.info, update: {} }\n")
    project = Project(tmp_path.parent, tmp_path, tmp_path / "generated")
    assert list(project.contracts()) == ["shop"]
    (tmp_path / "shop.yaml").rename(tmp_path / "store.yaml")
    with pytest.raises(FindingsError, match="has no contract shop beside it"):
        project.contracts()


def test_extension_in_an_overlay_keeps_a_document_the_work_of_others(
    tmp_path: Path,
) -> None:
    name = "  - target: $.paths.*.get\n    update: { x-engross: { method: orders.fetch } }\n"
    assert not loaded(tmp_path, name).is_of_ours
    shop = tmp_path / "shop.yaml"
    shop.write_text(f"{SHOP}x-engross: {{ package: shop }}\n")
    assert load(shop, root=tmp_path).is_of_ours
