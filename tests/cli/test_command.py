"""Arguments, settings and exit statuses of the command."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from engross import __version__
from engross.cache import Memo
from engross.own_templates import OwnTemplates
from engross.source import Source
from tests.cli.conftest import Run
from tests.conftest import ROOT, SHOP, plain_package


@pytest.fixture(autouse=True)
def _plain(plain_packages: None) -> None:
    """Keep packages small: these tests are about the command."""


def test_version_needs_no_project(run: Run, tmp_path: Path) -> None:
    ran = run("--version", cwd=tmp_path)
    assert (ran.status, ran.out) == (0, f"engross {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [(), ("make",), ("check", "--wrong"), ("check", "--format", "xml")],
)
def test_usage_error_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "usage: engross" in ran.err


def test_missing_project_exits_with_2(run: Run, tmp_path: Path) -> None:
    ran = run("check", cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "engross: found no pyproject.toml with [tool.engross] in this directory or its "
        "parents\n"
        "engross: to generate from a document, run: engross generate petstore.yaml\n"
        "engross: to start a project, run: engross new petstore\n"
    )


def test_unknown_provider_exits_with_2(run: Run) -> None:
    ran = run("generate", "shpo")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "engross: no provider 'shpo'; did you mean 'shop'?\n"
    assert run("check", "xyz").err == "engross: no provider 'xyz'; known: shop\n"


def test_diff_with_json_is_a_usage_error(run: Run) -> None:
    assert run("check", "--diff", "--format", "json").status == 2


def test_project_root_is_found_from_any_subdirectory(project: Path, run: Run) -> None:
    deep = project / "specs" / "deep" / "deeper"
    deep.mkdir(parents=True)
    assert run("generate", cwd=deep).status == 0
    package = project / "generated" / "shop"
    # A package has a pyproject.toml of its own, which is not the project's.
    (package / "shop" / "pyproject.toml").write_text(
        "[project]\nname = 'engross-ish'\n"
    )
    assert run("check", cwd=package / "shop").status == 1
    assert (package / "shop" / "Item.json").is_file()


def test_package_name_selects_its_provider(project: Path, run: Run) -> None:
    spec = project / "specs" / "shop.yaml"
    spec.write_text(
        spec.read_text().replace("paths:", "x-engross: {package: store}\npaths:")
    )
    assert run("generate", "shop").status == 0
    assert run("check", "store").out == "  store  current       3 files\n"


def test_other_providers_are_not_examined(project: Path, run: Run) -> None:
    (project / "specs" / "broken.yaml").write_text("openapi: [\n")
    assert run("generate", "shop").status == 0
    assert run("check", "shop").status == 0
    assert run("check").status == 1


def test_package_without_contract_is_deleted_by_name(project: Path, run: Run) -> None:
    run("generate")
    spec = project / "specs" / "shop.yaml"
    spec.rename(spec.with_name("store.yaml"))
    assert run("generate", "store").status == 0
    assert (project / "generated" / "shop").exists()
    assert run("generate", "shop").status == 0
    assert not (project / "generated" / "shop").exists()


def test_invalid_contract_exits_with_1_and_writes_nothing(
    project: Path, run: Run
) -> None:
    (project / "specs" / "shop.yaml").write_text("openapi: [\n")
    ran = run("generate")
    assert ran.status == 1
    assert ran.out.startswith("specs/shop.yaml:")
    assert ran.out.endswith("\n1 error. Nothing was written.\n")
    assert not (project / "generated").exists()


def test_invalid_contract_does_not_stop_others(project: Path, run: Run) -> None:
    (project / "specs" / "broken.yaml").write_text("openapi: [\n")
    ran = run("generate")
    assert ran.status == 1
    assert ran.out.startswith("specs/broken.yaml:")
    assert ran.out.endswith("""
1 error. Nothing was written for broken.

  broken  invalid       1 error
  shop    created       3 files
""")
    assert [path.name for path in (project / "generated").iterdir()] == ["shop"]


def test_package_of_a_renamed_contract_stays_while_that_is_invalid(
    project: Path, run: Run
) -> None:
    run("generate")
    (project / "specs" / "shop.yaml").unlink()
    (project / "specs" / "store.yaml").write_text("openapi: [\n")
    assert run("generate").status == 1
    assert (project / "generated" / "shop" / "README.md").exists()


def test_bug_in_engross_does_not_stop_other_contracts(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_for_one(
        source: Source, _memo: Memo, _own: OwnTemplates, _jobs: int
    ) -> tuple[str, Mapping[str, bytes], tuple[()]]:
        if source.entry == "specs/odd.yaml":
            raise ZeroDivisionError
        return plain_package(source)

    (project / "specs" / "odd.yaml").write_text(SHOP)
    monkeypatch.setattr("engross.tree.rendering.make", fail_for_one)
    ran = run("generate", "--jobs", "1")
    assert ran.status == 1
    assert ran.out == """\
  odd   failed       a bug in engross
  shop  created       3 files
"""
    assert "ZeroDivisionError" in ran.err
    assert ran.err.endswith(
        "This is a bug in engross, found while rendering specs/odd.yaml.\n"
    )


def test_check_examines_valid_contracts_beside_an_invalid_one(
    project: Path, run: Run
) -> None:
    run("generate")
    (project / "specs" / "broken.yaml").write_text("openapi: [\n")
    ran = run("check")
    assert ran.status == 1
    assert ran.out.startswith("specs/broken.yaml:")
    assert ran.out.endswith("""
1 error.

  broken  invalid       1 error
  shop    current       3 files
""")


def test_project_without_contracts_gets_a_hint(project: Path, run: Run) -> None:
    (project / "specs" / "shop.yaml").unlink()
    ran = run("generate")
    assert ran.status == 1
    assert ran.out == """\
error  no-contract
   found no contract in specs/
   hint: add an OpenAPI document, such as payments.yaml

1 error.
"""


def test_settings_that_name_a_file_in_place_of_a_directory_are_explained(
    project: Path, run: Run
) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.engross]\nspecs = "specs/shop.yaml"\n'
    )
    assert run("generate").out == """\
error  no-contract
   `specs` names specs/shop.yaml, which is a file
   hint: name the directory that holds the contracts

1 error.
"""


def test_link_to_no_contract_is_explained(project: Path, run: Run) -> None:
    (project / "specs" / "shop.yaml").unlink()
    (project / "specs" / "shop.yaml").symlink_to("moved.yaml")
    assert run("generate").out == """\
error  no-contract
   specs/shop.yaml is a link to moved.yaml, which leads nowhere
   hint: change the link, or remove it

1 error.
"""


def test_contract_that_is_a_link_to_itself_is_named(project: Path, run: Run) -> None:
    (project / "specs" / "shop.yaml").unlink()
    (project / "specs" / "shop.yaml").symlink_to("shop.yaml")
    assert run("check").out == """\
error  no-contract
   specs/shop.yaml is a link to shop.yaml, which leads nowhere
   hint: change the link, or remove it

1 error.
"""


def test_directory_of_contracts_that_is_a_dangling_link_is_named(
    project: Path, run: Run
) -> None:
    (project / "specs").rename(project / "elsewhere")
    (project / "specs").symlink_to("contracts")
    assert run("check").out == """\
error  no-contract
   specs is a link to contracts, which leads nowhere
   hint: change the link, or remove it

1 error.
"""


def test_two_contracts_of_one_package_are_named(project: Path, run: Run) -> None:
    contract = (project / "specs" / "shop.yaml").read_text()
    store = f"{contract}x-engross: {{ package: shop }}\n"
    (project / "specs" / "store.yaml").write_text(store)
    ran = run("generate")
    line, column = store.count("\n"), len("x-engross: { package: ") + 1
    assert ran.out.startswith(
        f"specs/store.yaml:{line}:{column}  error  same-package\n"
    )
    assert ran.out.endswith("""\
^^^^ specs/shop.yaml generates the package shop too
   hint: set another package in x-engross

1 error. Nothing was written.
""")


def test_settings_whose_header_is_not_closed_are_found(project: Path, run: Run) -> None:
    (project / "pyproject.toml").write_text("[tool.engross\n")
    assert run("generate").out == """\
pyproject.toml:1:14  error  config-syntax
    1 | [tool.engross
      |              ^ Expected ']' at the end of a table declaration

1 error.
"""


def test_write_error_is_reported_without_traceback(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", "generated/shop")

    monkeypatch.setattr("os.replace", refuse)
    ran = run("generate")
    assert ran.status == 1
    assert ran.err == "engross: generated/shop: No space left on device\n"


def test_file_that_is_too_large_for_the_disk_is_named(project: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LITTLE_ROOM, "generate"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr == "engross: generated/shop/.engross.next.json: File too large\n"


LITTLE_ROOM = """\
import resource, sys
from engross.cli import main
sys.dont_write_bytecode = True  # which would be cut short, and kept
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
sys.exit(main())
"""


def test_new_names_the_file_that_the_disk_has_no_room_for(project: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LITTLE_ROOM, "new", "store"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr == "engross: specs/store.yaml: File too large\n"


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("new", "store"), "specs/store.yaml"),
        (("scaffold", "tests", "shop"), "tests/test_shop_orders_create.py"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_nothing_is_left_of_a_new_file_that_the_disk_has_no_room_for(
    project: Path, arguments: tuple[str, ...], file: str
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LITTLE_ROOM, *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == f"engross: {file}: File too large\n"
    assert not (project / file).exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_full_standard_output_is_named(project: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "engross", "explain"],
            cwd=project,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr == "engross: standard output: No space left on device\n"


def test_file_in_place_of_the_packages_is_named(project: Path, run: Run) -> None:
    (project / "generated").write_text("mine\n")
    for command, remark in (("check", ""), ("generate", " Nothing was written.")):
        assert run(command).out.startswith(f"""\
error  no-folder
   generated is not a directory
   hint: move it elsewhere

1 error.{remark}
""")


def test_link_to_nowhere_in_place_of_the_packages_is_named(
    project: Path, run: Run
) -> None:
    (project / "generated").symlink_to("nowhere")
    assert run("generate").out.startswith("""\
error  no-folder
   generated is not a directory
""")


def test_output_that_is_a_file_is_a_usage_error(project: Path, run: Run) -> None:
    (project / "pets.yaml").write_text((project / "specs" / "shop.yaml").read_text())
    ran = run("generate", "pets.yaml", "--output", "pyproject.toml")
    assert ran.status == 2
    assert ran.err == "engross: --output pyproject.toml is not a directory\n"


def test_interrupted_command_exits_with_130(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engross.tree.rendering.render", interrupt)
    ran = run("generate")
    assert (ran.status, ran.out) == (130, "")
    assert ran.err == "engross: interrupted\n"


def test_characters_outside_the_encoding_are_escaped(project: Path) -> None:
    spec = project / "specs" / "shop.yaml"
    spec.write_text(spec.read_text().replace("openapi: 3.1.1", "opénapi: 3.1.1"))
    ran = subprocess.run(
        [sys.executable, "-c", PLAIN, "check"],
        cwd=project,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert rb"op\xe9napi" in ran.stdout


# Settings


@pytest.mark.parametrize(
    ("table", "out"),
    [
        (
            'spec = "specs"',
            """\
pyproject.toml:5:1  error  config-unknown-key
    4 | [tool.engross]
    5 | spec = "specs"
      | ^^^^ unknown setting in [tool.engross]
   hint: did you mean 'specs'?
""",
        ),
        (
            "specs = 3",
            """\
pyproject.toml:5:1  error  config-type
    4 | [tool.engross]
    5 | specs = 3
      | ^^^^^ specs must be the path of a directory
""",
        ),
        (
            'generated = "../elsewhere"',
            """\
pyproject.toml:5:1  error  config-type
    4 | [tool.engross]
    5 | generated = "../elsewhere"
      | ^^^^^^^^^ generated must be a directory inside the project
""",
        ),
        (
            "specs = [",
            """\
pyproject.toml:5:1  error  config-syntax
    4 | [tool.engross]
    5 | specs = [
      | ^ Invalid value
""",
        ),
    ],
)
def test_invalid_settings_are_findings(
    project: Path, run: Run, table: str, out: str
) -> None:
    head = '[project]\nname = "x"\n\n[tool.engross]\n'
    (project / "pyproject.toml").write_text(f"{head}{table}\n")
    ran = run("check")
    assert (ran.status, ran.out) == (1, f"{out}\n1 error.\n")


def test_settings_choose_the_directories(project: Path, run: Run) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.engross]\nspecs = "api/contracts"\ngenerated = "api/clients"\n'
    )
    (project / "api").mkdir()
    (project / "specs").rename(project / "api" / "contracts")
    assert run("generate").status == 0
    assert (project / "api" / "clients" / "shop" / "README.md").is_file()


# Terminals and pipes, in a separate process

PLAIN = f"""\
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "generator")!r}]
import engross.tree.rendering
from engross.cli import main
from tests.conftest import plain_package
engross.tree.rendering.make = plain_package
sys.exit(main())
"""


def on_a_terminal(project: Path, **environment: str) -> str:
    """Return what `check` prints on a terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", PLAIN, "check"]
    env = {**os.environ, "TERM": "xterm", **environment}
    with subprocess.Popen(
        command, cwd=project, stdout=follower, stderr=follower, env=env
    ) as process:
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 4096):
                shown += chunk
        except OSError:  # the other end is closed
            pass
        process.wait()
    os.close(leader)
    return shown.decode()


def test_terminal_shows_progress_and_colors(project: Path) -> None:
    shown = on_a_terminal(project)
    assert "\r\x1b[Krendering shop\r\x1b[K" in shown
    assert "\x1b[33mmissing" in shown


def test_no_color_turns_colors_off(project: Path) -> None:
    shown = on_a_terminal(project, NO_COLOR="1")
    assert "\x1b[33m" not in shown


def test_dumb_terminal_gets_plain_text(project: Path) -> None:
    assert "\x1b" not in on_a_terminal(project, TERM="dumb")


def test_pipe_gets_neither_progress_nor_colors(project: Path, run: Run) -> None:
    ran = run("check")
    assert ran.err == ""
    assert "\x1b" not in ran.out


def test_closed_pipe_is_not_an_error(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-c", PLAIN, "check"],
        cwd=project,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_concurrent_runs_do_not_interfere(project: Path) -> None:
    command = [sys.executable, "-c", PLAIN, "generate"]
    running = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert subprocess.call([*command[:3], "check"], cwd=project) == 0
