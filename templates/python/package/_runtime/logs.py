"""What a client writes to the standard log, under the name of its package.

Methods, addresses without secrets, statuses and waits; never headers or bodies.
"""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logging import Logger

    from .conversation import Call
    from .exchange import Failed, Received, Request
    from .observing import Hooks, Observer


def listener(package: str) -> "Logger | None":
    """Return the package's logger if someone listens to its details.

    Nobody can listen who has not imported ``logging``, so it is not imported here.
    """
    logging = sys.modules.get("logging")
    if logging is None:
        return None
    logger: Logger = logging.getLogger(package)
    return logger if logger.isEnabledFor(logging.DEBUG) else None


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


def observer(call: "Call[Any]", hooks: "Hooks | None") -> "Observer | None":
    """Return what tells those who look on; None if nobody does.

    Nobody can read a log or a trace who has not imported the library for it, so neither
    is imported here.
    """
    logger = listener(call.draft.binding.contract.package)
    trace = None
    if "opentelemetry.trace" in sys.modules:
        from .tracing import trace_of

        trace = trace_of(call)
    if logger is None and hooks is None and trace is None:
        return None
    from .observing import Observer

    return Observer(call, logger, hooks, trace)
