"""Run what the docs show: commands and Python, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.conftest import ROOT
from tests.docs.page import Block, Page
from tests.docs.provider import loopback

_COPIED = ("Makefile", "pyproject.toml", "tests/requirements.lock")
_TOOLS = ("engross", "pytest")
_END = "\x1e"
"""Printed after each command, to mark the end of its output."""


def copied(folder: Path) -> Path:
    """Return a copy of the project that is set up and has current packages."""
    root = folder / "project"
    shutil.copytree(ROOT / "specs", root / "specs")
    fifth = Path("tests/fifth_provider/specs")
    shutil.copytree(ROOT / fifth, root / fifth)
    for name in _COPIED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    _set_up(root)
    done = run(root, "engross generate")
    assert done.returncode == 0, done.stdout
    return root


def copied_again(root: Path, folder: Path) -> Path:
    """Return a copy of a copy, which is faster."""
    leave = shutil.ignore_patterns(".venv")
    again = Path(shutil.copytree(root, folder / "project", ignore=leave))
    _set_up(again)
    return again


def _set_up(root: Path) -> None:
    """Replace what make would install, using the Python that runs this."""
    tools = root / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in _TOOLS:
        tool = tools / name
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {name} "$@"\n')
        tool.chmod(0o755)
    ready = run(
        root, "printf 'include Makefile\\nready:;@echo $(READY)' | make -f - ready"
    )
    (root / ready.stdout.strip()).touch()


def environment(root: Path) -> Mapping[str, str]:
    """Return environment variables for commands in a copy, as in an active `.venv`."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "PYTEST"))
    }
    return {
        **ours,
        "LC_ALL": "C.UTF-8",
        "PATH": f"{root / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHON": "false",  # so that make cannot install anything
        "PYTHONPATH": str(ROOT / "generator"),
    }


def run(
    root: Path, command: str, here: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a shell command in a copy, with standard error in standard output.

    Args:
        root: The copy.
        command: The command.
        here: Another directory to run it in.
    """
    return subprocess.run(
        ["bash", "-c", command],
        cwd=here or root,
        env=environment(root),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def replayed(page: Page, section: str, root: Path) -> Iterator[tuple[Block, str]]:
    """Yield each block of a section that shows output, with its current output.

    Diffs in the section are applied to the copy, so that later blocks see them. YAML that
    begins with the name of a file becomes that file, in an empty directory outside the
    copy where later commands run, or where commands went.
    """
    last_python, here = "", root
    for block in page.blocks:
        if block.section != section:
            continue
        match block.language:
            case "diff":
                apply(here, block.code)
            case "yaml" if named := re.match(r"# (\S+\.yaml)\n", block.code):
                if here == root:
                    here = root.parent / "empty"
                    here.mkdir()
                (here / named[1]).write_text(block.code, encoding="utf-8")
            case "console":
                yield block, session(root, block.code, here)
                for folder in re.findall(r"^\$ cd (\S+)$", block.code, re.MULTILINE):
                    here = (here / folder).resolve()
            case "python":
                last_python = block.code
            case "text" if last_python:
                yield block, printed(root, last_python)


def sections(page: Page) -> list[str]:
    """Return the sections of a page that show what something prints."""
    found: dict[str, set[str]] = {}
    for block in page.blocks:
        found.setdefault(block.section, set()).add(block.language)
    return [
        section
        for section, languages in found.items()
        if "console" in languages or {"python", "text"} <= languages
    ]


def session(root: Path, transcript: str, here: Path) -> str:
    """Return a transcript with the current output of its commands, run in a directory."""
    lines = transcript.splitlines()
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    script = "".join(
        f"{command}\nstatus=$?; printf '{_END}'; (exit $status)\n"
        for command in commands
    )
    outputs = run(root, script, here).stdout.split(_END)[:-1]
    pairs = zip(commands, outputs, strict=True)
    return "".join(f"$ {command}\n{output}" for command, output in pairs)


def printed(root: Path, code: str) -> str:
    """Return the output of a block of Python, with the packages and a fake provider."""
    with loopback(ROOT / "specs") as addresses:
        packages = [str(path) for path in (root / "generated").iterdir()]
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={
                **environment(root),
                "PYTHONPATH": os.pathsep.join(packages),
                **addresses,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return done.stdout


def apply(root: Path, diff: str) -> None:
    """Apply a diff; the text of each hunk must occur exactly once."""
    files = re.split(r"^--- a/(.+)\n\+\+\+ b/\1\n", diff, flags=re.MULTILINE)
    assert files[0] == "", diff
    for name, hunks in zip(files[1::2], files[2::2], strict=True):
        text = (root / name).read_text(encoding="utf-8")
        for hunk in re.split(r"^@@.*\n", hunks, flags=re.MULTILINE)[1:]:
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            after = "".join(line[1:] for line in lines if line[0] in " +")
            assert text.count(before) == 1, f"{name} should have this once:\n{before}"
            text = text.replace(before, after)
        (root / name).write_text(text, encoding="utf-8")
