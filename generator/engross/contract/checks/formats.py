"""Formats that examples are held to."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt ](?P<time>\d{2}:\d{2}:)(?P<second>\d{2})(?:\.\d+)?"
    r"(?P<zone>[Zz]|[+-]\d{2}:\d{2})",
    re.ASCII,
)
_EMAIL: Final = re.compile(r'(?:[^\s@"]+|"[^"]+")@[^\s@]+')
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"\\^`]*")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_date_time(text: str) -> bool:
    """Return whether a text is a date-time of RFC 3339, which allows a leap second."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return False
    second = "59" if found["second"] == "60" else found["second"]
    zone = "+00:00" if found["zone"] in "Zz" else found["zone"]
    try:
        datetime.fromisoformat(f"{found['day']}T{found['time']}{second}{zone}")
    except ValueError:
        return False
    return True


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "email": _matches(_EMAIL),
    "uri": _matches(_URI),
    "uuid": _matches(_UUID),
}
