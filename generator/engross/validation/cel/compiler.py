"""Trees of CEL -> Python.

The schemas declare the types, so most operators become Python's own. An error in CEL is
a Python exception here; `&&`, `||`, `all` and `exists` ignore it exactly where CEL does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from engross.data import dataclass
from engross.layout import string
from engross.patterns import Regex
from engross.schema.reader import Graph
from engross.schema.tree import Key
from engross.validation import names
from engross.validation.cel.cel_syntax import (
    At,
    Binary,
    Call,
    Conditional,
    Expr,
    Has,
    Ident,
    Index,
    ListOf,
    Literal,
    Macro,
    Select,
    Unary,
)
from engross.validation.cel.functions import (
    FUNCTIONS,
    METHODS,
    Context,
    timestamp_of,
)
from engross.validation.cel.kinds import (
    BOOLEAN,
    DURATION,
    INTEGER,
    NUMBER_TYPE,
    TEXT,
    TIMESTAMP,
    UNKNOWN,
    Kind,
    Schemas,
    Type,
)
from engross.validation.cel.python import (
    AND,
    ATOM,
    COMPARE,
    CONDITION,
    NEGATIVE,
    NONE,
    NOT,
    OR,
    PRODUCT,
    SUM,
    Path,
    Py,
    contained,
    need,
    number_of,
)

_OPPOSITES = {
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}


@dataclass(frozen=True, slots=True)
class _Scope:
    """What names mean, and which members are present, at a place in the expression."""

    variables: dict[str, Py]
    present: frozenset[Path] = frozenset()
    """Members that `has()` has found."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A rule as a Python expression over `this`."""

    value: Py
    reads: tuple[Path, ...]
    """Parts of the payload that it reads; the empty path is the whole."""


def compile_expression(
    text: str, graph: Graph, key: Key, constant: Callable[[Regex], str]
) -> Expression:
    """Compile a rule of a schema.

    Args:
        text: the rule, in CEL.
        graph: all schemas.
        key: the schema that the rule belongs to.
        constant: returns the name of the constant that matches a pattern.

    Raises:
        CelError: the rule is malformed, breaks the types that the schemas state, or is
            outside what is supported.
    """
    # The grammar takes a while to load, and most contracts have no rules.
    from engross.validation.cel.cel_parser import parse  # noqa: PLC0415

    tree = parse(text)
    compiler = _Compiler(Context(Schemas(graph), constant))
    this = Py("this", compiler.schemas.type_of(key), path=())
    scope = _Scope({"self": this, "now": Py("now()", TIMESTAMP)})
    result = compiler.compile(tree, scope)
    if result.type.kind is not Kind.BOOLEAN:
        raise tree.at.error(
            f"a rule must be true or false, not {result.type.kind.words}"
        )
    return Expression(result, tuple(sorted(compiler.reads)))


class _Compiler:
    """Compiles expressions, and records what they read."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.schemas = context.schemas
        self.reads: set[Path] = set()

    def compile(self, tree: Expr, scope: _Scope) -> Py:
        """Compile an expression to a Python expression with the same value."""
        if isinstance(tree, Literal):
            return _literal(tree)
        if isinstance(tree, Ident):
            return self._ident(tree, scope)
        if isinstance(tree, Select):
            return self._select(tree, scope)
        if isinstance(tree, Has):
            return self._has(tree, scope)
        if isinstance(tree, Index):
            return self._index(tree, scope)
        if isinstance(tree, Unary):
            return self._unary(tree, scope)
        if isinstance(tree, Binary):
            return self._binary(tree, scope)
        if isinstance(tree, Conditional):
            return self._conditional(tree, scope)
        if isinstance(tree, Macro):
            return self._macro(tree, scope)
        if isinstance(tree, Call):
            return self._call(tree, scope)
        return self._list(tree, scope)

    def _ident(self, tree: Ident, scope: _Scope) -> Py:
        found = scope.variables.get(tree.name)
        if found is None:
            raise tree.at.error(f"{tree.name!r} is not known; a rule has self and now")
        if found.path == ():
            self.reads.add(())
        return found

    def operand(self, tree: Expr, scope: _Scope) -> Py:
        """Compile the owner of a member, which does not count as read whole."""
        before = () in self.reads
        found = self.compile(tree, scope)
        if found.path is not None and not before:
            self.reads.discard(())
        return found

    def _select(self, tree: Select, scope: _Scope) -> Py:
        owner = self.operand(tree.operand, scope)
        if owner.type.kind is not Kind.OBJECT:
            raise tree.at.error(f"{owner.type.kind.words} has no member {tree.field!r}")
        found = self.schemas.member(owner.type, tree.field)
        if found is None:
            raise tree.at.error(f"the schema declares no member {tree.field!r}")
        type_, required = found
        path = None if owner.path is None else (*owner.path, tree.field)
        if path is not None and not path[0].startswith("<"):
            self.reads.add(path[:1])
        sure = required or (path is not None and path in scope.present)
        text = f"{owner.text}[{string(tree.field)}]"
        return Py(text, type_, fails=owner.fails or not sure, path=path)

    def _has(self, tree: Has, scope: _Scope) -> Py:
        owner = self.operand(tree.field.operand, scope)
        if owner.type.kind is not Kind.OBJECT:
            raise tree.at.error(f"{owner.type.kind.words} has no members")
        name = tree.field.field
        if self.schemas.member(owner.type, name) is None:
            raise tree.at.error(f"the schema declares no member {name!r}")
        path = None if owner.path is None else (*owner.path, name)
        if path is not None and not path[0].startswith("<"):
            self.reads.add(path[:1])
        return contained(Py(string(name), TEXT), owner)

    def _index(self, tree: Index, scope: _Scope) -> Py:
        owner = self.compile(tree.operand, scope)
        index = self.compile(tree.index, scope)
        if owner.type.kind is not Kind.LIST or index.type.kind is not Kind.INTEGER:
            raise tree.at.error("only lists have places, counted from 0")
        text = f"item_at({owner.text}, {index.text})"
        return Py(text, self.schemas.item(owner.type), fails=True)

    def _list(self, tree: ListOf, scope: _Scope) -> Py:
        items = [self.compile(item, scope) for item in tree.items]
        types = {item.type for item in items}
        item_type = types.pop() if len(types) == 1 else UNKNOWN
        text = f"[{', '.join(item.text for item in items)}]"
        type_ = Type(Kind.LIST, item=replace(item_type, keys=()))
        return Py(text, type_, fails=any(item.fails for item in items))

    def _unary(self, tree: Unary, scope: _Scope) -> Py:
        operand = self.compile(tree.operand, scope)
        if tree.operator == "!":
            need(operand, tree.at, Kind.BOOLEAN)
            if operand.operator in _OPPOSITES and operand.operands:
                first, second = operand.operands
                opposite = _OPPOSITES[operand.operator]
                text = f"{first.within(SUM)} {opposite} {second.within(SUM)}"
                return replace(operand, text=text, operator=opposite)
            text = f"not {operand.within(NOT)}"
            return Py(text, BOOLEAN, NOT, operand.fails, is_bool=True)
        if operand.type.kind is Kind.DURATION:
            return replace(operand, text=f"-{operand.within(NEGATIVE)}", binds=NEGATIVE)
        number = number_of(operand, tree.at)
        return replace(number, text=f"-{number.within(NEGATIVE)}", binds=NEGATIVE)

    def _binary(self, tree: Binary, scope: _Scope) -> Py:
        if tree.operator in ("&&", "||"):
            return self._logical(tree, scope)
        left, right = self.compile(tree.left, scope), self.compile(tree.right, scope)
        if tree.operator == "in":
            return self._in(tree.at, left, right)
        if Kind.NULL not in (left.type.kind, right.type.kind):
            left, right = self._as_instants(left, right, tree)
        if tree.operator in ("==", "!="):
            return self._equality(tree, left, right)
        if tree.operator in ("<", "<=", ">", ">="):
            return self._ordering(tree, left, right)
        return self._arithmetic(tree, left, right)

    def _logical(self, tree: Binary, scope: _Scope) -> Py:
        left = self.compile(tree.left, scope)
        present = _present(tree.left, tree.operator == "&&", self, scope)
        later = replace(scope, present=scope.present | present)
        right = self.compile(tree.right, later)
        need(left, tree.left.at, Kind.BOOLEAN)
        need(right, tree.right.at, Kind.BOOLEAN)
        fails = left.fails or right.fails
        word, binds = ("and", AND) if tree.operator == "&&" else ("or", OR)
        if left.fails:
            # The verdict on the right overrides an error on the left.
            function = "both" if word == "and" else "either"
            text = f"{function}(lambda: {left.text}, lambda: {right.text})"
            parts = (left, right)
            return Py(text, BOOLEAN, ATOM, True, True, None, function, parts)
        text = f"{left.within(binds)} {word} {right.within(binds + 1)}"
        is_bool = left.is_bool and right.is_bool
        return Py(text, BOOLEAN, binds, fails, is_bool, None, word, (left, right))

    def _conditional(self, tree: Conditional, scope: _Scope) -> Py:
        condition = self.compile(tree.condition, scope)
        need(condition, tree.condition.at, Kind.BOOLEAN)
        for_then = _present(tree.condition, True, self, scope)
        for_otherwise = _present(tree.condition, False, self, scope)
        then = self.compile(tree.then, replace(scope, present=scope.present | for_then))
        otherwise = self.compile(
            tree.otherwise, replace(scope, present=scope.present | for_otherwise)
        )
        if then.type.kind.is_number and otherwise.type.kind.is_number:
            then, otherwise = number_of(then, tree.at), number_of(otherwise, tree.at)
            type_ = INTEGER if then.type == otherwise.type == INTEGER else NUMBER_TYPE
        elif then.type.kind is otherwise.type.kind:
            type_ = then.type
        else:
            raise tree.at.error("both outcomes of ?: must have the same type")
        text = (
            f"{then.within(OR)} if {condition.within(OR)} else "
            f"{otherwise.within(CONDITION)}"
        )
        fails = condition.fails or then.fails or otherwise.fails
        is_bool = then.is_bool and otherwise.is_bool
        parts = (condition, then, otherwise)
        return Py(text, type_, CONDITION, fails, is_bool, None, "if", parts)

    def _as_instants(self, left: Py, right: Py, tree: Binary) -> tuple[Py, Py]:
        """Read strings as instants where the schema or the other side calls for it."""
        stamps = [self._instant(left), self._instant(right)]
        if stamps[0] is None and stamps[1] is None:
            return left, right
        for index, (side, at) in enumerate(
            ((left, tree.left.at), (right, tree.right.at))
        ):
            if stamps[index] is None and side.type.kind is Kind.TEXT:
                stamps[index] = _literal_instant(side, at)
        return stamps[0] or left, stamps[1] or right

    def _instant(self, side: Py) -> Py | None:
        if side.type.kind is Kind.TIMESTAMP:
            return side
        how = self.schemas.instant(side.type)
        if how in ("date-time", "date") and side.type.kind is Kind.TEXT:
            text = f"instant({side.text})"
        elif how == "unix-ms" and side.type.kind.is_number:
            text = f"unix_instant({side.text}, 1000)"
        elif how == "unix-s" and side.type.kind.is_number:
            text = f"unix_instant({side.text}, 1)"
        else:
            return None
        # Python has no instants in the year 0 or after 9999.
        return Py(text, TIMESTAMP, fails=True, path=side.path)

    def _equality(self, tree: Binary, left: Py, right: Py) -> Py:
        kinds = {left.type.kind, right.type.kind}
        fails = left.fails or right.fails
        operator = tree.operator
        if Kind.NULL in kinds:
            side = left if right.type.kind is Kind.NULL else right
            word = "is" if operator == "==" else "is not"
            text = f"{side.within(SUM)} {word} None"
            parts = (side, NONE)
            return Py(text, BOOLEAN, COMPARE, fails, True, None, word, parts)
        if all(kind.is_number for kind in kinds):
            left, right = number_of(left, tree.at), number_of(right, tree.at)
        elif Kind.UNKNOWN not in kinds and len(kinds) > 1:
            raise tree.at.error(
                f"{left.type.kind.words} never equals {right.type.kind.words}"
            )
        elif kinds & {Kind.UNKNOWN, Kind.LIST, Kind.OBJECT, Kind.BOOLEAN}:
            text = f"same({left.text}, {right.text})"
            if operator == "!=":
                return Py(f"not {text}", BOOLEAN, NOT, fails, is_bool=True)
            return Py(text, BOOLEAN, fails=fails, is_bool=True)
        return self._comparison(operator, left, right, fails)

    def _ordering(self, tree: Binary, left: Py, right: Py) -> Py:
        kinds = {left.type.kind, right.type.kind}
        if all(kind.is_number for kind in kinds):
            left, right = number_of(left, tree.at), number_of(right, tree.at)
        elif len(kinds) > 1 or not kinds <= {
            Kind.TEXT,
            Kind.TIMESTAMP,
            Kind.DURATION,
        }:
            raise tree.at.error(
                f"{left.type.kind.words} and {right.type.kind.words} have no order"
            )
        return self._comparison(tree.operator, left, right, left.fails or right.fails)

    def _comparison(self, operator: str, left: Py, right: Py, fails: bool) -> Py:
        text = f"{left.within(SUM)} {operator} {right.within(SUM)}"
        # A comparison with a string from the payload is Any to a type checker.
        is_bool = left.type.kind is not Kind.TEXT or left.path is None
        parts = (left, right)
        return Py(text, BOOLEAN, COMPARE, fails, is_bool, None, operator, parts)

    def _in(self, at: At, left: Py, right: Py) -> Py:
        fails = left.fails or right.fails
        if right.type.kind is Kind.OBJECT and left.type.kind is Kind.TEXT:
            return contained(left, right)
        if right.type.kind is not Kind.LIST:
            raise at.error("`in` needs a list or an object on its right")
        if left.type.kind in (Kind.TIMESTAMP, Kind.DURATION):
            raise at.error("`in` compares values as they stand, not instants")
        item = self.schemas.item(right.type)
        if left.type.kind is Kind.TEXT and item.kind is Kind.TEXT:
            return contained(left, right)
        text = f"among({left.text}, {right.text})"
        return Py(text, BOOLEAN, fails=fails, is_bool=True)

    def _arithmetic(self, tree: Binary, left: Py, right: Py) -> Py:
        operator, at = tree.operator, tree.at
        pair = (left.type.kind, right.type.kind)
        fails = left.fails or right.fails
        binds = SUM if operator in "+-" else PRODUCT
        instants = _INSTANT_RESULTS.get((operator, *pair))
        if instants is not None:
            text = f"{left.within(binds)} {operator} {right.within(binds + 1)}"
            return Py(text, instants, binds, fails=True)
        if operator == "+" and pair == (Kind.TEXT, Kind.TEXT):
            text = f"{left.within(SUM)} + {right.within(PRODUCT)}"
            return Py(text, TEXT, SUM, fails)
        if operator == "+" and pair == (Kind.LIST, Kind.LIST):
            text = f"{left.within(SUM)} + {right.within(PRODUCT)}"
            items = {self.schemas.item(left.type), self.schemas.item(right.type)}
            item = items.pop() if len(items) == 1 else UNKNOWN
            return Py(text, Type(Kind.LIST, item=item), SUM, fails)
        left, right = number_of(left, at), number_of(right, at)
        whole = left.type == right.type == INTEGER
        if operator in "/%":
            if operator == "%" and not whole:
                raise at.error("only integers have a remainder")
            name = {"/": "quotient" if whole else "ratio", "%": "remainder"}[operator]
            text = f"{name}({left.text}, {right.text})"
            return Py(text, INTEGER if whole else NUMBER_TYPE, fails=True)
        text = f"{left.within(binds)} {operator} {right.within(binds + 1)}"
        # Sums and products are exact, or fail if they need too many digits.
        type_ = INTEGER if whole else NUMBER_TYPE
        return Py(text, type_, binds, True, operator=operator, operands=(left, right))

    def _macro(self, tree: Macro, scope: _Scope) -> Py:
        operand = self.compile(tree.operand, scope)
        need(operand, tree.at, Kind.LIST)
        variable = names.local(tree.variable)
        # Members that has() found are known by path; this one is no part of self.
        path = (f"<{variable}>",)
        item = Py(variable, self.schemas.item(operand.type), path=path)
        inner = replace(scope, variables={**scope.variables, tree.variable: item})
        if tree.name == "map":
            return self._map(tree, operand, variable, inner)
        test = self.compile(tree.arguments[0], inner)
        need(test, tree.arguments[0].at, Kind.BOOLEAN)
        fails = operand.fails or test.fails
        loop = f"for {variable} in {operand.within(OR)}"
        if tree.name == "filter":
            text = f"[{variable} {loop} if {test.within(OR)}]"
            item_type = self.schemas.item(operand.type)
            return Py(text, Type(Kind.LIST, item=item_type), fails=fails)
        if tree.name == "exists_one":
            text = f"sum(1 {loop} if {test.within(OR)}) == 1"
            return Py(text, BOOLEAN, COMPARE, fails, is_bool=True)
        if test.fails:
            function = "for_all" if tree.name == "all" else "for_any"
            text = f"{function}(lambda {variable}: {test.text}, {operand.text})"
            return Py(text, BOOLEAN, fails=True, is_bool=True)
        function = "all" if tree.name == "all" else "any"
        return Py(f"{function}({test.text} {loop})", BOOLEAN, fails=fails, is_bool=True)

    def _map(self, tree: Macro, operand: Py, variable: str, scope: _Scope) -> Py:
        *tests, result = [self.compile(part, scope) for part in tree.arguments]
        if result.type.kind.is_number:
            result = number_of(result, tree.at)
        only = "".join(f" if {test.within(OR)}" for test in tests)
        loop = f"for {variable} in {operand.within(OR)}{only}"
        parts = (operand, *tests, result)
        return Py(
            f"[{result.text} {loop}]",
            Type(Kind.LIST, item=replace(result.type, keys=result.type.keys)),
            fails=any(part.fails for part in parts),
            operator="map",
            operands=(result, Py(loop, UNKNOWN)),
        )

    def _call(self, tree: Call, scope: _Scope) -> Py:
        values = [self.compile(argument, scope) for argument in tree.arguments]
        if tree.target is not None:
            values.insert(0, self.compile(tree.target, scope))
        method = METHODS if tree.target is not None else FUNCTIONS
        found = method.get(tree.function)
        if found is None or len(values) != found[0]:
            known = ", ".join(sorted(method))
            message = f"{tree.function}() is not known here; known are {known}"
            if found is not None:
                wanted = found[0] - (tree.target is not None)
                arguments = "argument" if wanted == 1 else "arguments"
                message = f"{tree.function}() takes {wanted} {arguments} here"
            raise tree.at.error(message)
        return found[1](self.context, tree.at, *values)


def _present(
    tree: Expr, outcome: bool, compiler: _Compiler, scope: _Scope
) -> frozenset[Path]:
    """Return the members that are present if a condition has the outcome."""
    if isinstance(tree, Has):
        owner = compiler.operand(tree.field.operand, scope)
        if outcome and owner.path is not None:
            return frozenset({(*owner.path, tree.field.field)})
    elif isinstance(tree, Unary) and tree.operator == "!":
        return _present(tree.operand, not outcome, compiler, scope)
    elif isinstance(tree, Binary) and tree.operator == ("&&" if outcome else "||"):
        left = _present(tree.left, outcome, compiler, scope)
        return left | _present(tree.right, outcome, compiler, scope)
    return frozenset()


def _literal(tree: Literal) -> Py:
    value = tree.value
    if value is None:
        return NONE
    if isinstance(value, bool):
        return Py(str(value), BOOLEAN, is_bool=True)
    if isinstance(value, int):
        return Py(str(value), INTEGER, ATOM if value >= 0 else NEGATIVE)
    if isinstance(value, Decimal):
        return Py(f'Decimal("{value}")', NUMBER_TYPE)
    raw = Py(value, TEXT)
    return Py(string(value), TEXT, operator="literal", operands=(raw,))


def _literal_instant(value: Py, at: At) -> Py:
    if value.operator != "literal":
        raise at.error("a text is an instant only by its format or by timestamp()")
    return timestamp_of(value, at)


_INSTANT_RESULTS = {
    ("-", Kind.TIMESTAMP, Kind.TIMESTAMP): DURATION,
    ("-", Kind.TIMESTAMP, Kind.DURATION): TIMESTAMP,
    ("+", Kind.TIMESTAMP, Kind.DURATION): TIMESTAMP,
    ("+", Kind.DURATION, Kind.TIMESTAMP): TIMESTAMP,
    ("+", Kind.DURATION, Kind.DURATION): DURATION,
    ("-", Kind.DURATION, Kind.DURATION): DURATION,
}
