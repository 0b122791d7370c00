"""Where files that ship with engross stand, installed or in a checkout."""

from pathlib import Path


def templates_root() -> Path:
    """The folder that holds one subfolder of templates for each target language.

    A wheel carries it inside the package; in a checkout it stands beside the
    generator.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    candidates = (package / "_templates", package.parents[1] / "templates")
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"engross is incomplete: {candidates[0]} is missing")
