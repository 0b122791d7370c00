"""What emitted validators call: violations, exact comparison, patterns, formats.

Emitted packages carry this module as `_runtime/validation.py`, so it depends on the
standard library alone and does little when it is imported.
"""

from __future__ import annotations

import re
from collections.abc import (
    Callable,
    Hashable,
    Iterable,
    Mapping,
    Sequence,
    Sized,
)
from datetime import UTC, datetime, timedelta
from decimal import (
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)
from typing import Any, Final, Protocol, Self, TypeAlias, TypeGuard

MAX_DEPTH: Final = 256
"""How many levels of a recursive schema a payload may fill."""

_SHOWN: Final = 60
_LARGEST_PLAIN: Final = 2**61 - 1


_Place: TypeAlias = str | tuple[str, str]
"""Of a schema: as a pointer, or as that of an object and the path to one of its members."""


class Violation(tuple[str, str, object, object, object, _Place, str | None]):
    """One way in which a payload breaks its contract; immutable.

    Checks leave the message to be worded when it is read: a violation then holds None
    or a function in its place, and the schema's place without the keyword.
    """

    __slots__ = ()

    def __new__(
        cls,
        pointer: str,
        keyword: str,
        message: str,
        expected: object,
        actual: object,
        schema_pointer: str,
        code: str | None = None,
    ) -> Self:
        fields = (pointer, keyword, message, expected, actual, schema_pointer, code)
        return tuple.__new__(cls, fields)

    @property
    def pointer(self) -> str:
        """JSON pointer to the offending value in the payload."""
        return self[0]

    @property
    def keyword(self) -> str:
        """Keyword of the schema that the value fails."""
        return self[1]

    @property
    def message(self) -> str:
        """What is wrong, understandable without the schema."""
        _, keyword, message, expected, actual, _, _ = self
        if message is None:
            return _MESSAGES.get(keyword, _not_allowed)(expected, actual)
        return str(message() if callable(message) else message)

    @property
    def expected(self) -> object:
        """What the keyword asks for."""
        return self[3]

    @property
    def actual(self) -> object:
        """The value found."""
        return self[4]

    @property
    def schema_pointer(self) -> str:
        """Where the rule stands in the contract."""
        place = self[5]
        if isinstance(place, tuple):
            schema, path = place
            place = schema + path.replace("/", "/properties/")
        return place if isinstance(self[2], str) else f"{place}/{self[1]}"

    @property
    def code(self) -> str | None:
        """The provider's error code for this, where the contract maps one."""
        return self[6]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Violation):
            return NotImplemented
        return self.__getnewargs__() == other.__getnewargs__()

    def __hash__(self) -> int:
        return hash((self.pointer, self.schema_pointer))

    def __getnewargs__(self) -> tuple[object, ...]:
        return (*self[:2], self.message, *self[3:5], self.schema_pointer, self[6])

    def __repr__(self) -> str:
        fields = ", ".join(map(repr, self.__getnewargs__()))
        return f"Violation({fields})"

    def __str__(self) -> str:
        code = f" ({self.code})" if self.code else ""
        return f"{self.pointer or '(root)'}: {self.message}{code}"


_new = tuple.__new__


class _Format:
    """A regular expression that is compiled when it is first used.

    Only few of the formats below are needed in one process, and compiling them all
    would take most of the time that importing this module takes.
    """

    __slots__ = ("_source", "fullmatch")

    fullmatch: Callable[[str], re.Match[str] | None]

    def __init__(self, source: str) -> None:
        self._source = source
        self.fullmatch = self._compile_and_match

    def _compile_and_match(self, text: str) -> re.Match[str] | None:
        self.fullmatch = re.compile(self._source, re.ASCII).fullmatch
        return self.fullmatch(text)


Memo: TypeAlias = "dict[tuple[str, int], bool]"


class _Predicate(Protocol):
    def __call__(
        self, payload: object, depth: int = 0, memo: Memo | None = None
    ) -> bool: ...


def remembered(predicate: Callable[[object, int, Memo], bool]) -> _Predicate:
    """Make a recursive predicate ask once about each part of a payload.

    Alternatives that lead back to the schema would otherwise ask again at each level,
    twice as often the deeper they are.
    """
    name = predicate.__name__

    def ask(payload: object, depth: int = 0, memo: Memo | None = None) -> bool:
        if memo is None:
            memo = {}
        part = (name, id(payload))
        known = memo.get(part)
        if known is None:
            known = memo[part] = predicate(payload, depth, memo)
        return known

    return ask


def numeric(value: object) -> TypeGuard[int | float | Decimal]:
    """Tell whether the value is a JSON number: no boolean, finite."""
    if isinstance(value, float):
        return bool(value - value == 0.0)
    if isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, Decimal) and value.is_finite()


def integral(value: object) -> TypeGuard[int | float | Decimal]:
    """Tell whether the value is a JSON number without a fraction; 1.0 is one."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    if isinstance(value, float):
        return value.is_integer()
    if isinstance(value, Decimal) and value.is_finite():
        return bool(value == value.to_integral_value())
    return False


def exact(value: int | float | Decimal) -> int | Decimal:
    """Give the number that the digits of a JSON number mean: 0.1 is one tenth."""
    return Decimal(repr(float(value))) if isinstance(value, float) else value


def multiple(value: int | float | Decimal, divisor: int | float | Decimal) -> bool:
    """Tell whether the value is a whole multiple of the divisor, without rounding."""
    number, exponent = _scaled(value)
    step, step_exponent = _scaled(divisor)
    shift = exponent - step_exponent
    if shift >= 0:
        return number * pow(10, shift, step) % step == 0
    if -shift > number.bit_length():
        return number == 0
    scaled: int = step * 10**-shift
    return number % scaled == 0


def _scaled(value: int | float | Decimal) -> tuple[int, int]:
    """Give whole digits and the power of ten that scales them."""
    if isinstance(value, int):
        return abs(int(value)), 0
    _, digits, exponent = Decimal(exact(value)).as_tuple()
    assert isinstance(exponent, int), "JSON numbers are finite"
    return int(Decimal((0, digits, 0))), exponent


def same(left: object, right: object) -> bool:
    """Tell whether two JSON values are equal: 1 is 1.0, and neither is true."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) or left is None:
        return left == right
    if isinstance(left, (int, float, Decimal)):
        return numeric(left) and numeric(right) and exact(left) == exact(right)
    if isinstance(left, list):
        return (
            isinstance(right, list)
            and len(left) == len(right)
            and all(map(same, left, right))
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same(member, right[name]) for name, member in left.items()
        )
    return False


def among(value: object, constants: Sequence[object]) -> bool:
    """Tell whether the value equals one of the constants."""
    return any(same(value, constant) for constant in constants)


def unique(items: Sequence[object]) -> bool:
    """Tell whether no two items are equal; linear in the size of the items."""
    kinds = set(map(type, items))
    if kinds == {str}:
        return len(set(items)) == len(items)
    return len({_identity(item, 0) for item in items}) == len(items)


def _identity(value: object, depth: int) -> Hashable:
    """Give a key that two JSON values share when, and only when, they are equal.

    Large and fractional numbers become text, whose hashes cannot be chosen by whoever
    sends the payload.
    """
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int) and -_LARGEST_PLAIN < value < _LARGEST_PLAIN:
        return value
    if numeric(value):
        return _number_identity(value)
    if depth > MAX_DEPTH:
        raise RecursionError("the payload is nested too deeply")
    if isinstance(value, list):
        return ("array", *[_identity(item, depth + 1) for item in value])
    if isinstance(value, dict):
        return frozenset(
            [(name, _identity(member, depth + 1)) for name, member in value.items()]
        )
    return id(value)


def _number_identity(value: int | float | Decimal) -> Hashable:
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_PLAIN:
        return int(value)
    number, exponent = _scaled(value)
    while number and number % 10 == 0:
        number, exponent = number // 10, exponent + 1
    if 0 <= exponent <= 19 and number * 10**exponent < _LARGEST_PLAIN:
        return int(value)
    return ("number", value < 0, f"{number:x}", exponent)


# What nearly all texts look like, so that one match settles them.
_USUAL_DATE_TIME = _Format(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
_USUAL_EMAIL = _Format(
    r"(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@(?:[A-Za-z0-9]{1,40}\.){1,4}[A-Za-z]{2,20}"
)
_DATE = _Format(r"(\d{4})-(\d\d)-(\d\d)")
_TIME = _Format(r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))")
_CLOCK = r"\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S"
_DURATION = _Format(
    rf"P(?:\d+W|T(?:{_CLOCK})"
    rf"|(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)(?:T(?:{_CLOCK}))?)"
)
_LABEL = _Format(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LOCAL_PART = _Format(rf'{_ATOM}+(?:\.{_ATOM}+)*|"(?:[ !#-\[\]-~]|\\[ -~])*"')
_WIDE_ATOM = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\x00-\x7f])"
_WIDE_LOCAL_PART = _Format(
    rf'{_WIDE_ATOM}+(?:\.{_WIDE_ATOM}+)*|"(?:[ !#-\[\]-~]|[^\x00-\x7f]|\\[ -~])*"'
)
_WIDE_LABEL = _Format(r"(?!-)(?:[A-Za-z0-9-]|[^\x00-\x7f\u3002\uff0e\uff61])+(?<!-)")
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = _Format(rf"{_BYTE}(?:\.{_BYTE}){{3}}")
_HEXTET = _Format(r"[0-9A-Fa-f]{1,4}")
_IP_FUTURE = _Format(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+")
_UUID = _Format(
    r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
)
_POINTER = r"(?:/(?:[^~/]|~[01])*)*"
_JSON_POINTER = _Format(_POINTER)
_RELATIVE_JSON_POINTER = _Format(rf"(?:0|[1-9]\d*)(?:#|{_POINTER})")


def _reference(letters: str, private: str) -> _Format:
    """Make the pattern of an RFC 3986 or 3987 reference; it captures scheme and host."""
    hexadecimal = "%[0-9A-Fa-f]{2}"
    name = rf"(?:[{letters}\-._~!$&'()*+,;=]|{hexadecimal})"
    char = rf"(?:[{letters}\-._~!$&'()*+,;=:@]|{hexadecimal})"
    user = rf"(?:[{letters}\-._~!$&'()*+,;=:]|{hexadecimal})"
    path = rf"(?:/{char}*)*"
    return _Format(
        r"(?:([A-Za-z][A-Za-z0-9+.\-]*):|(?![^/?#]*:))"
        rf"(?://(?:{user}*@)?(?:\[([^\]]*)\]|{name}*)(?::\d*)?{path}"
        rf"|(?!//)/?(?:{char}+{path})?)"
        rf"(?:\?(?:{char}|[/?{private}])*)?(?:#(?:{char}|[/?])*)?"
    )


_UCS = (
    "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(p << 16)}-{chr((p << 16) + 0xFFFD)}" for p in range(1, 14))
    + "\U000e1000-\U000efffd"
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_URI = _reference("A-Za-z0-9", "")
_IRI = _reference(f"A-Za-z0-9{_UCS}", _PRIVATE)
_VARIABLE = r"(?:\w|%[0-9A-Fa-f]{2})(?:\.?(?:\w|%[0-9A-Fa-f]{2}))*(?:\*|:[1-9]\d{0,3})?"
_URI_TEMPLATE = _Format(
    r"(?:[!#$&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~" + _UCS + _PRIVATE + "]"
    rf"|%[0-9A-Fa-f]{{2}}|\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*\}})*"
)
_REGEX_ESCAPE = (
    r"\\(?:c[A-Za-z]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]+\}"
    r"|[pP]\{\w+(?:=\w+)?\}|k<[^>]+>|[dDwWsSbBtnvfr]|\d+|[^A-Za-z0-9])"
)
_REGEX_TOKEN: Final = (
    rf"(?P<atom>{_REGEX_ESCAPE}|\[\^?(?:{_REGEX_ESCAPE}|[^\]\\])*\]|[^\\()\[*+?|^$])"
    r"|(?P<repeat>[*+?]\??|\{\d+(?:,\d*)?\}\??)"
    r"|(?P<open>\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_$][\w$]*>)|(?!\?)))"
    r"|(?P<close>\))|(?P<other>[|^$])"
)


def fits_date(text: str) -> bool:
    """Tell whether the text is a full date of RFC 3339."""
    fullmatch = _DATE.fullmatch
    match = fullmatch(text)
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= last[month - 1]


def fits_time(text: str) -> bool:
    """Tell whether the text is a full time of RFC 3339, with its offset."""
    fullmatch = _TIME.fullmatch
    match = fullmatch(text)
    if match is None:
        return False
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    offset_hour, offset_minute = int(match[5] or 0), int(match[6] or 0)
    if hour > 23 or minute > 59 or offset_hour > 23 or offset_minute > 59:
        return False
    if second < 60:
        return True
    # A leap second ends a day in UTC.
    offset = offset_hour * 60 + offset_minute
    shift = -offset if match[4] == "-" else offset
    return second == 60 and (hour * 60 + minute - shift) % 1440 == 1439


def fits_date_time(text: str) -> bool:
    """Tell whether the text is a date-time of RFC 3339."""
    fullmatch = _USUAL_DATE_TIME.fullmatch
    if fullmatch(text) is not None:
        return True
    return text[10:11] in ("T", "t") and fits_date(text[:10]) and fits_time(text[11:])


def fits_duration(text: str) -> bool:
    """Tell whether the text is a duration of RFC 3339, appendix A."""
    fullmatch = _DURATION.fullmatch
    return fullmatch(text) is not None


def fits_email(text: str) -> bool:
    """Tell whether the text is a mailbox of RFC 5321."""
    fullmatch = _USUAL_EMAIL.fullmatch
    if fullmatch(text) is not None:
        return True
    local, _, domain = text.rpartition("@")
    if len(local) > 64 or _LOCAL_PART.fullmatch(local) is None:
        return False
    return fits_hostname(domain) or _is_address_literal(domain)


def fits_idn_email(text: str) -> bool:
    """Tell whether the text is a mailbox of RFC 6531."""
    local, _, domain = text.rpartition("@")
    if len(local.encode(errors="replace")) > 64 or not _WIDE_LOCAL_PART.fullmatch(
        local
    ):
        return False
    if _is_address_literal(domain):
        return True
    return all(map(_WIDE_LABEL.fullmatch, domain.split(".")))


def _is_address_literal(domain: str) -> bool:
    if domain[:1] != "[" or domain[-1:] != "]":
        return False
    address = domain[1:-1]
    if address[:5].lower() == "ipv6:":
        return fits_ipv6(address[5:])
    return fits_ipv4(address)


def fits_hostname(text: str) -> bool:
    """Tell whether the text is a host name of RFC 1123, its A-labels well formed."""
    if len(text) > 253:
        return False
    labels = text.split(".")
    return all(map(_LABEL.fullmatch, labels)) and all(
        _is_a_label(label) for label in labels if label[:4].lower() == "xn--"
    )


def fits_idn_hostname(text: str) -> bool:
    """Tell whether the text is a host name of RFC 5890."""
    labels = text.translate({0x3002: ".", 0xFF0E: ".", 0xFF61: "."}).split(".")
    decoded = []
    length = len(labels) - 1
    for label in labels:
        encoded = u_label = label
        if label[:4].lower() == "xn--":
            if not _is_a_label(label):
                return False
            u_label = label[4:].lower().encode().decode("punycode")
        elif label.isascii():
            if not _LABEL.fullmatch(label) or label[2:4] == "--":
                return False
        elif _is_u_label(label):
            encoded = f"xn--{label.encode('punycode').decode()}"
        else:
            return False
        if len(encoded) > 63:
            return False
        length += len(encoded)
        decoded.append(u_label)
    return length <= 253 and _obeys_bidi_rule(decoded)


def _is_a_label(label: str) -> bool:
    """Tell whether a label that starts with `xn--` stands for a U-label."""
    encoded = label[4:].lower()
    try:
        decoded = encoded.encode("ascii").decode("punycode")
        again = decoded.encode("punycode").decode()
    except (UnicodeError, OverflowError, ValueError):
        return False
    return (
        again == encoded
        and not decoded.isascii()
        and _is_u_label(decoded)
        and _obeys_bidi_rule([decoded])
    )


# Code points that RFC 5892 settles one by one (2.6), or that are ignorable (2.3).
_IDN_VALID = frozenset("\u00df\u03c2\u06fd\u06fe\u0f0b\u3007")
_IDN_INVALID = frozenset(
    "\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b"
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
)


def _is_u_label(label: str) -> bool:
    """Tell whether a label in Unicode is valid under RFC 5891 and 5892."""
    from unicodedata import category, normalize

    if label[:1] == "-" or label[-1:] == "-" or label[2:4] == "--":
        return False
    if normalize("NFC", label) != label or category(label[:1] or "-")[0] == "M":
        return False
    return all(_is_idn_char(label, index) for index in range(len(label)))


def _is_idn_char(label: str, index: int) -> bool:
    from unicodedata import category, normalize

    char = label[index]
    if char in _IDN_VALID or char == "-":
        return True
    if char in _CONTEXT_RULES:
        return _CONTEXT_RULES[char](label, index)
    if char in _IDN_INVALID or 0x1100 <= ord(char) <= 0x11FF:
        return False
    if "\u0660" <= char <= "\u0669":
        return not any("\u06f0" <= other <= "\u06f9" for other in label)
    if "\u06f0" <= char <= "\u06f9":
        return not any("\u0660" <= other <= "\u0669" for other in label)
    stable = normalize("NFKC", normalize("NFKC", char).casefold()) == char
    return stable and category(char) in ("Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc")


def _in_script(char: str, *scripts: str) -> bool:
    from unicodedata import name

    return name(char, "").startswith(scripts)


def _middle_dot(label: str, index: int) -> bool:
    return label[index - 1 : index] == "l" and label[index + 1 : index + 2] == "l"


def _keraia(label: str, index: int) -> bool:
    return _in_script(label[index + 1 : index + 2] or "-", "GREEK ")


def _geresh(label: str, index: int) -> bool:
    return index > 0 and _in_script(label[index - 1], "HEBREW ")


def _katakana_dot(label: str, index: int) -> bool:
    scripts = ("HIRAGANA ", "KATAKANA LETTER ", "CJK UNIFIED IDEOGRAPH")
    return any(_in_script(char, *scripts) for char in label)


def _joiner(label: str, index: int) -> bool:
    from unicodedata import combining

    return index > 0 and combining(label[index - 1]) == 9


def _non_joiner(label: str, index: int) -> bool:
    if _joiner(label, index):
        return True
    # Python has no table of joining types; the scripts that join stand for it.
    scripts = ("ARABIC LETTER ", "SYRIAC LETTER ", "MONGOLIAN LETTER ", "NKO LETTER ")
    return (
        0 < index < len(label) - 1
        and _in_script(label[index - 1], *scripts)
        and _in_script(label[index + 1], *scripts)
    )


_CONTEXT_RULES: Final[dict[str, Callable[[str, int], bool]]] = {
    "\u00b7": _middle_dot,
    "\u0375": _keraia,
    "\u05f3": _geresh,
    "\u05f4": _geresh,
    "\u200c": _non_joiner,
    "\u200d": _joiner,
    "\u30fb": _katakana_dot,
}


def _obeys_bidi_rule(labels: Sequence[str]) -> bool:
    """Tell whether labels obey RFC 5893, which binds names with right-to-left parts."""
    from unicodedata import bidirectional

    kinds = [[bidirectional(char) for char in label] for label in labels]
    if not any(kind in ("R", "AL", "AN") for label in kinds for kind in label):
        return True
    return all(map(_label_obeys_bidi_rule, kinds))


def _label_obeys_bidi_rule(kinds: Sequence[str]) -> bool:
    marks = {"ES", "CS", "ET", "ON", "BN", "NSM", "EN"}
    spoken = [kind for kind in kinds if kind != "NSM"]
    if not spoken or kinds[0] not in ("L", "R", "AL"):
        return False
    if kinds[0] == "L":
        return set(kinds) <= marks | {"L"} and spoken[-1] in ("L", "EN")
    return (
        set(kinds) <= marks | {"R", "AL", "AN"}
        and spoken[-1] in ("R", "AL", "EN", "AN")
        and not {"EN", "AN"} <= set(kinds)
    )


def fits_ipv4(text: str) -> bool:
    """Tell whether the text is an IPv4 address in four decimal parts."""
    fullmatch = _IPV4.fullmatch
    return fullmatch(text) is not None


def fits_ipv6(text: str) -> bool:
    """Tell whether the text is an IPv6 address of RFC 4291, without a zone."""
    head, gap, tail = text.partition("::")
    parts = head.split(":") if head else []
    parts += tail.split(":") if tail else []
    size = len(parts)
    if parts and "." in parts[-1] and (tail or not gap):
        if not fits_ipv4(parts.pop()):
            return False
        size += 1
    if not all(map(_HEXTET.fullmatch, parts)):
        return False
    return size < 8 if gap else size == 8


def fits_uri(text: str) -> bool:
    """Tell whether the text is a URI of RFC 3986."""
    return _is_reference(_URI, text, absolute=True)


def fits_uri_reference(text: str) -> bool:
    """Tell whether the text is a URI or a relative reference of RFC 3986."""
    return _is_reference(_URI, text, absolute=False)


def fits_iri(text: str) -> bool:
    """Tell whether the text is an IRI of RFC 3987."""
    return _is_reference(_IRI, text, absolute=True)


def fits_iri_reference(text: str) -> bool:
    """Tell whether the text is an IRI or a relative reference of RFC 3987."""
    return _is_reference(_IRI, text, absolute=False)


def _is_reference(pattern: _Format, text: str, *, absolute: bool) -> bool:
    fullmatch = pattern.fullmatch
    match = fullmatch(text)
    if match is None or (absolute and match[1] is None):
        return False
    address = match[2]
    return address is None or fits_ipv6(address) or bool(_IP_FUTURE.fullmatch(address))


def fits_uri_template(text: str) -> bool:
    """Tell whether the text is a URI template of RFC 6570."""
    return _URI_TEMPLATE.fullmatch(text) is not None


def fits_uuid(text: str) -> bool:
    """Tell whether the text is a UUID of RFC 4122."""
    fullmatch = _UUID.fullmatch
    return fullmatch(text) is not None


def fits_json_pointer(text: str) -> bool:
    """Tell whether the text is a JSON pointer of RFC 6901."""
    return _JSON_POINTER.fullmatch(text) is not None


def fits_relative_json_pointer(text: str) -> bool:
    """Tell whether the text is a relative JSON pointer."""
    return _RELATIVE_JSON_POINTER.fullmatch(text) is not None


def fits_regex(text: str) -> bool:
    """Tell whether the text is a regular expression of ECMA-262."""
    nesting = at = 0
    repeatable = False
    for match in re.finditer(_REGEX_TOKEN, text, re.ASCII):
        kind = match.lastgroup
        if match.start() != at or (kind == "repeat" and not repeatable):
            return False
        nesting += (kind == "open") - (kind == "close")
        if nesting < 0:
            return False
        repeatable = kind in ("atom", "close")
        at = match.end()
    return nesting == 0 and at == len(text)


def escape(name: object) -> str:
    """Give the name of a member as one token of a JSON pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")


def show(value: object) -> str:
    """Give a value as words for a message; long ones are shortened."""
    if isinstance(value, str):
        if len(value) <= _SHOWN:
            return repr(value)
        return f"{value[:_SHOWN]!r}... ({len(value):,} characters)"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        bits = value.bit_length()
        return repr(value) if bits < 200 else f"an integer of {bits:,} bits"
    if isinstance(value, (float, Decimal)):
        text = str(value)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    if isinstance(value, list):
        return f"a list of {_count(len(value), 'item')}"
    if isinstance(value, dict):
        return f"an object with {_count(len(value), 'member')}"
    return f"a value of type {type(value).__name__}"


def _show_constant(value: object) -> str:
    """Give a value of the contract, in full where that is short."""
    if isinstance(value, str):
        return show(value)
    if isinstance(value, list) and len(value) <= 5:
        return f"[{', '.join(map(_show_constant, value))}]"
    if isinstance(value, dict) and len(value) <= 5:
        members = (f"{show(key)}: {_show_constant(value[key])}" for key in value)
        return f"{{{', '.join(members)}}}"
    return show(value)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _listed(words: Sequence[str], last: str) -> str:
    if len(words) > 12:
        return f"{', '.join(words[:12])}, ... ({len(words)} in all)"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


_FORMATS: Final = {
    "date": "a date such as 2030-01-31",
    "date-time": "an instant such as 2030-01-31T09:30:00Z",
    "duration": "a duration such as P3DT12H",
    "email": "an email address",
    "hostname": "a host name",
    "idn-email": "an email address",
    "idn-hostname": "a host name",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "iri": "an IRI with its scheme",
    "iri-reference": "an IRI",
    "json-pointer": "a JSON pointer",
    "regex": "a regular expression",
    "relative-json-pointer": "a relative JSON pointer",
    "time": "a time with its offset, such as 09:30:00Z",
    "uri": "a URI with its scheme",
    "uri-reference": "a URI",
    "uri-template": "a URI template",
    "uuid": "a UUID",
}


_TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def _not_allowed(expected: object, actual: object) -> str:
    return f"is not allowed here, got {show(actual)}"


def _type(expected: object, actual: object) -> str:
    names = expected if isinstance(expected, tuple) else (expected,)
    kinds = _listed([_TYPES.get(str(name), str(name)) for name in names], "or")
    return f"must be {kinds}, got {show(actual)}"


def _enum(expected: object, actual: object) -> str:
    constants = expected if isinstance(expected, (tuple, list)) else ()
    values = _listed(list(map(_show_constant, constants)), "or")
    one_of = "one of " if len(constants) > 1 else ""
    return f"must be {one_of}{values}, got {show(actual)}"


def _const(expected: object, actual: object) -> str:
    return f"must be {_show_constant(expected)}, got {show(actual)}"


def _format(expected: object, actual: object) -> str:
    return f"must be {_FORMATS.get(str(expected), expected)}, got {show(actual)}"


def _bound(words: str) -> Callable[[object, object], str]:
    def message(expected: object, actual: object) -> str:
        return f"{words} {show(expected)}, got {show(actual)}"

    return message


def _size(words: str, noun: str) -> Callable[[object, object], str]:
    def message(expected: object, actual: object) -> str:
        size = len(actual) if isinstance(actual, Sized) else 0
        if not size:
            return "must not be empty"
        shown = f": {show(actual)}" if isinstance(actual, str) else ""
        least = expected if isinstance(expected, int) else 0
        return f"must have {words} {_count(least, noun)}, got {size:,}{shown}"

    return message


def _contains(words: str) -> Callable[[object, object], str]:
    def message(expected: object, actual: object) -> str:
        number = expected if isinstance(expected, int) else 0
        return f"must hold {words} {_count(number, 'item')} of the kind asked for"

    return message


def _unique(expected: object, actual: object) -> str:
    message = "must not hold equal items"
    seen: dict[Hashable, int] = {}
    for index, item in enumerate(actual if isinstance(actual, list) else ()):
        first = seen.setdefault(_identity(item, 0), index)
        if first != index:
            return f"{message}; items {first} and {index} are both {show(item)}"
    return message


_MESSAGES: Final[dict[str, Callable[[object, object], str]]] = {
    "anyOf": _type,
    "const": _const,
    "contains": _contains("at least"),
    "depth": lambda expected, actual: (
        f"is nested more than {expected} levels deep, or holds itself"
    ),
    "enum": _enum,
    "exclusiveMaximum": _bound("must be less than"),
    "exclusiveMinimum": _bound("must be greater than"),
    "format": _format,
    "maxContains": _contains("at most"),
    "maxItems": _size("at most", "item"),
    "maxLength": _size("at most", "character"),
    "maxProperties": _size("at most", "member"),
    "maximum": _bound("must be at most"),
    "minContains": _contains("at least"),
    "minItems": _size("at least", "item"),
    "minLength": _size("at least", "character"),
    "minProperties": _size("at least", "member"),
    "minimum": _bound("must be at least"),
    "multipleOf": _bound("must be a multiple of"),
    "not": lambda expected, actual: (
        f"must not be what the contract excludes, got {show(actual)}"
    ),
    "oneOf": _type,
    "pattern": lambda expected, actual: (
        f"must match the pattern {expected}, got {show(actual)}"
    ),
    "propertyNames": lambda expected, actual: (
        f"has a name that is not allowed: {show(actual)}"
    ),
    "required": lambda expected, actual: f"{expected!r} is required, and missing",
    "type": _type,
    "uniqueItems": _unique,
}


# What CEL calls an error: a missing member, a wrong type, a number out of range.
_RULE_ERRORS = (ArithmeticError, LookupError, TypeError, ValueError)
_EXACT = Context(prec=1000, traps=[DivisionByZero, Inexact, InvalidOperation, Overflow])
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Give the present instant."""
    return datetime.now(UTC)


def instant(text: str) -> datetime:
    """Give the instant that a date-time of RFC 3339 names, or the start of a date, UTC.

    Raises:
        ValueError: it names none.
    """
    leap = False
    try:
        named = datetime.fromisoformat(text)
    except ValueError:
        leap = text[17:19] == "60"
        plain = f"{text[:17]}59{text[19:]}" if leap else text
        named = datetime.fromisoformat(plain.upper())
    if named.tzinfo is None:
        if len(text) != 10:
            raise ValueError("the time has no offset")
        return named.replace(tzinfo=UTC)
    return named + timedelta(seconds=1) if leap else named


def unix_instant(number: int | float | Decimal, scale: int) -> datetime:
    """Give the instant that a UNIX time names; `scale` is its units in a second."""
    microseconds = exact(number) * (1_000_000 // scale)
    return _EPOCH + timedelta(microseconds=int(microseconds))


def holds(rule: Callable[[Any], bool], value: object) -> bool:
    """Tell whether a rule holds; one that ends in an error does not."""
    try:
        return rule(value)
    except _RULE_ERRORS:
        return False


def holds_exactly(rule: Callable[[Any], bool], value: object) -> bool:
    """Tell whether a rule that computes holds, its results as exact as its operands."""
    with localcontext(_EXACT):
        return holds(rule, value)


def _reason(error: Exception) -> str:
    """Say why a rule ended in an error."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r}, which it depends on, is missing"
    if isinstance(error, IndexError):
        return "a list that it depends on is too short"
    if isinstance(error, ArithmeticError):
        return "a number that it depends on is out of range"
    return "a part that it depends on is null or malformed"


def both(left: Callable[[], bool], right: Callable[[], bool]) -> bool:
    """Give `left && right`; an error on the left gives way to false on the right."""
    try:
        first = left()
    except _RULE_ERRORS:
        if right():
            raise
        return False
    return first and right()


def either(left: Callable[[], bool], right: Callable[[], bool]) -> bool:
    """Give `left || right`; an error on the left gives way to true on the right."""
    try:
        first = left()
    except _RULE_ERRORS:
        if right():
            return True
        raise
    return first or right()


def for_all(test: Callable[[Any], bool], items: Iterable[object]) -> bool:
    """Tell whether the test holds for all; one failure outweighs errors."""
    failed: Exception | None = None
    for item in items:
        try:
            if not test(item):
                return False
        except _RULE_ERRORS as error:
            failed = error
    if failed is not None:
        raise failed
    return True


def for_any(test: Callable[[Any], bool], items: Iterable[object]) -> bool:
    """Tell whether the test holds for any; one success outweighs errors."""
    return not for_all(lambda item: not test(item), items)


def item_at(items: Sequence[Any], index: int | Decimal) -> Any:
    """Give the item at a place, counted from 0.

    Raises:
        IndexError: there is none.
    """
    if not 0 <= index < len(items):
        raise IndexError(index)
    return items[int(index)]


def quotient(dividend: int | Decimal, divisor: int | Decimal) -> int:
    """Divide integers; the fraction is dropped."""
    whole, step = _as_int(dividend), _as_int(divisor)
    result = abs(whole) // abs(step)
    return result if (whole < 0) == (step < 0) else -result


def remainder(dividend: int | Decimal, divisor: int | Decimal) -> int:
    """Give what integer division leaves; it has the dividend's sign."""
    return _as_int(dividend) - quotient(dividend, divisor) * _as_int(divisor)


def ratio(dividend: int | Decimal, divisor: int | Decimal) -> Decimal:
    """Divide numbers, to 34 digits."""
    return Context(prec=34, traps=[DivisionByZero, InvalidOperation]).divide(
        Decimal(dividend), Decimal(divisor)
    )


def _as_int(number: int | Decimal) -> int:
    if isinstance(number, Decimal) and number.adjusted() > _EXACT.prec:
        raise OverflowError(number)
    return int(number)


# Keywords that say something about an object or a list as a whole.
_WHOLE: Final = frozenset(
    {"maxItems", "maxProperties", "minItems", "minProperties", "rule", "uniqueItems"}
)


_NAMES: Final = frozenset({"additionalProperties", "unevaluatedProperties"})
"""Keywords that refuse members which a schema does not name."""


class Report(list[Violation]):
    """The violations found so far, in the order in which they were found."""

    _visited: set[tuple[str, str]]

    __slots__ = ("_visited",)

    def visited(self, schema: str, pointer: str) -> bool:
        """Tell whether a schema was checked here before; note that it is now."""
        try:
            visits = self._visited
        except AttributeError:
            visits = self._visited = set()
        visit = (schema, pointer)
        if visit in visits:
            return True
        visits.add(visit)
        return False

    def add(
        self,
        pointer: str,
        keyword: str,
        expected: object,
        actual: object,
        schema: _Place,
        code: str | None = None,
    ) -> None:
        """Add a violation of a keyword of the schema at a place in the contract."""
        fields = (pointer, keyword, None, expected, actual, schema, code)
        self.append(_new(Violation, fields))

    def add_type(
        self,
        pointer: str,
        expected: str | tuple[str, ...],
        actual: object,
        schema: _Place,
        code: str | None = None,
    ) -> None:
        """Add a wrong type; said once, however many schemas ask for the same."""
        if self:
            last = self[-1]
            if last[0] == pointer and last[1] == "type" and last[3] == expected:
                return
        self.add(pointer, "type", expected, actual, schema, code)

    def add_of(
        self,
        at: str,
        path: str,
        keyword: str,
        expected: object,
        actual: object,
        schema: str,
        code: str | None = None,
    ) -> None:
        """Add a violation by the member at `path`, each step of it a property."""
        self.add(at + path, keyword, expected, actual, (schema, path), code)

    def add_type_of(
        self,
        at: str,
        path: str,
        expected: str | tuple[str, ...],
        actual: object,
        schema: str,
        code: str | None = None,
    ) -> None:
        """Add a wrong type of the member at `path`, each step of it a property."""
        self.add_type(at + path, expected, actual, (schema, path), code)

    def add_dependent(
        self,
        pointer: str,
        expected: str,
        because: str,
        actual: object,
        schema: str,
        code: str | None = None,
    ) -> None:
        """Add a member that is missing because another one is given."""
        keyword = "dependentRequired"
        message = f"{expected!r} is required where {because!r} is given, and missing"
        place = f"{schema}/{keyword}"
        self.append(Violation(pointer, keyword, message, expected, actual, place, code))

    def add_unfit(
        self,
        pointer: str,
        keyword: str,
        actual: object,
        schema: str,
        code: str | None,
        *checks: Callable[[object, str, Report], None],
    ) -> None:
        """Add that no alternative fits; the message tells what the nearest lacks."""
        message = _Unfit(pointer, checks, actual)
        fields = (pointer, keyword, message, len(checks), actual, schema, code)
        self.append(_new(Violation, fields))

    def add_ambiguous(
        self,
        pointer: str,
        matches: Sequence[bool],
        actual: object,
        schema: str,
        code: str | None = None,
    ) -> None:
        """Add that more than one of the alternatives fits."""
        fitting = [str(number) for number, fits in enumerate(matches, 1) if fits]
        numbers = _listed(fitting, "and")
        message = f"must fit one alternative of {len(matches)} alone, fits {numbers}"
        place = f"{schema}/oneOf"
        self.append(Violation(pointer, "oneOf", message, 1, actual, place, code))

    def passed(self, start: int, pointer: str, *members: str) -> bool:
        """Tell whether the value, or the members named, passed since `start`."""
        if len(self) == start:
            return True
        parts = tuple(f"{pointer}/{escape(name)}/" for name in members)
        for found in self[start:]:
            where, keyword = found.pointer, found.keyword
            if not members:
                return False
            if where != pointer:
                concerned = f"{where}/".startswith(parts)
            elif keyword in ("required", "dependentRequired"):
                concerned = found.expected in members
            else:
                concerned = keyword not in _WHOLE
            if concerned:
                return False
        return True

    def add_rule(
        self,
        pointer: str,
        rule: Callable[[Any], bool],
        message: str,
        expected: str,
        actual: object,
        schema: str,
        code: str | None = None,
    ) -> None:
        """Add a rule that does not hold."""
        try:
            with localcontext(_EXACT):
                rule(actual)
        except _RULE_ERRORS as error:
            message += f"; {_reason(error)}"
        else:
            if not isinstance(actual, (dict, list)):
                message += f", got {show(actual)}"
        self.append(Violation(pointer, "rule", message, expected, actual, schema, code))

    def recode(self, start: int, codes: Mapping[str, str]) -> None:
        """Give the violations since `start` that have no code the enclosing schema's."""
        default = codes.get("default")
        for index in range(start, len(self)):
            found = self[index]
            code = codes.get(found.keyword, default)
            if found.code is None and code is not None:
                self[index] = _new(Violation, (*found[:6], code))


def listing(
    check: Callable[[object, str, Report, str], None], schema: str
) -> Callable[[object], tuple[Violation, ...]]:
    """Return what lists the violations of a schema that shares its check with others."""

    def violations(payload: object) -> tuple[Violation, ...]:
        return deep_violations(
            lambda value, at, report: check(value, at, report, schema), payload, schema
        )

    return violations


def deep_violations(
    check: Callable[[object, str, Report], None], payload: object, schema: str
) -> tuple[Violation, ...]:
    """List the violations in a payload that may be nested too deeply to be checked."""
    report = Report()
    try:
        check(payload, "", report)
    except RecursionError:
        report.add("", "depth", MAX_DEPTH, payload, schema)
    return tuple(report)


class _Unfit:
    """The message that no alternative fits; it looks for the nearest when it is read."""

    __slots__ = ("_actual", "_at", "_checks")

    def __init__(
        self,
        at: str,
        checks: Sequence[Callable[[object, str, Report], None]],
        actual: object,
    ) -> None:
        self._at, self._checks, self._actual = at, checks, actual

    def __call__(self) -> str:
        message = f"fits none of {len(self._checks)} alternatives"
        nearest = self._nearest()
        for _ in range(MAX_DEPTH):
            inner = nearest[2] if nearest else None
            if not isinstance(inner, _Unfit):
                break
            nearest = inner._nearest()
        if nearest is None:
            return message
        place = nearest.pointer[len(self._at) :]
        where = f"{place} " if place else ""
        return f"{message}; in the nearest, {where}{nearest.message}"

    def _nearest(self) -> Violation | None:
        """Give the first violation of the alternative that lacks least."""
        branches = []
        for check in self._checks:
            branch = Report()
            try:
                check(self._actual, self._at, branch)
            except RecursionError:
                return None
            branches.append(branch)
        found = min(branches, key=lambda branch: _distance(self._at, branch))
        return found[0] if found else None


def _distance(at: str, found: Sequence[Violation]) -> tuple[bool, int, int, int]:
    """Order failed alternatives: a wrong type is farthest, then a wrong constant.

    Constants say of what kind an object is, and so do the names of its members; one of
    several values may be a slip.
    """
    wrong_type = any(each[0] == at and each[1] == "type" for each in found)
    near = [each for each in found if each.pointer.count("/", len(at)) < 2]
    constants = [each for each in near if _is_constant(each)]
    others = [each for each in near if each.keyword == "enum" or each.keyword in _NAMES]
    return wrong_type, len(constants), len(others), len(found)


def _is_constant(found: Violation) -> bool:
    listed = found.expected if found.keyword == "enum" else ()
    return found.keyword == "const" or (
        isinstance(listed, (tuple, list)) and len(listed) == 1
    )
