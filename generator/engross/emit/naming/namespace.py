"""One scope of names, in which each name is given out once."""

from __future__ import annotations

import builtins
from collections.abc import Hashable, Iterable, Sequence
from keyword import iskeyword
from typing import Final, NamedTuple

from engross.findings import Finding, Span

_CLASH: Final = "name-clash"
_TAKEN: Final = "taken-name"
_HINT: Final = "choose another name"


class _Holder(NamedTuple):
    """Who has a name; nobody in particular, where the name is always taken."""

    key: Hashable = None
    span: Span | None = None
    """Where an author chose the name."""


class Namespace:
    """Names of one scope, each claimed under a stable key.

    A claim of a name that is taken gets the next candidate: a name with a qualifier from the
    place of what is named. Names that an author chose are claimed first and are never changed;
    where one of these is taken, or takes the name of something else, that is a finding.

    Args:
        what: what the names are of, with an article, for findings.
        reserved: names that are always taken.
    """

    def __init__(self, what: str, reserved: Iterable[str] = ()) -> None:
        self._what = what
        self._holders: dict[str, _Holder] = dict.fromkeys(reserved, _Holder())
        self._names: dict[Hashable, str] = {}
        self.findings: list[Finding] = []

    def choose(self, key: Hashable, name: str, span: Span | None) -> str:
        """Claim a name that the author chose; report one that is taken.

        Args:
            key: what is named.
            span: where the author says so.
        """
        if iskeyword(name):
            hint = f"use {f'{name}_'!r}" if name.islower() else _HINT
            message = f"{name!r} is a keyword of Python"
            self.findings.append(Finding(_TAKEN, message, span, hint))
        holder = self._holders.get(name)
        if holder is not None and (holder.key is None or holder.key != key):
            self.findings.append(_clash(self._what, name, span, holder))
        else:
            self._holders[name] = _Holder(key, span)
        return self._names.setdefault(key, name)

    def claim(
        self,
        key: Hashable,
        best: str,
        *others: str,
        then: Iterable[str] = (),
        gives_way: bool = False,
    ) -> str:
        """Claim the first candidate that is free; the last one is lengthened until it is.

        Args:
            key: what is named.
            best: the best name.
            others: further names, the better ones first.
            then: names after these, which are only made where they are needed.
            gives_way: whether an author may choose the best name for something else; by
                default, that is reported.
        """
        known = self._names.get(key)
        if known is not None:
            return known
        name = best
        if best in self._holders:
            name = self._free((*others, *then) or (best,))
        holder = self._holders.get(best)
        if holder is not None and holder.span is not None and not gives_way:
            self.findings.append(_ousted(self._what, best, name, holder.span))
        self._holders[name] = _Holder(key)
        self._names[key] = name
        return name

    def _free(self, candidates: Sequence[str]) -> str:
        """Return the first candidate that is free, or else the last one, lengthened."""
        name = next((each for each in candidates if each not in self._holders), "")
        if not name:
            name = f"{candidates[-1]}_"
            while name in self._holders:
                name += "_"
        return name

    def has(self, name: str) -> bool:
        """Return whether a name is taken."""
        return name in self._holders


def hidden_builtin(name: str, span: Span | None) -> Finding:
    """Return the finding about a chosen name that hides one of Python's own."""
    return Finding(_TAKEN, f"{name!r} would hide Python's own", span, _HINT)


def _clash(what: str, name: str, span: Span | None, holder: _Holder) -> Finding:
    if holder.span is not None:
        message = f"line {holder.span.start.line} has {what} {name!r} already"
    elif hasattr(builtins, name):
        return hidden_builtin(name, span)
    else:
        message = f"every package has {what} {name!r} already"
    return Finding(_CLASH, message, span, _HINT)


def _ousted(what: str, name: str, other: str, span: Span) -> Finding:
    """Return the finding about a chosen name that something else has by itself."""
    message = f"something else is {what} {name!r} already, and would become {other!r}"
    return Finding(_CLASH, message, span, "choose another name, or name that one too")
