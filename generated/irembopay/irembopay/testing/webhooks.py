"""The messages that a fake sends when an item changes, signed as the provider signs them."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.request import Request, urlopen

from msgspec import Struct

from .._runtime.arguments import encode_json
from .._runtime.errors import WebhookInvalidError
from .._runtime.pointers import resolve
from .._runtime.webhooks import ProvenMessages
from .answers import members_of
from .fake import Fake, StubError
from .life import Event, Knowledge
from .provider import Change
from .records import with_member

_PATIENCE: Final = 10.0
"""Seconds that a receiver may take for a message."""

Receiver: TypeAlias = Callable[[bytes, Mapping[str, str]], object]


class Delivery(Struct, frozen=True):
    """A message that a fake sent."""

    webhook: str
    """Name of the method that reads it."""

    body: bytes
    """The message."""

    headers: Mapping[str, str]
    """Its headers, with what proves that it is the provider's."""


class WebhookFake(Fake):
    """A fake that sends messages."""

    def __init__(
        self,
        knowledge: Knowledge,
        samples: Path,
        secrets: Mapping[str, str | None],
        *,
        seed: int,
        now: datetime,
    ) -> None:
        super().__init__(knowledge, samples, secrets, seed=seed, now=now)
        self.deliveries: list[Delivery] = []
        """What was sent, in that order."""
        self._receivers: list[Receiver] = []
        self._urls: list[str] = []
        self._copies = 1
        self._post = ThreadPoolExecutor(1, "webhooks")
        """Posts one message after the other, while the provider answers calls."""
        self._posted: list[Future[None]] = []

    def client(self, **options: Any) -> Any:
        """Return a client that talks to the fake."""
        raise NotImplementedError

    def deliver_to(self, receiver: str | Receiver) -> None:
        """Send messages to a URL, or hand them to a function, from now on.

        Args:
            receiver: The URL, or what is called with a body and its headers, within the
                call that changes the item. No call waits for a URL.
        """
        if isinstance(receiver, str):
            self._urls.append(receiver)
        else:
            self._receivers.append(receiver)

    def wait_for_webhooks(self, seconds: float = 10.0) -> None:
        """Wait until all messages were posted to their URLs.

        Args:
            seconds: How long, for all of them.

        Raises:
            AssertionError: a message did not arrive, or not in time.
        """
        posted, self._posted = self._posted, []
        done, late = wait(posted, seconds)
        problems = [f"after {seconds} s: no response"] * len(late)
        problems += [str(each.exception()) for each in done if each.exception()]
        if problems:
            raise AssertionError("\n".join(["webhooks did not arrive:", *problems]))

    def duplicate_webhook(self, copies: int = 2) -> None:
        """Send the next message several times, as providers do that lose the response."""
        self._copies = copies

    def happened(self, change: Change) -> None:
        """Send the messages that report a change."""
        for name, event in self.knowledge.events.items():
            if event.resource == change.resource and change.before:
                before, after = change.before, change.record.value
                is_reached = all(after.get(k) == v for k, v in event.when.items())
                was_there = all(before.get(k) == v for k, v in event.when.items())
                if is_reached and not (event.when and was_there):
                    self._send(name, event, after)

    def send_webhook(self, name: str, **members: object) -> Delivery:
        """Send a message by itself, as the contract shows it.

        Args:
            name: Name of the method that reads it.
            members: Members of what it reports, under their wire names.

        Raises:
            StubError: the package cannot read the message.
        """
        event = self.knowledge.events.get(name, Event(""))
        return self._send(name, event, members)

    def _send(self, name: str, event: Event, members: Mapping[str, object]) -> Delivery:
        sample = self.samples.message(name)
        held = resolve(sample, event.at)
        shown = dict(held) if isinstance(held, dict) else {}
        kind = attrgetter(name)(self.client())._webhooks[0].type
        listed = members_of(kind) | shown.keys()
        known = {key: value for key, value in members.items() if key in listed}
        body: object = {**shown, **known}
        if event.at:
            whole = sample if isinstance(sample, dict) else {}
            body = with_member(whole, event.at, body)
        content = encode_json(body)
        delivery = Delivery(name, content, self._proof(name, content))
        copies, self._copies = self._copies, 1
        for _ in range(copies):
            self.deliveries.append(delivery)
            for receiver in self._receivers:
                receiver(content, delivery.headers)
            for url in self._urls:
                later = self._post.submit(_post, url, content, delivery.headers)
                self._posted.append(later)
        return delivery

    def _proof(self, name: str, content: bytes) -> dict[str, str]:
        """Return the headers of a message."""
        headers = {"content-type": "application/json"}
        reader = attrgetter(name)(self.client())
        try:
            reader.parse(content)
        except WebhookInvalidError as error:
            raise StubError(f"{name}: {error}") from error
        if isinstance(reader, ProvenMessages):
            return reader.headers_for(content, headers)
        return headers


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    request = Request(url, body, dict(headers), method="POST")
    try:
        with urlopen(request, timeout=_PATIENCE):
            pass
    except OSError as error:
        raise OSError(f"{url}: {error}") from error
