"""How the command is called, and how it ends."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from engross import __version__
from tests.cli.conftest import Run
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _plain(plain_packages: None) -> None:
    """These tests are about the command, not about what it makes."""


def test_the_version_is_told_without_a_project(run: Run, tmp_path: Path) -> None:
    ran = run("--version", cwd=tmp_path)
    assert (ran.status, ran.out) == (0, f"engross {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [(), ("make",), ("check", "--wrong"), ("check", "--format", "xml")],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "usage: engross" in ran.err


def test_a_folder_without_a_project_ends_with_2(run: Run, tmp_path: Path) -> None:
    ran = run("check", cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "engross: no pyproject.toml with [tool.engross] here or above\n"


def test_a_provider_that_is_not_there_ends_with_2(run: Run) -> None:
    ran = run("generate", "shpo")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "engross: no provider 'shpo'; did you mean 'shop'?\n"
    assert run("check", "xyz").err == "engross: no provider 'xyz'; known: shop\n"


def test_a_diff_is_not_for_machines(run: Run) -> None:
    assert run("check", "--diff", "--format", "json").status == 2


def test_it_works_from_anywhere_in_the_project(project: Path, run: Run) -> None:
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


def test_a_provider_goes_by_its_package_too(project: Path, run: Run) -> None:
    spec = project / "specs" / "shop.yaml"
    spec.write_text(
        spec.read_text().replace("paths:", "x-engross: {package: store}\npaths:")
    )
    assert run("generate", "shop").status == 0
    assert run("check", "store").out == "  store  current       3 files\n"


def test_only_the_named_providers_are_looked_at(project: Path, run: Run) -> None:
    (project / "specs" / "broken.yaml").write_text("openapi: [\n")
    assert run("generate", "shop").status == 0
    assert run("check", "shop").status == 0
    assert run("check").status == 1


def test_a_gone_contract_is_cleared_away_by_the_name_of_its_package(
    project: Path, run: Run
) -> None:
    run("generate")
    spec = project / "specs" / "shop.yaml"
    spec.rename(spec.with_name("store.yaml"))
    assert run("generate", "store").status == 0
    assert (project / "generated" / "shop").exists()
    assert run("generate", "shop").status == 0
    assert not (project / "generated" / "shop").exists()


def test_a_broken_contract_ends_with_1_and_nothing_written(
    project: Path, run: Run
) -> None:
    (project / "specs" / "broken.yaml").write_text("openapi: [\n")
    ran = run("generate")
    assert ran.status == 1
    assert ran.out.startswith("specs/broken.yaml:")
    assert ran.out.endswith("\n1 error. Nothing was written.\n")
    assert not (project / "generated").exists()


def test_check_looks_at_the_others_when_a_contract_is_broken(
    project: Path, run: Run
) -> None:
    run("generate")
    (project / "specs" / "broken.yaml").write_text("openapi: [\n")
    ran = run("check")
    assert ran.status == 1
    assert ran.out.startswith("specs/broken.yaml:")
    assert ran.out.endswith("\n1 error.\n\n  shop  current       3 files\n")


def test_a_project_without_contracts_is_told_what_to_do(
    project: Path, run: Run
) -> None:
    (project / "specs" / "shop.yaml").unlink()
    ran = run("generate")
    assert ran.status == 1
    assert ran.out == """\
error  no-contract
   there is no contract in specs/
   hint: put an OpenAPI document there, such as payments.yaml

1 error.
"""


def test_a_disk_that_refuses_is_not_a_traceback(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", "generated/shop")

    monkeypatch.setattr("os.replace", refuse)
    ran = run("generate")
    assert ran.status == 1
    assert ran.err == "engross: generated/shop: No space left on device\n"


def test_an_interruption_ends_with_130(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engross.tree.survey.render", interrupt)
    ran = run("generate")
    assert (ran.status, ran.out) == (130, "")
    assert ran.err == "engross: interrupted\n"


def test_letters_that_the_terminal_lacks_are_escaped(project: Path) -> None:
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
      | ^^^^ no such setting in [tool.engross]
   hint: did you mean 'specs'?
""",
        ),
        (
            "specs = 3",
            """\
pyproject.toml:5:1  error  config-type
    4 | [tool.engross]
    5 | specs = 3
      | ^^^^^ specs must be the path of a folder
""",
        ),
        (
            'generated = "../elsewhere"',
            """\
pyproject.toml:5:1  error  config-type
    4 | [tool.engross]
    5 | generated = "../elsewhere"
      | ^^^^^^^^^ generated must be a folder inside the project
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
def test_wrong_settings_are_findings(
    project: Path, run: Run, table: str, out: str
) -> None:
    head = '[project]\nname = "x"\n\n[tool.engross]\n'
    (project / "pyproject.toml").write_text(f"{head}{table}\n")
    ran = run("check")
    assert (ran.status, ran.out) == (1, f"{out}\n1 error.\n")


def test_folders_are_as_the_settings_say(project: Path, run: Run) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.engross]\nspecs = "api/contracts"\ngenerated = "api/clients"\n'
    )
    (project / "api").mkdir()
    (project / "specs").rename(project / "api" / "contracts")
    assert run("generate").status == 0
    assert (project / "api" / "clients" / "shop" / "README.md").is_file()


# Terminals and pipes, in a process of its own

PLAIN = f"""\
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "generator")!r}]
import engross.tree.survey
from engross.cli import main
from tests.conftest import plain_package
engross.tree.survey.make = plain_package
sys.exit(main())
"""


def on_a_terminal(project: Path, **environment: str) -> str:
    """What `check` shows on a terminal."""
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


def test_a_terminal_shows_progress_and_colours(project: Path) -> None:
    shown = on_a_terminal(project)
    assert "\r\x1b[Krendering shop\r\x1b[K" in shown
    assert "\x1b[33mmissing" in shown


def test_colours_can_be_refused(project: Path) -> None:
    shown = on_a_terminal(project, NO_COLOR="1")
    assert "\x1b[33m" not in shown


def test_a_dumb_terminal_gets_plain_text(project: Path) -> None:
    assert "\x1b" not in on_a_terminal(project, TERM="dumb")


def test_a_pipe_gets_neither_progress_nor_colours(project: Path, run: Run) -> None:
    ran = run("check")
    assert ran.err == ""
    assert "\x1b" not in ran.out


def test_a_reader_that_leaves_is_no_error(project: Path) -> None:
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


def test_two_runs_at_once_do_not_get_in_each_others_way(project: Path) -> None:
    command = [sys.executable, "-c", PLAIN, "generate"]
    running = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert subprocess.call([*command[:3], "check"], cwd=project) == 0
