"""Templates of a project, which are printed in place of those of engross."""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from engross.data import dataclass

RULE: Final = "templates"
VERSION: Final = "VERSION"
"""File with the version of the names that templates use."""


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """The templates of a project.

    Attributes:
        folder: Where they are, as findings name it.
        texts: Their texts, by the paths below the folder.
    """

    folder: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def shown(self, path: str) -> str:
        """Return the path of a template, as findings name it."""
        return f"{self.folder}/{path}"


NO_TEMPLATES = OwnTemplates()
