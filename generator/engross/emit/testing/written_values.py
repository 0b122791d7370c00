"""How values are written in addresses, headers and forms, worked out apart from the runtime.

What is expected of a package's requests must not come from the code that makes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from urllib.parse import quote

from engross.contract.ir import Body, Parameter, Part
from engross.contract.openapi import ParameterLocation, Style
from engross.emit.testing.example_file import compact_json

Pairs = list[tuple[str, str]]


def text(value: object) -> str:
    """A single wire value in an address, a header or a form."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


# Parameters


def parameter_pairs(parameter: Parameter, value: object) -> Pairs:
    """Names and values that a parameter becomes in a query or a cookie, decoded."""
    if parameter.content is not None:
        return [(parameter.wire, _encoded(value, parameter.content))]
    return _pairs(parameter.wire, value, parameter.style, explode=parameter.explode)


def whole_query(parameter: Parameter, value: object) -> Pairs:
    """Names and values of a query that is one value, as a reader of forms sees it."""
    if "x-www-form-urlencoded" not in str(parameter.content):
        return [(_encoded(value, str(parameter.content)), "")]
    return list(_unstyled(value))


def crumbs(parameter: Parameter, value: object) -> list[str]:
    """What a parameter becomes in the Cookie header."""
    pairs = parameter_pairs(parameter, value)
    if parameter.style is Style.COOKIE:
        return [f"{name}={each}" for name, each in pairs]
    if parameter.content is None and not parameter.explode and pairs:
        joined = ",".join(_parts(value, explode=False, encode=True))
        return [f"{parameter.wire}={joined}"]
    return [f"{quote(name, safe='')}={quote(each, safe='')}" for name, each in pairs]


def header(parameter: Parameter, value: object) -> str:
    """What a parameter becomes in a header."""
    if parameter.content is not None:
        written = _encoded(value, parameter.content)
        return _in_ascii(written) if "json" in parameter.content else written
    return ",".join(_parts(value, explode=parameter.explode))


def _in_ascii(written: str) -> str:
    """JSON as a header can hold it."""
    return "".join(
        each if each.isascii() else encode_basestring_ascii(each)[1:-1]
        for each in written
    )


def segment(parameter: Parameter, value: object) -> str:
    """What a parameter becomes in a path, percent-encoded."""
    if parameter.content is not None:
        return quote(_encoded(value, parameter.content), safe="")
    explode = parameter.explode
    parts = _parts(value, explode=explode, encode=True)
    named = explode and isinstance(value, dict)
    match parameter.style:
        case _ if not parts:
            return ""  # nothing is left of an empty list
        case Style.LABEL:
            return "." + ("." if explode else ",").join(parts)
        case Style.MATRIX:
            name = quote(parameter.wire, safe="")
            if not explode:
                return f";{name}={','.join(parts)}".removesuffix("=")
            each = [part if named else f"{name}={part}" for part in parts]
            return "".join(f";{one}".removesuffix("=") for one in each)
        case _:
            return ",".join(parts)


def _encoded(value: object, content: str) -> str:
    return compact_json(value) if "json" in content else text(value)


# Members of bodies


def form_pairs(body: Body, payload: object) -> Pairs:
    """Names and values of a form."""
    return list(_members(body, payload, is_form=True))


def part_pairs(body: Body, payload: object) -> Pairs:
    """Names and contents of a multipart body; a body that is a file is its only part."""
    if not isinstance(payload, dict):
        return [("file", text(payload))]
    return list(_members(body, payload, is_form=False))


def _members(
    body: Body, payload: object, *, is_form: bool
) -> Iterator[tuple[str, str]]:
    parts = {part.name: part for part in body.parts}
    for name, value in payload.items() if isinstance(payload, dict) else ():
        part = parts.get(name)
        if part is not None and is_styled(part):
            yield from _pairs(
                name, value, part.style or Style.FORM, explode=_explode(part)
            )
            continue
        as_json = part is not None and "json" in (part.content_type or "")
        whole = is_form and as_json
        for each in value if isinstance(value, list) and not whole else [value]:
            nested = as_json or isinstance(each, dict | list)
            yield name, compact_json(each) if nested else text(each)


def _unstyled(payload: object) -> Iterator[tuple[str, str]]:
    for name, value in payload.items() if isinstance(payload, dict) else ():
        for each in value if isinstance(value, list) else [value]:
            nested = isinstance(each, dict | list)
            yield name, compact_json(each) if nested else text(each)


def is_styled(part: Part) -> bool:
    """Whether a member is written in a style, not by its media type."""
    return bool(part.style) or part.explode is not None or part.allow_reserved


def _explode(part: Part) -> bool:
    return part.style in (None, Style.FORM) if part.explode is None else part.explode


# What has a form at all


def parameter_has_a_form(parameter: Parameter, value: object) -> bool:
    """Whether a value can be written as this parameter, and read back."""
    is_exploded = parameter.explode
    if parameter.location is ParameterLocation.HEADER and not _is_header(
        header(parameter, value)
    ):
        return False
    if parameter.location is ParameterLocation.PATH and not _is_segment(
        segment(parameter, value)
    ):
        return False
    if parameter.content is not None:
        return True
    if parameter.style is Style.COOKIE and not isinstance(value, dict | list):
        return set(_NO_CRUMBS).isdisjoint(text(value))
    if parameter.style is Style.COOKIE:
        return _can_be_told_apart(value, _NO_CRUMBS)
    if parameter.location is ParameterLocation.HEADER:
        return _can_be_told_apart(value, ",=" if is_exploded else ",")
    if parameter.style is Style.LABEL and is_exploded:
        return _can_be_told_apart(value, ".")
    return _has_a_form(value, parameter.style, explode=is_exploded)


def _is_header(written: str) -> bool:
    return written.isascii() and written.isprintable() and written == written.strip()


def _is_segment(written: str) -> bool:
    return written not in ("", ".", "..")


def member_has_a_form(part: Part, value: object, *, is_form: bool) -> bool:
    """Whether a value can be written as a member of a body in its style."""
    if not is_styled(part):
        return True
    style, explode = part.style or Style.FORM, _explode(part)
    if not is_form and style is Style.FORM and not explode:
        return _can_be_told_apart(value, ",")
    return _has_a_form(value, style, explode=explode)


def _has_a_form(value: object, style: Style, *, explode: bool) -> bool:
    if style is Style.DEEP_OBJECT:
        return True
    return _can_be_told_apart(value, "" if explode else _SEPARATORS.get(style, ""))


_NO_CRUMBS = ' ",;\\'
"""What a cookie cannot hold unencoded, among what samples are made of."""

_SEPARATORS = {Style.SPACE_DELIMITED: " ", Style.PIPE_DELIMITED: "|"}
"""Of styles that encode them like any other character."""


def _can_be_told_apart(value: object, separators: str) -> bool:
    match value:
        case dict():
            items = [part for member in value.items() for part in member]
        case list():
            items = value
        case _:
            return True
    return not any(
        isinstance(each, dict | list) or not set(separators).isdisjoint(text(each))
        for each in items
    )


# Values of several


def _pairs(name: str, value: object, style: Style, *, explode: bool) -> Pairs:
    if style is Style.DEEP_OBJECT:
        return list(_deep(name, value))
    if not isinstance(value, dict | list):
        return [(name, text(value))]
    if explode and isinstance(value, dict):
        return [(key, text(each)) for key, each in value.items()]
    if explode:
        return [(name, text(each)) for each in value]
    separator = _SEPARATORS.get(style, ",")
    return [(name, separator.join(_parts(value, explode=False)))] if value else []


def _deep(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _deep(f"{name}[{key}]", each)
    elif isinstance(value, list):
        is_flat = not any(isinstance(each, dict | list) for each in value)
        for index, each in enumerate(value):
            yield from _deep(f"{name}[]" if is_flat else f"{name}[{index}]", each)
    else:
        yield name, text(value)


def _parts(value: object, *, explode: bool, encode: bool = False) -> list[str]:
    """The items of a list, the members of an object, or the single value."""

    def written(each: object) -> str:
        return quote(text(each), safe="") if encode else text(each)

    if isinstance(value, dict) and explode:
        return [f"{written(key)}={written(each)}" for key, each in value.items()]
    if isinstance(value, dict):
        return [written(part) for member in value.items() for part in member]
    return [written(each) for each in (value if isinstance(value, list) else [value])]
