"""What fakes keep follows from paths: create, retrieve, list, change and delete work as they say.

Requests are made as any HTTP client makes them, so that nothing here knows what was inferred.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from engross.source import load
from engross.tree.rendering import make

HERE = Path(__file__).parent


class Provider:
    """The fake of a package, and requests to it."""

    def __init__(self, package: str) -> None:
        module: Any = import_module(f"{package}.testing")
        kinds = [each for each in module.__all__ if each.startswith("Fake")]
        self.fake = getattr(
            module, next(each for each in kinds if each != "FakeCall")
        )()
        self._taken: Any = import_module(f"{package}.testing.reading").Taken

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return the status and the body of an answer; a text as a body is a form."""
        address, _, query = path.partition("?")
        is_form = isinstance(body, str)
        text = body if is_form else json.dumps(body)
        content = b"" if body is None else str(text).encode()
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        headers = {} if body is None else {"content-type": kind}
        answer = self.fake.answer(
            self._taken(method, f"/v1{address}", query, headers, content)
        )
        return answer.status, json.loads(answer.content or b"null")


def generated(folder: Path, document: Path) -> str:
    """Write the package of a document, and return its name."""
    package, files, _ = make(load(document, root=document.parent, strict=False))
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return package


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("depot")
        patch.syspath_prepend(str(folder))
        yield generated(folder, HERE / "depot.yaml")


@pytest.fixture
def call(package: str) -> Provider:
    return Provider(package)


def test_created_item_is_retrieved_and_listed(call: Provider) -> None:
    status, made = call("POST", "/shelves", {"aisle": "A"})

    assert (status, made["aisle"]) == (201, "A")
    assert call("GET", f"/shelves/{made['id']}") == (200, made)
    assert call("GET", "/shelves") == (200, [made])


def test_deleted_item_is_not_found(call: Provider) -> None:
    _, made = call("POST", "/shelves", {"aisle": "A"})

    assert call("DELETE", f"/shelves/{made['id']}")[0] == 204
    assert call("GET", f"/shelves/{made['id']}")[0] == 404
    assert call("DELETE", f"/shelves/{made['id']}")[0] == 404
    assert call("GET", "/shelves") == (200, [])


def test_patch_merges_and_put_replaces_members(call: Provider) -> None:
    size = {"width": 1, "depth": 2}
    _, made = call("POST", "/shelves", {"aisle": "A", "size": size})
    path = f"/shelves/{made['id']}"

    _, patched = call("PATCH", path, {"size": {"depth": 3}})
    assert (patched["aisle"], patched["size"]) == ("A", {"width": 1, "depth": 3})
    _, put = call("PUT", path, {"size": {"depth": 4}})
    assert put["size"] == {"depth": 4}
    assert call("GET", path) == (200, put)


def test_items_are_kept_within_their_parent(call: Provider) -> None:
    _, made = call("POST", "/shelves/one/boxes", {"weight": 2})

    assert isinstance(made["number"], int)
    assert call("GET", f"/shelves/one/boxes/{made['number']}") == (200, made)
    assert call("GET", f"/shelves/two/boxes/{made['number']}")[0] == 404
    assert call("GET", "/shelves/two/boxes") == (200, [])
    assert call("DELETE", f"/shelves/one/boxes/{made['number']}")[0] == 204
    assert call("GET", "/shelves/one/boxes") == (200, [])


def test_put_creates_what_the_caller_names(call: Provider) -> None:
    assert call("GET", "/labels/fragile")[0] == 404

    _, made = call("PUT", "/labels/fragile", {"color": "red"})

    assert made == {"name": "fragile", "color": "red"}
    assert call("GET", "/labels/fragile") == (200, made)
    assert call("DELETE", "/labels/fragile")[0] == 204
    assert call("GET", "/labels/fragile")[0] == 404


def test_name_that_is_a_number_in_paths_is_one_in_texts(call: Provider) -> None:
    _, made = call("POST", "/tickets", {"subject": "S"})

    assert made["id"].isdecimal()
    assert call("GET", f"/tickets/{made['id']}") == (200, made)


def test_name_is_what_paths_allow_where_bodies_contradict_each_other(
    call: Provider,
) -> None:
    _, made = call("POST", "/scales")
    status, _ = call("GET", f"/scales/{made['id']}")

    assert made["id"].isdecimal()
    assert status == 200


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("zones[0][code]=a&zones[1][code]=b", 204),
        ("", 204),
        ("zones[0][prices][0]=1", 400),
        ("zones[0][code]=a&zones[0][prices][0]=b", 400),
    ],
)
def test_form_may_lack_only_objects_and_lists_that_are_empty(
    call: Provider, form: str, status: int
) -> None:
    assert call("POST", "/tariffs", form)[0] == status


def test_list_within_an_envelope_is_found_by_its_name(call: Provider) -> None:
    _, made = call("POST", "/orders", {"note": "N"})
    item = made["data"]

    _, listed = call("GET", "/orders")

    assert item["note"] == "N"
    assert (listed["result"]["orders"], listed["result"]["total"]) == ([item], 1)
    assert call("GET", f"/orders/{item['id']}") == (200, made)
    assert call("DELETE", f"/orders/{item['id']}")[0] == 200
    assert call("GET", "/orders")[1]["result"]["orders"] == []


def test_list_that_has_no_telling_name_is_the_one_whose_items_have_names(
    call: Provider,
) -> None:
    _, made = call("POST", "/wardens", {"shift": "night"})

    _, listed = call("GET", "/wardens")

    assert listed["entries"] == [{"id": int(made["id"]), "shift": "night"}]


def test_list_of_things_that_have_lists_is_found(call: Provider) -> None:
    _, made = call("POST", "/letters", {"external_id": "L1", "content": []})

    assert call("GET", "/letters") == (200, {"data": [made]})


def test_name_in_paths_may_say_what_it_names(call: Provider) -> None:
    _, made = call("POST", "/letters", {"external_id": "L1"})

    assert call("GET", "/letters/L1") == (200, made)
    assert call("GET", "/letters/L2")[0] == 404
    assert call("DELETE", "/letters/L1")[0] == 200
    assert call("GET", "/letters/L1")[0] == 404


def test_name_in_paths_may_say_whose_name_it_is(call: Provider) -> None:
    _, made = call("POST", "/blobs", {"content": "C"})

    assert call("GET", f"/blobs/{made['sha']}") == (200, made)
    assert call("GET", "/blobs/other")[0] == 404


def test_item_that_its_creation_does_not_show_is_listed(call: Provider) -> None:
    assert call("POST", "/doors.json", {"width": 90}) == (201, None)

    _, (item,) = call("GET", "/doors.json")

    assert item["width"] == 90
    assert call("GET", f"/doors/{item['id']}.json") == (200, [item])
    assert call("DELETE", f"/doors/{item['id']}.json")[0] == 204
    assert call("GET", f"/doors/{item['id']}.json")[0] == 404


def test_collection_may_be_named_by_its_parent_alone(call: Provider) -> None:
    _, made = call("POST", "/notes/hall", {"text": "T"})

    assert call("GET", "/notes/hall") == (200, {"notes": [made]})
    assert call("GET", f"/notes/hall/{made['id']}") == (200, made)
    assert call("GET", f"/notes/attic/{made['id']}")[0] == 404


def test_new_names_match_the_pattern_of_the_contract(call: Provider) -> None:
    made = [call("POST", "/sensors", {"id": "mine", "mode": "on"})[1] for _ in range(9)]

    assert all(re.fullmatch("SN[0-9a-f]{32}", each["id"]) for each in made)
    assert len({each["id"] for each in made}) == 9
    assert call("GET", f"/sensors/{made[0]['id']}") == (200, made[0])


def test_reply_of_several_forms_repeats_only_what_one_of_them_has(
    call: Provider,
) -> None:
    assert call("POST", "/sensors", {"mode": "off"})[1]["mode"] == "off"
    assert call("POST", "/sensors", {"mode": "broken"})[1]["mode"] in ("on", "off")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("text=a", {"text": "a"}),
        ("text=a&width=5", {"text": "a", "filter": {"width": 5}}),
        ("text=a&tags=b&tags=c", {"text": "a", "tags": ["b", "c"]}),
    ],
)
def test_parameters_are_read_in_their_styles(
    call: Provider, query: str, expected: dict[str, object]
) -> None:
    call("GET", f"/search;range=1;range=2/.red.blue?{query}")

    found = call.fake.calls[-1]
    assert found.violations == ()
    assert found.arguments == {"range": [1, 2], "colors": ["red", "blue"], **expected}


def test_what_paths_do_not_say_is_answered_as_documented(call: Provider) -> None:
    assert call("GET", "/votes/somebody")[0] == 200
    assert call("POST", "/prints/poster/large")[0] == 201
    kept = [*call.fake.knowledge.resources]
    assert not [each for each in kept if each in ("votes", "prints")]


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("ledger")
        patch.syspath_prepend(str(folder))
        yield generated(folder, HERE / "ledger.yaml")


@pytest.mark.parametrize("count", [0, 2, 5])
@pytest.mark.parametrize("style", ["pages", "offsets", "cursors", "urls", "links"])
def test_list_goes_on_in_each_style_of_paging(
    paged: str, style: str, count: int
) -> None:
    call = Provider(paged)
    call.fake.page_size = 2
    made = [call("POST", f"/{style}", {"text": str(n)})[1]["id"] for n in range(count)]

    found = [each.id for each in getattr(call.fake.client(), style).list()]

    assert found == made
    assert len(call.fake.calls.of(f"{style}.list")) >= (count + 1) // 2


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("schemeless", '{ url: "depot.example:80" }'),
        ("relative", '{ url: "/v1" }'),
        (
            "whole",
            '{ url: "{site}/v1", variables: { site: { default: "https://a.example" } } }',
        ),
        (
            "parts",
            '{ url: "https://a.example/{path}", variables: { path: { default: api/v1 } } }',
        ),
    ],
)
def test_fake_is_where_its_clients_look_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, server: str
) -> None:
    text = (HERE / "depot.yaml").read_text(encoding="utf-8")
    document = tmp_path / f"{name}.yaml"
    document.write_text(text.replace('{ url: "https://depot.example/v1" }', server))
    monkeypatch.syspath_prepend(str(tmp_path))
    package = generated(tmp_path, document)
    client = Provider(package).fake.client()

    assert client.shelves.list() == []
