"""Text becomes data: plain, exact, and in the form of OpenAPI 3.1."""

import hashlib
import os
from decimal import Decimal
from pathlib import Path

import pytest

from engross.findings import FindingsError
from engross.source import Location, load
from tests.effort import within
from tests.source.contracts import HEAD, at, loaded, quoted, refused

PATHS = HEAD + "paths: {}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("Null", None),
        ("2022-11-27", "2022-11-27"),
        ("12:30:00", "12:30:00"),
        ("1_000", "1_000"),
        ("017", 17),
        ("0o17", 15),
        ("0xFF", 255),
        ("+12", 12),
        ("12e3", 12000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.2.3", "1.2.3"),
        ("0.1", 0.1),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!float 12", 12.0),
        ("=", "="),
        ("<<", "<<"),
        ("٣", "٣"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(
    tmp_path: Path, text: str, value: object
) -> None:
    source = loaded(tmp_path, f"{PATHS}x-data: {text}\n")
    found = source.value(source.root / "x-data")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("name", ["contract.yaml", "contract.json"])
@pytest.mark.parametrize(
    "digits",
    ["0.1234567890123456789", "1e400", "123456789012345678.5", "-1.00000000000000001"],
)
def test_a_number_that_a_float_cannot_hold_stays_exact(
    tmp_path: Path, name: str, digits: str
) -> None:
    text = (
        '{"openapi": "3.1.1", "info": {"title": "Shop", "version": "1"}, '
        f'"paths": {{}}, "x-data": {digits}}}'
    )
    source = loaded(tmp_path, text, name)
    assert source.value(source.root / "x-data") == Decimal(digits)


def test_an_integer_of_any_common_size_stays_exact(tmp_path: Path) -> None:
    source = loaded(tmp_path, f"{PATHS}x-data: {2**200}\n")
    assert source.value(source.root / "x-data") == 2**200


def test_keys_are_text_as_it_is_written(tmp_path: Path) -> None:
    source = loaded(
        tmp_path, PATHS + "x-data: { 200: a, on: b, 1.0: c, ~: d, 0x1: e }\n"
    )
    assert source.value(source.root / "x-data") == {
        "200": "a",
        "on": "b",
        "1.0": "c",
        "~": "d",
        "0x1": "e",
    }


def test_aliases_and_merge_keys_are_expanded(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        PATHS
        + "x-base: &base { a: 1, b: 2 }\n"
        + "x-more: &more { b: 3, c: [4] }\n"
        + "x-data: { <<: [*more, *base], a: 0, list: *more }\n",
    )
    data = source.value(source.root / "x-data")
    assert data == {"a": 0, "b": 3, "c": [4], "list": {"b": 3, "c": [4]}}
    assert quoted(source, at(source, "/x-data/b")) == "3"
    assert source.span(at(source, "/x-data/b")).start.line == 5
    assert quoted(source, at(source, "/x-data/list/c/0")) == "4"


def test_no_two_places_share_data(tmp_path: Path) -> None:
    source = loaded(tmp_path, PATHS + "x-a: &a { b: {} }\nx-b: *a\n")
    one, other = source.value(at(source, "/x-a")), source.value(at(source, "/x-b"))
    assert one == other
    assert one is not other


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_and_line_ends_of_any_editor_are_welcome(
    tmp_path: Path, end: str
) -> None:
    text = (HEAD + "paths: {}\nx-data: |\n  two\n  lines\n").replace("\n", end)
    source = loaded(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert source.value(source.root / "x-data") == "two\nlines\n"
    assert source.span(at(source, "/openapi")).start.column == 10
    assert source.span(at(source, "/x-data"), key=True).start.line == 4


def test_text_that_is_not_ascii_does_not_shift_positions(tmp_path: Path) -> None:
    source = loaded(tmp_path, PATHS + "x-data: { é: ü, 請: [\U0001f600, b], c: d }\n")
    assert quoted(source, at(source, "/x-data/請/1")) == "b"
    assert quoted(source, at(source, "/x-data/c")) == "d"


def test_unicode_line_separators_do_not_shift_lines(tmp_path: Path) -> None:
    source = loaded(tmp_path, PATHS + 'x-a: "a\u2028b\u0085c"\nx-b: here\n')
    assert source.span(at(source, "/x-b")).start.line == 5


def test_the_digest_of_one_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    source = loaded(tmp_path, PATHS)
    assert source.sha256 == hashlib.sha256(PATHS.encode()).hexdigest()


def test_the_digest_does_not_depend_on_line_ends(tmp_path: Path) -> None:
    unix = loaded(tmp_path, PATHS).sha256
    assert loaded(tmp_path, PATHS.replace("\n", "\r\n")).sha256 == unix


def test_the_digest_covers_other_files(tmp_path: Path) -> None:
    text = HEAD + 'paths: { /a: { $ref: "a.yaml" } }\n'
    (tmp_path / "a.yaml").write_text("description: One.\n")
    one = loaded(tmp_path, text).sha256
    (tmp_path / "a.yaml").write_text("description: Two.\n")
    assert loaded(tmp_path, text).sha256 != one


def test_files_are_shown_relative_to_the_project(tmp_path: Path) -> None:
    source = loaded(tmp_path, PATHS, "specs/shop.yaml")
    assert source.entry == "specs/shop.yaml"
    assert str(at(source, "/x~1y/0")) == "specs/shop.yaml#/x~01y/0"
    assert source.span(source.root).file == "specs/shop.yaml"


def test_paths_may_be_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(tmp_path, PATHS, "specs/shop.yaml")
    monkeypatch.chdir(tmp_path / "specs")
    assert load(Path("shop.yaml"), root=Path("..")).entry == "specs/shop.yaml"


def test_a_missing_contract_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as raised:
        load(tmp_path / "none.yaml", root=tmp_path)
    (finding,) = raised.value.findings
    assert (finding.rule, finding.message) == (
        "no-such-file",
        "there is no file none.yaml",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_contract_without_permission_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    path.touch(mode=0)
    with pytest.raises(FindingsError) as raised:
        load(path, root=tmp_path)
    assert raised.value.findings[0].rule == "unreadable-file"


def test_a_contract_outside_of_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(PATHS)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link.yaml").symlink_to("../outside.yaml")
    for name in ("../outside.yaml", "link.yaml"):
        with pytest.raises(FindingsError) as raised:
            load(tmp_path / "project" / name, root=tmp_path / "project")
        assert raised.value.findings[0].rule == "outside-root"


def test_symlinks_in_a_circle_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    with pytest.raises(FindingsError) as raised:
        load(tmp_path / "a.yaml", root=tmp_path)
    assert raised.value.findings[0].rule in ("unreadable-file", "no-such-file")


def test_asking_for_nothing_is_a_lookup_error(tmp_path: Path) -> None:
    source = loaded(tmp_path, PATHS)
    for location in (
        at(source, "/none"),
        at(source, "/paths/0"),
        at(source, "/info/a/b"),
    ):
        with pytest.raises(LookupError):
            source.value(location)


def test_places_tell_where_objects_of_a_kind_stand(tmp_path: Path) -> None:
    source = loaded(
        tmp_path,
        HEAD
        + "paths:\n  /a:\n    get:\n      parameters: [{ $ref: '#/components/parameters/P' }]\n"
        + "      responses: { default: { description: Any. } }\n"
        + "components: { parameters: { P: { name: p, in: query, schema: true } } }\n",
    )
    assert source.places("operation") == (at(source, "/paths") / "/a" / "get",)
    assert source.places("parameter") == (at(source, "/components/parameters/P"),)
    assert source.places("response") == (
        Location("contract.yaml", ("paths", "/a", "get", "responses", "default")),
    )
    assert source.places("server") == ()


def test_every_finding_is_told_at_once_in_the_order_of_the_text(tmp_path: Path) -> None:
    findings = refused(
        tmp_path,
        HEAD + "paths: { /a: { $ref: 'none.yaml' } }\ntags: [{}]\ntags: []\nx: 1\n",
    )
    assert [finding.rule for finding in findings] == [
        "no-such-file",
        "duplicate-key",
        "unknown-key",
    ]


def test_a_contract_of_a_thousand_lines_loads_at_once(tmp_path: Path) -> None:
    schemas = "".join(
        f"    S{number}:\n      type: object\n      description: Number {number}.\n"
        f"      properties:\n        id: {{ type: string, minLength: 1 }}\n"
        f"        next: {{ $ref: '#/components/schemas/S{(number * 7) % 200}' }}\n"
        for number in range(200)
    )
    text = f"{PATHS}components:\n  schemas:\n{schemas}"
    loaded(tmp_path, text)  # compiles the metaschema
    with within(0.5):
        for _ in range(5):
            loaded(tmp_path, text)
