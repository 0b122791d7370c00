"""From a request on the wire to the values that the contract describes.

Texts have no types on the wire. A text becomes a number, a boolean or null where the
validator accepts only that.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, unquote

from msgspec import UNSET, Struct

from .._runtime.arguments import load_violations, violation, within
from .._runtime.decoding import is_json_type
from .._runtime.operation import Body, Operation, Parameter
from .._runtime.pointers import SentValues, pointer_text
from .._runtime.response import BROKEN, exact
from .._runtime.validation import Violation

Violations: TypeAlias = Callable[[object], tuple[Violation, ...]]
Pairs: TypeAlias = list[tuple[str, str]]

_SCALAR: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|true|false|null")
_STEP: Final = re.compile(r"\[([^\[\]]*)\]")
_ROUNDS: Final = 4
_DEEPEST: Final = 4
"""Objects within each other that may be empty."""

_BY_CLIENTS: Final = frozenset(("accept-encoding", "user-agent"))
"""Headers that clients send by themselves, if they are not given."""

_SPREADING: Final = frozenset(("", "form", "cookie"))
"""Styles in which the members of an object stand for themselves."""

_SEPARATORS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}


class Taken(Struct, frozen=True):
    """A request as it arrived."""

    method: str
    """HTTP method, in capitals."""

    path: str
    """Path, percent-encoded."""

    query: str
    """What is behind the question mark."""

    headers: Mapping[str, str]
    """Headers under lower-case names."""

    content: bytes
    """The body."""


class Read(Struct, frozen=True):
    """A request in the terms of its operation."""

    arguments: Mapping[str, object]
    """Values of parameters by their Python names."""

    payload: object
    """Wire body; ``UNSET`` if there is none."""

    sent: SentValues
    """The same as expressions see it."""

    wrong: tuple[Violation, ...]
    """What the contract does not allow."""

    query: Pairs = []
    """Names and values of the query, those too that the contract does not know."""

    is_of_wrong_type: bool = False
    """Whether the contract has no body of this media type."""


def read(
    operation: Operation[object],
    taken: Taken,
    in_path: Mapping[str, str],
    validators: str,
) -> Read:
    """Return what a request says.

    Args:
        operation: What is called.
        taken: The request.
        in_path: The raw values of the parameters in the path.
        validators: Name of the module that checks them.
    """
    reader = _Reader(taken, in_path, validators)
    arguments: dict[str, object] = {}
    parameters: dict[tuple[str, str], object] = {}
    for parameter in operation.parameters:
        value = reader.value(parameter, operation)
        if value is not UNSET:
            parameters[parameter.place, parameter.wire] = value
            if parameter.const is UNSET:
                arguments[parameter.name] = value
    payload, is_of_wrong_type = reader.body(operation)
    sent = SentValues(payload, taken.headers, parameters)
    wrong = tuple(reader.wrong)
    return Read(arguments, payload, sent, wrong, reader.query, is_of_wrong_type)


class _Reader:
    """Reads the parts of one request."""

    def __init__(
        self, taken: Taken, in_path: Mapping[str, str], validators: str
    ) -> None:
        self._taken = taken
        self._in_path = in_path
        self._validators = validators
        self.query = parse_qsl(taken.query, keep_blank_values=True)
        cookies = taken.headers.get("cookie", "")
        crumbs = (crumb.strip().partition("=") for crumb in cookies.split(";"))
        self._cookies = [
            (unquote(name), unquote(value)) for name, _, value in crumbs if name
        ]
        self.wrong: list[Violation] = []

    # Parameters

    def value(self, parameter: Parameter, operation: Operation[object]) -> object:
        """Return the value of a parameter; ``UNSET`` if it is absent or wrong."""
        where = f"{parameter.place}:{parameter.wire}"
        forms = [*self._forms(parameter)]
        check = load_violations(self._validators, parameter.validator)
        if not forms:
            return self._absent(parameter, operation, check, where)
        if parameter.const is not UNSET:
            if str(parameter.const) not in map(str, forms):
                message = f"must be {parameter.const!r}, got {forms[0]!r}"
                self.wrong.append(violation(where, "const", message, forms[0]))
            return parameter.const
        if check is None:
            return forms[0]
        first: tuple[Violation, ...] = ()
        for form in forms:
            value, wrong = typed(form, check)
            if not wrong:
                return value
            first = first or wrong
        is_by_itself = parameter.place == "header" and not parameter.required
        if is_by_itself and parameter.wire.lower() in _BY_CLIENTS:
            return UNSET
        self.wrong += [within(where, each) for each in first]
        return UNSET

    def _absent(
        self,
        parameter: Parameter,
        operation: Operation[object],
        check: Violations | None,
        where: str,
    ) -> object:
        """Return the value of a parameter whose name is nowhere: an object, or an empty list."""
        spread = self._spread(parameter, operation)
        forms: list[object] = [spread] if spread else []
        if parameter.required:
            forms += [[], {}]
        if check is not None:
            for value, wrong in [typed(form, check) for form in forms]:
                if not wrong:
                    return value
        if parameter.required:
            self.wrong.append(violation(where, "required", "is required", None))
        return UNSET

    def _forms(self, parameter: Parameter) -> Iterator[object]:
        """Yield what the text of a parameter may mean, the most likely first."""
        wire = parameter.wire
        match parameter.place:
            case "path":
                raw = self._in_path.get(wire)
                if raw is not None:
                    yield from _of_text(*_bare(raw, parameter), parameter)
            case "header":
                header = self._taken.headers.get(wire.lower())
                if header is not None:
                    yield from _of_text(header, ",", parameter)
            case "querystring":
                if self._taken.query and "json" in parameter.content:
                    yield _decoded(unquote(self._taken.query))
                elif self._taken.query:
                    yield nested(self.query)
            case place:
                pairs = self.query if place == "query" else self._cookies
                yield from _of_pairs(pairs, parameter)

    def _spread(
        self, parameter: Parameter, operation: Operation[object]
    ) -> dict[str, object]:
        """Return what may be the members of an object, which stand for themselves."""
        place = parameter.place
        is_form = place in ("query", "cookie") and parameter.style in _SPREADING
        if parameter.writer is None or not is_form or parameter.explode is False:
            return {}
        others = {each.wire for each in operation.parameters if each.place == place}
        pairs = self.query if place == "query" else self._cookies
        return {
            name: value for name, value in pairs if name.partition("[")[0] not in others
        }

    # Bodies

    def body(self, operation: Operation[object]) -> tuple[object, bool]:
        """Return the wire body, and whether its media type is not of the contract."""
        body, content = operation.body, self._taken.content
        if body is None:
            return UNSET, False
        kind = self._taken.headers.get("content-type", "")
        if not content and not kind:
            if body.required:
                self.wrong.append(violation("", "required", "a body is required", None))
            return UNSET, False
        try:
            body = (
                operation.sending(_documented(operation, kind)) if kind else operation
            ).body
        except TypeError as error:
            self.wrong.append(violation("", "content-type", str(error), kind))
            return UNSET, True
        assert body is not None
        shown, flat = self._decoded_body(body, kind or body.media_type)
        check = load_violations(self._validators, body.validator)
        if check is None or shown is UNSET:
            return shown, False
        if flat is UNSET:
            self.wrong += check(shown)
            return shown, False
        value, wrong = typed(shown, check)
        plain, left = typed(flat, check) if wrong else (flat, wrong)
        if wrong and not left and _names_of(plain) == _names_of(flat):
            return plain, False  # brackets are a part of its names
        self.wrong += wrong
        return value, False

    def _decoded_body(self, body: Body, kind: str) -> tuple[object, object]:
        """Return a body, and how it is without members in members if it is a form."""
        if body.encoder is not None and body.type in (str, bytes):
            return UNSET, UNSET  # it is what the caller gave, whatever its media type
        content, essence = self._taken.content, _essence(kind)
        pairs: Pairs | None = None
        try:
            if is_json_type(essence):
                return exact.decode(content), UNSET
            if essence == "application/x-www-form-urlencoded":
                pairs = parse_qsl(content.decode(), keep_blank_values=True)
            elif essence == "multipart/form-data":
                pairs = _parts(content, kind)
        except BROKEN as error:
            message = f"is not what {essence} allows: {error}"
            self.wrong.append(violation("", "content", message, None))
        return (UNSET, UNSET) if pairs is None else (nested(pairs), dict(pairs))


def _names_of(value: object) -> frozenset[str]:
    return frozenset(value) if isinstance(value, dict) else frozenset()


def _documented(operation: Operation[object], kind: str) -> str:
    """Return the media type as the contract writes it; its essence if it has none."""
    essence = _essence(kind)
    usual = () if operation.body is None else (operation.body.media_type,)
    known = [each for each in (*usual, *operation.bodies) if _essence(each) == essence]
    return kind if kind in known else next(iter(known), essence)


def _essence(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _decoded(text: str) -> object:
    """Return what a text of JSON says; the text if it is not JSON."""
    try:
        return exact.decode(text)
    except BROKEN:
        return text


def _bare(raw: str, parameter: Parameter) -> tuple[str, str]:
    """Return a value of the path without what its style puts before it, and its separator."""
    if parameter.style == "label":
        return raw.removeprefix("."), "." if parameter.explode else ","
    if parameter.style == "matrix":
        head = f";{parameter.wire}="
        if not parameter.explode:
            return raw.removeprefix(head), ","
        return raw.removeprefix(head).removeprefix(";").replace(head, ";"), ";"
    return raw, ","


def _of_text(raw: str, mark: str, parameter: Parameter) -> Iterator[object]:
    """Yield the forms of a text in the path or a header."""
    read_text = unquote if parameter.place == "path" else str
    if parameter.content:
        yield _decoded(read_text(raw))
        return
    several = _several([read_text(each.strip()) for each in raw.split(mark)])
    if parameter.writer is not None:
        yield from several
    yield read_text(raw)


def _several(texts: list[str]) -> Iterator[object]:
    """Yield several texts as a list and, where it can be, as an object."""
    yield texts
    if all("=" in each for each in texts):
        pairs = (each.partition("=") for each in texts)
        yield {name: value for name, _, value in pairs}
    elif len(texts) % 2 == 0:
        yield dict(zip(texts[::2], texts[1::2], strict=True))


def _of_pairs(pairs: Pairs, parameter: Parameter) -> Iterator[object]:
    """Yield the forms of a parameter of the query or the cookies."""
    wire = parameter.wire
    texts = [value for name, value in pairs if name in (wire, f"{wire}[]")]
    if texts and parameter.content:
        yield _decoded(texts[0])
    elif texts:
        mark = _SEPARATORS.get(parameter.style, ",")
        several = _several(texts[0].split(mark))
        if parameter.explode is False and parameter.writer is not None:
            yield from several
        if len(texts) == 1:
            yield texts[0]
        if len(texts) > 1 or parameter.explode is not False:
            yield texts
        yield from several
        if len(texts) > 1:
            yield texts[0]  # the other one may be a secret of the same name
    members = [(name, value) for name, value in pairs if name.startswith(f"{wire}[")]
    if members and not texts:
        found = nested(members)
        if wire in found:
            yield found[wire]


def nested(pairs: Pairs) -> dict[str, object]:
    """Return a form as an object: ``a[b]=1`` is a member of ``a``, ``c[]=1`` an item."""
    root: dict[str, object] = {}
    for name, value in pairs:
        head = name.partition("[")[0]
        steps = [head, *_STEP.findall(name[len(head) :])] if head else [name]
        holder = root
        for step in steps[:-1]:
            inner = holder.setdefault(step, {})
            if not isinstance(inner, dict):
                inner = holder[step] = {}
            holder = inner
        last = steps[-1] or str(len(holder))
        known = holder.get(last, UNSET)
        if known is UNSET:
            holder[last] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            holder[last] = [known, value]
    return {name: _with_lists(member) for name, member in root.items()}


def _with_lists(value: object) -> object:
    """Return a value in which objects with the members 0, 1, 2, ... are lists."""
    if not isinstance(value, dict):
        return value
    members = {name: _with_lists(member) for name, member in value.items()}
    if [*members] == [str(index) for index in range(len(members))]:
        return [*members.values()]
    return members


def _parts(content: bytes, kind: str) -> Pairs:
    """Return the parts of a multipart body; files are empty texts, as validators see them."""
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
    found: Pairs = []
    for part in message.get_payload() if message.is_multipart() else ():
        if isinstance(part, str):
            continue
        name = part.get_param("name", header="content-disposition")
        text = part.get_payload(decode=True)
        is_file = part.get_filename() is not None
        if isinstance(name, str) and isinstance(text, bytes):
            found.append((name, "" if is_file else text.decode(errors="replace")))
    return found


# Types


def typed(value: object, check: Violations) -> tuple[object, tuple[Violation, ...]]:
    """Return a value of texts as the validator wants it, and what is still wrong."""
    wrong = check(value)
    for _ in range(_ROUNDS):
        if not wrong:
            return value, ()
        changed, lists = value, 0
        for each in wrong:
            is_list = each.keyword == "type" and each.expected in ("array", ["array"])
            change = _listed if is_list else _retyped
            changed = _changed_at(changed, each.pointer, change)
            lists += is_list
        if changed == value:
            break
        now = check(changed)
        if len(now) >= len(wrong) + lists:  # what a new list holds may be wrong, too
            break
        value, wrong = changed, now
    value, wrong = _with_empty_members(value, check, wrong)
    guessed = _all_retyped(value)
    if wrong and not check(guessed):
        return guessed, ()
    return value, wrong


def _with_empty_members(
    value: object, check: Violations, wrong: tuple[Violation, ...]
) -> tuple[object, tuple[Violation, ...]]:
    """Return a value with the empty lists and objects that it lacks: texts show none."""
    lacking = [each for each in wrong if each.keyword == "required"]
    for each in lacking:
        value = _with_empty_member(value, check, each, _DEEPEST) or value
    return value, check(value) if lacking else wrong


def _with_empty_member(
    value: object, check: Violations, lacking: Violation, levels: int
) -> object:
    """Return a value with a member that may be empty; None if it may not."""
    name = str(lacking.expected)
    place = lacking.pointer + pointer_text((name,))
    empties: list[object] = [[], {}] if levels else []
    for empty in empties:
        add = partial(_with, name=name, member=empty)
        found: object = _changed_at(value, lacking.pointer, add)
        for each in check(found):
            if each.pointer == place and found is not None:
                is_lacking = each.keyword == "required"
                found = (
                    _with_empty_member(found, check, each, levels - 1)
                    if is_lacking
                    else None
                )
        if found is not None:
            return found
    return None


def _with(value: object, name: str, member: object) -> object:
    return {**value, name: member} if isinstance(value, dict) else value


def _retyped(value: object) -> object:
    """Return what a text looks like, or a list of it if it looks like a text."""
    if not isinstance(value, str):
        return value
    found = _decoded(value) if value[:1] in ("[", "{") else _scalar(value)
    return [value] if found == value else found


def _listed(value: object) -> object:
    """Return a text as a list of itself, unless it looks like a list."""
    found = _retyped(value)
    return [value] if isinstance(value, str) and not isinstance(found, list) else found


def _changed_at(
    value: object, pointer: str, change: Callable[[object], object], at: str = ""
) -> object:
    """Return a value in which the part at a pointer is changed."""
    if at == pointer:
        return change(value)
    changed = partial(_changed_at, pointer=pointer, change=change)
    if isinstance(value, dict):
        return {
            name: changed(member, at=at + pointer_text((str(name),)))
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [changed(item, at=f"{at}/{index}") for index, item in enumerate(value)]
    return value


def _all_retyped(value: object) -> object:
    if isinstance(value, dict):
        return {name: _all_retyped(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_all_retyped(item) for item in value]
    return _scalar(value) if isinstance(value, str) else value


def _scalar(text: str) -> object:
    return exact.decode(text) if _SCALAR.fullmatch(text) else text
