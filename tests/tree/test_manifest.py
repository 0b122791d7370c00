"""The manifest is the same wherever it is written, and is not trusted blindly."""

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


def test_a_manifest_reads_back_as_it_was() -> None:
    assert parse(MANIFEST.dump()) == MANIFEST


def test_the_order_of_its_making_leaves_no_trace() -> None:
    files = dict(reversed(list(MANIFEST.files.items())))
    turned = Manifest(
        MANIFEST.contract, MANIFEST.sha256, "1.2.3", files, MANIFEST.elements
    )
    assert turned.dump() == MANIFEST.dump()


def test_it_takes_one_line_for_each_file() -> None:
    lines = MANIFEST.dump().decode().splitlines()
    assert sum('"shop/' in line for line in lines) == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "not JSON, line 1"),
        (b"\xff", "not UTF-8"),
        (b"[]", "not a manifest"),
        (b"[" * 100_000, "not a manifest"),
        (b"{}", "written by another version of engross"),
        (b'{\n<<<<<<< ours\n  "format": 1\n', "unresolved merge conflict"),
        (b'{"format": 1, "files": []}', "bad entry 'files'"),
        (b'{"format": 1, "files": {"a": 1}}', "bad entry 'a'"),
        (b'{"format": 1, "files": {"a": "x"}}', "bad entry 'a'"),
        (b'{"format": 1, "files": {}}', "bad entry 'contract'"),
    ],
)
def test_a_damaged_manifest_says_what_is_wrong(content: bytes, complaint: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse(content)
    assert str(caught.value) == complaint


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
def test_a_manifest_cannot_own_what_lies_outside_its_package(path: str) -> None:
    record = json.loads(MANIFEST.dump())
    record["files"][path] = digest(b"")
    with pytest.raises(ManifestError):
        parse(json.dumps(record).encode())
