"""The manifest is reproducible, and is validated when it is read."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from engross.tree.manifest import Manifest, ManifestError, digest, parse

MANIFEST = Manifest(
    contract="specs/shop.yaml",
    sha256=digest(b"contract"),
    engross="1.2.3",
    files={"shop/b.py": digest(b"b"), "shop/a.py": digest(b"a")},
    elements={
        "/components/schemas/Item": "01234567",
        "/components/schemas/Item/properties/": "12345678",
        "/components/schemas/Item/properties/a~1b": "23456789",
        "/info": "34567890",
        "parts/item.yaml#/info": "45678901",
    },
)


def test_manifest_survives_a_round_trip() -> None:
    assert parse(MANIFEST.dump()) == MANIFEST


def test_manifest_is_independent_of_the_order_of_files() -> None:
    files = dict(reversed(list(MANIFEST.files.items())))
    turned = Manifest(
        MANIFEST.contract, MANIFEST.sha256, "1.2.3", files, MANIFEST.elements
    )
    assert turned.dump() == MANIFEST.dump()


def test_manifest_has_one_line_per_file() -> None:
    lines = MANIFEST.dump().decode().splitlines()
    assert sum('"/a.py"' in line for line in lines) == 1
    assert sum('"/b.py"' in line for line in lines) == 1


def test_elements_are_nested_by_the_parts_of_their_keys() -> None:
    assert json.loads(MANIFEST.dump())["elements"] == {
        "/components": {
            "/schemas": {
                "/Item": {
                    "": "01234567",
                    "/properties": {"/": "12345678", "/a~1b": "23456789"},
                }
            }
        },
        "/info": "34567890",
        "parts": {"/item.yaml#": {"/info": "45678901"}},
    }


def test_elements_may_come_in_any_order() -> None:
    elements = dict(reversed([*MANIFEST.elements.items()]))
    turned = replace(MANIFEST, elements=elements)
    assert turned.dump() == MANIFEST.dump()
    assert parse(turned.dump()) == MANIFEST


def test_manifests_of_earlier_versions_are_read() -> None:
    record = json.loads(MANIFEST.dump())
    listed = {path: sha256(path[5:6].encode()).hexdigest() for path in MANIFEST.files}
    for earlier in (3, 2):
        older = record | {"format": earlier, "files": listed}
        assert parse(json.dumps(older).encode()) == MANIFEST
    first = older | {"format": 1, "elements": MANIFEST.elements}
    assert parse(json.dumps(first).encode()) == MANIFEST


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "invalid JSON at line 1"),
        (b"\xff", "not valid UTF-8"),
        (b"[]", "not a manifest"),
        (b"[" * 100_000, "not a manifest"),
        (b"{}", "written by another version of engross"),
        (b'{\n<<<<<<< ours\n  "format": 1\n', "unresolved merge conflict"),
        (b'{"format": 5}', "written by another version of engross"),
        (b'{"format": 2, "files": []}', "invalid entry 'files'"),
        (b'{"format": 2, "files": {"a": 1}}', "invalid entry 'a'"),
        (b'{"format": 2, "files": {"a": "x"}}', "invalid entry 'a'"),
        (b'{"format": 2, "files": {}}', "invalid entry 'contract'"),
    ],
)
def test_damaged_manifest_is_explained(content: bytes, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse(content)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("elements", "entry"),
    [([], "elements"), ({"/a": 1}, "/a"), ({"/a": {"/b": []}}, "/a/b")],
)
def test_damaged_elements_are_explained(elements: object, entry: str) -> None:
    record = json.loads(MANIFEST.dump())
    record["elements"] = elements
    with pytest.raises(ManifestError, match=f"invalid entry '{entry}'"):
        parse(json.dumps(record).encode())


@pytest.mark.parametrize(
    "path",
    [
        "../elsewhere.py",
        "a/../../elsewhere.py",
        "/etc/passwd",
        "a//b.py",
        "./a.py",
        "a\\b.py",
        "C:/a.py",
        "a\nb.py",
        "",
        ".engross.json",
    ],
)
def test_manifest_entry_outside_the_package_is_refused(path: str) -> None:
    record = json.loads(MANIFEST.dump())
    record["files"][path] = digest(b"")
    with pytest.raises(ManifestError):
        parse(json.dumps(record).encode())
