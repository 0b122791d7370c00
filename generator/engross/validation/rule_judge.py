"""Rules judged at generation time, by the code that validators run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from engross.layout.statements import render
from engross.patterns import Regex
from engross.schema.evaluation import Judge
from engross.schema.json_values import JSON
from engross.schema.reader import Graph
from engross.schema.tree import Key, Rule
from engross.validation import runtime
from engross.validation.cel import CelError, compile_rule

_INSTANTS: Final = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
"""A value keeps a rule if it does at both: what is generated does not depend on today."""


def judge_rules(graph: Graph) -> Judge:
    """Return the judge of the rules in the schemas of a graph."""
    functions: dict[tuple[Key, Rule], tuple[Callable[[Any], bool], ...]] = {}

    def keeps(key: Key, rule: Rule, value: JSON) -> bool:
        if (key, rule) not in functions:
            source = _source(graph, key, rule)
            functions[key, rule] = tuple(
                _function(*source, instant) for instant in _INSTANTS
            )
        return all(
            runtime.holds_exactly(function, value) for function in functions[key, rule]
        )

    return keeps


def _source(graph: Graph, key: Key, rule: Rule) -> tuple[str, dict[str, object]]:
    """Return the source of a rule's function, and the patterns that it names."""
    patterns: dict[str, object] = {}

    def constant(regex: Regex) -> str:
        name = f"pattern_{len(patterns)}"
        patterns[name] = regex.fits
        return name

    try:
        body = compile_rule(rule.cel, graph, key, constant).body
    except CelError:
        return "def keeps(this): return True", {}  # validators report it
    return "\n".join(["def keeps(this):", *render(body, indent=4)]), patterns


def _function(
    source: str, patterns: dict[str, object], instant: datetime
) -> Callable[[Any], bool]:
    namespace: dict[str, Any] = {
        **vars(runtime),
        **patterns,
        "Decimal": Decimal,
        "now": lambda: instant,
        "timedelta": timedelta,
    }
    exec(compile(source, "<rule>", "exec"), namespace)
    keeps: Callable[[Any], bool] = namespace["keeps"]
    return keeps
