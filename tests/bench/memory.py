"""Memory of a client after many calls."""

from .bench import Bench, show_progress
from .figures import Series, Table, Target
from .processes import RunFailedError
from .tables import MEBIBYTE
from .workers import serving, working

STEPS = 10
EARLY = 2
"""Calls after which everything permanent is in memory."""

SUBJECTS = (
    ("engross, sync", "call", "engross", 100_000),
    ("engross, async", "async", "engross", 100_000),
    ("engross on httpx2, sync", "call", "engross on httpx2", 20_000),
    ("engross on httpx2, async", "async", "engross on httpx2", 20_000),
)


def measured(bench: Bench) -> list[Table]:
    """Measure the memory of a client early on, and after all of its calls."""
    series: list[Series] = []
    targets: list[Target] = []
    problems: list[str] = []
    with serving() as url:
        for title, kind, name, most in SUBJECTS:
            calls = bench.scaled(most, most // 20)
            early = f"{title}, after {calls * EARLY // STEPS:,} calls"
            late = f"{title}, after {calls:,} calls"
            targets.append(Target(late, (early,), 1.05))
            held: list[float] = []
            try:
                with working(bench, kind, name, url) as worker:
                    for step in range(STEPS):
                        show_progress(f"Memory of {title}: {step} of {STEPS}")
                        held.append(worker.repeat(calls // STEPS).resident / MEBIBYTE)
            except RunFailedError as error:
                problems.append(f"{title} does not work: {error}")
                continue
            series += [Series(early, (held[EARLY - 1],)), Series(late, (held[-1],))]
    return [Table("Memory of a client", "MiB", series, "", targets, problems)]
