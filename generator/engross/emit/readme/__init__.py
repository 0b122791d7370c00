"""The README of a package, and what the test needs that runs its code."""

from engross.emit.readme.view import ReadmeView, readme_view

__all__ = ["ReadmeView", "readme_view"]
