"""Files whose texts are edited in place."""

from codecs import BOM_UTF8
from collections.abc import Iterable
from pathlib import Path

from engross.source.text_edits import Edit, edited
from engross.tree.write import replace_file


def edit_files(root: Path, edits: Iterable[Edit]) -> dict[Path, int]:
    """Carry out edits of files below a directory; return how many each file had."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.span.file, []).append(edit)
    done: dict[Path, int] = {}
    for file, own in sorted(by_file.items()):
        path = root / file
        content = path.read_bytes()
        mark = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
        now = edited(content.removeprefix(mark).decode(), own)
        replace_file(path, mark + now.encode())
        done[path] = len(own)
    return done
