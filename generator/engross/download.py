"""Download the document at a URL that the user gave."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPMessage
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from engross import __version__
from engross.findings import Finding, FindingsError

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a document."""

SLOWEST: Final = 30.0
"""Seconds that a download may take."""

_PAGE: Final = re.compile(rb"\s*<(?:!doctype|html)", re.IGNORECASE)
"""How a web page begins."""

_CHECK: Final = "check the URL, or download the document and give engross the file"

_CHUNK: Final = 64 * 1024
_ACCEPTED: Final = "application/json, application/yaml, text/yaml, */*;q=0.5"


def shown_url(url: str) -> str:
    """Return a URL to remember: without the parts that may be secret or are not sent."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    path = quote(parts.path, safe="/%~!$&'()*+,;=@").replace("coding:", "coding%3A")
    return urlunsplit((parts.scheme.lower(), host.lower(), path or "/", "", ""))


def download(
    url: str, *, largest: int = LARGEST, seconds: float = SLOWEST
) -> tuple[str, bytes]:
    """Return the URL that a document was finally found at, and its content.

    Only https is spoken, and http with this computer. Redirects are followed under the
    same rules; one from elsewhere never leads to this computer.

    Args:
        url: The URL.
        largest: Bytes beyond which it is refused.
        seconds: Time after which the download is given up.

    Raises:
        FindingsError: The URL is refused, or nothing usable was found there.
    """
    problem = _problem(url)
    if problem is not None:
        raise _refusal(problem)
    answers: SimpleQueue[tuple[str, bytes] | FindingsError] = SimpleQueue()

    def answer() -> None:
        try:
            answers.put(_downloaded(url, largest, seconds))
        except FindingsError as error:
            answers.put(error)

    # A server can keep every single read short, so the whole is what is timed.
    Thread(target=answer, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise _too_slow(url, seconds) from None
    if isinstance(found, FindingsError):
        raise found
    return found


def _downloaded(url: str, largest: int, seconds: float) -> tuple[str, bytes]:
    request = Request(
        url, headers={"Accept": _ACCEPTED, "User-Agent": f"engross/{__version__}"}
    )
    with (
        _explained(url, seconds),
        _opener(url).open(request, timeout=seconds) as response,
    ):
        content = bytearray()
        while chunk := response.read1(_CHUNK):
            content += chunk
            if len(content) > largest:
                raise _refusal(f"{shown_url(url)} is larger than {largest >> 20} MiB")
        found = response.geturl()
        kind = response.headers.get_content_type()
    if kind == "text/html" or _PAGE.match(content):
        hint = (
            "give the URL of the document itself, which the page reads, such as "
            "/openapi.json"
        )
        raise _refusal(f"{shown_url(url)} is a web page, not an OpenAPI document", hint)
    return shown_url(found), bytes(content)


def _problem(url: str) -> str | None:
    """Return why a URL may not be read; None if it may."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{url!r} is not a URL"
    if parts.scheme not in ("http", "https"):
        return f"{url!r} is not an https URL"
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        return f"{url!r} is not a URL"
    if "@" in parts.netloc:
        return "a URL with a user name or password is not read; download the document"
    if parts.scheme == "http" and not _is_loopback(host):
        return f"{shown_url(url)} is not encrypted; only https is read from other hosts"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refusal(message: str, hint: str | None = None) -> FindingsError:
    return FindingsError([Finding("no-download", message, hint=hint)])


class _Redirects(HTTPRedirectHandler):
    """Follow redirects under the rules of the first request."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Request | None:
        problem = _problem(newurl)
        leaves = urlsplit(req.full_url).hostname or ""
        enters = urlsplit(newurl).hostname or ""
        if problem is None and _is_loopback(enters) and not _is_loopback(leaves):
            problem = f"{shown_url(newurl)} is on this computer"
        if problem is not None:
            fp.close()
            raise _refusal(f"{shown_url(req.full_url)} redirects: {problem}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(url: str) -> OpenerDirector:
    """Return what opens a URL; a proxy is asked for other hosts only."""
    is_local = _is_loopback(urlsplit(url).hostname or "")
    return build_opener(_Redirects, *([ProxyHandler({})] if is_local else []))


@contextmanager
def _explained(url: str, seconds: float) -> Iterator[None]:
    """Turn what the network does wrong into a finding."""
    shown = shown_url(url)
    try:
        yield
    except HTTPError as error:
        error.close()
        raise _refusal(
            f"{shown} answered {error.code} {error.reason}", _CHECK
        ) from None
    except TimeoutError:
        raise _too_slow(url, seconds) from None
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _too_slow(url, seconds) from None
        message = f"{shown} cannot be reached: {_reason(error.reason)}"
        raise _refusal(message, _CHECK) from None
    except (HTTPException, OSError) as error:
        raise _refusal(f"{shown} cannot be read: {_reason(error)}", _CHECK) from None


def _too_slow(url: str, seconds: float) -> FindingsError:
    return _refusal(f"{shown_url(url)} took more than {seconds:g} seconds", _CHECK)


def _reason(reason: object) -> str:
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
