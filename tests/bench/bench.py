"""What every part of the bench is given."""

import sys
from dataclasses import dataclass

from .environment import Environment
from .project import Project


@dataclass(frozen=True, slots=True)
class Bench:
    """The contracts, the peers, and how long to measure."""

    project: Project
    peers: Environment
    quick: bool

    def scaled(self, full: int, quick: int) -> int:
        """Return a number of rounds or repetitions."""
        return quick if self.quick else full


def show_progress(step: str) -> None:
    """Show what is being done, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{step}", end="", file=sys.stderr, flush=True)
