"""Compare validators in one run.

Each round measures every subject once, so that ratios are reliable on a noisy machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from tests.bench.figures import Series, Table, Target
from tests.bench.tables import as_text
from tests.bench.validation import contracts, emitted, invoice, subjects
from tests.bench.validation.subjects import (
    ENGROSS_IS_VALID,
    ENGROSS_MESSAGES,
    ENGROSS_VIOLATIONS,
    FASTJSONSCHEMA,
    FASTJSONSCHEMA_ALL,
    JSONSCHEMA,
    JSONSCHEMA_ALL,
    JSONSCHEMA_RS,
    JSONSCHEMA_RS_ALL,
    PYDANTIC,
)

ROOT = Path(__file__).parents[3]
ROUND_SECONDS = 0.01

VALID_TARGETS = (
    Target(ENGROSS_IS_VALID, (JSONSCHEMA,), 1 / 40),
    Target(ENGROSS_IS_VALID, (FASTJSONSCHEMA,), 1 / 2),
    Target(ENGROSS_IS_VALID, (JSONSCHEMA_RS,), 2.0),
)
INVALID_TARGETS = tuple(
    Target(subject, (peer,), 1.0)
    for subject in (ENGROSS_VIOLATIONS, ENGROSS_MESSAGES)
    for peer in (JSONSCHEMA_ALL, FASTJSONSCHEMA_ALL, JSONSCHEMA_RS_ALL, PYDANTIC)
)


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.validation", description=__doc__
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 7 if parser.parse_args().quick else 31
    tables = [*_invoice(rounds), *_contracts(rounds), emitted.measured(rounds)]
    print("\n".join(map(as_text, tables)), flush=True)
    verdicts = [verdict for table in tables for verdict in table.verdicts()]
    return int(not all(verdict.holds for verdict in verdicts))


def _invoice(rounds: int) -> list[Table]:
    """Measure one invoice of 25 fields, and one with many items."""
    checks = subjects.of_schema(invoice.SCHEMA, models=True)
    return [
        _table("Invoice, valid", checks, invoice.VALID, rounds, VALID_TARGETS),
        _table(
            "Invoice, six faults, all wanted",
            checks,
            invoice.with_six_faults(),
            rounds,
            INVALID_TARGETS,
        ),
        _table("Invoice of 1,000 items", checks, invoice.with_many_items(1000), rounds),
    ]


def _contracts(rounds: int) -> list[Table]:
    """Measure the examples that the contracts in `specs` give."""
    tables = []
    for path in sorted((ROOT / "specs").glob("*.yaml")):
        for example in contracts.examples(path):
            checks = subjects.of_schema(example.schema)
            tables.append(_table(example.title, checks, example.value, rounds))
    return tables


def _table(
    title: str,
    checks: Mapping[str, subjects.Check],
    payload: object,
    rounds: int,
    targets: Sequence[Target] = (),
) -> Table:
    times = {
        name: max(1, int(ROUND_SECONDS / _once(check, payload)))
        for name, check in checks.items()
    }
    measured: dict[str, list[float]] = {name: [] for name in checks}
    for _ in range(rounds):
        for name, check in checks.items():
            start = perf_counter()
            for _ in range(times[name]):
                check(payload)
            seconds = (perf_counter() - start) / times[name]
            measured[name].append(seconds * 1e6)
    series = [Series(name, tuple(values)) for name, values in measured.items()]
    return Table(title, "us", series, JSONSCHEMA, targets)


def _once(check: subjects.Check, payload: object) -> float:
    check(payload)
    start = perf_counter()
    check(payload)
    return perf_counter() - start + 1e-9


if __name__ == "__main__":
    sys.exit(main())
