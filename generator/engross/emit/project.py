"""What `pyproject.toml` and the changelog say of a distribution."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.ir import Contract


@dataclass(frozen=True, slots=True)
class ProjectView:
    """Metadata of the distribution."""

    description: str


def project_view(contract: Contract) -> ProjectView:
    """The view of `pyproject.toml`."""
    text = contract.docs.summary or f"Typed client of {contract.title}"
    return ProjectView(" ".join(text.split()).replace("\\", "").replace('"', "'"))
