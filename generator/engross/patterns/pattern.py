"""Patterns as the rest of the generator sees them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property, partial

from engross.data import dataclass
from engross.patterns import sampling
from engross.patterns.parser import ECMA, RE2, PatternError, Syntax, parse
from engross.patterns.syntax import Node
from engross.patterns.translation import Regex, translated


@dataclass(frozen=True, eq=False)
class Pattern:
    """A pattern of a contract.

    Attributes:
        text: the pattern as the contract has it.
        foreign: the parts that are not ECMA-262, in order of appearance.
        plain: the same pattern in ECMA-262, if parts are foreign and there is a simple
            way to write it.
    """

    text: str
    foreign: tuple[str, ...]
    plain: str | None
    _node: Node

    @cached_property
    def regex(self) -> Regex:
        """How Python matches the pattern.

        Raises:
            PatternError: Python cannot match it exactly.
        """
        return translated(self.text, self._node)

    def sample(
        self,
        shortest: int = 0,
        longest: int | None = None,
        others: Iterable[Pattern] = (),
    ) -> str | None:
        """Return a readable text that matches; None if none is found soon.

        Args:
            shortest: the least number of characters.
            longest: the greatest number of characters; None for any.
            others: further patterns that the text must match.

        Raises:
            PatternError: Python cannot match a pattern exactly.
        """
        bound = sampling.LONGEST if longest is None else longest
        regexes = [pattern.regex for pattern in (self, *others)]
        for text in sampling.matching_texts(self._node, shortest, bound):
            if all(regex.fits(text) for regex in regexes):
                return text
        return None

    def counterexample(
        self, shortest: int = 0, longest: int | None = None
    ) -> str | None:
        """Return a text that does not match; None if none is found soon.

        Args:
            shortest: the least number of characters.
            longest: the greatest number of characters; None for any.

        Raises:
            PatternError: Python cannot match the pattern exactly.
        """
        bound = sampling.LONGEST if longest is None else longest
        sample = partial(self.sample, shortest, longest)
        texts = sampling.other_texts(self._node, sample, shortest, bound)
        return next((text for text in texts if not self.regex.fits(text)), None)


@cache
def read_pattern(text: str) -> Pattern:
    """Read a pattern of ECMA-262.

    Raises:
        PatternError: the pattern cannot be read.
    """
    return _read(text, ECMA)


@cache
def syntax_error(text: str) -> str | None:
    """Return what is wrong with a text that is not a pattern in any language."""
    try:
        read_pattern(text)
    except PatternError as error:
        return error.problem if error.is_malformed else None
    return None


@cache
def read_re2(text: str) -> Pattern:
    """Read a pattern of RE2, which CEL uses.

    Raises:
        PatternError: the pattern cannot be read.
    """
    return _read(text, RE2)


def _read(text: str, syntax: Syntax) -> Pattern:
    reading = parse(text, syntax)
    return Pattern(text, reading.foreign, reading.plain, reading.node)
