"""From arguments to path, query, headers and cookies."""

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import UNSET

from .checks import load_check, violation, within
from .operation import Operation, Parameter, ParameterWriter
from .urls import quote
from .wire import converter, text, to_wire
from .wire_types import WireTypeError

if TYPE_CHECKING:
    from .validation import Violation


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
        self.check = load_check(validators, parameter.is_valid, parameter.violations)
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
