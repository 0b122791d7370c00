"""From arguments to path, query, headers and cookies."""

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec import json as _json

from . import styles
from .bodies import form
from .checks import load_check, violation, within
from .operation import Operation, Parameter
from .percent import quote, quote_reserved
from .wire import WireTypeError, converter, to_wire

if TYPE_CHECKING:
    from .validation import Violation

_EXPLODED: Final = ("form", "deepObject", "cookie", "")
_encoder: Final = _json.Encoder(decimal_format="number")


class ParameterPlan:
    """How one parameter is checked and written."""

    __slots__ = (
        "check",
        "content",
        "convert",
        "default",
        "explode",
        "fixed",
        "name",
        "place",
        "quote",
        "required",
        "style",
        "wire",
    )

    def __init__(self, parameter: Parameter, validators: str) -> None:
        self.name = parameter.name
        self.wire = parameter.wire
        self.place = parameter.place
        self.style = parameter.style or _default_style(parameter.place)
        self.explode = (
            self.style in _EXPLODED if parameter.explode is None else parameter.explode
        )
        self.required = parameter.required or parameter.place == "path"
        self.fixed = parameter.const is not UNSET
        self.default = parameter.const if self.fixed else parameter.default
        self.quote = quote_reserved if parameter.allow_reserved else quote
        self.content = parameter.content
        self.convert = converter(parameter.type) if parameter.type else None
        if parameter.type is None:
            self.convert = _any_to_wire
        self.check = load_check(validators, parameter.is_valid, parameter.violations)

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
            wrong += [within(self.where, one) for one in self.check.violations(value)]
        return value

    @property
    def where(self) -> str:
        """Where the parameter stands, in reports: ``query:per_page``."""
        return f"{self.place}:{self.wire}"

    def pairs(self, value: object) -> styles.Pairs:
        """Return encoded names and values for the query."""
        if self.content:
            return [(quote(self.wire), self.quote(self._encoded(value)))]
        return styles.pairs(self.wire, value, self.style, self.explode, self.quote)

    def segment(self, value: object) -> str:
        """Return the encoded value for the path."""
        if self.content:
            return quote(self._encoded(value))
        return styles.segment(self.wire, value, self.style, self.explode)

    def header(self, value: object) -> str:
        """Return the value for a header."""
        if self.content:
            written = self._encoded(value)
            return _escaped(written) if "json" in self.content else written
        return styles.header(self.wire, value, self.explode)

    def query(self, value: object) -> list[str]:
        """Return what stands between the ``&`` of the query."""
        if self.place != "querystring":
            return [f"{name}={part}" for name, part in self.pairs(value)]
        if "x-www-form-urlencoded" not in self.content:
            return [quote(self._encoded(value))]
        whole = form(value, {}).decode()
        return [whole] if whole else []

    def cookie(self, value: object) -> str:
        """Return names and values for the Cookie header."""
        pairs = self.pairs(value)
        if self.style == "cookie":
            pairs = styles.pairs(
                self.wire, value, self.style, self.explode, styles.crumb, styles.crumb
            )
        return "; ".join([f"{name}={part}" for name, part in pairs])

    def _encoded(self, value: object) -> str:
        if "json" in self.content:
            return _encoder.encode(value).decode()
        try:
            return styles.text(value)
        except WireTypeError as error:
            raise error.within(self.wire) from None


def _escaped(text: str) -> str:
    """Return JSON in ASCII, which is all that headers carry unharmed."""
    if text.isascii():
        return text
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [
        int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)
    ]
    return "".join([chr(code) if code < 128 else f"\\u{code:04x}" for code in codes])


def _any_to_wire(value: object) -> object:
    return to_wire(None, value)


def _default_style(place: str) -> str:
    return "simple" if place in ("path", "header") else "form"


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
                part = parameter.segment(value)
                if not part or (is_whole and part in (".", "..")):
                    wrong.append(_no_segment(parameter, value))
                parts.append(part)
            parts.append(literal)
        path = "".join(parts)
        if not wrong and "/." in path and _climbs(path):
            wrong.append(_no_segment(self.parameters[-1], path))
        return path


def _climbs(path: str) -> bool:
    return any(step in (".", "..") for step in path.split("/"))


def _no_segment(parameter: ParameterPlan, value: object) -> "Violation":
    problem = f"must name one thing in the path, got {value!r}"
    return violation(parameter.where, "path-segment", problem, value)


class ParametersPlan:
    """All parameters of an operation."""

    __slots__ = ("cookies", "fixed", "headers", "path", "query")

    def __init__(self, operation: Operation[object], validators: str) -> None:
        plans = [ParameterPlan(one, validators) for one in operation.parameters]
        in_path = {plan.wire: plan for plan in plans if plan.place == "path"}
        self.path = PathPlan(operation.path, in_path)
        self.fixed = tuple(
            plan for plan in plans if plan.fixed and plan.place != "path"
        )
        given = [plan for plan in plans if not plan.fixed]
        self.query = tuple(plan for plan in given if plan.place.startswith("query"))
        self.headers = tuple(plan for plan in given if plan.place == "header")
        self.cookies = tuple(plan for plan in given if plan.place == "cookie")
