"""Whether a module is Python, found out without much memory."""

from __future__ import annotations

from engross.cache import Memo
from engross.emit.formatting import pieces


def syntax_fault(path: str, source: str, memo: Memo) -> str:
    """Return why Python cannot compile a module; nothing if it can.

    Its statements are compiled one by one, since a large module takes much memory, and
    most are known from the last run. What is between them may be in a string as well, so
    only the module as a whole can be at fault.

    Args:
        path: of the module, for the message.
        source: its text.
        memo: remembers the verdicts on its statements.
    """
    if any(memo.result(_compile_error, piece) for piece in pieces(source)):
        return _compile_error(source, path)
    return ""


def _compile_error(source: str, path: str = "") -> str:
    try:
        compile(source, path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""
