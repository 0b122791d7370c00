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
    class_line,
    compact_call,
    dict_of,
    flat,
    getter,
    lay_out,
    lay_out_type,
    lay_out_value,
    list_of,
    literal,
    set_of,
    tuple_of,
)
from engross.layout.prose import comment, docstring
from engross.layout.strings import (
    INDENT,
    WIDTH,
    fits,
    is_word,
    json_literal,
    string,
    width,
)

__all__ = [
    "INDENT",
    "WIDTH",
    "Expression",
    "Group",
    "Item",
    "Text",
    "Typed",
    "call",
    "class_line",
    "comment",
    "compact_call",
    "dict_of",
    "docstring",
    "fits",
    "flat",
    "getter",
    "is_word",
    "json_literal",
    "lay_out",
    "lay_out_type",
    "lay_out_value",
    "list_of",
    "literal",
    "set_of",
    "string",
    "tuple_of",
    "width",
]
