"""Parses CEL into a tree, with the grammar of cel-python."""

from __future__ import annotations

import importlib.util
import os
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from engross.cache import cache_folder
from engross.validation.cel.cel_syntax import (
    At,
    Binary,
    Call,
    CelError,
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

_MACROS = {"all": 2, "exists": 2, "exists_one": 2, "filter": 2, "map": 3}
_RESERVED = frozenset(
    {
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "package",
        "return",
        "var",
        "void",
        "while",
    }
)
_OPERATORS = {
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
    "relation_eq": "==",
    "relation_ne": "!=",
    "relation_in": "in",
    "addition_add": "+",
    "addition_sub": "-",
    "multiplication_mul": "*",
    "multiplication_div": "/",
    "multiplication_mod": "%",
}
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\'\"`?])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
    r"|([0-3][0-7]{2})|(.?))",
    re.DOTALL,
)
_PLAIN_ESCAPES = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

_Tree: TypeAlias = "Tree[Token]"


def parse(text: str) -> Expr:
    """Parse an expression.

    Raises:
        CelError: it is malformed.
    """
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        lines = text.splitlines() or [""]
        if error.line < 1 or error.column < 1:
            raise CelError(
                "the expression ends too early", len(lines), len(lines[-1]) + 1
            ) from None
        raise CelError("this is not CEL", error.line, error.column) from None
    return _expression(tree)


@cache
def _grammar() -> Lark:
    """Build the parser; its tables are cached between runs, as they take long to build."""
    spec = importlib.util.find_spec("celpy")
    assert spec is not None
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "cel.lark"
    return Lark(
        path.read_text(encoding="utf-8"),
        parser="lalr",
        start="expr",
        g_regex_flags=re.MULTILINE,
        lexer_callbacks={"IDENT": _literal_word},
        propagate_positions=True,
        maybe_placeholders=False,
        priority="invert",
        cache=_cache_file(),
    )


def _literal_word(token: Token) -> Token:
    """Tell literals from names, which the grammar leaves to the lexer."""
    if token.value in ("true", "false"):
        return Token.new_borrow_pos("BOOL_LIT", token.value, token)
    return token


def _cache_file() -> str | bool:
    """Return a file in the user's cache for the tables, or False if it cannot be written."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK):
            return False
    except OSError:
        return False
    return str(folder / "cel.tables")


def _at(node: _Tree | Token) -> At:
    if isinstance(node, Token):
        return At(node.line or 1, node.column or 1)
    return At(getattr(node.meta, "line", 1), getattr(node.meta, "column", 1))


def _expression(node: _Tree | Token) -> Expr:
    assert isinstance(node, Tree)
    parts = node.children
    if node.data == "expr" and len(parts) == 3:
        return Conditional(_at(node), *map(_expression, parts))
    if node.data in ("conditionalor", "conditionaland") and len(parts) == 2:
        operator = "||" if node.data == "conditionalor" else "&&"
        return Binary(_at(node), operator, *map(_expression, parts))
    if node.data in ("relation", "addition", "multiplication") and len(parts) == 2:
        left, right = parts
        assert isinstance(left, Tree)
        operator = _OPERATORS[left.data]
        operands = _expression(left.children[0]), _expression(right)
        return Binary(_at(node), operator, *operands)
    if node.data == "unary" and len(parts) == 2:
        mark, operand = parts
        assert isinstance(mark, Tree)
        operator = "!" if mark.data == "unary_not" else "-"
        return Unary(_at(node), operator, _expression(operand))
    if node.data in _SPECIAL:
        return _SPECIAL[node.data](node)
    return _expression(parts[0])


def _arguments(node: _Tree, position: int) -> tuple[Expr, ...]:
    if len(node.children) <= position:
        return ()
    listed = node.children[position]
    assert isinstance(listed, Tree)
    return tuple(map(_expression, listed.children))


def _select(node: _Tree) -> Expr:
    operand, name = node.children
    return Select(_at(name), _expression(operand), str(name))


def _method(node: _Tree) -> Expr:
    target, name = _expression(node.children[0]), str(node.children[1])
    at = _at(node.children[1])
    arguments = _arguments(node, 2)
    most = _MACROS.get(name)
    if most is None or len(arguments) not in (2, most):
        return Call(at, name, target, arguments)
    variable, *rest = arguments
    if not isinstance(variable, Ident):
        raise at.error(f"{name}() needs the name of a variable first")
    return Macro(at, name, target, variable.name, tuple(rest))


def _index(node: _Tree) -> Expr:
    operand, index = map(_expression, node.children)
    return Index(_at(node), operand, index)


def _function(node: _Tree) -> Expr:
    name, at = str(node.children[0]), _at(node)
    arguments = _arguments(node, 1)
    if name != "has":
        return Call(at, name, None, arguments)
    if len(arguments) != 1 or not isinstance(arguments[0], Select):
        raise at.error("has() needs a member, as in has(self.name)")
    return Has(at, arguments[0])


def _ident(node: _Tree) -> Expr:
    name = str(node.children[0])
    if name in _RESERVED:
        raise _at(node).error(f"{name!r} is a reserved word")
    return Literal(_at(node), None) if name == "null" else Ident(_at(node), name)


def _list(node: _Tree) -> Expr:
    return ListOf(_at(node), _arguments(node, 0))


def _unsupported(node: _Tree) -> Expr:
    raise _at(node).error("objects and messages cannot be written out in rules")


def _leading_dot(node: _Tree) -> Expr:
    raise _at(node).error("a name in a rule does not start with a dot")


def _literal(node: _Tree) -> Expr:
    token = node.children[0]
    assert isinstance(token, Token)
    at, text = _at(node), str(token)
    if token.type == "BOOL_LIT":
        return Literal(at, text == "true")
    if token.type == "NULL_LIT":
        return Literal(at, None)
    if token.type in ("INT_LIT", "UINT_LIT"):
        return Literal(at, int(text.rstrip("uU"), 0 if "x" in text else 10))
    if token.type == "FLOAT_LIT":
        return Literal(at, Decimal(text))
    if token.type in ("STRING_LIT", "MLSTRING_LIT"):
        return Literal(at, _unquote(text, at))
    raise at.error("bytes are not supported in rules")


def _unquote(text: str, at: At) -> str:
    raw = text[0] in "rR"
    body = text[1:] if raw else text
    width = 3 if body[:3] in ('"""', "'''") else 1
    body = body[width:-width]
    if raw:
        return body

    def character(match: re.Match[str]) -> str:
        plain, *codes, octal, unknown = match.groups()
        if plain:
            return _PLAIN_ESCAPES.get(plain, plain)
        if octal:
            return chr(int(octal, 8))
        for code in codes:
            if code and int(code, 16) <= 0x10FFFF:
                return chr(int(code, 16))
        raise at.error(f"CEL has no escape \\{unknown or ''}")

    return _ESCAPE.sub(character, body)


_SPECIAL = {
    "member_dot": _select,
    "member_dot_arg": _method,
    "member_index": _index,
    "member_object": _unsupported,
    "ident_arg": _function,
    "dot_ident": _leading_dot,
    "dot_ident_arg": _leading_dot,
    "ident": _ident,
    "list_lit": _list,
    "map_lit": _unsupported,
    "literal": _literal,
}
