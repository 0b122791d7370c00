"""Renders templates, finds those of a project, and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from traceback import extract_tb
from typing import Final

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
)
from jinja2.exceptions import TemplateSyntaxError

from engross.findings import Finding, FindingsError, Position, Span
from engross.own_templates import RULE, OwnTemplates


def code_environment(
    loader: BaseLoader, cache: BytecodeCache | None = None
) -> Environment:
    """Return what renders templates of code and of its documentation.

    Args:
        loader: Finds the templates.
        cache: Keeps what they are compiled to.
    """
    return Environment(
        loader=loader,
        bytecode_cache=cache,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        auto_reload=False,
    )


class OwnLoader(BaseLoader):
    """Finds templates of a project, under file names that tracebacks show."""

    def __init__(self, own: OwnTemplates) -> None:
        self._own = own

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return text, file name, and that the text stays as it is."""
        text = self._own.texts.get(template)
        if text is None:
            raise TemplateNotFound(template)
        return text, self._own.shown(template), lambda: True


MISTAKES: Final = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What expressions in a template may raise."""


def refused(error: Exception, own: OwnTemplates) -> FindingsError | None:
    """Return what is wrong with a template of a project; None if it is not to blame."""
    files = {own.shown(path) for path in own.texts}
    if isinstance(error, TemplateSyntaxError):
        places = [(error.filename, error.lineno)]
    else:
        frames = extract_tb(error.__traceback__)
        places = [(frame.filename, frame.lineno or 1) for frame in reversed(frames)]
    for file, line in places:
        if file in files:
            start = Position(line, 1)
            span = Span(file, start, Position(line + 1, 1))
            hint = "templates/README.md lists the names that a template may use"
            message = str(error) or type(error).__name__
            return FindingsError([Finding(RULE, message, span, hint)])
    return None
