"""A full call: from typed arguments, through validation and a loopback server, to a model."""

from .bench import Bench
from .figures import Table, Target
from .peers import PEERS
from .workers import Pace, compared, serving

TARGETS = (
    Target("engross", ("pyreqwest",), 1.4),
    Target("engross", PEERS, 1 / 3),
    Target("engross on httpx2", ("httpx2",), 1.15),
)
NAMES = ("engross", "pyreqwest", "engross on httpx2", "httpx2", *PEERS)
BARE = """\
pyreqwest and httpx2 alone encode and decode the same JSON, from and to dicts. clientele
sends neither the header nor the key that the contract asks for."""


def measured(bench: Bench) -> list[Table]:
    """Measure sync and async calls, one after the other."""
    return [_table(bench, "Call, sync", "call"), _table(bench, "Call, async", "async")]


def _table(bench: Bench, title: str, kind: str) -> Table:
    # Long enough for the threads of a client and of the server to settle.
    pace = Pace(bench.scaled(60, 12), seconds=0.02)
    with serving() as url:
        series, problems = compared(bench, title, kind, dict.fromkeys(NAMES, url), pace)
    return Table(title, "us", series, "pyreqwest", TARGETS, (BARE, *problems))
