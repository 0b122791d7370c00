"""Changes of objects and arrays, and of conditions and rules."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from engross.data import dataclass
from engross.diff.rules import BOTH, Rating, Way
from engross.diff.schema_pairs import Difference, Pair, PairComparer, Ways
from engross.diff.schema_view import View, Viewer
from engross.diff.sides import Side
from engross.schema.composition import Effective, Property
from engross.schema.tree import Key, Schema
from engross.source import Location


class PartComparer(PairComparer):
    """Compares the parts of a value, and what must be true of them together."""

    def run(self) -> None:
        """Note all differences, and the pairs of the parts."""
        self._objects()
        self._arrays()
        self._conditions()
        self._rules()

    def _objects(self) -> None:
        old, new = self._old.effective, self._new.effective
        for name in dict.fromkeys((*old.properties, *new.properties)):
            if name not in new.properties:
                self._removed(name)
            elif name not in old.properties:
                self._added(name)
            else:
                self._property(name)
        for name in dict.fromkeys((*old.required, *new.required)):
            is_declared = name in old.properties or name in new.properties
            if not is_declared and (name in old.required) != (name in new.required):
                self._requirement(name, name in new.required, BOTH)
        if old.is_closed != new.is_closed:
            keywords = "additionalProperties", "unevaluatedProperties"
            if new.is_closed:
                message = "other properties are no longer allowed"
                self._note("additional-properties-forbidden", message, *keywords)
            else:
                message = "other properties are allowed"
                self._note("additional-properties-allowed", message, *keywords)
        elif not old.is_closed:
            self._step(
                self._old_viewer.operand(old.additional),
                self._new_viewer.operand(new.additional),
                ".*",
            )
        were = {regex.original: keys for regex, keys in old.patterns}
        are = {regex.original: keys for regex, keys in new.patterns}
        for pattern in were.keys() & are.keys():
            self._step(
                self._old_viewer.operand(were[pattern]),
                self._new_viewer.operand(are[pattern]),
                f"./{pattern}/",
            )
        for pattern in sorted(were.keys() ^ are.keys()):
            is_new = pattern in are
            message = f"properties that match {pattern} are "
            message += "described" if is_new else "no longer described"
            rule = "condition-added" if is_new else "condition-removed"
            self._note(rule, message, "patternProperties")

    def _ways(self, view: View, viewer: Viewer, name: str) -> Ways:
        """Return the ways in which values have a property."""
        keys = view.effective.properties[name].schemas
        found = viewer.view(viewer.operand(keys)).effective
        ways = set(BOTH)
        if found.is_read_only:
            ways.discard(Way.REQUEST)
        if found.is_write_only:
            ways.discard(Way.RESPONSE)
        return frozenset(ways)

    def _property(self, name: str) -> None:
        old, new = (v.effective.properties[name] for v in (self._old, self._new))
        were = self._ways(self._old, self._old_viewer, name)
        are = self._ways(self._new, self._new_viewer, name)
        for way, rule, adverb in (
            (Way.REQUEST, "read-only", "only responses have it"),
            (Way.RESPONSE, "write-only", "only requests have it"),
        ):
            if (way in were) != (way in are):
                kind = "added" if way in were else "removed"
                message = f"{adverb}{' now' if kind == 'added' else ', no longer'}"
                if kind == "removed":
                    message = adverb.replace("only", "no longer only")
                self._member_note(f"{rule}-{kind}", name, message)
        if old.required != new.required:
            self._requirement(name, new.required, were & are)
        was_deprecated = _is_deprecated(self._old_viewer, old)
        if was_deprecated != _is_deprecated(self._new_viewer, new):
            rule = "deprecation-withdrawn" if was_deprecated else "deprecated"
            message = "is no longer deprecated" if was_deprecated else "is deprecated"
            self._member_note(rule, name, message)
        self._step(
            self._old_viewer.operand(old.schemas),
            self._new_viewer.operand(new.schemas),
            f".{name}",
            were & are,
        )

    def _requirement(self, name: str, is_required: bool, ways: Ways) -> None:
        if is_required:
            rule, message = "property-required", "is required"
        else:
            rule, message = "property-optional", "is no longer required"
        self._note(rule, message, "required", part=f".{name}", ways=ways)

    def _removed(self, name: str) -> None:
        was = self._old.effective.properties[name]
        rule = "required-property-removed" if was.required else "property-removed"
        ways = self._ways(self._old, self._old_viewer, name)
        closed = {Way.REQUEST: Rating.BREAKING} if self._new.effective.is_closed else {}
        self._found.differences.append(
            Difference(
                rule,
                f".{name}",
                "",
                "is gone",
                self._declared(self._old, self._old_side, name),
                self._place(self._new, self._new_side, ["properties"]),
                ways,
                closed,
            )
        )

    def _added(self, name: str) -> None:
        found = self._new.effective.properties[name]
        ways = self._ways(self._new, self._new_viewer, name)
        closed = (
            {Way.RESPONSE: Rating.BREAKING} if self._old.effective.is_closed else {}
        )
        self._found.differences.append(
            Difference(
                "required-property-added" if found.required else "property-added",
                f".{name}",
                "",
                "is new, and required" if found.required else "is new",
                self._place(self._old, self._old_side, ["properties"]),
                self._declared(self._new, self._new_side, name),
                ways,
                closed,
            )
        )

    def _member_note(self, rule: str, name: str, message: str) -> None:
        old, new = (
            self._declared(view, side, name)
            for view, side in (
                (self._old, self._old_side),
                (self._new, self._new_side),
            )
        )
        self._found.differences.append(
            Difference(rule, f".{name}", message, message, old, new)
        )

    def _declared(self, view: View, side: Side, name: str) -> Location | None:
        """Return where a property is declared."""
        for node in view.effective.nodes:
            if any(name == declared for declared, _ in node.properties):
                return node.key.place / "properties" / name
        return self._place(view, side, ["required"])

    def _arrays(self) -> None:
        old, new = self._old.effective, self._new.effective
        self._step(
            self._old_viewer.operand(old.items),
            self._new_viewer.operand(new.items),
            "[]",
        )
        for index in range(max(len(old.prefix_items), len(new.prefix_items))):
            one, other = (
                viewer.operand(
                    found.prefix_items[index]
                    if index < len(found.prefix_items)
                    else found.items
                )
                for viewer, found in (
                    (self._old_viewer, old),
                    (self._new_viewer, new),
                )
            )
            self._step(one, other, f"[{index}]")

    def _conditions(self) -> None:
        """Compare the keywords of which nothing more can be said than that they differ."""
        before = _conditions(self._old.effective)
        after = _conditions(self._new.effective)
        for keyword in sorted(before.keys() | after.keys()):
            were, are = before.get(keyword, []), after.get(keyword, [])
            added = [c for c in are if not any(self._are_alike(w, c) for w in were)]
            gone = [w for w in were if not any(self._are_alike(w, c) for c in are)]
            if added and gone:
                message = f"the condition `{keyword}` has changed"
                self._note("condition-changed", message, keyword)
            elif added:
                message = f"the condition `{keyword}` is new"
                self._note("condition-added", message, keyword)
            elif gone:
                message = f"the condition `{keyword}` is gone"
                self._note("condition-removed", message, keyword)

    def _are_alike(self, old: _Condition, new: _Condition) -> bool:
        if len(old.schemas) != len(new.schemas) or old.rest != new.rest:
            return False
        pairs = zip(old.schemas, new.schemas, strict=True)
        return all(
            self._is_equal(
                Pair(
                    self._old_viewer.operand((one,)), self._new_viewer.operand((other,))
                )
            )
            for one, other in pairs
        )

    def _rules(self) -> None:
        before, after = (
            {rule.id: rule.cel for node in each.effective.nodes for rule in node.rules}
            for each in (self._old, self._new)
        )
        for name in dict.fromkeys((*before, *after)):
            if name not in after:
                self._note("rule-removed", f"the rule `{name}` is gone", "x-engross")
            elif name not in before:
                message = f"the rule `{name}` is new: {after[name]}"
                self._note("rule-added", message, "x-engross")
            elif before[name] != after[name]:
                message = f"the rule `{name}` is {after[name]}, was {before[name]}"
                self._note("rule-changed", message, "x-engross")
        were, are = (
            {
                keyword: code
                for node in each.effective.nodes
                for keyword, code in (node.codes or {}).items()
            }
            for each in (self._old, self._new)
        )
        for keyword in dict.fromkeys((*were, *are)):
            if were.get(keyword) != are.get(keyword):
                what = "" if keyword == "default" else f" of `{keyword}`"
                now = are.get(keyword, "gone")
                message = f"the code{what} is {now}, was {were.get(keyword, 'absent')}"
                self._note(
                    "violation-code-changed",
                    message,
                    "x-engross",
                    ways=frozenset({Way.REQUEST}),
                )


@dataclass(frozen=True, slots=True)
class _Condition:
    schemas: tuple[Key, ...]
    rest: Hashable = ()


def _conditions(effective: Effective) -> dict[str, list[_Condition]]:
    found: dict[str, list[_Condition]] = {}

    def note(keyword: str, condition: _Condition) -> None:
        found.setdefault(keyword, []).append(condition)

    for node in effective.nodes:
        for keyword, key in _lone(node):
            if key is not None:
                note(keyword, _Condition((key,)))
        if node.contains is not None:
            rest = (node.min_contains, node.max_contains)
            note("contains", _Condition((node.contains,), rest))
        for name, key in sorted(node.dependent_schemas):
            note("dependentSchemas", _Condition((key,), name))
        for name, needed in sorted(node.dependent_required):
            note("dependentRequired", _Condition((), (name, frozenset(needed))))
    return found


def _lone(node: Schema) -> Iterator[tuple[str, Key | None]]:
    yield "not", node.not_
    if node.then is not None or node.else_ is not None:
        yield "if", node.if_
    yield "then", node.then
    yield "else", node.else_
    yield "propertyNames", node.property_names


def _is_deprecated(viewer: Viewer, found: Property) -> bool:
    nearest = viewer.view(viewer.operand(found.schemas)).effective.nearest
    return any(said.deprecated for said in nearest)
