"""Changes of unions: their members, and what tells these apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engross.diff.schema_pairs import Edge, Pair, PairComparer, component_of, listed
from engross.diff.schema_view import Operand, Viewer, names_of, selections, tags


class UnionComparer(PairComparer):
    """Compares unions."""

    @property
    def has_union(self) -> bool:
        """Return whether one of the values is that of a union."""
        return bool(self._old.members or self._new.members)

    def discriminators(self) -> None:
        """Compare what tells the members apart."""
        before, after = tags(self._old.effective), tags(self._new.effective)
        if before != after:
            detail = f"{listed(before)} -> {listed(after)}"
            self._note(
                "discriminator-changed",
                f"the discriminator is {listed(after)}, was {listed(before)}",
                "discriminator",
                detail=detail,
            )

    def members(self) -> None:
        """Compare the members."""
        old = list(self._old.members) or [self._pair.old]
        new = list(self._new.members) or [self._pair.new]
        old, had_null = self._without_null(old, self._old_viewer)
        new, has_null = self._without_null(new, self._new_viewer)
        if had_null != has_null:
            self._null(may_be=has_null)
        matched = self._matched(old, new)
        for one, other in matched:
            old.remove(one)
            new.remove(other)
            self._found.edges.append(Edge(Pair(one, other), ""))
        for one in old:
            name = self._name(one, self._old_viewer)
            self._note(
                "variant-removed", f"a value can no longer be {name}", "oneOf", "anyOf"
            )
        for other in new:
            name = self._name(other, self._new_viewer)
            self._note("variant-added", f"a value can also be {name}", "oneOf", "anyOf")
        self._selections(matched)

    def _without_null(
        self, operands: list[Operand], viewer: Viewer
    ) -> tuple[list[Operand], bool]:
        """Return the members that are not just null, and whether null is allowed."""
        allows = any("null" in viewer.view(each).types for each in operands)
        rest = [each for each in operands if viewer.view(each).types != {"null"}]
        return rest, allows

    def _matched(
        self, old: Iterable[Operand], new: Iterable[Operand]
    ) -> list[tuple[Operand, Operand]]:
        """Pair the members of two unions: by name, else by meaning, else by their kind."""
        left, right = list(old), list(new)
        found: list[tuple[Operand, Operand]] = []

        def take(is_match: Callable[[Operand, Operand], bool]) -> None:
            for one in [*left]:
                other = next((each for each in right if is_match(one, each)), None)
                if other is not None:
                    left.remove(one)
                    right.remove(other)
                    found.append((one, other))

        def kinds(operand: Operand, viewer: Viewer) -> frozenset[str]:
            return viewer.view(operand).effective.kinds - {"null"}

        take(lambda one, other: component_of(one) == component_of(other) is not None)
        take(lambda one, other: self._is_equal(Pair(one, other)))
        for one in [*left]:
            kind = kinds(one, self._old_viewer)
            alike = [each for each in right if kinds(each, self._new_viewer) == kind]
            others = [each for each in left if kinds(each, self._old_viewer) == kind]
            if len(alike) == len(others) == 1:
                left.remove(one)
                right.remove(alike[0])
                found.append((one, alike[0]))
        return found

    def _name(self, operand: Operand, viewer: Viewer) -> str:
        """Return what to call a member of a union."""
        named = component_of(operand)
        if named is not None:
            return named
        view = viewer.view(operand)
        titles = (said.title for said in view.effective.nearest if said.title)
        return next(titles, names_of(view.types))

    def _selections(self, matched: Iterable[tuple[Operand, Operand]]) -> None:
        """Compare which members the values of a discriminator select."""
        before, after = selections(self._old.effective), selections(self._new.effective)
        if not before or not after:
            return
        pairs = {(one.keys[0], other.keys[0]) for one, other in matched}
        for value, key in before.items():
            if value not in after:
                message = f'the discriminator no longer has the value "{value}"'
                self._note("discriminator-value-removed", message, "discriminator")
            elif (key, after[value]) not in pairs:
                message = f'the discriminator\'s "{value}" selects another schema'
                self._note("discriminator-changed", message, "discriminator")
        for value in after.keys() - before.keys():
            message = f'the discriminator also has the value "{value}"'
            self._note("discriminator-value-added", message, "discriminator")
