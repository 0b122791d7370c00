"""The manifest is reproducible, and is validated when it is read."""

import json

import pytest

from engross.tree.manifest import Manifest, ManifestError, digest, parse

MANIFEST = Manifest(
    contract="specs/shop.yaml",
    sha256=digest(b"contract"),
    engross="1.2.3",
    files={"shop/b.py": digest(b"b"), "shop/a.py": digest(b"a")},
    elements={"/info": "0123456789ab"},
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
    assert sum('"shop/' in line for line in lines) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "invalid JSON at line 1"),
        (b"\xff", "not valid UTF-8"),
        (b"[]", "not a manifest"),
        (b"[" * 100_000, "not a manifest"),
        (b"{}", "written by another version of engross"),
        (b'{\n<<<<<<< ours\n  "format": 1\n', "unresolved merge conflict"),
        (b'{"format": 1, "files": []}', "invalid entry 'files'"),
        (b'{"format": 1, "files": {"a": 1}}', "invalid entry 'a'"),
        (b'{"format": 1, "files": {"a": "x"}}', "invalid entry 'a'"),
        (b'{"format": 1, "files": {}}', "invalid entry 'contract'"),
    ],
)
def test_damaged_manifest_is_explained(content: bytes, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse(content)
    assert str(caught.value) == message


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
