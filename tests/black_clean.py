"""Black judges what is emitted. A text that several packages share is judged once."""

from functools import cache

import black


@cache
def is_black_clean(source: str) -> bool:
    """Return whether black leaves a module as it is."""
    return black.format_str(source, mode=black.Mode()) == source
