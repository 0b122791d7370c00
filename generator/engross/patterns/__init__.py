"""Regular expressions: read once, then translated, matched and sampled.

Contracts hold patterns of ECMA-262. `read_pattern` parses one; the `Pattern` that it
returns knows how Python matches the same texts in bounded time, and can write texts that
match and texts that do not. No other package knows the syntax of patterns.
"""

from engross.patterns.parser import PatternError
from engross.patterns.pattern import Pattern, read_pattern, read_re2, syntax_error
from engross.patterns.translation import Method, Regex

__all__ = [
    "Method",
    "Pattern",
    "PatternError",
    "Regex",
    "read_pattern",
    "read_re2",
    "syntax_error",
]
