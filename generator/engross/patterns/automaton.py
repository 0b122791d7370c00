"""Write patterns as programs for `matching.LinearPattern`."""

from __future__ import annotations

import json
from typing import Final, TypeAlias

from engross.patterns.characters import WORDS, union
from engross.patterns.matching import Expression, load
from engross.patterns.syntax import (
    Alternatives,
    Backreference,
    Boundary,
    Chars,
    End,
    Group,
    Look,
    Node,
    Repeat,
    Sequence,
    Start,
    walk,
)

_MOST_POSITIONS: Final = 5000
"""Positions of all automata of a pattern."""
_MOST_EFFORT: Final = 200
"""Steps that the automata of a pattern may take for a character."""
_MOST_LEVELS: Final = 6
"""How deeply assertions may be nested, as each level reads the text once or twice."""

_START, _END, _FIRST_LOOK = 0, 1, 2
_FORWARD, _BACKWARD = 1, -1
_WORD: Final = Chars(WORDS)

_Look: TypeAlias = tuple[Node, bool]
"""What an assertion looks for, and whether it looks behind."""


def program_of(node: Node) -> str | None:
    """Return the program that matches a pattern in linear time.

    Args:
        node: the pattern, simplified.

    Returns:
        JSON; None if the pattern refers to groups or is too large.
    """
    if any(isinstance(part, Backreference) for part in walk(node)):
        return None
    levels: dict[_Look, int] = {}
    depth = _find_looks(node, levels)
    if depth > _MOST_LEVELS:
        return None
    numbers: dict[_Look, int] = {}
    automata: list[tuple[int, list[Expression]]] = []
    for level in range(1, depth + 1):
        for is_behind, direction in ((True, _FORWARD), (False, _BACKWARD)):
            looks = [
                look
                for look, its_level in levels.items()
                if its_level == level and look[1] == is_behind
            ]
            if looks:
                bodies = [_expression(body, numbers) for body, _ in looks]
                automata.append((direction, bodies))
            for look in looks:
                numbers[look] = _FIRST_LOOK + len(numbers)
    automata.append((_FORWARD, [_expression(node, numbers)]))
    positions = sum(_size(body) for _, bodies in automata for body in bodies)
    if positions > _MOST_POSITIONS:
        return None
    program = json.dumps(automata, ensure_ascii=False, separators=(",", ":"))
    if positions > _MOST_EFFORT:
        _, built = load(program)
        if sum(automaton.effort for automaton in built) > _MOST_EFFORT:
            return None
    return program


def _find_looks(node: Node, levels: dict[_Look, int]) -> int:
    """Find the assertions in a node, with their levels; return the highest level.

    The level of an assertion is one more than the highest of those within it.
    """
    if isinstance(node, Look):
        level = _find_looks(node.body, levels) + 1
        levels[node.body, node.behind] = level
        return level
    if isinstance(node, Boundary):
        levels[_WORD, True] = levels[_WORD, False] = 1
        return 1
    if isinstance(node, (Sequence, Alternatives)):
        return max((_find_looks(part, levels) for part in node.parts), default=0)
    if isinstance(node, (Group, Repeat)):
        return _find_looks(node.body, levels)
    return 0


def _expression(node: Node, numbers: dict[_Look, int]) -> Expression:
    """Write a node for the automaton; assertions become their numbers."""
    if isinstance(node, Chars):
        return "".join(chr(code) for pair in node.ranges for code in pair)
    if isinstance(node, Sequence):
        parts = [_expression(part, numbers) for part in node.parts]
        return parts[0] if len(parts) == 1 else [".", *parts]
    if isinstance(node, Alternatives):
        return _alternatives(node, numbers)
    if isinstance(node, Group):
        return _expression(node.body, numbers)
    if isinstance(node, Repeat):
        return _repeat(node, numbers)
    if isinstance(node, Look):
        number = numbers[node.body, node.behind]
        return ~number if node.negative else number
    if isinstance(node, Boundary):
        behind, ahead = numbers[_WORD, True], numbers[_WORD, False]
        if node.negative:
            return ["|", [".", behind, ahead], [".", ~behind, ~ahead]]
        return ["|", [".", behind, ~ahead], [".", ~behind, ahead]]
    assert isinstance(node, (Start, End)), "a reference to a group is not regular"
    return _START if isinstance(node, Start) else _END


def _alternatives(node: Alternatives, numbers: dict[_Look, int]) -> Expression:
    """Write alternatives; those of one character each become one class."""
    chars = [part for part in node.parts if isinstance(part, Chars)]
    others = [part for part in node.parts if not isinstance(part, Chars)]
    if len(chars) > 1:
        joined = union(pair for part in chars for pair in part.ranges)
        chars = [Chars(joined)]
    parts = [_expression(part, numbers) for part in (*chars, *others)]
    return parts[0] if len(parts) == 1 else ["|", *parts]


def _repeat(node: Repeat, numbers: dict[_Look, int]) -> Expression:
    body = _expression(node.body, numbers)
    if (node.least, node.most) == (1, 1):
        return body
    return ["{", node.least, node.most, body]


def _size(expression: Expression | None) -> int:
    """Return the number of positions that an expression takes in an automaton."""
    if not isinstance(expression, list):
        return 1
    operator, *operands = expression
    if operator == "{":
        least, most, body = operands
        assert isinstance(least, int)
        assert most is None or isinstance(most, int)
        return _size(body) * (max(least, 1) if most is None else most)
    return sum(map(_size, operands))
