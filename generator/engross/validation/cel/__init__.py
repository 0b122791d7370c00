"""Rules in CEL, the Common Expression Language, -> Python source."""

from __future__ import annotations

from dataclasses import dataclass

from engross.patterns import Regex
from engross.schema.reader import Graph
from engross.schema.tree import Key
from engross.validation.cel.compiler import compile_expression
from engross.validation.cel.layout import body
from engross.validation.cel.syntax import CelError
from engross.validation.code import Block

__all__ = ["CelError", "CompiledRule", "compile_rule"]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule as the body of a function of `this`."""

    body: Block
    reads: tuple[tuple[str, ...], ...]
    """Parts of the payload that it reads; the empty path is the whole."""
    patterns: dict[str, Regex]
    """Placeholder of a constant in the body -> its pattern."""


def compile_rule(text: str, graph: Graph, key: Key) -> CompiledRule:
    """Compile a rule that stands in a schema.

    Raises:
        CelError: it is malformed, breaks the types that the schemas state, or is
            outside what is supported.
    """
    expression = compile_expression(text, graph, key)
    return CompiledRule(body(expression.value), expression.reads, expression.patterns)
