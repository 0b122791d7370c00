"""The diff layer: what changed between two contracts, and whom it breaks."""

from engross.diff.changes import Change
from engross.diff.compare import changes_between, compare, named_at
from engross.diff.sides import Side

__all__ = ["Change", "Side", "changes_between", "compare", "named_at"]
