"""Where requests are sent: the server of an operation, or the caller's ``base_url``."""

from collections.abc import Mapping
from os import environ
from typing import Final

from .errors import ConfigurationError
from .operation import Server, Variable
from .urls import without_user

_NAME: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_AUTHORITY: Final = _NAME | frozenset(":[]")
_PATH: Final = _NAME | frozenset("/:@!$&'()*+,;=%")
_NO_HOST: Final = frozenset("\"%<>@[]^`{|}!$&'()*+,;=")
_SCHEMES: Final = ("http", "https")


def checked_url(url: object, name: str) -> str:
    """Return the URL of a server, without a slash at its end.

    Args:
        url: The URL.
        name: What it was given as, for messages: ``base_url``.

    Raises:
        ConfigurationError: it is not a URL that paths can be added to.
    """
    if not isinstance(url, str):
        raise ConfigurationError(f"{name} must be text, got {type(url).__name__}")
    problem = _problem(url)
    if problem:
        raise ConfigurationError(f"{name} {problem}, got {without_user(url)!r}")
    return url.rstrip("/")


def _problem(url: str) -> str:
    """Return what is wrong with the URL of a server; empty if nothing is."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return "needs a scheme, such as https://"
    if scheme.lower() not in _SCHEMES:
        return f"has the scheme {scheme!r}; expected http or https"
    if "?" in rest:
        return "must not have a query; use default_query"
    if "#" in rest:
        return "must not have a fragment"
    if not url.isprintable() or " " in url or "\\" in url:
        return "has a character that a URL cannot contain"
    host = rest.partition("/")[0].rpartition("@")[2]
    if host.startswith("["):
        name, end, port = host.partition("]")
        if not end or (port and not port.startswith(":")):
            return f"has the invalid host {host!r}"
        name, port = name + end, port.removeprefix(":")
    else:
        name, _, port = host.partition(":")
    if name in ("", "[]"):
        return "names no host"
    if not _is_host(name):
        return f"has the invalid host {name!r}"
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        return f"has the invalid port {port!r}"
    return ""


def _is_host(name: str) -> bool:
    """Return whether every HTTP library can connect to a host of this name."""
    labels = name.removesuffix(".").split(".")
    if name.startswith("[") or labels[-1].isdigit():
        from ipaddress import ip_address

        try:
            ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True
    return all(0 < len(label) < 64 for label in labels) and _NO_HOST.isdisjoint(name)


def main_url(
    servers: tuple[Server, ...],
    given: Mapping[str, str | None],
    base_url: str | None,
    client: str,
) -> str:
    """Return the URL that paths are added to.

    Args:
        servers: Servers of the contract.
        given: Server variables that the caller gave, by argument.
        base_url: What the caller gave in their place, checked.
        client: Name of the client, for messages.

    Raises:
        ConfigurationError: there is none, or a variable of it is missing or wrong.
    """
    if base_url is not None:
        return base_url
    if not servers:
        raise ConfigurationError(
            f"{client} needs base_url=...: the contract names no server"
        )
    url = filled(servers[0], given, client)
    if "://" not in url:
        raise ConfigurationError(
            f"{client} needs base_url=...: the contract only says that the path of its "
            f"server is {url!r}"
        )
    return checked_url(url, f"the server of {client}")


def own_url(url: str, main: str, *, is_moved: bool) -> str:
    """Return the URL of a server that only some operations have.

    Args:
        url: URL of the server; it may be a path of the main server.
        main: URL of the main server.
        is_moved: Whether the caller chose the main server. Then nothing is sent to any
            other, and only the path of the own server counts.
    """
    if "://" in url and not is_moved:
        return checked_url(url, "the server of an operation")
    scheme, mark, rest = main.partition("://")
    origin = scheme + mark + rest.partition("/")[0]
    if "://" in url:
        return f"{origin}/{url.partition('://')[2].partition('/')[2]}".rstrip("/")
    base = origin if url.startswith("/") else f"{main}/"
    return f"{base}{url}".rstrip("/")


def filled(
    server: Server,
    given: Mapping[str, str | None],
    client: str,
    *,
    is_moved: bool = False,
) -> str:
    """Return the URL of a server with its variables filled in.

    Args:
        server: The server.
        given: Server variables that the caller gave, by argument.
        client: Name of the client, for messages.
        is_moved: Whether nothing will be sent to its host, so that this may be any.

    Raises:
        ConfigurationError: a variable is missing, or cannot be part of the URL there.
    """
    url = server.url
    for variable in server.variables:
        mark = f"{{{variable.name}}}"
        before, found, after = url.partition(mark)
        if not found:
            continue
        value = _value(variable, given)
        if value is None and is_moved and _is_in_host(before):
            value = variable.name
        if value is None:
            hint = f" (or set {variable.env})" if variable.env else ""
            raise ConfigurationError(
                f"{client} needs its address: pass {variable.argument}=...{hint}"
            )
        allowed, strip = _allowed(before, after)
        if _begins_path(before, value, after):
            allowed, value = _PATH, value.rstrip("/")
        if allowed is not None and not allowed.issuperset(value):
            name = variable.argument or variable.name
            raise ConfigurationError(
                f"{name} cannot be part of an address: {value!r} in {server.url!r}"
            )
        value = value.strip("/") if strip else value
        url = before + value + after.replace(mark, value)
        if strip and not value:
            url = before.removesuffix("/") + after
    return url


def _value(variable: Variable, given: Mapping[str, str | None]) -> str | None:
    """Return the value of a variable; None if nobody gives one."""
    value = given.get(variable.argument) if variable.argument else None
    if value or (value is not None and variable.default):
        return value
    return (
        (environ.get(variable.env) if variable.env else "") or variable.default or None
    )


def _begins_path(before: str, value: str, after: str) -> bool:
    """Return whether the value of a variable behind a host begins the path."""
    is_behind_host = _is_in_host(before) and not before.endswith("://")
    return is_behind_host and value.startswith("/") and after[:1] in ("", "/")


def _is_in_host(before: str) -> bool:
    """Return whether what follows in a URL is a part of the host, or right behind it."""
    _, mark, rest = before.partition("://")
    return bool(mark) and "/" not in rest


def _allowed(before: str, after: str) -> tuple[frozenset[str] | None, bool]:
    """Return which characters a variable may hold, and whether it is part of a path.

    A part of a host name must not lead to another host; a whole address is checked as a
    whole.
    """
    _, mark, rest = before.partition("://")
    if not mark:
        if "://" in after:
            return _NAME, False
        return (_PATH, True) if before else (None, False)
    if "/" in rest:
        return _PATH, True
    is_whole_host = not rest and after[:1] in ("", "/", ":")
    return (_AUTHORITY if is_whole_host else _NAME), False
