"""Changes of the interface of the generated package: what code that uses it would notice."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engross.contract.ir import OperationId
from engross.contract.openapi import URL_VARIABLE, ParameterLocation
from engross.diff.operation_changes import Note
from engross.diff.rules import BOTH, Rating, Way
from engross.emit.interface import (
    ArgumentFace,
    ClassFace,
    ClassKind,
    FieldFace,
    Interface,
    MethodFace,
)
from engross.findings import Span
from engross.source import Location

_TOKENS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[|\]| \| |, """)
"""What matters where a type is split; texts are read as a whole."""

_HARMLESS: Mapping[Way, Rating] = dict.fromkeys(BOTH, Rating.COMPATIBLE)
_RISKY: Mapping[Way, Rating] = dict.fromkeys(BOTH, Rating.DANGEROUS)


class PythonComparer:
    """Compares the interfaces of two packages.

    Args:
        old, new: the interfaces.
        operations: the operation of the new contract for each of the old one.
        places: the place in the new contract of schemas of the old one.
        roots: where the contracts begin, for what has no place of its own.
        note: notes a change.
    """

    def __init__(
        self,
        old: Interface,
        new: Interface,
        operations: Mapping[OperationId, OperationId],
        places: Mapping[Location, Location],
        roots: tuple[Span, Span],
        note: Note,
    ) -> None:
        self._old, self._new = old, new
        self._operations = operations
        self._roots = roots
        self._note = note
        self._renamed = _renamed_classes(old, new, places)
        self._aliases = {**self._renamed, **_renamed_aliases(old, new, self._renamed)}
        self._words = (
            re.compile(rf"\b(?:{'|'.join(map(re.escape, self._aliases))})\b")
            if self._aliases
            else None
        )

    def run(self) -> None:
        """Note all changes."""
        self._package()
        self._methods()
        self._classes()
        self._errors()

    def _package(self) -> None:
        for what, was, is_ in (
            ("package", self._old.package, self._new.package),
            ("client", self._old.client, self._new.client),
        ):
            if was != is_:
                message = f"the {what} is `{is_}`, was `{was}`"
                self._note(f"python-{what}-renamed", what, message, *self._roots)
        old, new = self._old.settings, self._new.settings
        for name in dict.fromkeys((*old, *new)):
            place = f"client {name}"
            if name not in new:
                message = f"the client has no argument `{name}` any more"
                self._note("python-setting-changed", place, message, *self._roots)
            elif name not in old:
                message = f"the client has an argument `{name}`"
                self._note("python-setting-added", place, message, *self._roots)
            elif old[name] != new[name]:
                message = f"the environment variable of `{name}` is {new[name]}, was {old[name]}"
                self._note("python-setting-changed", place, message, *self._roots)
        for identity, was in self._old.webhooks.items():
            now = self._new.webhooks.get(identity, was)
            if now != was:
                message = f"`{was}` is `{now}` now"
                self._note("python-method-renamed", was, message, *self._roots)

    # Methods

    def _methods(self) -> None:
        by_id = {method.id: method for method in self._new.methods}
        left = dict(by_id)
        for was in self._old.methods:
            is_ = left.pop(self._operations.get(was.id, was.id), None)
            if is_ is None:
                message = f"the method `{was.name}` is gone"
                where = was.span, self._roots[1]
                self._note("python-method-removed", was.name, message, *where)
                continue
            where = was.span, is_.span
            if was.name != is_.name:
                message = f"the method `{was.name}` is `{is_.name}` now"
                self._note("python-method-renamed", was.name, message, *where)
            self._arguments(was, is_)
            result = self._current(was.result)
            if normal(result) != normal(is_.result):
                message = f"`{is_.name}` returns `{is_.result}`, returned `{result}`"
                harmless = _HARMLESS if _parts(is_.result) < _parts(result) else None
                self._note(
                    "python-result-changed",
                    was.name,
                    message,
                    *where,
                    exceptions=harmless,
                )
        for is_ in left.values():
            message = f"the method `{is_.name}` is new"
            where = self._roots[0], is_.span
            self._note("python-method-added", is_.name, message, *where)

    def _arguments(self, old: MethodFace, new: MethodFace) -> None:
        where = old.span, new.span
        before, after = _by_key(old), _by_key(new)
        for key, was in before.items():
            place = f"{old.name} {was.name}"
            is_ = after.get(key)
            if is_ is None:
                message = f"`{new.name}` has no argument `{was.name}` any more"
                self._note("python-argument-removed", place, message, *where)
                continue
            label = f"`{is_.name}` of `{new.name}`"
            if was.name != is_.name:
                message = f"{label} was `{was.name}`"
                risky = _RISKY if was.positional and is_.positional else None
                self._note(
                    "python-argument-renamed", place, message, *where, exceptions=risky
                )
            if is_.required and not was.required:
                message = f"{label} is required"
                self._note("python-argument-required", place, message, *where)
            annotation = self._current(was.annotation)
            if normal(annotation) != normal(is_.annotation):
                message = f"{label} is `{is_.annotation}`, was `{annotation}`"
                accepts_all = _parts(annotation) < _parts(is_.annotation)
                self._note(
                    "python-argument-type-changed",
                    place,
                    message,
                    *where,
                    exceptions=_HARMLESS if accepts_all else None,
                )
            at, now = _position(old, was), _position(new, is_)
            if at != now:
                message = f"{label} is {_placed(now)}, was {_placed(at)}"
                # A positional argument may be given by name as well.
                harmless = _HARMLESS if at is None else None
                self._note(
                    "python-argument-moved", place, message, *where, exceptions=harmless
                )
        for key, is_ in after.items():
            if key not in before:
                kind = "required" if is_.required else "added"
                message = f"`{new.name}` has an argument `{is_.name}`"
                message += ", which is required" if is_.required else ""
                place = f"{old.name} {is_.name}"
                self._note(f"python-argument-{kind}", place, message, *where)

    # Classes

    def _classes(self) -> None:
        new = {each.name: each for each in self._new.classes}
        old = {each.name: each for each in self._old.classes}
        for name, was in old.items():
            now = self._renamed.get(name, name)
            is_ = new.get(now)
            where = was.span or self._roots[0], (is_ and is_.span) or self._roots[1]
            if is_ is None:
                message = f"the {was.kind} `{name}` is gone"
                self._note("python-class-removed", name, message, *where)
                continue
            if now != name:
                message = f"the {was.kind} `{name}` is `{now}` now"
                self._note("python-class-renamed", name, message, *where)
            if was.kind is not is_.kind:
                message = f"`{now}` is a {is_.kind}, was a {was.kind}"
                self._note("python-class-removed", name, message, *where)
                continue
            self._fields(was, is_, where)
            self._members(was, is_, where)
            choices = self._current(was.choices)
            if _parts(choices) != _parts(is_.choices):
                self._type(
                    "python-field-type-changed",
                    name,
                    f"`{now}`",
                    choices,
                    is_,
                    is_.choices,
                    where,
                )
        targets = set(self._renamed.values())
        for name, is_ in new.items():
            if name not in old and name not in targets:
                message = f"the {is_.kind} `{name}` is new"
                where = self._roots[0], is_.span or self._roots[1]
                self._note("python-class-added", name, message, *where)

    def _type(
        self,
        rule: str,
        place: str,
        label: str,
        was: str,
        holder: ClassFace,
        is_: str,
        where: tuple[Span, Span],
    ) -> None:
        """Note that a type of a class changed; how bad that is depends on who gives it."""
        before, after = _parts(was), _parts(is_)
        is_read = not holder.in_reply or after < before
        is_given = not holder.in_request or before < after
        self._note(
            rule,
            place,
            f"{label} is `{is_}`, was `{was}`",
            *where,
            exceptions=_HARMLESS if is_read and is_given else None,
        )

    def _fields(self, old: ClassFace, new: ClassFace, where: tuple[Span, Span]) -> None:
        before, after = ({f.wire: f for f in each.fields} for each in (old, new))
        for wire in dict.fromkeys((*before, *after)):
            was, is_ = before.get(wire), after.get(wire)
            if was is None:
                assert is_ is not None
                self._added_field(old, new, is_, where)
                continue
            place = f"{old.name}.{was.name}"
            if is_ is None or is_.name != was.name:
                now = "" if is_ is None else f"; it is `{is_.name}` now"
                message = f"`{new.name}` has no field `{was.name}` any more{now}"
                self._note("python-field-removed", place, message, *where)
                if is_ is None:
                    continue
            label = f"`{new.name}.{is_.name}`"
            if is_.required and not was.required and new.in_request:
                message = f"{label} is required"
                self._note("python-field-required", place, message, *where)
            annotation = self._current(was.annotation)
            if normal(annotation) != normal(is_.annotation):
                rule = "python-field-type-changed"
                self._type(rule, place, label, annotation, new, is_.annotation, where)

    def _added_field(
        self,
        old: ClassFace,
        new: ClassFace,
        field: FieldFace,
        where: tuple[Span, Span],
    ) -> None:
        must = field.required and new.in_request
        message = f"`{new.name}` has a field `{field.name}`"
        message += ", which is required" if must else ""
        kind = "required" if must else "added"
        self._note(f"python-field-{kind}", f"{old.name}.{field.name}", message, *where)

    def _members(
        self, old: ClassFace, new: ClassFace, where: tuple[Span, Span]
    ) -> None:
        if new.kind is not ClassKind.ENUM:
            return
        for name in dict.fromkeys((*old.members, *new.members)):
            place = f"{old.name}.{name}"
            if name not in new.members:
                message = f"`{new.name}` has no member `{name}` any more"
                self._note("python-member-removed", place, message, *where)
            elif name not in old.members:
                message = f"`{new.name}` has a member `{name}`"
                self._note("python-member-added", place, message, *where)

    def _errors(self) -> None:
        old, new = self._old.errors, self._new.errors
        for code in dict.fromkeys((*old, *new)):
            was, is_ = old.get(code), new.get(code)
            if was is None:
                message = f"the exception `{is_}` is new"
                self._note("python-error-added", code, message, *self._roots)
            elif is_ != was:
                now = "is gone" if is_ is None else f"is `{is_}` now"
                message = f"the exception `{was}` {now}"
                self._note("python-error-removed", code, message, *self._roots)

    def _current(self, annotation: str) -> str:
        """Return an old annotation with the names that classes have now."""
        if self._words is None:
            return annotation
        return self._words.sub(lambda found: self._aliases[found[0]], annotation)


def _renamed_classes(
    old: Interface, new: Interface, places: Mapping[Location, Location]
) -> Mapping[str, str]:
    """Return the classes of the same schema that have another name now."""
    now = {each.at: each.name for each in new.classes}
    kept = {each.name for each in old.classes} & set(now.values())
    found: dict[str, str] = {}
    for each in old.classes:
        name = now.get(places.get(each.at, each.at))
        if name is not None and each.name not in kept and name not in kept:
            found.setdefault(each.name, name)
    return found


def _renamed_aliases(
    old: Interface, new: Interface, renamed: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the types in place of classes that were renamed with them."""
    now = {each.name: each.given_as for each in new.classes}
    return {
        each.given_as: now[renamed[each.name]]
        for each in old.classes
        if each.given_as and each.name in renamed
    }


def _by_key(method: MethodFace) -> Mapping[object, ArgumentFace]:
    """Return arguments by what they fill; variables of the path by their place in it."""
    variables = URL_VARIABLE.findall(method.id.path)
    return {
        (
            variables.index(f"{{{each.id.wire}}}")
            if each.id.location is ParameterLocation.PATH
            else each.id
        ): each
        for each in method.arguments
    }


def _position(method: MethodFace, argument: ArgumentFace) -> int | None:
    """Return the position of an argument; None if it is given by name."""
    positional = [each.id for each in method.arguments if each.positional]
    return positional.index(argument.id) if argument.positional else None


def _placed(position: int | None) -> str:
    return "keyword-only" if position is None else f"positional argument {position + 1}"


def normal(annotation: str) -> str:
    """Return a type in a form in which the order of the members of unions has no meaning."""
    return " | ".join(sorted(_parts(annotation)))


def _parts(annotation: str) -> frozenset[str]:
    """Return the members of a union, each in its normal form."""
    return frozenset(map(_ordered_within, _split(annotation, " | ")))


def _ordered_within(annotation: str) -> str:
    """Return a type with the unions inside its brackets in order."""
    name, bracket, inner = annotation.partition("[")
    if not bracket or not inner.endswith("]") or name == "Literal":
        return annotation
    arguments = map(normal, _split(inner[:-1], ", "))
    return f"{name}[{', '.join(arguments)}]"


def _split(text: str, separator: str) -> list[str]:
    """Split a type where a separator is neither in brackets nor in a text."""
    parts, depth, start = [], 0, 0
    for found in _TOKENS.finditer(text):
        token = found[0]
        if token == "[":
            depth += 1
        elif token == "]":
            depth -= 1
        elif token == separator and not depth:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]
