"""`engross generate --watch` generates again after each save, and says what it means."""

import os
import queue
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.conftest import Run
from tests.conftest import ROOT, SHOP

PATIENCE = 60
"""Seconds to wait for an output; busy machines take longer than the second that is promised."""


SCRIPT = """
import signal, sys
from engross.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # which jobs in the background lack
sys.exit(main())
"""


class Watcher:
    """A process that watches a project, whose lines are read as they come."""

    def __init__(self, project: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-c", SCRIPT, "generate", "--watch"],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT / "generator"), "CI": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def until(self, text: str) -> str:
        """Return the lines up to the first with a text, without times and numbers of files."""
        found = ""
        deadline = time.monotonic() + PATIENCE
        while text not in found:
            try:
                found += self._lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"{text!r} did not come after:\n{found}")
        found = re.sub(r"^\d\d:\d\d:\d\d", "TIME", found, flags=re.MULTILINE)
        return re.sub(r" +\d+ (?:of \d+ )?files", " N files", found)

    def silence(self, seconds: float) -> str:
        """Return what comes within a time."""
        time.sleep(seconds)
        found = ""
        while not self._lines.empty():
            found += self._lines.get()
        return found

    def interrupt(self) -> int:
        """Press Ctrl-C, and return the exit status."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(PATIENCE)

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def watcher(project: Path) -> Iterator[Watcher]:
    """Return a watcher of the project that has generated its package."""
    watching = Watcher(project)
    try:
        assert watching.until("Ctrl-C") == STARTED
        yield watching
    finally:
        watching.stop()


STARTED = """\
  shop  created N files

Watching for changes. Press Ctrl-C to stop.
"""


def shop(project: Path) -> Path:
    return project / "specs" / "shop.yaml"


def models(project: Path) -> str:
    return (project / "generated" / "shop" / "shop" / "models.py").read_text()


MEMO = "        memo: { type: string }\n"
CHANGED = SHOP.replace("        note:\n", f"{MEMO}        note:\n")


def test_save_regenerates_and_names_what_changed_for_callers(
    project: Path, watcher: Watcher
) -> None:
    shop(project).write_text(CHANGED)
    text = watcher.until("Order.memo is new")
    assert text.startswith("\nTIME  shop\n  shop  changed N files\n      README.md")
    assert text[text.index("  shop: ") :] == (
        "  shop: 3 compatible changes.\n"
        "      `Order` has a field `memo` (compatible)\n"
        "      `orders.create` has an argument `memo` (compatible)\n"
        "      Order.memo is new (compatible in requests of createOrder, "
        "compatible in responses of createOrder and getOrder)\n"
    )
    assert "memo: str" in models(project)


def test_invalid_contract_is_reported_and_compared_when_it_is_valid_again(
    project: Path, watcher: Watcher
) -> None:
    before = models(project)
    shop(project).write_text(SHOP.replace("  - token: []", "  - [token"))
    watcher.until("error  yaml-syntax")
    watcher.until("1 error. Nothing was written.")
    assert models(project) == before
    shop(project).write_text(CHANGED)
    assert "shop: 3 compatible changes." in watcher.until("Order.memo is new")


def test_file_that_an_editor_replaces_counts_as_saved(
    project: Path, watcher: Watcher
) -> None:
    for text, expected in ((CHANGED, "is new"), (SHOP, "is gone")):
        temporary = project / "specs" / ".shop.yaml.swp"
        temporary.write_text(text)
        shop(project).rename(project / "specs" / "shop.yaml~")
        temporary.rename(shop(project))
        watcher.until(f"Order.memo {expected}")


def test_change_of_comments_changes_nothing_for_callers(
    project: Path, watcher: Watcher
) -> None:
    shop(project).write_text(f"# The shop.\n{SHOP}")
    text = watcher.until("No changes")
    assert text == (
        "\nTIME  shop\n  shop  updated N files, only the manifest\n"
        "  shop: No changes.\n"
    )


def test_overlay_and_its_removal_are_noticed(project: Path, watcher: Watcher) -> None:
    overlay = project / "specs" / "shop.overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: { title: Ours, version: '1' }\nactions:\n"
        "  - target: $.components.schemas.Order.properties\n"
        "    update: { memo: { type: string } }\n"
    )
    watcher.until("Order.memo is new")
    overlay.unlink()
    watcher.until("Order.memo is gone")


def test_referenced_file_in_a_new_folder_is_noticed_once_it_exists(
    project: Path, watcher: Watcher
) -> None:
    reference = '        memo: { $ref: "../parts/of/orders.yaml#/Memo" }\n'
    shop(project).write_text(CHANGED.replace(MEMO, reference))
    assert "there is no file parts/of/orders.yaml" in watcher.until("is new")
    parts = project / "parts" / "of"
    parts.mkdir(parents=True)
    (parts / "orders.yaml").write_text("Memo: { type: string }\n")
    watcher.until("Order.memo: ")
    (parts / "orders.yaml").write_text("Memo: { type: string, maxLength: 9 }\n")
    watcher.until("Order.memo: at most 9 characters")


def test_settings_and_templates_of_the_project_are_noticed(
    project: Path, watcher: Watcher
) -> None:
    settings = project / "pyproject.toml"
    text = settings.read_text()
    settings.write_text(f'{text}templates = "own"\n')
    watcher.until("no directory own")
    version = (ROOT / "templates" / "python" / "VERSION").read_text()
    (project / "own").mkdir()
    (project / "own" / "VERSION").write_text(version)
    template = "README.md.jinja"
    (project / "own" / template).write_text("Ours.\n")
    watcher.until("No changes")
    readme = project / "generated" / "shop" / "README.md"
    assert readme.read_text() == "Ours.\n"


def test_contract_that_is_gone_keeps_its_package(
    project: Path, watcher: Watcher
) -> None:
    (project / "specs" / "other.yaml").write_text(SHOP)
    watcher.until("other  created")
    shop(project).unlink()
    watcher.until("The contract shop is gone; engross generate deletes its package.")
    assert models(project)


def test_new_contract_is_generated(project: Path, watcher: Watcher) -> None:
    (project / "specs" / "other.yaml").write_text(SHOP)
    assert "  other  created N files\n" in watcher.until("other  created")


def test_interrupt_ends_it_with_success(watcher: Watcher) -> None:
    assert watcher.interrupt() == 0


def test_save_of_other_files_does_nothing(project: Path, watcher: Watcher) -> None:
    (project / "notes.txt").write_text("Do not forget.\n")
    (project / "specs" / "README.md").write_text("Contracts.\n")
    shop(project).write_text(SHOP)
    assert watcher.silence(1.5) == ""


def test_generating_once_does_not_load_what_watches(project: Path) -> None:
    script = (
        "import sys; from engross.cli import main; main(['generate']); "
        "assert not [each for each in sys.modules if 'watch' in each]"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}
    command = [sys.executable, "-c", script]
    subprocess.run(command, cwd=project, env=environment, check=True)


def test_missing_library_is_a_usage_error_that_names_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    ran = run("generate", "--watch")
    assert (ran.status, ran.err) == (
        2,
        "engross: --watch needs watchfiles; run: pip install 'engross[watch]'\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "json"), "--watch cannot be combined with --format json"),
        (("--jobs", "2"), "--watch cannot be combined with --jobs or --executor"),
        (
            ("petstore.yaml",),
            "--watch is for the contracts of a project, which this starts: engross new NAME --from petstore.yaml",
        ),
        (("shpo",), "no provider 'shpo'; did you mean 'shop'?"),
    ],
    ids=["format", "jobs", "document", "unknown name"],
)
def test_what_cannot_be_watched_is_a_usage_error(
    project: Path, run: Run, arguments: tuple[str, ...], message: str
) -> None:
    (project / "petstore.yaml").write_text(SHOP)
    ran = run("generate", "--watch", *arguments)
    assert (ran.status, ran.err) == (2, f"engross: {message}\n")
