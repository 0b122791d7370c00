"""The README of a package, and the data of the test that runs its code."""

from engross.emit.readme.readme_view import ReadmeView, readme_view

__all__ = ["ReadmeView", "readme_view"]
