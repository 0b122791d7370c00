"""Contracts as text become data that knows its file, line and column.

`load` reads one contract with all files that it references, as data of the OpenAPI
3.1 form, or raises every finding at once.
"""

from engross.source.document import Value
from engross.source.loader import load
from engross.source.location import Location
from engross.source.source import Source

__all__ = ["Location", "Source", "Value", "load"]
