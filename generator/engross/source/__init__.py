"""Contracts as text become data that knows its file, line and column.

`load` reads one contract with all files that it references, `load_files` the same from
files that are not on disk, and `load_content` a document that is not a file, as data of
the OpenAPI 3.1 form, or they raise every finding at once. `files_read` tells which files
a contract is read from.
"""

from engross.source.document import Value
from engross.source.loader import files_read, load, load_content, load_files
from engross.source.location import Location
from engross.source.source import Source

__all__ = [
    "Location",
    "Source",
    "Value",
    "files_read",
    "load",
    "load_content",
    "load_files",
]
