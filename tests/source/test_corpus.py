"""Documents of the real world load, or are told what is wrong with them."""

import random
from pathlib import Path

import pytest

from engross.contract.check import check, checked
from engross.findings import Finding, FindingsError
from engross.source import Source, load
from tests.corpus.documents import CORPUS, indexed

if not indexed(CORPUS):
    pytest.skip("OPENAPI_CORPUS names no corpus of documents", allow_module_level=True)

# Judged by others as invalid for an example or default only, which does no harm.
HARMLESS = {"ag-airbyte.local__config", "ag-optimade.local__main", "xero__accounting"}


def documents() -> list[tuple[str, bool]]:
    """Each document of the corpus below a megabyte, and whether it is valid."""
    return [(each.name, each.is_valid) for each in indexed(CORPUS, below=1_000_000)]


def read(path: Path, root: Path) -> Source | tuple[Finding, ...]:
    """The source, or the findings that there are instead."""
    try:
        return load(path, root=root)
    except FindingsError as error:
        return error.findings


@pytest.mark.parametrize(("path", "valid"), documents())
def test_document_loads_and_a_faulty_one_has_warnings(path: str, valid: bool) -> None:
    found = read(CORPUS / path, CORPUS)
    if isinstance(found, Source):
        _, warnings = checked(found)  # whose errors fail the test
        assert valid or Path(path).stem in HARMLESS or warnings
    else:
        assert not valid
        assert all(finding.span is not None for finding in found)


def test_a_document_of_many_files_loads() -> None:
    source = load(CORPUS / "lago-multi-file/src/openapi.yaml", root=CORPUS)
    assert len(source.resources) > 100


SMALL = [path for path, _ in documents() if (CORPUS / path).stat().st_size < 60_000]


@pytest.mark.parametrize("path", SMALL)
def test_a_damaged_document_never_ends_in_a_traceback(
    path: str, tmp_path: Path
) -> None:
    data = (CORPUS / path).read_bytes()
    damaged = tmp_path / Path(path).name
    for seed in range(12):
        damaged.write_bytes(damage(data, random.Random(seed)))
        found = read(damaged, tmp_path)
        assert check(found) is not None if isinstance(found, Source) else found


def damage(data: bytes, random: random.Random) -> bytes:
    """Some bytes changed, removed, or put in."""
    text = bytearray(data)
    for _ in range(random.choice([1, 1, 5, 50])):
        at = random.randrange(len(text))
        way = random.choice(["change", "remove", "insert", "repeat"])
        if way == "change":
            text[at] = random.choice(b"{}[]:,-'\"\\ \n\t#&*!0a\xff\x00")
        elif way == "remove":
            del text[at : at + random.choice([1, 1, 10, 100])]
        elif way == "insert":
            text[at:at] = random.choice(
                [b"{", b"}", b"[", b": ", b"\n", b'"', b"\t", b"$ref"]
            )
        else:
            text[at:at] = text[at : at + 40]
    return bytes(text)
