"""Names in a slice are those of the whole package."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from engross.contract import build
from engross.emit.naming.python_names import python_names
from engross.selection import Criterion, Slice
from engross.source import load

CASES = Path(__file__).parent / "cases"

THINGS = ("customer", "fee", "item", "order", "price", "refund", "tax", "tip")

WITH_A_PREFIX = {
    f"/shop/{thing}s": {"operationId": f"get_shop_{thing}s"} for thing in THINGS
}
TAGS_ALIKE = {
    f"/{thing}s": {"operationId": f"show{thing.title()}s", "tags": [f"Shop {thing}s"]}
    for thing in THINGS
}
NEARLY_ALL_OF_ONE_TAG = {
    f"/{thing}s/{end}": {"operationId": f"find_{thing}_{end}", "tags": ["default"]}
    for thing in THINGS
    for end in ("names", "codes")
} | {"/orders": {"operationId": "find_orders", "tags": ["orders"]}}


@pytest.mark.parametrize("paths", [WITH_A_PREFIX, TAGS_ALIKE, NEARLY_ALL_OF_ONE_TAG])
def test_methods_have_the_names_of_the_whole_package(
    tmp_path: Path, paths: Mapping[str, Mapping[str, object]]
) -> None:
    answer = {"responses": {"204": {"description": "Done."}}}
    document = {
        "openapi": "3.1.1",
        "info": {"title": "API", "version": "1"},
        "paths": {path: {"get": {**said, **answer}} for path, said in paths.items()},
    }
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(document))
    whole = _methods(file, None)
    part = _methods(file, Slice((Criterion("paths", "**/orders/**"),)))
    assert 0 < len(part) < len(whole)
    assert part == {key: whole[key] for key in part}


def test_models_within_what_is_left_out_have_the_names_of_the_whole_package() -> None:
    case = CASES / "references_into_what_is_left_out" / "specs" / "shop.yaml"
    second = Slice((Criterion("operations", "second"),))
    assert _classes(case, second) == _classes(case, None) == ["FirstResponse"]


def test_title_names_a_model_only_if_it_does_in_the_whole_package(
    tmp_path: Path,
) -> None:
    def titled(title: str) -> object:
        schema = {"title": title, "type": "object", "properties": {"a": {}}}
        content = {"application/json": {"schema": schema}}
        return {"get": {"responses": {"200": {"description": "x", "content": content}}}}

    document = {
        "openapi": "3.1.1",
        "info": {"title": "API", "version": "1"},
        "paths": {"/a": titled("Page"), "/b": titled("Page"), "/c": titled("Sole")},
    }
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(document))
    part = Slice(exclude=(Criterion("paths", "/b"),))
    whole = _classes(file, None)
    assert _classes(file, part) == [each for each in whole if each != "GetBResponse"]
    assert "Sole" in whole


def _classes(file: Path, wanted: Slice | None) -> list[str]:
    contract = build(load(file, root=file.parent, wanted=wanted))
    return [*python_names(contract).classes.values()]


def _methods(file: Path, wanted: Slice | None) -> dict[str, str]:
    contract = build(load(file, root=file.parent, wanted=wanted))
    found = python_names(contract).operations
    return {
        str(key): f"{names.method.resource}.{names.method.method}"
        for key, names in found.items()
    }
