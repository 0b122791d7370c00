"""The settings of every part of the bench."""

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
    """Show the current step on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{step}", end="", file=sys.stderr, flush=True)
