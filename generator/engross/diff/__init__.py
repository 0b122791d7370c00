"""The diff layer: what changed between two contracts, and whom it breaks."""

from engross.diff.changes import Change
from engross.diff.compare import changes_between, named_at

__all__ = ["Change", "changes_between", "named_at"]
