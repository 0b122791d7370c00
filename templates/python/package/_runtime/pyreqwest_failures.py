"""What an error of pyreqwest proves.

The class of an error proves little: a reset after the provider has read the whole
request is a ``ConnectError``, a stall after it a ``ConnectTimeoutError``. Proof that
nothing left is the cause ``client error (Connect)``, which hyper names only for a
connection that never stood, and the lack of a free connection in the pool. Whatever is
not proven unsent counts as sent.
"""

from typing import TYPE_CHECKING, Final

from .exchange import Failed, Received

if TYPE_CHECKING:
    from pyreqwest.exceptions import PyreqwestError

_NEVER_CONNECTED: Final = "client error (Connect)"
_READING: Final = "request or response body error"
_TIMED_OUT: Final = frozenset(("operation timed out", "deadline has elapsed"))


def pyreqwest_error() -> "type[PyreqwestError]":
    """Return the root of pyreqwest's errors, which is imported with the first one."""
    from pyreqwest.exceptions import PyreqwestError

    return PyreqwestError


def failed(error: "PyreqwestError", part: Received | None) -> Failed:
    """Return what an error means, given what had come of the reply."""
    from pyreqwest.exceptions import PoolTimeoutError

    causes = _causes(error)
    _without_address(error)
    timed_out = not _TIMED_OUT.isdisjoint(causes)
    if isinstance(error, PoolTimeoutError):
        problem = "no connection of the pool became free"
        return Failed(problem, error, unsent=True, timed_out=True)
    if part is not None or _READING in causes:
        problem = "the reply stalled" if timed_out else "the reply was cut off"
        return Failed(problem, error, timed_out=timed_out, part=part)
    unsent = _NEVER_CONNECTED in causes
    problem = _problem(unsent, timed_out, causes)
    return Failed(problem, error, unsent=unsent, timed_out=timed_out)


def _causes(error: "PyreqwestError") -> list[str]:
    details = getattr(error, "details", None) or {}
    return [cause["message"] for cause in details.get("causes") or []] or [
        error.message
    ]


def _without_address(error: "PyreqwestError") -> None:
    """Drop from an error what names the address, whose query may hold a secret."""
    details = getattr(error, "details", None)
    if details and details.get("causes"):
        for cause in details["causes"]:
            cause["message"] = cause["message"].partition(" for url (")[0]


def _problem(unsent: bool, timed_out: bool, causes: list[str]) -> str:
    if unsent:
        return (
            "connecting took too long"
            if timed_out
            else f"no connection could be made ({causes[-1]})"
        )
    if timed_out:
        return "no reply came in time"
    if causes[-1].startswith("Connection reset"):
        return "the connection was reset"
    if causes[-1].startswith("connection closed"):
        return "the connection was closed without a reply"
    return f"the connection failed ({causes[-1]})"
