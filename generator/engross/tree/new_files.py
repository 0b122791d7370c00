"""Files that are written once, and belong to whoever has them from then on."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from engross.tree.write import create_file


def write_new(folder: Path, files: Mapping[str, bytes]) -> Iterator[tuple[Path, bool]]:
    """Write the files that are not there yet; whatever is there stays.

    Yields:
        Each path, and whether it was written.

    Raises:
        OSError: A file could not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        try:
            create_file(path, content)
        except FileExistsError:
            yield path, False
        else:
            yield path, True
