"""Generation writes what changed, deletes what it owns, and keeps everything else."""

import json
import os
from pathlib import Path

import pytest

from engross.findings import FindingsError
from engross.tree.manifest import parse
from engross.tree.package import write
from tests.tree.conftest import Workshop

MAXIMUM = ("maxLength: 80", "maxLength: 81")


def stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino


def test_first_run_writes_the_package_and_its_manifest(workshop: Workshop) -> None:
    workshop.generate()
    assert sorted(workshop.files()) == [
        "shop/.engross.json",
        "shop/README.md",
        "shop/shop/Item.json",
        "shop/shop/Order.json",
    ]
    assert workshop.look().is_current


def test_second_run_writes_nothing(workshop: Workshop) -> None:
    workshop.generate()
    before = {path: stamp(path) for path in workshop.package.rglob("*")}
    workshop.generate()
    assert {path: stamp(path) for path in workshop.package.rglob("*")} == before


def test_contract_edit_changes_only_affected_files(workshop: Workshop) -> None:
    workshop.generate()
    before = {path: stamp(path) for path in workshop.package.rglob("*.*")}
    workshop.edit(*MAXIMUM)
    assert workshop.states() == {"shop/Order.json": "stale"}
    workshop.generate()
    changed = {path.name for path, was in before.items() if stamp(path) != was}
    assert changed == {"Order.json", ".engross.json"}
    assert workshop.look().is_current


def test_comment_changes_only_the_manifest(workshop: Workshop) -> None:
    workshop.generate()
    workshop.edit("openapi: 3.1.1", "# the shop\nopenapi: 3.1.1")
    package = workshop.look_at()
    assert not package.problems
    assert not package.is_current
    (plan,) = workshop.generate().values()
    assert plan is not None
    assert not plan.writes
    assert workshop.look().is_current


def test_file_that_is_no_longer_generated_is_deleted(workshop: Workshop) -> None:
    workshop.generate()
    workshop.edit("    Item:\n", "    Thing:\n")
    workshop.edit("schemas/Item", "schemas/Thing")
    assert workshop.states() == {
        "shop/Item.json": "orphan",
        "shop/Order.json": "stale",
        "shop/Thing.json": "missing",
    }
    workshop.generate()
    assert "shop/shop/Item.json" not in workshop.files()
    assert workshop.look().is_current


def test_deleted_file_is_written_again(workshop: Workshop) -> None:
    workshop.generate()
    (workshop.package / "shop" / "Item.json").unlink()
    assert workshop.states() == {"shop/Item.json": "missing"}
    workshop.generate()
    assert workshop.look().is_current


def test_hand_edit_blocks_the_package_unless_forced(workshop: Workshop) -> None:
    workshop.generate()
    edited = workshop.package / "shop" / "Item.json"
    edited.write_text("{}")
    workshop.edit(*MAXIMUM)
    before = workshop.files()
    assert workshop.generate() == {"shop": None}
    assert workshop.files() == before
    assert workshop.states()["shop/Item.json"] == "hand-edited"
    workshop.generate(force=True)
    assert workshop.look().is_current


def test_hand_edited_file_is_not_deleted(workshop: Workshop) -> None:
    workshop.generate()
    edited = workshop.package / "shop" / "Item.json"
    edited.write_text("{}")
    workshop.edit("    Item:\n", "    Thing:\n")
    workshop.edit("schemas/Item", "schemas/Thing")
    assert workshop.generate() == {"shop": None}
    assert edited.read_text() == "{}"
    workshop.generate(force=True)
    assert not edited.exists()


def test_edit_during_the_run_is_kept(workshop: Workshop) -> None:
    workshop.generate()
    workshop.edit(*MAXIMUM)
    package = workshop.look_at()
    order = workshop.package / "shop" / "Order.json"
    order.write_text("edited")
    with pytest.raises(OSError, match="run engross again"):
        write(package)
    assert order.read_text() == "edited"
    assert workshop.states() == {"shop/Order.json": "hand-edited"}


def test_file_created_during_the_run_is_kept(workshop: Workshop) -> None:
    package = workshop.look_at()
    workshop.package.mkdir(parents=True)
    (workshop.package / "README.md").write_text("mine")
    with pytest.raises(OSError, match="run engross again"):
        write(package)
    assert (workshop.package / "README.md").read_text() == "mine"


def test_edit_of_a_file_to_delete_during_the_run_is_kept(workshop: Workshop) -> None:
    workshop.generate()
    (workshop.specs / "shop.yaml").rename(workshop.specs / "cafe.yaml")
    package = workshop.look_at()
    order = workshop.package / "shop" / "Order.json"
    order.write_text("edited")
    with pytest.raises(OSError, match="run engross again"):
        write(package)
    assert order.read_text() == "edited"


@pytest.mark.parametrize("name", ["notes.engross-tmp", ".mine.12.engross-tmp"])
def test_only_temporary_files_of_engross_are_removed(
    workshop: Workshop, name: str
) -> None:
    workshop.generate()
    own = workshop.package / "shop" / ".Order.json.12.engross-tmp"
    own.write_text("half")
    (workshop.package / "shop" / name).write_text("mine")
    workshop.generate()
    assert not own.exists()
    assert (workshop.package / "shop" / name).read_text() == "mine"


def test_unowned_file_is_listed_and_kept(workshop: Workshop) -> None:
    workshop.generate()
    foreign = workshop.package / "shop" / "helpers.py"
    foreign.write_text("mine = 1\n")
    assert workshop.states() == {"shop/helpers.py": "orphan"}
    for force in (False, True):
        assert workshop.generate(force=force)["shop"] is not None
        assert foreign.read_text() == "mine = 1\n"


def test_unowned_file_in_the_way_is_kept(workshop: Workshop) -> None:
    workshop.package.mkdir(parents=True)
    foreign = workshop.package / "README.md"
    foreign.write_text("mine\n")
    assert workshop.generate() == {"shop": None}
    assert workshop.files() == {"shop/README.md": b"mine\n"}
    workshop.generate(force=True)
    assert foreign.read_text() == "# Shop\n"


def test_refused_package_does_not_block_others(workshop: Workshop) -> None:
    text = (workshop.specs / "shop.yaml").read_text()
    (workshop.specs / "cafe.yaml").write_text(text.replace("Shop", "Cafe"))
    workshop.generate()
    (workshop.package / "README.md").write_text("mine\n")
    workshop.edit(*MAXIMUM)
    workshop.edit(*MAXIMUM, contract="cafe.yaml")
    plans = workshop.generate()
    assert plans["shop"] is None
    assert plans["cafe"] is not None
    assert set(plans["cafe"].writes) == {"cafe/Order.json"}


@pytest.mark.parametrize("content", [None, b"{", b"<<<<<<< ours\n", b"{}"])
def test_missing_manifest_is_recreated_for_current_files(
    workshop: Workshop, content: bytes | None
) -> None:
    workshop.generate()
    manifest = workshop.package / ".engross.json"
    before = manifest.read_bytes()
    manifest.unlink()
    if content is not None:
        manifest.write_bytes(content)
    assert not workshop.look().is_current
    workshop.generate()
    assert manifest.read_bytes() == before
    assert workshop.look().is_current


def test_manifest_of_an_earlier_version_is_updated(workshop: Workshop) -> None:
    workshop.generate()
    path = workshop.package / ".engross.json"
    current = path.read_bytes()
    elements = {key: f"{value}0123" for key, value in parse(current).elements.items()}
    record = json.loads(current) | {"elements": elements, "format": 1}
    path.write_text(json.dumps(record))
    package = workshop.look_at()
    assert package.changes == ()
    assert workshop.states() == {}
    assert not package.is_current
    workshop.generate()
    assert path.read_bytes() == current


def test_missing_manifest_protects_files_that_differ(
    workshop: Workshop,
) -> None:
    workshop.generate()
    (workshop.package / ".engross.json").unlink()
    workshop.edit(*MAXIMUM)
    assert workshop.generate() == {"shop": None}
    workshop.generate(force=True)
    assert workshop.look().is_current


def test_build_products_and_caches_are_ignored(workshop: Workshop) -> None:
    workshop.generate()
    for path in (
        "shop/__pycache__/models.cpython-311.pyc",
        ".pytest_cache/README.md",
        "build/lib/shop/models.py",
        "dist/shop-1.whl",
        "shop.egg-info/PKG-INFO",
        ".venv/bin/python",
        ".mypy_cache/x.json",
        ".ruff_cache/x",
        ".DS_Store",
    ):
        file = workshop.package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    assert workshop.look().is_current


def test_file_permissions_are_kept(workshop: Workshop) -> None:
    workshop.generate()
    file = workshop.package / "shop" / "Order.json"
    file.chmod(0o640)
    workshop.edit(*MAXIMUM)
    workshop.generate()
    assert file.stat().st_mode & 0o777 == 0o640


def test_edit_equal_to_the_generated_file_is_accepted(
    workshop: Workshop,
) -> None:
    workshop.generate()
    workshop.edit(*MAXIMUM)
    file = workshop.package / "shop" / "Order.json"
    file.write_text(file.read_text().replace("80", "81"))
    assert workshop.states() == {}
    assert workshop.generate()["shop"] is not None
    assert workshop.look().is_current


# Added and removed contracts


def test_package_of_a_removed_contract_is_deleted(workshop: Workshop) -> None:
    workshop.generate()
    (workshop.specs / "cafe.yaml").write_text(
        (workshop.specs / "shop.yaml").read_text()
    )
    (workshop.specs / "shop.yaml").unlink()
    found = workshop.look()
    assert [(p.name, p.rendering is None) for p in found.packages] == [
        ("cafe", False),
        ("shop", True),
    ]
    assert set(workshop.states().values()) == {"orphan"}
    workshop.generate()
    assert not workshop.package.exists()
    assert workshop.look().is_current


def test_unowned_files_survive_deletion_of_a_package(workshop: Workshop) -> None:
    workshop.generate()
    (workshop.package / "notes.txt").write_text("mine\n")
    (workshop.specs / "shop.yaml").rename(workshop.specs / "cafe.yaml")
    workshop.generate()
    names = [name for name in workshop.files() if name.startswith("shop/")]
    assert names == ["shop/notes.txt"]
    assert workshop.look().strays == ("generated/shop",)


def test_hand_edit_blocks_deletion_of_a_package(workshop: Workshop) -> None:
    workshop.generate()
    (workshop.package / "README.md").write_text("mine\n")
    (workshop.specs / "shop.yaml").rename(workshop.specs / "cafe.yaml")
    before = set(workshop.files())
    assert workshop.generate()["shop"] is None
    assert before <= set(workshop.files())
    workshop.generate(force=True)
    assert not workshop.package.exists()


def test_renamed_package_deletes_its_old_directory(workshop: Workshop) -> None:
    workshop.generate()
    workshop.edit("paths:", "x-engross: { package: store }\npaths:")
    workshop.generate("shop")
    assert sorted({name.split("/")[0] for name in workshop.files()}) == ["store"]


def test_renamed_contract_keeps_its_package(workshop: Workshop) -> None:
    workshop.edit("paths:", "x-engross: { package: store }\npaths:")
    workshop.generate()
    (workshop.specs / "shop.yaml").rename(workshop.specs / "store.yaml")
    assert workshop.states("store") == {}
    workshop.generate()
    manifest = parse(workshop.files()["store/.engross.json"])
    assert manifest.contract == "specs/store.yaml"


def test_two_contracts_with_one_package_are_refused(workshop: Workshop) -> None:
    workshop.generate()
    text = (workshop.specs / "shop.yaml").read_text()
    text = text.replace("paths:", "x-engross: { package: shop }\npaths:")
    (workshop.specs / "cafe.yaml").write_text(text)
    for names in ((), ("cafe",)):
        (finding,) = workshop.look(*names).findings
        assert finding.rule == "same-package"
    # The manifest decides which contract owns the package.
    assert not workshop.look("shop").findings


def test_invalid_contract_leaves_everything_untouched(workshop: Workshop) -> None:
    (workshop.specs / "cafe.yaml").write_text("openapi: [\n")
    found = workshop.look()
    assert found.findings
    assert not workshop.project.generated.exists()


def test_invalid_contract_does_not_count_as_removed(workshop: Workshop) -> None:
    workshop.generate()
    (workshop.specs / "shop.yaml").write_text("openapi: [\n")
    found = workshop.look()
    assert found.findings
    assert not found.packages
    assert not found.strays


def test_parts_and_notes_are_not_contracts(workshop: Workshop) -> None:
    (workshop.specs / "shop.lock.json").write_text("{}")
    (workshop.specs / "shop.lock.yaml").write_text("{}")
    (workshop.specs / ".hidden.yaml").write_text("{}")
    (workshop.specs / "shared").mkdir()
    (workshop.specs / "shared" / "money.yaml").write_text("{}")
    (workshop.specs / "README.md").write_text("")
    assert list(workshop.project.contracts()) == ["shop"]


def test_two_contracts_with_one_name_are_refused(workshop: Workshop) -> None:
    (workshop.specs / "shop.json").write_text("{}")
    with pytest.raises(FindingsError) as caught:
        workshop.project.contracts()
    assert [f.rule for f in caught.value.findings] == ["same-provider"]


def test_files_beside_packages_are_strays(workshop: Workshop) -> None:
    workshop.generate()
    (workshop.project.generated / "notes.txt").write_text("mine\n")
    (workshop.project.generated / "mine").mkdir()
    (workshop.project.generated / "empty").mkdir()
    (workshop.project.generated / "mine" / "a.py").write_text("")
    assert workshop.look().strays == ("generated/mine", "generated/notes.txt")
    assert not workshop.look("shop").strays


# Links


def test_link_out_of_the_package_is_not_followed(
    workshop: Workshop, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Order.json").write_text("precious\n")
    workshop.package.mkdir(parents=True)
    (workshop.package / "shop").symlink_to(outside)
    assert workshop.generate() == {"shop": None}
    workshop.generate(force=True)
    assert (outside / "Order.json").read_text() == "precious\n"
    assert sorted(os.listdir(outside)) == ["Order.json"]
    assert workshop.look().is_current


def test_linked_file_is_replaced_not_followed(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.generate()
    outside = tmp_path / "outside.md"
    outside.write_bytes((workshop.package / "README.md").read_bytes())
    (workshop.package / "README.md").unlink()
    (workshop.package / "README.md").symlink_to(outside)
    assert workshop.states() == {"README.md": "hand-edited"}
    workshop.edit("title: Shop", "title: Store")
    workshop.generate(force=True)
    assert outside.read_text() == "# Shop\n"
    assert not (workshop.package / "README.md").is_symlink()


def test_linked_package_directory_is_refused(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.project.generated.mkdir()
    workshop.package.symlink_to(tmp_path)
    (finding,) = workshop.look().findings
    assert finding.rule == "no-folder"


# Files that become directories, and back


def test_file_becomes_a_directory_and_back(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for files in ({"a": b"1\n"}, {"a/b": b"2\n"}, {"a": b"3\n"}):
        monkeypatch.setattr(
            "engross.tree.rendering.make", lambda *_, files=files: ("shop", files, ())
        )
        assert workshop.generate()["shop"] is not None
        assert workshop.look().is_current


@pytest.mark.parametrize("path", ["../a.py", "/a.py", "a\\b.py", ".engross.json"])
def test_path_outside_the_package_is_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(
        "engross.tree.rendering.make", lambda *_: ("shop", {path: b""}, ())
    )
    assert [f.rule for f in workshop.look().findings] == ["unsafe-path"]


def test_paths_that_differ_only_in_case_are_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.py": b"", "A.py": b""}
    monkeypatch.setattr("engross.tree.rendering.make", lambda *_: ("shop", files, ()))
    assert [f.rule for f in workshop.look().findings] == ["unsafe-path"] * 2


def test_bug_in_engross_names_the_contract(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("engross.tree.rendering.make", fail)
    assert "found while rendering specs/shop.yaml" in workshop.look().bugs["shop"]


LONG = b"\n\n\n".join([b"x = 1"] * 100_000)


@pytest.mark.parametrize("before", [b"", LONG])
def test_module_that_is_not_python_is_never_written(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    files = {"shop/a.py": before + b"\n\n\na b\n"}
    monkeypatch.setattr("engross.tree.rendering.make", lambda *_: ("shop", files, ()))
    (finding,) = workshop.look().findings
    assert finding.rule == "invalid-module"
    assert "shop/a.py would not be Python" in finding.message


def test_text_with_empty_lines_in_a_large_module_is_python(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"shop/a.py": b'text = """\n' + LONG + b'"""\n'}
    monkeypatch.setattr("engross.tree.rendering.make", lambda *_: ("shop", files, ()))
    assert not workshop.look().findings
