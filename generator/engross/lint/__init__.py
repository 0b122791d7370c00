"""What the standard allows and a maintainer regrets."""

from engross.lint.fixes import fixes
from engross.lint.rules import RULES, lint

__all__ = ["RULES", "fixes", "lint"]
