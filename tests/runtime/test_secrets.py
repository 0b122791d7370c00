"""Secrets in everything that can be printed, logged, traced, copied or pickled."""

from __future__ import annotations

import asyncio
import base64
import copy
import io
import logging
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from till._runtime.async_client import AsyncClient
from till._runtime.async_oauth import AsyncTokens
from till._runtime.credentials import (
    ApiKey,
    Basic,
    Credential,
    HiddenBytes,
    HiddenText,
    Http,
    Scheme,
)
from till._runtime.errors import (
    ClientError,
    ConfigurationError,
    OutcomeUnknownError,
    WebhookInvalidError,
)
from till._runtime.oauth import OAuth2ClientCredentials
from till._runtime.operation import (
    Body,
    ContractInfo,
    ErrorRules,
    Operation,
    Parameter,
    Reply,
    Safe,
    Unsafe,
)
from till._runtime.pointers import FromBody
from till._runtime.signatures import Method, Path, Secret, Signature, WholeBody
from till._runtime.sync_client import SyncClient
from till._runtime.sync_oauth import SyncTokens
from till._runtime.webhooks import (
    ProvenMessages,
    SecretHeader,
    SignedHeader,
    Webhook,
)
from till.async_client import AsyncTill
from till.client import Till

from tests.runtime.server import Act, Connection, Server, answer, reply

KEY = "sk/key+1234567890="
"""Characters that are encoded differently in each place."""

USER, PASSWORD = "user-abcdefgh", "pass/word+abcdefgh"
CLIENT_ID, CLIENT_SECRET = "id-abcdefgh", "secret/abcdefgh+"
SIGNING = "signing/secret+abcdefgh"
TOKEN = "token/abcdefgh+ijkl"
WEBHOOK = "whsec/abcdefgh+"
ADDRESS_PASSWORD = "address-password"

PLAIN = (
    KEY,
    PASSWORD,
    CLIENT_SECRET,
    SIGNING,
    TOKEN,
    WEBHOOK,
    ADDRESS_PASSWORD,
)
SECRETS = (
    *PLAIN,
    *(quote(each, safe="") for each in PLAIN),
    *(
        base64.b64encode(f"{first}:{second}".encode()).decode()
        for first, second in (
            (USER, PASSWORD),
            (KEY, ""),
            ("", KEY),
            (CLIENT_ID, CLIENT_SECRET),
            (quote(CLIENT_ID, safe=""), quote(CLIENT_SECRET, safe="")),
        )
    ),
)
"""Each secret as it is, percent-encoded, and in HTTP basic."""

SCHEMES: dict[str, Scheme] = {
    "header": ApiKey("X-Key", "header", Credential("key")),
    "query": ApiKey("api_key", "query", Credential("key")),
    "cookie": ApiKey("sid", "cookie", Credential("key")),
    "bearer": Http("Bearer", Credential("key")),
    "token": Http("Token", Credential("key")),
    "basic": Basic(username=Credential("user"), password=Credential("password")),
    "half": Basic(password=Credential("key")),
    "signature": Signature(
        "X-Sign",
        Credential("signing"),
        (Secret(), ":", Method(), ":", WholeBody()),
        "md5",
    ),
    "signature-in-query": Signature(
        "sign",
        Credential("signing"),
        (Path(), FromBody(("a",))),
        "sha256",
        True,
        "hex",
        "query",
    ),
    "oauth": OAuth2ClientCredentials(
        "/token", Credential("client_id"), Credential("client_secret")
    ),
    "oauth-in-body": OAuth2ClientCredentials(
        "/token",
        Credential("client_id"),
        Credential("client_secret"),
        authenticate_in="body",
    ),
}
CREDENTIALS: dict[str, Any] = {
    "key": KEY,
    "user": USER,
    "password": PASSWORD,
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "signing": SIGNING,
    "webhook": WEBHOOK,
}
CONTRACT = ContractInfo(
    name="Till",
    package="till",
    version="1",
    servers=(),
    security=SCHEMES,
    webhook_secrets=(Credential("webhook"),),
    errors=ErrorRules(message=(("message",),)),
)


def operation(scheme: str, retry: Safe | Unsafe) -> Operation[dict[str, int]]:
    """A call that authenticates in one way."""
    return Operation(
        "",
        "things.create",
        "POST",
        "/things/{id}",
        (Parameter("id", "id", "path"), Parameter("page", "page", "query")),
        body=Body("application/json"),
        replies={200: Reply(dict[str, int])},
        retry=retry,
        security=((scheme,),),
    )


def issuing(act: Act) -> Act:
    """Issue tokens, and do something else with any other request."""

    def issue_or_act(connection: Connection) -> bool:
        while b"\r\n" not in connection._rest and connection._more():
            pass
        if b" /token " not in connection._rest.partition(b"\r\n")[0]:
            return bool(act(connection))
        connection.take()
        connection.reply(200, {"access_token": TOKEN, "expires_in": 3600})
        return True

    return issue_or_act


def stall(connection: Connection) -> None:
    connection.take()
    connection.server.done.wait(2)


def cut_off(connection: Connection) -> None:
    connection.take()
    connection.send(reply(200, {"a": 1})[:-3])


def closed(connection: Connection) -> None:
    connection.take()


FAULTS: dict[str, Act] = {
    "reset": lambda connection: connection.reset(),
    "closed": closed,
    "stalled": stall,
    "cut off": cut_off,
    "no HTTP": lambda connection: connection.send(b"SSH-2.0-OpenSSH\r\n\r\n"),
    "redirected": answer(302, b"", {"Location": "https://elsewhere.test/"}),
    "400": answer(400, {"message": "no"}),
    "401": answer(401, b""),
    "503": answer(503, b"<h1>down</h1>"),
    "not JSON": answer(200, b"<html>"),
    "another form": answer(200, {"a": "text"}),
}
SAFE = Safe()
HIDDEN = (HiddenText, HiddenBytes)
WAYS = ["sync", "async", "sync with httpx2", "async with httpx2"]


class Watch:
    """Everything that is told of calls while they are made."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.log = io.StringIO()
        self.records: list[logging.LogRecord] = []


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """All loggers at their most talkative, spans, and hooks that keep what they get."""
    sdk = pytest.importorskip("opentelemetry.sdk.trace")
    from opentelemetry import trace
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import (
        InMemorySpanExporter,
    )

    watching = Watch()
    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    handler = logging.StreamHandler(watching.log)

    def note(record: logging.LogRecord) -> bool:
        watching.records.append(record)
        return True

    handler.addFilter(note)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield watching
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    watching.told += [span.to_json() for span in exporter.get_finished_spans()]
    watching.told += [watching.log.getvalue()]
    watching.told += [
        (record.getMessage(), [str(each) for each in record.args or ()])
        for record in watching.records
    ]
    assert len(watching.told) > 3
    assert leaks(watching.told) == []


def attempt(url: str, way: str, call: Callable[[Any], Any], **options: Any) -> Any:
    """Make a call with a client of one kind; return what it returns or raises."""
    given = {
        "credentials": CREDENTIALS,
        "base_url": url,
        "max_retries": 1,
        **options,
    }
    if way.startswith("sync"):
        own = httpx2.Client() if "httpx2" in way else None
        try:
            with SyncClient(
                CONTRACT, http_client=own, token_source=SyncTokens, **given
            ) as client:
                return call(client)
        except (ClientError, ValueError, TypeError) as error:
            return error
        finally:
            if own:
                own.close()

    async def run() -> Any:
        own = httpx2.AsyncClient() if "httpx2" in way else None
        try:
            async with AsyncClient(
                CONTRACT, http_client=own, token_source=AsyncTokens, **given
            ) as client:
                return await call(client)
        except (ClientError, ValueError, TypeError) as error:
            return error
        finally:
            if own:
                await own.aclose()

    return asyncio.run(run())


def calling(scheme: str, retry: Safe | Unsafe = SAFE) -> Callable[[Any], Any]:
    """A call that authenticates in one way."""
    called = operation(scheme, retry)
    return lambda client: client._send(called, {"id": "1", "page": 2}, {"a": 1})


def reachable(*roots: object) -> Iterator[object]:
    """Everything that can be got at from an object without calling anything."""
    seen: dict[int, object] = {}
    pending = [*roots]
    while pending:
        one = pending.pop()
        if id(one) in seen or isinstance(
            one, (type, ModuleType, FunctionType, MethodType, BuiltinFunctionType)
        ):
            continue
        seen[id(one)] = one
        yield one
        if isinstance(one, dict):
            pending += [*one.keys(), *one.values()]
        elif isinstance(one, (list, tuple, set, frozenset)):
            pending += one
        elif isinstance(one, BaseException):
            pending += [one.__cause__, one.__context__, one.args]
        if not isinstance(one, (str, bytes, int, float)):
            slots = [getattr(kind, "__slots__", ()) for kind in type(one).__mro__]
            names = [
                name
                for each in slots
                for name in ([each] if isinstance(each, str) else each)
            ]
            pending += [getattr(one, name, None) for name in names]
            pending += getattr(one, "__dict__", {}).values()


def leaks(*roots: object) -> list[str]:
    """Texts within reach, and what is printed of objects, that hold a secret."""
    found: list[str] = []
    for one in reachable(*roots):
        texts = [repr(one), str(one)]
        if isinstance(one, bytes):
            texts.append(one.decode("latin-1"))
        found += [text for text in texts if any(each in text for each in SECRETS)]
    return found


def printed(error: BaseException) -> str:
    """The report of an error with the variables of every frame but those of the tests."""
    parts: list[str] = []
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None:
            continue
        pending += [one.__cause__, one.__context__]
        report = traceback.TracebackException.from_exception(one, capture_locals=True)
        report.stack[:] = [each for each in report.stack if each.filename != __file__]
        parts += report.format(chain=False)
    return "".join(parts)


def check(error: BaseException) -> None:
    """Hold that nothing of an error shows a secret."""
    assert leaks(error, getattr(error, "__notes__", None)) == []
    report = printed(error)
    assert not [each for each in SECRETS if each in report], report
    for made in (copy.copy(error), copy.deepcopy(error)):
        assert type(made) is type(error)
        assert leaks(made) == []
    stored = pickle.dumps(error)
    assert not [each for each in SECRETS if each.encode() in stored]
    assert leaks(pickle.loads(stored)) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_failure_shows_a_secret(
    scheme: str, way: str, server: Server, watch: Watch, waits: list[float]
) -> None:
    retry = Unsafe() if "httpx2" in way else SAFE
    for fault in FAULTS.values():
        server.does(issuing(fault))
        error = attempt(
            server.url,
            way,
            calling(scheme, retry),
            timeout=0.05,
            before_attempt=watch.told.append,
            after_reply=watch.told.append,
        )
        assert isinstance(error, ClientError)
        check(error)
    error = attempt("http://127.0.0.1:9", way, calling(scheme, retry))
    check(error)


@pytest.mark.parametrize("way", WAYS)
def test_an_issuer_that_fails_shows_no_secret(
    way: str, server: Server, watch: Watch, waits: list[float]
) -> None:
    for scheme in ("oauth", "oauth-in-body"):
        for fault in (*FAULTS.values(), answer(200, {"access_token": f"{TOKEN}\n"})):
            server.does(fault)
            error = attempt(
                server.url,
                way,
                calling(scheme),
                timeout=0.05,
                before_attempt=watch.told.append,
                after_reply=watch.told.append,
            )
            assert isinstance(error, ClientError)
            check(error)


@pytest.mark.parametrize("way", WAYS)
def test_a_token_that_cannot_be_renewed_is_not_shown(way: str, server: Server) -> None:
    server.does(issuing(answer(401)), issuing(answer(401)), answer(400))
    error = attempt(server.url, way, calling("oauth"))
    assert [taken.path for taken in server.taken] == ["/token", "/things/1", "/token"]
    check(error)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_provider_that_repeats_what_it_got_is_not_quoted(
    scheme: str, way: str, server: Server, watch: Watch
) -> None:
    def echo(connection: Connection) -> bool:
        taken = connection.take()
        assert taken is not None
        said = f"{taken.target} {taken.headers} {KEY} {PASSWORD} {SIGNING}"
        connection.reply(400, {"message": said})
        return True

    server.does(issuing(echo))
    error = attempt(
        server.url,
        way,
        calling(scheme, Unsafe()),
        after_reply=watch.told.append,
    )
    # The body is kept as it came, for whoever asks for it.
    report = f"{error} {error!r} {printed(error)}"
    assert not [each for each in SECRETS if each in report]


@pytest.mark.parametrize("way", WAYS)
def test_the_user_of_an_address_is_not_shown(
    way: str, server: Server, watch: Watch, waits: list[float]
) -> None:
    url = server.url.replace("//", f"//me:{ADDRESS_PASSWORD}@")
    for fault in FAULTS.values():
        server.does(fault)
        error = attempt(
            url,
            way,
            calling("header"),
            timeout=0.05,
            before_attempt=watch.told.append,
            after_reply=watch.told.append,
        )
        check(error)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_raw_response_shows_no_secret(
    scheme: str, way: str, server: Server, watch: Watch
) -> None:
    server.does(issuing(answer(200, {"a": 1})))
    found = attempt(
        server.url,
        way,
        lambda client: client._send_raw(operation(scheme, Safe()), {"id": "1"}, {}),
        before_attempt=watch.told.append,
    )
    assert found.status_code == 200
    assert leaks(found) == []
    assert leaks(pickle.loads(pickle.dumps(found))) == []


class TestWhatIsAsked:
    """Functions that know secrets, and what goes wrong with them."""

    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("way", WAYS)
    def test_a_secret_that_cannot_be_sent_is_not_shown(
        self, scheme: str, way: str, server: Server
    ) -> None:
        for ending in ("\n", " ", "\x7f"):
            for wrap in (lambda secret: secret, lambda secret: lambda: secret):
                bad = {
                    name: wrap(f"{secret}{ending}")
                    for name, secret in CREDENTIALS.items()
                }
                error = attempt(
                    server.url,
                    way,
                    calling(scheme),
                    credentials=bad,
                )
                assert isinstance(error, ConfigurationError)
                check(error)
        assert server.taken == []

    @pytest.mark.parametrize("way", WAYS)
    def test_a_function_that_fails_shows_none_of_the_other_secrets(
        self, way: str, server: Server
    ) -> None:
        def fail() -> str:
            raise ValueError("the vault is closed")

        for first in ("query", "header", "cookie", "bearer", "half"):
            both: Operation[Any] = Operation(
                "",
                "both",
                "GET",
                "/x",
                replies={200: Reply()},
                retry=SAFE,
                security=((first, "signature-in-query"),),
            )
            error = attempt(
                server.url,
                way,
                (
                    partial(SyncClient._send, operation=both)
                    if way.startswith("sync")
                    else partial(AsyncClient._send, operation=both)
                ),
                credentials={**CREDENTIALS, "key": lambda: KEY, "signing": fail},
            )
            assert str(error) == "the vault is closed"
            report = printed(error)
            assert not [each for each in SECRETS if each in report], report

    @pytest.mark.parametrize("way", WAYS)
    def test_what_a_function_returned_is_taken_out_of_what_the_provider_says(
        self, way: str, server: Server
    ) -> None:
        server.does(answer(400, {"message": f"bad key {KEY}"}))
        error = attempt(
            server.url,
            way,
            calling("header"),
            credentials={**CREDENTIALS, "key": lambda: KEY},
        )
        assert "bad key ***" in str(error)

    def test_a_template_that_cannot_be_filled_shows_no_secret(
        self, server: Server
    ) -> None:
        error = attempt(
            server.url,
            "sync",
            lambda client: client._send(
                operation("signature-in-query", Safe()), {"id": "1"}, {"a": [1]}
            ),
        )
        assert isinstance(error, TypeError)
        check_report = printed(error)
        assert not [each for each in SECRETS if each in check_report]


class TestClients:
    def test_nothing_of_a_client_prints_a_secret(self, server: Server) -> None:
        server.does(issuing(answer(200, {"a": 1})))
        with SyncClient(
            CONTRACT,
            token_source=SyncTokens,
            credentials=CREDENTIALS,
            base_url=server.url,
        ) as client:
            for scheme in SCHEMES:
                client._send(operation(scheme, Safe()), {"id": "1"}, {"a": 1})
            changed = client.with_options(default_headers={"Authorization": KEY})
            shown = []
            for one in reachable(client, changed, vars(client)):
                is_ours = type(one).__module__.startswith("till")
                if (is_ours or isinstance(one, dict)) and not isinstance(one, HIDDEN):
                    shown += [repr(one), str(one), f"{one}"]
        assert len(shown) > 30
        assert not [each for each in SECRETS for text in shown if each in text]

    @pytest.mark.parametrize("kind", [Till, AsyncTill])
    def test_a_client_is_neither_pickled_nor_copied_deeply(self, kind: Any) -> None:
        client = kind(secret_key=KEY, client_secret=CLIENT_SECRET, base_url="http://h")
        for each in (client, vars(client), client._core, client._core.keyring):
            for attempted in (pickle.dumps, copy.deepcopy):
                with pytest.raises(TypeError, match="secrets are not pickled"):
                    attempted(each)
        assert KEY not in repr(copy.copy(client))

    @pytest.mark.parametrize(
        "settings",
        [
            {"max_retries": -1},
            {"timeout": -1},
            {"subdomain": "a/b"},
            {"http_client": object()},
            {"default_headers": {"X": "a\nb"}},
        ],
    )
    @pytest.mark.parametrize("kind", [Till, AsyncTill])
    def test_a_client_that_cannot_be_made_shows_no_secret(
        self, kind: Any, settings: dict[str, Any]
    ) -> None:
        with pytest.raises((ClientError, ValueError, TypeError)) as caught:
            kind(secret_key=KEY, client_secret=CLIENT_SECRET, **settings)
        report = printed(caught.value)
        assert "__init__" in report
        assert not [each for each in SECRETS if each in report]


class TestWebhookSecrets:
    SIGNED = SignedHeader(
        "sign",
        "t={timestamp},s={signature}",
        "{timestamp}{body}",
        Credential("webhook"),
    )

    @pytest.mark.parametrize(
        "proof",
        [
            SIGNED,
            SignedHeader(
                "sign",
                "{signature}",
                "{webhook}{body}",
                Credential("webhook"),
                hmac=True,
            ),
            SecretHeader("sign", "Secret {secret}", Credential("webhook")),
        ],
    )
    @pytest.mark.parametrize(
        "header", [None, "", "t=1,s=00", "Secret other", "Secret ", "t=x,s=y", "ab"]
    )
    @pytest.mark.parametrize("ending", ["", "\n"])
    def test_a_message_that_is_refused_shows_no_secret(
        self, proof: Any, header: str | None, ending: str
    ) -> None:
        with SyncClient(
            CONTRACT,
            credentials={**CREDENTIALS, "webhook": f"{WEBHOOK}{ending}"},
            base_url="http://h",
        ) as client:
            webhook: Webhook[dict[str, int]] = Webhook("paid", dict[str, int])
            webhooks = ProvenMessages(client._core.keyring, proof, webhook)
            given = {} if header is None else {"Sign": header}
            with pytest.raises((WebhookInvalidError, ConfigurationError)) as caught:
                webhooks.unwrap(b"{}", given)
        check(caught.value)
        assert not [each for each in SECRETS if each in repr(webhooks)]


def test_an_outcome_that_is_unknown_is_told_without_secrets(
    server: Server, waits: list[float]
) -> None:
    server.does(issuing(FAULTS["reset"]))
    for scheme in SCHEMES:
        error = attempt(
            server.url,
            "sync",
            calling(scheme, Unsafe()),
        )
        assert isinstance(error, OutcomeUnknownError)
        assert error.sent.startswith("POST /things/1, attempt 1")
        assert "?" not in error.sent


def test_what_the_library_raised_is_named(waits: list[float]) -> None:
    names = {
        attempt("http://127.0.0.1:9", way, calling("query")).__cause__.name
        for way in WAYS
    }
    assert names == {"pyreqwest.exceptions.ConnectError", "httpx2.ConnectError"}


def test_the_tests_know_where_they_stand() -> None:
    assert "httpx2" in sys.modules
    assert leaks({"a": [KEY]}) != []
    assert leaks(quote(KEY, safe="").encode()) != []
