"""What is asked of a contract: all that its package depends on."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from engross.data import dataclass
from engross.findings import Level
from engross.own_templates import NO_TEMPLATES, OwnTemplates
from engross.selection import Slice


@dataclass(frozen=True, slots=True)
class Request:
    """A contract to render.

    Attributes:
        path: Path of the contract.
        root: Root of the project.
        strict: Whether warnings are errors.
        skip_broken: Whether to leave out operations that cannot be generated.
        wanted: The operations to generate, if not all.
        levels: What to make of the warnings of some rules.
        documents: A directory with the documents that the contract lists, to compare.
        templates: Templates of the project, in place of those of engross.
    """

    path: Path
    root: Path
    strict: bool = False
    skip_broken: bool = False
    wanted: Slice | None = None
    levels: Mapping[str, Level] = field(default_factory=dict)
    documents: Path | None = None
    templates: OwnTemplates = NO_TEMPLATES

    @property
    def contract(self) -> str:
        """Return the path of the contract, relative to the root."""
        return self.path.relative_to(self.root).as_posix()
