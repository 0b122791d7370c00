"""What the tests share: a provider on the loopback address, and its clients."""

from collections.abc import Iterator

import pytest

from .package import BASE_PATH, Client
from .package import client as make_client
from .sending import Send, Way
from .server import Server


@pytest.fixture(scope="session", autouse=True)
def no_proxy() -> Iterator[None]:
    """Talk to the loopback address directly, whatever proxies are set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("no_proxy", "127.0.0.1")
        yield


@pytest.fixture(scope="session")
def loopback() -> Iterator[Server]:
    """One server for all tests."""
    with Server() as running:
        yield running


@pytest.fixture
def server(loopback: Server) -> Server:
    """The server, which has seen nothing and knows no answer yet."""
    loopback.forget()
    return loopback


@pytest.fixture(scope="session")
def client(loopback: Server) -> Iterator[Client]:
    """A sync client with the transport that comes with the package."""
    with make_client(loopback.url + BASE_PATH) as made:
        yield made


@pytest.fixture(params=["sync", "async", "sync with httpx2", "async with httpx2"])
def send(request: pytest.FixtureRequest, server: Server) -> Send:
    """Each client on each transport, one after the other."""
    way: str = request.param
    httpx2 = pytest.importorskip("httpx2") if way.endswith("httpx2") else None
    return Send(server.url + BASE_PATH, Way(way.startswith("async"), httpx2))
