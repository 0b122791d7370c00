"""Python source laid out as black would, the first time.

Formatting thousands of lines with black takes longer than the rest of a run. So whatever
is emitted is laid out from the start: on one line where it fits, else split where black
would split it. Tests compare every emitted file with what black makes of it.
"""

from engross.layout.expressions import (
    Expression,
    Group,
    Item,
    Text,
    Typed,
    call,
    dict_of,
    flat,
    lay_out,
    lay_out_type,
    lay_out_value,
    literal,
    tuple_of,
)
from engross.layout.prose import comment, docstring
from engross.layout.strings import INDENT, WIDTH, fits, string, width

__all__ = [
    "INDENT",
    "WIDTH",
    "Expression",
    "Group",
    "Item",
    "Text",
    "Typed",
    "call",
    "comment",
    "dict_of",
    "docstring",
    "fits",
    "flat",
    "lay_out",
    "lay_out_type",
    "lay_out_value",
    "literal",
    "string",
    "tuple_of",
    "width",
]
