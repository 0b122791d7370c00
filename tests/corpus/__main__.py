"""Generate a package from every document of a corpus, and put each to every test.

Prints a table in Markdown, and what failed. Ends with 1 if a valid document, or a package,
fails anything. Packages stay in `build/corpus/`.
"""

import argparse
import resource
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.corpus.documents import CORPUS, Document, documents
from tests.corpus.trial import Failure, Trial, tried

ROOT: Final = Path(__file__).parents[2]
BUILD: Final = ROOT / "build" / "corpus"

AT_ONCE: Final = 2
MEMORY: Final = 6 * 2**30
"""Bytes of addresses that a process may take, pyright excepted."""
LIMIT: Final = 1200.0
"""Seconds that a step may take."""

HEADINGS: Final = (
    *("document", "operations", "generate", "memory", "files", "lines", "findings"),
    *("tests passed", "fake", "all steps", "result"),
)


def main() -> int:
    """Try every document; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("corpus", nargs="*", type=Path, help="folders of documents")
    parser.add_argument("--under", type=int, metavar="BYTES", help="skip larger ones")
    options = parser.parse_args()
    corpora = options.corpus or [CORPUS]
    found = [
        document
        for document in chain.from_iterable(map(documents, corpora))
        if options.under is None or document.path.stat().st_size < options.under
    ]
    if not found:
        print("no documents; OPENAPI_CORPUS names a folder of them", file=sys.stderr)
        return 2
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, most))
    begin = perf_counter()
    BUILD.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        trials = [*pool.map(_tried, found)]
    print(report(trials, perf_counter() - begin))
    return 0 if all(trial.is_good for trial in trials) else 1


def _tried(document: Document) -> Trial:
    folder = BUILD / document.name.replace("/", "-")
    trial = tried(document, folder, limit=LIMIT)
    print(f"{document.name}: {_result(trial)}", file=sys.stderr, flush=True)
    return trial


def report(trials: Sequence[Trial], seconds: float) -> str:
    """Return the table, its totals and what failed, as Markdown."""
    rows = [HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 2), "---")]
    rows += sorted(map(_row, trials))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    ends = (*_totals(trials, seconds), *_unplayed(trials), *_failures(trials))
    return "\n".join([*lines, "", *ends])


def _row(trial: Trial) -> tuple[str, ...]:
    return (
        trial.document.name,
        str(trial.operations),
        f"{trial.seconds['generate']:.1f} s",
        f"{trial.memory / 1e6:.0f} MB",
        str(trial.files),
        str(trial.lines),
        str(trial.findings),
        str(trial.passed),
        trial.fake,
        f"{sum(trial.seconds.values()):.0f} s",
        _result(trial).replace("|", "\\|"),
    )


def _result(trial: Trial) -> str:
    if trial.refusal:
        kind = "**refused, but valid**" if trial.document.is_valid else "refused"
        return f"{kind}: {trial.refusal}"
    if trial.failures:
        return f"**failed**: {', '.join(failure.step for failure in trial.failures)}"
    return "passed"


def _totals(trials: Sequence[Trial], seconds: float) -> list[str]:
    results = Counter(_result(trial).partition(":")[0].strip("*") for trial in trials)
    counts = ", ".join(f"{count} {result}" for result, count in results.most_common())
    spent = Counter[str]()
    for trial in trials:
        spent.update(trial.seconds)
    steps = ", ".join(f"{step} {time:.0f} s" for step, time in spent.items())
    return [
        f"{len(trials)} documents: {counts}.",
        (
            f"{sum(trial.operations for trial in trials)} operations, {sum(trial.files for trial in trials)} files, "
            f"{sum(trial.lines for trial in trials)} lines, {sum(trial.findings for trial in trials)} findings, "
            f"{sum(trial.passed for trial in trials)} tests passed."
        ),
        (
            f"{seconds:.0f} s, {AT_ONCE} documents at a time, "
            f"{sum(trial.cpu for trial in trials):.0f} s of CPU: {steps}."
        ),
    ]


def _unplayed(trials: Sequence[Trial]) -> list[str]:
    """Return what fakes do not do though paths say it."""
    return [
        f"- {trial.document.name}: {each}"
        for trial in trials
        for each in trial.unplayed
    ]


def _failures(trials: Sequence[Trial]) -> list[str]:
    return [
        line
        for trial in trials
        for failure in trial.failures
        for line in (
            "",
            f"## {trial.document.name}: {failure.step}",
            *_excerpt(failure),
        )
    ]


def _excerpt(failure: Failure) -> list[str]:
    return ["", "```", *failure.output.rstrip().splitlines()[-30:], "```"]


if __name__ == "__main__":
    sys.exit(main())
