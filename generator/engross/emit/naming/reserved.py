"""Names that every emitted package has, whatever its contract says."""

import builtins
import keyword
import sys
from typing import Final

STATUS_CLASSES: Final = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}

BASE_ERRORS: Final = (
    "APIConnectionError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "InternalServerError",
    "NotFoundError",
    "OutcomeUnknownError",
    "OutcomeUnknownServerError",
    "OutcomeUnknownStatusError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestInvalidError",
    "ResponseInvalidError",
    "UnprocessableEntityError",
)

PAGINATION_ERROR: Final = "PaginationError"
WEBHOOK_ERROR: Final = "WebhookInvalidError"
UNKNOWN_EVENT: Final = "UnknownEvent"

EXPORTED: Final = {
    "UNSET": "_runtime.models",
    "UnsetType": "_runtime.models",
    "Timeout": "_runtime.options",
    "RawResponse": "_runtime.response",
    "Pager": "_runtime.sync_pager",
    "StreamedResponse": "_runtime.sync_stream",
    "AsyncStreamedResponse": "_runtime.async_stream",
    "ServerSentEvent": "_runtime.stream_decoders",
    "Attempt": "_runtime.observers",
    "Outcome": "_runtime.observers",
    "AsyncPager": "_runtime.async_pager",
    "Violation": "_runtime.validation",
}
"""What the root of a package exports, and the module that has it, if the package has it."""

CALL_OPTIONS: Final = (
    "timeout",
    "max_retries",
    "extra_headers",
    "extra_query",
    "extra_body",
)
"""Arguments that every method has."""

CLIENT_OPTIONS: Final = (
    "base_url",
    "timeout",
    "max_retries",
    "default_headers",
    "default_query",
    "http_client",
    "validate_replies",
    "timezone",
    "before_attempt",
    "after_reply",
)
"""Arguments that every client has."""

IN_CLIENTS: Final = ("self", "hidden", "DEFAULT", "CONTRACT")
"""Names that the constructor of a client uses."""

IN_MODELS: Final = (
    *("self", "from_dict", "from_json", "to_dict", "to_json"),
    *("raw", "unknown_fields"),
)
"""Members of every model."""

IN_ANNOTATIONS: Final = (
    "bool",
    "bytes",
    "dict",
    "float",
    "int",
    "list",
    "object",
    "str",
)
"""Builtins that types of fields are written with: a field of the same name would hide them."""

IN_WEBHOOKS: Final = (
    *("headers_for", "parse", "unwrap", "verify"),  # what every reader can do
    *("cached_property", "dt", "models"),  # what properties are written with
)
WEBHOOK_CONSTANTS: Final = ("PROOF", "TYPE_CHECKING")

_DEVICES: Final = frozenset(
    {"aux", "con", "nul", "prn"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)
"""Names that are no files on Windows."""

_DEPENDENCIES: Final = (
    *("msgspec", "pyreqwest", "httpx2", "opentelemetry"),
    *("anyio", "h11", "httpcore2", "idna", "truststore", "typing_extensions"),
)
"""What packages import, and what httpx2 does."""

_TAKEN_PACKAGES: Final = {
    **dict.fromkeys(sys.stdlib_module_names, "a module of the standard library"),
    **dict.fromkeys(_DEPENDENCIES, "a dependency of the package"),
    **dict.fromkeys(("pytest", "conftest"), "a module that its tests import"),
    **dict.fromkeys(("tests", "build", "dist"), "a directory beside the package"),
    **dict.fromkeys(_DEVICES, "a device on Windows"),
    **dict.fromkeys(keyword.kwlist, "a keyword of Python"),
}

_TAKEN_CLIENTS: Final = frozenset(
    {
        *keyword.kwlist,
        *dir(builtins),
        *BASE_ERRORS,
        *EXPORTED,
        *(PAGINATION_ERROR, WEBHOOK_ERROR, UNKNOWN_EVENT),
        *("AfterReply", "BeforeAttempt", "Mapping", "Secret", "TimeoutTypes"),
        *("AsyncAfterReply", "AsyncBeforeAttempt", "AsyncClient", "AsyncHttpClient"),
        *("AsyncSecret", "AsyncVariantBase", "SyncClient", "SyncHttpClient"),
        *("SyncVariantBase", "FormT", "RawForm", "StreamedForm", "Webhooks"),
    }
)
"""Names that modules of clients and the root of a package use, and builtins."""


def taken_package(name: str) -> str | None:
    """Return what a package must not be named like; None if the name is free."""
    return _TAKEN_PACKAGES.get(name)


def is_taken_client(name: str) -> bool:
    """Return whether a class of that name, or one derived from it, hides another one."""
    derived = {name, f"Async{name}", f"{name}Error"}
    return not derived.isdisjoint(_TAKEN_CLIENTS)
