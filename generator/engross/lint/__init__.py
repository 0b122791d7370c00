"""What the standard allows and a maintainer regrets."""

from engross.lint.fixes import Edit, edited, fixes
from engross.lint.rules import RULES, lint

__all__ = ["RULES", "Edit", "edited", "fixes", "lint"]
