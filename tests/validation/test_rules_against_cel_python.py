"""Random rules: our verdict is that of cel-python's interpreter."""

from __future__ import annotations

from typing import Any

import celpy
from celpy.adapter import json_to_cel
from celpy.evaluation import CELEvalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engross.validation import compile_validator

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["a", "list", "s"],
    "properties": {
        "a": {"type": "integer"},
        "b": {"type": "integer"},
        "s": {"type": "string"},
        "t": {"type": "string"},
        "yes": {"type": "boolean"},
        "list": {"type": "array", "items": {"type": "integer"}},
        "things": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["n"],
                "properties": {"n": {"type": "integer"}, "m": {"type": "integer"}},
            },
        },
    },
}
SMALL = st.integers(-2, 3)
PAYLOADS = st.fixed_dictionaries(
    {"a": SMALL, "s": st.text("ab", max_size=2), "list": st.lists(SMALL, max_size=3)},
    optional={
        "b": SMALL,
        "t": st.text("ab", max_size=2),
        "yes": st.booleans(),
        "things": st.lists(
            st.fixed_dictionaries({"n": SMALL}, optional={"m": SMALL}), max_size=3
        ),
    },
)


def integers(variables: tuple[str, ...]) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        SMALL.map(lambda n: str(n) if n >= 0 else f"({n})"),
        st.sampled_from(
            ["self.a", "self.b", "size(self.list)", "self.list[0]", *variables]
        ),
    )
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            "({} {} {})".format, inner, st.sampled_from("+-*"), inner
        ),
        max_leaves=3,
    )


TEXTS = st.sampled_from(["self.s", "self.t", "'a'", "'ab'"])
JOINED = st.one_of(TEXTS, st.just("(self.s + 'b')"))


def conditions(variables: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    numbers = integers(variables)
    leaves = [
        st.sampled_from(["true", "false", "self.yes", "has(self.b)", "has(self.t)"]),
        st.builds(
            "{} {} {}".format,
            numbers,
            st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
            numbers,
        ).map("({})".format),
        st.builds("({} in self.list)".format, numbers),
        st.builds(
            "({} {} {})".format, JOINED, st.sampled_from(["==", "!=", "<"]), JOINED
        ),
        st.builds(
            "{}.{}({})".format,
            TEXTS,
            st.sampled_from(["startsWith", "endsWith", "contains", "matches"]),
            st.sampled_from(["'a'", "'b'", "'ab'"]),
        ),
    ]
    if variables:
        leaves.append(st.sampled_from(["has(x.m)"]))
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            st.builds("({} && {})".format, inner, inner),
            st.builds("({} || {})".format, inner, inner),
            st.builds("({} ? {} : {})".format, inner, inner, inner),
            inner.map("!{}".format),
        ),
        max_leaves=4,
    )


MACROS = st.builds(
    "self.things.{}(x, {})".format,
    st.sampled_from(["all", "exists"]),
    conditions(("x.n", "x.m")),
)
# An error in these two escapes every `||` in cel-python, so they stand alone.
ONE = st.builds("self.things.exists_one(x, {})".format, conditions(("x.n", "x.m")))
FILTERED = st.builds(
    "(self.things.filter(x, {}).size() == {})".format, conditions(("x.n",)), SMALL
)
RULES = st.one_of(
    conditions(),
    MACROS,
    ONE,
    FILTERED,
    st.builds("({} || {})".format, MACROS, conditions()),
    st.builds("({} && !{})".format, conditions(), MACROS),
)
ENVIRONMENT = celpy.Environment()


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(RULES, st.lists(PAYLOADS, min_size=5, max_size=5))
def test_verdicts_agree(cel: str, payloads: list[Any]) -> None:
    program = ENVIRONMENT.program(ENVIRONMENT.compile(cel))
    rule = {"id": "rule", "cel": cel, "message": "must hold"}
    ours = compile_validator({**SCHEMA, "x-engross": {"rules": [rule]}})
    for payload in payloads:
        try:
            expected = bool(program.evaluate({"self": json_to_cel(payload)}))
        except CELEvalError:
            expected = False
        assert ours.is_valid(payload) is expected
