"""A progress line on a terminal."""

import os
from shutil import get_terminal_size
from types import TracebackType
from typing import TextIO

from engross.findings import visible


class Progress:
    """Shows the current step on `stream`; silent unless that is a terminal.

    The line is erased when the `with` block ends.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._enabled = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False

    def show(self, text: str) -> None:
        """Replace the line with `text`."""
        if self._enabled:
            width = get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[K{visible(text)[:width]}")
            self._stream.flush()
            self._shown = True

    def clear(self) -> None:
        """Erase the line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.clear()


def wants_color(stream: TextIO) -> bool:
    """Return whether `stream` is a terminal with colors and the user wants them."""
    if os.environ.get("NO_COLOR"):
        return False
    return stream.isatty() and os.environ.get("TERM") != "dumb"
