"""Overlays: what a maintainer adds to a document that someone else keeps.

`shop.overlay.yaml` beside `shop.yaml` is an OpenAPI Overlay 1.0 or 1.1. It is applied to
the data of the document before anything reads it, and each value that it sets keeps its
position in the overlay.
"""

from collections.abc import Generator, Iterator
from dataclasses import field
from typing import Final, TypeAlias

from engross.data import dataclass
from engross.findings import Finding, Span
from engross.source.document import Document, Origin, Value, origin_of, value_at
from engross.source.pointer import Tokens
from engross.suggest import did_you_mean

_ROOT_KEYS: Final = ("overlay", "info", "extends", "actions")
_ACTION_KEYS: Final = ("target", "description", "update", "remove", "copy")
_VERSIONS: Final = ("1.0", "1.1")

_Nodes: TypeAlias = list[Tokens]


def applied(document: Document, overlay: Document) -> tuple[Document, list[Finding]]:
    """Return the document with the actions of an overlay carried out, in their order.

    An action that matches nothing, or that is not valid, is a finding and changes nothing.
    """
    work = _Work(document.value, overlay)
    findings = [*_root_findings(overlay)]
    actions = _member(overlay.value, "actions")
    for index in range(len(actions) if isinstance(actions, list) else 0):
        findings += work.carry_out(("actions", index))
    changed = Document(
        document.name, document.text, work.value, document.make_marks, work.origins
    )
    return changed, findings


def _root_findings(overlay: Document) -> Iterator[Finding]:
    root = overlay.value
    if not isinstance(root, dict):
        yield _invalid("an overlay must be an object", overlay.span(()))
        return
    yield from _unknown_keys(overlay, (), _ROOT_KEYS)
    version = root.get("overlay")
    if not isinstance(version, str) or not version.startswith(
        tuple(f"{known}." for known in _VERSIONS)
    ):
        message = "expected the version of the overlay"
        hint = "write overlay: 1.0.0 or overlay: 1.1.0"
        yield _invalid(message, overlay.span(("overlay",)), hint)
    actions = root.get("actions")
    if not isinstance(actions, list) or not actions:
        message = "expected a list of actions"
        yield _invalid(message, overlay.span(("actions",)))


def _unknown_keys(
    overlay: Document, at: Tokens, known: tuple[str, ...]
) -> Iterator[Finding]:
    value = value_at(overlay.value, at)
    for key in value if isinstance(value, dict) else ():
        if key not in known and not key.startswith("x-"):
            message = f"overlays have no key {key!r} here"
            span = overlay.span((*at, key), key=True)
            yield _invalid(message, span, did_you_mean(key, known))


@dataclass
class _Work:
    """The data of a document while an overlay is applied to it.

    Containers are copied before they change, since YAML may use one in several places.
    """

    value: Value
    overlay: Document
    origins: dict[Tokens, Origin] = field(default_factory=dict)

    def carry_out(self, at: Tokens) -> Iterator[Finding]:
        """Carry out the action at a place of the overlay."""
        action = value_at(self.overlay.value, at)
        if not isinstance(action, dict):
            message = "an action must be an object"
            yield _invalid(message, self.overlay.span(at))
            return
        yield from _unknown_keys(self.overlay, at, _ACTION_KEYS)
        nodes = yield from self._matches(at, "target")
        if nodes is None:
            return
        given = [key for key in ("update", "remove", "copy") if key in action]
        if not given or ("remove" in given and action["remove"] is not True):
            message = "the action does nothing"
            hint = "add update, copy or remove: true"
            yield _invalid(message, self.overlay.span(at), hint)
        elif action.get("remove") is True:
            for node in sorted(nodes, key=_removal_order, reverse=True):
                self._remove(node)
        elif "copy" in action:
            yield from self._copy(at, nodes)
        if "update" in action and "remove" not in given:
            origin: Origin = (self.overlay, (*at, "update"))
            for node in nodes:
                self._merge(node, action["update"], origin)

    def _copy(self, at: Tokens, nodes: _Nodes) -> Iterator[Finding]:
        sources = yield from self._matches(at, "copy")
        if sources is None:
            return
        if len(sources) > 1:
            message = f"{len(sources)} places match; expected one"
            yield _invalid(message, self.overlay.span((*at, "copy")))
            return
        content = value_at(self.value, sources[0])
        for node in nodes:
            self._merge(node, content, (self.overlay, (*at, "copy")))

    def _matches(self, at: Tokens, key: str) -> Generator[Finding, None, _Nodes | None]:
        """Return the places that the JSONPath under a key of an action selects."""
        import jsonpath_rfc9535 as jsonpath  # noqa: PLC0415 - few contracts have overlays

        path = _member(value_at(self.overlay.value, at), key)
        span = self.overlay.span((*at, key))
        if not isinstance(path, str):
            yield _invalid(f"expected a JSONPath as the {key} of the action", span)
            return None
        try:
            whole = self.value if isinstance(self.value, dict) else {}
            nodes = [node.location for node in jsonpath.find(path, whole)]
        except jsonpath.JSONPathError as error:
            yield _invalid(f"invalid JSONPath: {error.args[0]}", span)
            return None
        if not nodes:
            message = "the action matches nothing"
            hint = "has the document changed? compare its paths and names"
            yield Finding("overlay-without-match", message, span, hint)
            return None
        return nodes

    def _merge(self, at: Tokens, update: Value, origin: Origin) -> None:
        """Merge `update` into the value at a place: objects by member, lists by adding."""
        present = value_at(self.value, at)
        document, source = origin
        if isinstance(present, dict) and isinstance(update, dict):
            for key, member in update.items():
                below = (document, (*source, key))
                if key in present:
                    self._merge((*at, key), member, below)
                else:
                    self._set((*at, key), member, below)
        elif isinstance(present, list):
            added = update if isinstance(update, list) else [update]
            for index, item in enumerate(added):
                place = (*source, index) if isinstance(update, list) else source
                self._set((*at, len(present) + index), item, (document, place))
        else:
            self._set(at, update, origin)

    def _set(self, at: Tokens, value: Value, origin: Origin) -> None:
        self.value = _with(self.value, at, value)
        self.origins = {
            known: where
            for known, where in self.origins.items()
            if known[: len(at)] != at
        }
        self.origins[at] = origin

    def _remove(self, at: Tokens) -> None:
        if not at:
            self.value = None
            return
        *above, last = at
        holder = tuple(above)
        inside = value_at(self.value, holder)
        kept = {k: o for k, o in self.origins.items() if k[: len(at)] != at}
        if isinstance(inside, list) and isinstance(last, int):
            content: Value = [*inside[:last], *inside[last + 1 :]]
            # What follows moves up, and remembers where it was.
            after = [(*holder, index) for index in range(last + 1, len(inside))]
            kept |= {place: self._origin(place) for place in after}
            kept = {_moved_up(k, holder, last): o for k, o in kept.items()}
        elif isinstance(inside, dict):
            content = {key: member for key, member in inside.items() if key != last}
        else:
            return
        self.value = _with(self.value, holder, content)
        self.origins = kept

    def _origin(self, at: Tokens) -> Origin:
        """Return where the value at a place was written."""
        return origin_of(self.origins, at) or (None, at)


def _removal_order(at: Tokens) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts later items of a list after earlier ones."""
    return tuple((t, "") if isinstance(t, int) else (-1, t) for t in at)


def _moved_up(at: Tokens, holder: Tokens, index: int) -> Tokens:
    """Return where a place is after the item `index` of the list `holder` is gone."""
    size = len(holder)
    token = at[size] if len(at) > size and at[:size] == holder else None
    if not isinstance(token, int) or token < index:
        return at
    return (*holder, token - 1, *at[size + 1 :])


def _with(value: Value, at: Tokens, content: Value) -> Value:
    """Return a copy of `value` with `content` at a place; what is elsewhere is shared."""
    if not at:
        return content
    token, *rest = at
    below = tuple(rest)
    if isinstance(value, dict) and isinstance(token, str):
        return {**value, token: _with(value.get(token), below, content)}
    assert isinstance(value, list)
    assert isinstance(token, int)
    items = [*value, None] if token == len(value) else [*value]
    items[token] = _with(items[token], below, content)
    return items


def _member(value: Value, key: str) -> Value:
    return value.get(key) if isinstance(value, dict) else None


def _invalid(message: str, span: Span, hint: str | None = None) -> Finding:
    return Finding("invalid-overlay", message, span, hint)
