"""Whatever the contract allows in a reply survives its models, there and back."""

import pickle
import re
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from random import Random
from typing import NamedTuple

import pytest

from .documented import call_names, operation, reply_examples
from .json_values import Json, changed, plain, value_at
from .package import (
    CONTRACT,
    UNSET,
    Model,
    Received,
    Reply,
    as_it_came,
    encode_json,
    load_violations,
    reader,
)

_REPLIES = 24
"""How many replies are tried at most, from all parts of the contract."""

_DRAWS = 30
"""How many changes are drawn for each; what the contract does not allow is left out."""

_PARTS = 3000
"""How many parts the drawn bodies of a reply have together, about."""

_IN_A_ROW = 4
"""How many changes come together."""

_TEXTS = {
    r"\d+": ("0", "7", "9007199254740993"),
    r"-?\d+\.\d+": ("0.50", "-12.250", "12345678.125"),
    r"\d{4}-\d\d-\d\d": ("2024-02-29", "0001-01-01"),
    r"\d{4}-\d\d-\d\d[Tt ].*": ("2024-02-29T23:59:59.25+05:30", "1999-12-31T00:00:00Z"),
    r"\d\d:\d\d.*": ("00:00:00Z", "23:59:59.25+05:30"),
    r"[\da-fA-F]{8}(-[\da-fA-F]{4}){3}.*": ("00000000-0000-4000-8000-00000000000a",),
    r"P.*\d.*": ("P1DT2H",),
    r"(?s).*": (
        "",
        ' \\"\n\u2028',
        "\u00e9\U0001d11e",
        "null",
        "0",
        "aGk=",
        "a@b.example",
    ),
}
"""Patterns, and texts that can stand for one that matches: a contract may name a format
that no validator checks, but models read."""

_NUMBERS = (
    0,
    1,
    -1,
    2**31,
    2**53 - 1,
    *map(Decimal, ("0.50", "-3125E-5", "98765432.125")),
)
"""Numbers that a float holds too."""

_OTHERS = (*_NUMBERS, True, False, None, "text")


class _Body(Received):
    """A reply without headers."""

    def header(self, name: str) -> str | None:
        return None


class _Shown(NamedTuple):
    """A reply that the contract shows."""

    method: str
    status: str
    name: str
    reply: Reply

    def __str__(self) -> str:
        return f"{self.method}-{self.status}-{self.name}"


def _shown() -> list[_Shown]:
    found = [
        _Shown(method, str(status), name, replies)
        for method in call_names()
        for status, replies in operation(method).replies.items()
        if isinstance(replies, Reply) and replies.type not in (None, bytes)
        if "json" in replies.media_type
        for name in reply_examples(method, str(status))
    ]
    return found[:: -(-len(found) // _REPLIES) or 1]


def _places(value: Json, pointer: str = "") -> Iterator[str]:
    """Yield the pointers to all parts of a value."""
    yield pointer
    parts = value.items() if isinstance(value, dict) else []
    for step, part in enumerate(value) if isinstance(value, list) else parts:
        yield from _places(part, f"{pointer}/{_escaped(str(step))}")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _drawn(random: Random, value: Json) -> tuple[str, Json]:
    """Return a place, and what is there instead; UNSET: nothing."""
    place = random.choice([*_places(value)])
    old, kind = value_at(value, place), random.randrange(4)
    if isinstance(old, dict) and kind < 3:
        name = random.choice(("", "_", "type", "of tomorrow"))
        # What has no type may be an object for models, as its other members are.
        are_objects = all(isinstance(part, dict) for part in old.values())
        return f"{place}/{name}", {"a": [None]} if are_objects else [{"a": None}]
    if isinstance(old, list) and kind < 3:
        return place, (old[:1], [*old, *old], [])[kind]
    above = place.rpartition("/")[0]
    if kind == 0 and place and isinstance(value_at(value, above), dict):
        return place, UNSET
    if isinstance(old, dict | list):  # nor is that anything else, for the same reason
        return place, old
    if isinstance(old, str) and kind:
        texts = next(v for k, v in _TEXTS.items() if re.fullmatch(k, old))
        return place, random.choice(texts)
    return place, random.choice(_NUMBERS if _is_number(old) and kind else _OTHERS)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _allowed(shown: _Shown) -> Iterator[Json]:
    """Yield bodies like the one that the contract shows."""
    random = Random(str(shown))
    violations = load_violations(CONTRACT.validators, shown.reply.validator)
    sample = reply_examples(shown.method, shown.status)[shown.name]
    body = sample
    draws = min(_DRAWS, _PARTS // len([*_places(sample)]) + 1)
    for number in range(draws):
        yield body
        body = body if number % _IN_A_ROW else sample
        tried = changed(body, *_drawn(random, body))
        if violations is None or not violations(tried):
            body = tried


def _models(value: object) -> Iterator[Model]:
    if isinstance(value, Model):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _models(part)


def _as_callers_make(value: object) -> object:
    """Return a value whose models know nothing of a reply."""
    if isinstance(value, list):
        return [*map(_as_callers_make, value)]
    if type(value) is dict:  # no object of a model that is not known
        return {name: _as_callers_make(part) for name, part in value.items()}
    if not isinstance(value, Model):
        return value
    names = value.__struct_fields__
    return type(value)(
        **{each: _as_callers_make(getattr(value, each)) for each in names}
    )


@pytest.mark.parametrize("shown", _shown(), ids=str)
def test_what_a_reply_may_say_survives_its_models(shown: _Shown) -> None:
    read = reader(shown.reply, None)
    for body in _allowed(shown):
        value = read(_Body(200, encode_json(body)))
        inside = body
        for name in shown.reply.unwrap:
            inside = inside[name]

        assert plain(as_it_came(shown.reply.type, value)) == plain(inside)
        for model in _models(value):
            kind = type(model)
            assert kind.from_json(model.to_json()) == model
            assert kind.from_dict(model.to_dict("python")) == model
            assert pickle.loads(pickle.dumps(model)).to_json() == model.to_json()
            assert deepcopy(model) == model
            made = _as_callers_make(model)
            assert isinstance(made, Model)
            assert kind.from_json(made.to_json()) == model
