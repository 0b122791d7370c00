"""Broken contracts, each a folder with `expected.txt`: what people are told of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from engross.findings import Finding, FindingsError
from engross.printers import render
from engross.source import Source, load

Judge = Callable[[Source], tuple[Finding, ...]]


def cases(folder: Path) -> list[Path]:
    """The folders of the cases, by name."""
    return sorted(path for path in folder.iterdir() if path.is_dir())


def judged(case: Path, judge: Judge | None = None) -> tuple[Finding, ...]:
    """What is found in a contract: by `judge`, or by strictly loading it."""
    (entry,) = case.glob("contract.*")
    try:
        source = load(entry, root=case, strict=judge is None)
        return () if judge is None else judge(source)
    except FindingsError as error:
        return error.findings


def told(case: Path, findings: tuple[Finding, ...]) -> str:
    """The findings as text; accepted as expected if `ENGROSS_ACCEPT` is set."""

    def read_source(name: str) -> str | None:
        return (case / name).read_text(encoding="utf-8", errors="replace")

    text = render(findings, "text", read_source=read_source)
    if os.environ.get("ENGROSS_ACCEPT"):
        (case / "expected.txt").write_text(text, encoding="utf-8")
    return text


def expected(case: Path) -> str:
    """What people should be told."""
    return (case / "expected.txt").read_text(encoding="utf-8")


def rules(folder: Path, judge: Judge | None = None) -> Iterator[str]:
    """The rule of each finding in each case."""
    for case in cases(folder):
        for finding in judged(case, judge):
            yield finding.rule
