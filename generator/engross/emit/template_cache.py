"""Keep compiled templates beside their sources, as Python keeps compiled modules."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError

import jinja2
from jinja2 import Environment
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class TemplateCache(FileSystemBytecodeCache):
    """Compiled templates in `__pycache__`, used while all that they were made from is so."""

    def __init__(self, templates: Path) -> None:
        tag = f"{sys.implementation.cache_tag}-jinja-{jinja2.__version__}"
        super().__init__(str(templates / "__pycache__"), f"%s.{tag}.pyc")

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """Return the compiled template, which also depends on these options."""
        options = (
            environment.trim_blocks,
            environment.lstrip_blocks,
            environment.keep_trailing_newline,
            environment.autoescape,
            environment.undefined.__name__,
        )
        return super().get_bucket(environment, name, filename, f"{options}{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template; a file that cannot be read is as good as none."""
        with suppress(OSError, EOFError, ValueError, TypeError, UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template, unless Python would not write a module's either."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):  # somebody else's directory: it only takes longer
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
