"""What a client writes to the standard log, under the name of its package.

Methods, addresses without secrets, statuses and waits; never headers or bodies.
"""

from sys import modules
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from logging import Logger

    from .call import Call
    from .exchange import Failed, Received, Request
    from .observing import Observer

_DEBUG: Final = 10
_loggers: Final[dict[str, "Logger"]] = {}


def listener(package: str) -> "Logger | None":
    """Return the package's logger if someone listens to its details.

    Nobody can listen who has not imported ``logging``, so it is not imported here.
    """
    if "logging" not in modules:
        return None
    logger = _loggers.get(package)
    if logger is None:
        from logging import getLogger

        logger = _loggers[package] = getLogger(package)
    return logger if logger.isEnabledFor(_DEBUG) else None


def is_watched(call: "Call[Any]") -> bool:
    """Whether someone looks on while a call is sent."""
    return (
        call.core.hooks is not None
        or "opentelemetry.trace" in modules
        or listener(call.core.contract.package) is not None
    )


def log_attempt(logger: "Logger", request: "Request", attempt: int) -> None:
    """Note that a request is about to be sent."""
    logger.debug("%s %s, attempt %d", request.method, request.shown_url, attempt)


def log_outcome(
    logger: "Logger", request: "Request", outcome: "Received | Failed"
) -> None:
    """Note what came of it."""
    status = getattr(outcome, "status", None)
    result = getattr(outcome, "problem", "") if status is None else status
    logger.debug("%s %s -> %s", request.method, request.shown_url, result)


def log_pause(logger: "Logger", request: "Request", seconds: float) -> None:
    """Note that it will be sent again."""
    logger.debug("%s %s again in %.2f s", request.method, request.shown_url, seconds)


def observer(call: "Call[Any]") -> "Observer | None":
    """Return what tells those who look on; None if nobody does.

    Nobody can read a log or a trace who has not imported the library for it, so neither
    is imported here.
    """
    logger = listener(call.core.contract.package)
    trace = None
    if "opentelemetry.trace" in modules:
        from .tracing import trace_of

        trace = trace_of(call)
    if logger is None and call.core.hooks is None and trace is None:
        return None
    from .observing import Observer

    return Observer(call, logger, call.core.hooks, trace)
