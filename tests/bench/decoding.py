"""Decoding of one response, from bytes to a model."""

from .bench import Bench
from .figures import Table, Target
from .peers import PEERS
from .workers import Pace, compared

PLAIN = "msgspec.json.decode"
DECODER = "msgspec.json.Decoder"
SUBJECTS = ("engross", PLAIN, DECODER, *PEERS)
TARGETS = (Target("engross", (PLAIN,), 1.2),)
STRUCTS = (
    "Both of msgspec decode into plain Structs of the same types, written by hand."
)


def measured(bench: Bench) -> list[Table]:
    """Measure how a response is decoded."""
    title = "Decoding a reply"
    names: dict[str, str] = dict.fromkeys(SUBJECTS, "")
    # Short enough to be interrupted seldom.
    pace = Pace(bench.scaled(200, 40), seconds=0.002)
    series, problems = compared(bench, title, "decode", names, pace)
    return [Table(title, "us", series, PLAIN, TARGETS, (STRUCTS, *problems))]
