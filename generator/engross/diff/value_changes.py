"""Changes of single values: types, constants, formats and limits."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Final

from engross.diff.schema_pairs import PairComparer, listed
from engross.diff.schema_view import View, names_of, shown
from engross.schema.composition import Effective
from engross.schema.formats import FORMATS
from engross.schema.json_values import JSON, identity, is_multiple
from engross.schema.tree import ALL_TYPES

_TELLING_FORMATS: Final = frozenset({*FORMATS, "binary", "byte", "decimal"})
"""Formats that decide what a value is; others are hints, such as `int64`."""


class ValueComparer(PairComparer):
    """Compares what is said of a value as a whole."""

    def run(self) -> bool:
        """Note all differences; return whether it makes sense to compare the parts."""
        self._annotations()
        if not self._types() or not self._constants():
            return False
        self._formats()
        self._limits()
        return True

    def _annotations(self) -> None:
        old, new = self._old.effective, self._new.effective
        for key, rule in (("money", "money-changed"), ("time", "time-changed")):
            said_before, said_after = (
                _meant(each.extension(key)) for each in (old, new)
            )
            if identity(said_before) != identity(said_after):
                message = f"{key} is {_said(said_after)}, was {_said(said_before)}"
                self._note(rule, message, "x-engross")
        was, is_ = _contents(old), _contents(new)
        if was != is_:
            self._note(
                "content-encoding-changed",
                f"the text stands for {is_ or 'itself'}, was {was or 'itself'}",
                "contentEncoding",
                "contentMediaType",
            )
        before, after = _default(old), _default(new)
        if before != after:
            message = f"the default is {after or 'gone'}, was {before or 'absent'}"
            self._note("default-changed", message, "default")
        was_known = {identity(value): value for value in old.known_values}
        is_known = {identity(value): value for value in new.known_values}
        for key_, value in was_known.items():
            if key_ not in is_known and is_known:
                message = f"{shown(value)} is no longer a known value"
                self._note("known-value-removed", message, "x-extensible-enum")
        for key_, value in is_known.items():
            if key_ not in was_known:
                message = f"{shown(value)} is a known value now"
                self._note("known-value-added", message, "x-extensible-enum")

    def _types(self) -> bool:
        """Compare types; return whether the rest can be compared."""
        old, new = self._old.types, self._new.types
        if ALL_TYPES not in (old, new):
            if old - {"null"} == new - {"null"} and old != new:
                self._null(may_be="null" in new)
                return True
            if old - {"null"} != new - {"null"} and ("null" in old) != ("null" in new):
                self._null(may_be="null" in new)
                old, new = old - {"null"}, new - {"null"}
        if old == new:
            return True
        is_listed = self._old.constants is not None and self._new.constants is not None
        message = f"the type is {names_of(new)}, was {names_of(old)}"
        if new < old and not is_listed:
            self._note("type-narrowed", message, "type", "enum", "const")
            return True
        if old < new and not is_listed:
            self._note("type-widened", message, "type", "enum", "const")
            return True
        if is_listed and (new < old or old < new):
            return True
        self._note("type-changed", message, "type", "enum", "const")
        return False

    def _constants(self) -> bool:
        """Compare the values that are listed; return whether the rest can be compared."""
        keywords = ("enum", "const", "oneOf", "anyOf")
        before, after = _by_identity(self._old), _by_identity(self._new)
        if before is None and after is None:
            return True
        if before is None or after is None:
            values = before if after is None else after
            listed = ", ".join(sorted(map(shown, (values or {}).values())))
            if after is None:
                message = f"values are no longer limited to {listed}"
                self._note("enum-removed", message, *keywords)
            else:
                self._note("enum-added", f"values are limited to {listed}", *keywords)
            return True
        if len(before) == len(after) == 1 and before.keys() != after.keys():
            (was,), (is_,) = before.values(), after.values()
            message = f"the value is {shown(is_)}, was {shown(was)}"
            self._note("const-changed", message, *keywords)
            return False
        for key, value in before.items():
            if key not in after and value is not None:
                message = f"{shown(value)} is no longer a value"
                self._note("enum-value-removed", message, *keywords)
        for key, value in after.items():
            if key not in before and value is not None:
                self._note("enum-value-added", f"{shown(value)} is a value", *keywords)
        return False

    def _formats(self) -> None:
        before, after = set(self._old.effective.formats), set(
            self._new.effective.formats
        )
        if before == after:
            return
        was, is_ = listed(before), listed(after)
        told_before, told_after = before & _TELLING_FORMATS, after & _TELLING_FORMATS
        if told_before == told_after:
            message = f"the format is {is_}, was {was}"
            self._note("format-hint-changed", message, "format")
        elif not told_before:
            self._note("format-added", f"the format must be {is_}", "format")
        elif not told_after:
            self._note("format-removed", f"the format is no longer {was}", "format")
        else:
            message = f"the format is {is_}, was {was}"
            self._note("format-changed", message, "format")

    def _limits(self) -> None:
        old, new = self._old, self._new
        self._bound(
            old.lower,
            new.lower,
            ("at least {}", "greater than {}"),
            ("minimum", "exclusiveMinimum"),
            is_lower=True,
        )
        self._bound(
            old.upper,
            new.upper,
            ("at most {}", "less than {}"),
            ("maximum", "exclusiveMaximum"),
            is_lower=False,
        )
        for noun, least, most in (
            ("characters", "minLength", "maxLength"),
            ("items", "minItems", "maxItems"),
            ("properties", "minProperties", "maxProperties"),
        ):
            suffix = least.removeprefix("min").lower()
            limits = [
                (
                    each.effective.fewest(f"min_{suffix}"),
                    each.effective.most(f"max_{suffix}"),
                )
                for each in (old, new)
            ]
            (fewest_before, most_before), (fewest_after, most_after) = limits
            self._bound(
                (Decimal(fewest_before), False) if fewest_before else None,
                (Decimal(fewest_after), False) if fewest_after else None,
                (f"at least {{}} {noun}",),
                (least,),
                is_lower=True,
            )
            self._bound(
                None if most_before is None else (Decimal(most_before), False),
                None if most_after is None else (Decimal(most_after), False),
                (f"at most {{}} {noun}",),
                (most,),
                is_lower=False,
            )
        was_unique, is_unique = (
            any(node.unique_items for node in each.effective.nodes)
            for each in (old, new)
        )
        if was_unique != is_unique:
            if is_unique:
                message = "items must be unique"
                self._note("limit-tightened", message, "uniqueItems")
            else:
                message = "items may be equal"
                self._note("limit-loosened", message, "uniqueItems")
        self._multiples()
        self._patterns()

    def _bound(
        self,
        before: tuple[Decimal, bool] | None,
        after: tuple[Decimal, bool] | None,
        words: tuple[str, ...],
        keywords: tuple[str, ...],
        *,
        is_lower: bool,
    ) -> None:
        if before == after:
            return

        def said(limit: tuple[Decimal, bool] | None) -> str:
            if limit is None:
                return "without limit"
            return words[limit[1]].format(limit[0])

        if before is None or after is None:
            is_tighter = before is None
        elif before[0] == after[0]:
            is_tighter = after[1]
        else:
            is_tighter = (after[0] > before[0]) == is_lower
        rule = "limit-tightened" if is_tighter else "limit-loosened"
        if after is None:
            message = f"no longer {said(before)}"
        elif before is None:
            message = f"must be {said(after)}" if len(words) > 1 else said(after)
        else:
            was = before[0] if before[1] == after[1] else said(before)
            message = f"{said(after)}, was {was}"
        self._note(rule, message, *keywords, detail=f"{said(before)} -> {said(after)}")

    def _multiples(self) -> None:
        before, after = self._old.effective.multiples, self._new.effective.multiples
        added = [s for s in after if not any(is_multiple(t, s) for t in before)]
        removed = [s for s in before if not any(is_multiple(t, s) for t in after)]
        for step in added:
            message = f"must be a multiple of {step}"
            self._note("limit-tightened", message, "multipleOf")
        for step in removed:
            message = f"need not be a multiple of {step}"
            self._note("limit-loosened", message, "multipleOf")

    def _patterns(self) -> None:
        before = {each.original for each in self._old.effective.pattern_texts}
        after = {each.original for each in self._new.effective.pattern_texts}
        if before == after:
            return
        was, is_ = (", ".join(sorted(each)) for each in (before, after))
        if before < after:
            added = ", ".join(sorted(after - before))
            self._note("pattern-added", f"must match {added}", "pattern")
        elif after < before:
            removed = ", ".join(sorted(before - after))
            self._note("pattern-removed", f"need not match {removed}", "pattern")
        else:
            self._note("pattern-changed", f"must match {is_}, was {was}", "pattern")


def _by_identity(view: View) -> dict[Hashable, JSON] | None:
    if view.constants is None:
        return None
    return {identity(value): value for value in view.constants}


def _contents(effective: Effective) -> str:
    said = (
        text
        for each in effective.annotations
        for text in (each.content_encoding, each.content_media_type)
        if text
    )
    return " ".join(dict.fromkeys(said))


def _default(effective: Effective) -> str:
    found = (each.default for each in effective.annotations if each.default)
    return next((shown(each.value) for each in found), "")


def _meant(said: JSON) -> JSON:
    """Return what `money` or `time` means, without where it comes from."""
    if not isinstance(said, dict):
        return said
    return {key: said[key] for key in ("unit", "currency") if key in said}


def _said(value: JSON) -> str:
    if isinstance(value, dict):
        return " ".join(str(member) for member in value.values())
    return "not stated" if value is None else str(value)
