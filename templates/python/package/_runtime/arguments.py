"""From a caller's arguments to what is sent, checked by the package's validators."""

from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from msgspec import UNSET
from msgspec import json as _json

from .conversion import WireTypeError
from .operation import Body, BodyEncoder, Operation, Parameter, ParameterWriter
from .pointers import Pointer, with_new_key
from .transport_types import Content
from .urls import quote
from .wire import converter, merged, text, to_wire

if TYPE_CHECKING:
    from .validation import Violation


IsValid: TypeAlias = Callable[[object], bool]
Violations: TypeAlias = Callable[[object], "tuple[Violation, ...]"]


class Check:
    """Both validators of one schema: a quick verdict, and all violations."""

    __slots__ = ("is_valid", "violations")

    def __init__(self, is_valid: IsValid, violations: Violations) -> None:
        self.is_valid = is_valid
        self.violations = violations


def load_check(module: str, validator: str) -> Check | None:
    """Return the validators of a name; None if the contract has none."""
    listing = load_violations(module, validator)
    if listing is None:
        return None
    verdict = getattr(import_module(module), f"is_{validator}", None)
    return Check(verdict or (lambda value: not listing(value)), listing)


def load_violations(module: str, validator: str) -> Violations | None:
    """Return what lists violations; None if the contract has no validator."""
    if not module or not validator:
        return None
    name = f"{validator}_violations"
    return cast(Violations, getattr(import_module(module), name))


def within(where: str, found: "Violation") -> "Violation":
    """Return a violation of a value as a violation of the request that holds it."""
    return type(found)(
        where + found.pointer,
        found.keyword,
        found.message,
        found.expected,
        found.actual,
        found.schema_pointer,
        found.code,
    )


def violation(where: str, keyword: str, message: str, actual: object) -> "Violation":
    """Return a violation that no schema describes: of a path, or of an absent value."""
    from .validation import Violation

    return Violation(where, keyword, message, None, actual, "")


class SingleValueWriter:
    """Writes a parameter that is neither a list nor an object."""

    __slots__ = ("_name", "_quoted")

    def __init__(self, parameter: Parameter) -> None:
        self._name = parameter.wire
        self._quoted = quote(parameter.wire)

    def segment(self, value: object) -> str:
        """Return the encoded value for the path."""
        return quote(self._text(value))

    def query(self, value: object) -> list[str]:
        """Return name and value for the query."""
        return [f"{self._quoted}={quote(self._text(value))}"]

    def header(self, value: object) -> str:
        """Return the value for a header."""
        return self._text(value)

    def cookie(self, value: object) -> str:
        """Return name and value for the Cookie header."""
        return f"{self._quoted}={quote(self._text(value))}"

    def _text(self, value: object) -> str:
        try:
            return text(value)
        except WireTypeError as error:
            raise error.within(self._name) from None


class ParameterPlan:
    """How one parameter is checked and written."""

    __slots__ = (
        "check",
        "convert",
        "default",
        "fixed",
        "name",
        "place",
        "required",
        "wire",
        "writer",
    )

    def __init__(self, parameter: Parameter, validators: str) -> None:
        self.name = parameter.name
        self.wire = parameter.wire
        self.place = parameter.place
        self.required = parameter.required or parameter.place == "path"
        self.fixed = parameter.const is not UNSET
        self.default = parameter.const if self.fixed else parameter.default
        self.convert = converter(parameter.type) if parameter.type else _any_to_wire
        self.check = load_check(validators, parameter.validator)
        self.writer: ParameterWriter = (parameter.writer or SingleValueWriter)(
            parameter
        )

    def wire_value(
        self, arguments: Mapping[str, object], wrong: "list[Violation]"
    ) -> object:
        """Return the wire value; ``UNSET`` if there is none to send."""
        if self.fixed:
            return self.default
        value = arguments.get(self.name, UNSET)
        if value is UNSET:
            if self.default is not UNSET:
                return self.default
            if self.required:
                wrong.append(violation(self.where, "required", "is required", None))
            return UNSET
        if self.convert is not None and type(value) is not str:
            value = self.convert(value)
        if self.check is not None and not self.check.is_valid(value):
            wrong += [
                within(self.where, found) for found in self.check.violations(value)
            ]
            return UNSET  # there may be no way to write it
        return value

    @property
    def where(self) -> str:
        """Return the parameter's location in reports: ``query:per_page``."""
        return f"{self.place}:{self.wire}"


def _any_to_wire(value: object) -> object:
    return to_wire(None, value)


class PathPlan:
    """How the path is written; no value can leave its segment."""

    __slots__ = ("_literals", "_whole", "parameters", "plain")

    def __init__(self, path: str, parameters: Mapping[str, ParameterPlan]) -> None:
        literals: list[str] = []
        used: list[ParameterPlan] = []
        rest = path
        while "{" in rest:
            before, _, rest = rest.partition("{")
            wire, _, rest = rest.partition("}")
            literals.append(before)
            used.append(parameters[wire])
        self._literals = (*literals, rest)
        self._whole = tuple(
            before.endswith("/") and after[:1] in ("", "/")
            for before, after in pairwise(self._literals)
        )
        self.parameters = tuple(used)
        self.plain = path if not used else ""

    def render(self, arguments: Mapping[str, object], wrong: "list[Violation]") -> str:
        """Return the path for these arguments."""
        parts = [self._literals[0]]
        rest = self._literals[1:]
        for parameter, is_whole, literal in zip(
            self.parameters, self._whole, rest, strict=True
        ):
            value = parameter.wire_value(arguments, wrong)
            if value is not UNSET:
                part = parameter.writer.segment(value)
                if not part or (is_whole and part in (".", "..")):
                    wrong.append(_not_a_segment(parameter, value))
                parts.append(part)
            parts.append(literal)
        path = "".join(parts)
        if not wrong and "/." in path and _climbs(path):
            wrong.append(_not_a_segment(self.parameters[-1], path))
        return path


def _climbs(path: str) -> bool:
    return any(step in (".", "..") for step in path.split("/"))


def _not_a_segment(parameter: ParameterPlan, value: object) -> "Violation":
    problem = f"must be one segment of the path, got {value!r}"
    return violation(parameter.where, "path-segment", problem, value)


class ParametersPlan:
    """All parameters of an operation."""

    __slots__ = ("cookies", "fixed", "headers", "path", "query")

    def __init__(self, operation: Operation[object], validators: str) -> None:
        plans = [
            ParameterPlan(parameter, validators) for parameter in operation.parameters
        ]
        in_path = {plan.wire: plan for plan in plans if plan.place == "path"}
        self.path = PathPlan(operation.path, in_path)
        self.fixed = tuple(
            plan for plan in plans if plan.fixed and plan.place != "path"
        )
        given = [plan for plan in plans if not plan.fixed]
        self.query = tuple(plan for plan in given if plan.place.startswith("query"))
        self.headers = tuple(plan for plan in given if plan.place == "header")
        self.cookies = tuple(plan for plan in given if plan.place == "cookie")

    def values(self, arguments: Mapping[str, object]) -> dict[tuple[str, str], object]:
        """Return the wire values of path and query, by place and name."""
        return {
            (plan.place, plan.wire): plan.wire_value(arguments, [])
            for plan in (*self.path.parameters, *self.query)
        }


encode_json: Final = _json.Encoder(decimal_format="number").encode


class JsonEncoder:
    """Encodes a body as JSON."""

    __slots__ = ("content_type", "encode", "shown")

    def __init__(self, body: Body) -> None:
        self.content_type = body.media_type
        self.encode = encode_json
        self.shown = _unchanged


class BytesEncoder:
    """Sends bytes unchanged."""

    __slots__ = ("content_type",)

    def __init__(self, body: Body) -> None:
        self.content_type = body.media_type

    def encode(self, payload: object) -> Content:
        """Return the bytes.

        Raises:
            TypeError: it is something else.
        """
        if isinstance(payload, (bytes, bytearray, memoryview)):
            return bytes(payload)
        raise TypeError(f"expected bytes, got {type(payload).__name__}")

    def shown(self, payload: object) -> object:
        """Return nothing: bytes are not validated."""
        return UNSET


class BodyPlan:
    """How the body of an operation is built, checked and encoded."""

    __slots__ = (
        "_body",
        "_check",
        "_convert",
        "_key",
        "_shown",
        "content_type",
        "encode",
    )

    def __init__(self, body: Body, validators: str, key: Pointer | None) -> None:
        encode = JsonEncoder if body.encoder is None else body.encoder
        encoder: BodyEncoder | JsonEncoder = encode(body)
        self._body = body
        self._key = key
        is_sent_as_given = body.type is bytes and body.encoder is not None
        self._convert = None if is_sent_as_given else converter(body.type)
        self._check = load_check(validators, body.validator)
        self._shown = None if type(encoder) is JsonEncoder else encoder.shown
        self.content_type = encoder.content_type
        self.encode = encoder.encode
        """Returns what is sent for a wire body."""

    def payload(
        self,
        value: object,
        extra: Mapping[str, object] | None,
        wrong: "list[Violation]",
        *,
        wired: bool = False,
    ) -> object:
        """Return the wire body, as JSON types; ``UNSET`` if there is none to send.

        A ``wired`` value is the wire body already.
        """
        body = self._body
        if value is UNSET or (not body.required and _is_empty(value)):
            if not extra and self._key is None:
                if body.required:
                    wrong.append(violation("", "required", "a body is required", None))
                return UNSET
            value = {}
        payload = value
        if not wired:
            if self._convert is not None:
                payload = self._convert(value)
            for name in reversed(body.wrap):
                payload = {name: payload}
        if extra:
            payload = merged(payload, extra)
        if self._key is not None:
            payload = with_new_key(payload, self._key)
        check = self._check
        if check is not None:
            shown = payload if self._shown is None else self._shown(payload)
            if shown is not UNSET and not check.is_valid(shown):
                wrong += check.violations(shown)
        return payload


def _is_empty(value: object) -> bool:
    """Return whether no member is given; `{}` is a body that the caller gave."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(member is UNSET for member in value.values())
    )


def _unchanged(payload: object) -> object:
    return payload
