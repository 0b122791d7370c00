"""Whether texts have a format: one plain function for each format that is asserted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from unicodedata import is_normalized


def has_format(name: str, text: str) -> bool:
    """Return whether a text has a format; of a format unknown here, every text has it."""
    check = FORMAT_CHECKS.get(name)
    return check is None or check(text)


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


# Dates and times of RFC 3339

_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME: Final = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
_MINUTES_OF_A_DAY: Final = 24 * 60


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    try:
        date(year or 2000, month, day)  # the year 0 is a leap year, too
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    offset_hour, offset_minute = int(found[5] or 0), int(found[6] or 0)
    if max(hour, offset_hour) > 23 or max(minute, offset_minute) > 59 or second > 60:
        return False
    if second < 60:
        return True
    offset = offset_hour * 60 + offset_minute
    in_utc = hour * 60 + minute + (offset if found[4] == "-" else -offset)
    return (in_utc + 1) % _MINUTES_OF_A_DAY == 0  # a leap second ends a day


def _is_date_time(text: str) -> bool:
    return text[10:11] in ("T", "t") and _is_date(text[:10]) and _is_time(text[11:])


_CLOCK: Final = r"T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S)"
_DAYS: Final = r"(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)"


# Addresses

_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", re.ASCII)
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(
    rf'{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*"', re.ASCII
)


def _is_hostname(text: str) -> bool:
    return len(text) <= 253 and all(
        _LABEL.fullmatch(label) is not None
        and (label[:4].lower() != "xn--" or _is_punycode(label[4:].lower()))
        for label in text.split(".")
    )


def _is_idn_hostname(text: str) -> bool:
    """Tell whether a text is surely a host name of RFC 5890: in small letters, and composed."""
    try:
        encoded = text.encode("idna").decode()
    except UnicodeError:
        return False
    is_plain = text == text.lower() and is_normalized("NFC", text)
    return _is_hostname(encoded) and (text.isascii() or is_plain)


def _is_punycode(label: str) -> bool:
    try:
        decoded = label.encode("ascii").decode("punycode")
    except ValueError:
        return False
    return not decoded.isascii() and decoded.encode("punycode").decode() == label


def _is_ipv4(text: str) -> bool:
    try:
        return text.isascii() and bool(IPv4Address(text).packed)
    except AddressValueError:
        return False


def _is_ipv6(text: str) -> bool:
    try:
        return text.isascii() and "%" not in text and bool(IPv6Address(text).packed)
    except AddressValueError:
        return False


def _is_email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    if len(local) > 64 or _LOCAL.fullmatch(local) is None:
        return False
    if domain.startswith("[") and domain.endswith("]"):
        literal = domain[1:-1]
        if literal[:5].lower() == "ipv6:":
            return _is_ipv6(literal[5:])
        return _is_ipv4(literal)
    return _is_hostname(domain)


# Identifiers

_UNRESERVED: Final = r"A-Za-z0-9\-._~!$&'()*+,;="
_BEYOND_ASCII: Final = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd"
_PRIVATE: Final = "\ue000-\uf8ff\U000f0000-\U0010fffd"
_IP_FUTURE: Final = re.compile(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+")


@cache
def _identifier(beyond: str, private: str, *, absolute: bool) -> re.Pattern[str]:
    """Return the pattern of URIs of RFC 3986, or of IRIs of RFC 3987.

    It is made when it is needed: the character sets of IRIs take long to compile.
    """

    def part(more: str) -> str:
        return rf"(?:[{_UNRESERVED}{beyond}{more}]|%[0-9A-Fa-f]{{2}})*"

    scheme = r"[A-Za-z][A-Za-z0-9+.\-]*:"
    authority = (
        rf"//(?:{part(':')}@)?(?:\[(?P<literal>[^\]]*)\]|{part('')})(?::\d*)?"
        rf"(?:/{part(':@')})*"
    )
    first = ":@" if absolute else "@"
    path = rf"(?!//)(?:/{part('/:@')}|{part(first)}(?:/{part(':@')})*)"
    start = scheme if absolute else ""
    return re.compile(
        rf"{start}(?:{authority}|{path})"
        rf"(?:\?{part(f'/?:@{private}')})?(?:\#{part('/?:@')})?"
    )


def _is_identifier(
    beyond: str, private: str, *, absolute: bool
) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        found = _identifier(beyond, private, absolute=absolute).fullmatch(text)
        if found is None:
            return False
        literal = found["literal"]
        return (
            literal is None or _is_ipv6(literal) or bool(_IP_FUTURE.fullmatch(literal))
        )

    return check


_is_uri = _is_identifier("", "", absolute=True)
_is_relative_uri = _is_identifier("", "", absolute=False)
_is_iri = _is_identifier(_BEYOND_ASCII, _PRIVATE, absolute=True)
_is_relative_iri = _is_identifier(_BEYOND_ASCII, _PRIVATE, absolute=False)

_POINTER: Final = r"(?:/(?:[^~/]|~[01])*)*"
_NAME: Final = r"(?:\w|%[0-9A-Fa-f]{2})"
_VARIABLE: Final = rf"{_NAME}(?:\.?{_NAME})*(?:\*|:[1-9]\d{{0,3}})?"

FORMAT_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "duration": _matches(rf"P(?:\d+W|{_DAYS}(?:{_CLOCK})?|{_CLOCK})"),
    "email": _is_email,
    "hostname": _is_hostname,
    "idn-hostname": _is_idn_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "iri": _is_iri,
    "iri-reference": lambda text: _is_iri(text) or _is_relative_iri(text),
    "json-pointer": _matches(_POINTER),
    "relative-json-pointer": _matches(rf"(?:0|[1-9]\d*)(?:#|{_POINTER})"),
    "time": _is_time,
    "uri": _is_uri,
    "uri-reference": lambda text: _is_uri(text) or _is_relative_uri(text),
    "uri-template": _matches(
        rf"(?:[^\x00-\x20\x7f\"<>\\^`{{|}}%]|%[0-9A-Fa-f]{{2}}"
        rf"|\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*\}})*"
    ),
    "uuid": _matches(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
}
"""The check of each format; `idn-email` and `regex` are not judged."""
