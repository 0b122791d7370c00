"""Documents as nobody should write them: sound ones with random faults."""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Final, TypeAlias

from engross.source import Value
from engross.source.pointer import Tokens, write_tokens

MARKER: Final = "planted_marker"
"""A name that may stand in texts of a package, and never in its code."""

_CODE: Final = f"__import__('os').{MARKER}()"

_TEXTS: Final = (
    f'"""\n{_CODE}\n"""',
    f"'''\n{_CODE}\n'''",
    f"\\\n{_CODE}\n#",
    f'x"\n{_CODE}\ny = "',
    f"x'); {_CODE}; ('",
    f"{{{_CODE}}}",
    f"{{{{ {_CODE} }}}}",
    f"{{% set x = {_CODE} %}}",
    f"\r{_CODE}",
    f"\x0c{_CODE}",
    f"\u2028{_CODE}",
    f"# coding: utf-7\n{_CODE}",
    f"```\n{_CODE}\n```",
    f"-->{_CODE}",
    *("", " ", ".", "/", "~1", "#", "__class__", "self", "None", "class", "import"),
    *("\x00", "\ud7ff", "\u202e", "名前", "a" * 300, "\\", "\\N", "%s", "{}", "é"),
)

_SCALARS: Final[list[Value]] = json.loads("""
    [null, true, false, 0, -1, 1, 2147483648, 9223372036854775808, 0.1, 1e300,
     10000000000000000000000, -10000000000000000000000,
     [], {}, [null], {"": null}, "", "string", "object", "array", ["string", "null"],
     {"$ref": "#"}, {"$ref": "#/components/schemas/Nowhere"}, {"$ref": "#/paths"}]
    """)

_KEYS: Final = (
    *("$ref", "$id", "$dynamicRef", "$anchor", "allOf", "anyOf", "oneOf", "not", "if"),
    *("type", "enum", "const", "default", "example", "examples", "format", "pattern"),
    *("minLength", "maxLength", "minItems", "maximum", "multipleOf", "nullable"),
    *("properties", "required", "additionalProperties", "patternProperties", "items"),
    *("prefixItems", "contains", "unevaluatedProperties", "discriminator", "xml"),
    *("content", "schema", "name", "in", "style", "explode", "parameters", "callbacks"),
    *("responses", "requestBody", "security", "servers", "tags", "links", "headers"),
    *("operationId", "description", "summary", "title", "x-engross", "deprecated"),
)

Mutation: TypeAlias = "Callable[[random.Random, Value, list[Tokens]], Value]"


def mutated(document: Value, seed: int) -> Value:
    """Return a copy of a document with one to four faults; the same ones for a seed."""
    rng = random.Random(seed)
    found = deepcopy(document)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        places = list(_places(found, ()))
        found = rng.choice(_MUTATIONS)(rng, found, places)
    return found


def _places(value: Value, at: Tokens) -> Iterator[Tokens]:
    """Yield the place of everything inside a value, to the depth of any sound document."""
    members: Iterator[tuple[str | int, Value]] = iter(())
    if isinstance(value, dict):
        members = iter(value.items())
    elif isinstance(value, list):
        members = iter(enumerate(value))
    for token, member in members:
        yield (*at, token)
        if len(at) < 40:
            yield from _places(member, (*at, token))


def _get(value: Value, at: Tokens) -> Value:
    for token in at:
        if isinstance(value, dict):
            value = value[str(token)]
        else:
            assert isinstance(value, list)
            value = value[int(token)]
    return value


def _set(root: Value, at: Tokens, content: Value) -> Value:
    if not at:
        return content
    holder = _get(root, at[:-1])
    if isinstance(holder, dict):
        holder[str(at[-1])] = content
    elif isinstance(holder, list):
        holder[int(at[-1])] = content
    return root


def _delete(rng: random.Random, root: Value, places: list[Tokens]) -> Value:
    at = rng.choice(places)
    holder = _get(root, at[:-1])
    if isinstance(holder, dict):
        del holder[str(at[-1])]
    elif isinstance(holder, list):
        del holder[int(at[-1])]
    return root


def _replace(rng: random.Random, root: Value, places: list[Tokens]) -> Value:
    return _set(root, rng.choice(places), deepcopy(rng.choice(_SCALARS)))


def _plant(rng: random.Random, root: Value, places: list[Tokens]) -> Value:
    texts = [at for at in places if isinstance(_get(root, at), str)] or places
    return _set(root, rng.choice(texts), rng.choice(_TEXTS))


def _rename(rng: random.Random, root: Value, places: list[Tokens]) -> Value:
    keys = [at for at in places if isinstance(at[-1], str)] or places
    at = rng.choice(keys)
    holder = _get(root, at[:-1])
    if isinstance(holder, dict):
        renamed = rng.choice((*_TEXTS, *_KEYS))
        members = {
            (renamed if key == at[-1] else key): member
            for key, member in holder.items()
        }
        return _set(root, at[:-1], members)
    return root


def _transplant(rng: random.Random, root: Value, places: list[Tokens]) -> Value:
    return _set(root, rng.choice(places), deepcopy(_get(root, rng.choice(places))))


def _add(rng: random.Random, root: Value, places: list[Tokens]) -> Value:
    objects = [at for at in places if isinstance(_get(root, at), dict)]
    if objects:
        holder = _get(root, rng.choice(objects))
        assert isinstance(holder, dict)
        content = rng.choice((*_SCALARS, _get(root, rng.choice(places))))
        holder[rng.choice(_KEYS)] = deepcopy(content)
    return root


def _refer(rng: random.Random, root: Value, places: list[Tokens]) -> Value:
    target = write_tokens(rng.choice(places))
    return _set(root, rng.choice(places), {"$ref": f"#{target}"})


_MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(_delete, _replace, _plant, _plant, _plant, _rename, _rename),
    *(_transplant, _add, _add, _refer),
)


def text_of(document: Value) -> str:
    """Return a document as JSON; dates, which JSON does not have, as text."""
    return json.dumps(document, default=str)
