"""Tokens of OAuth 2, each fetched once for all calls that wait for it."""

from asyncio import Lock, get_running_loop
from collections.abc import Awaitable, Callable
from typing import Any

from .async_retry_loop import async_secrets
from .call import Call
from .client_core import ClientCore
from .credentials import TokenScheme
from .oauth import KeptToken, OAuth2ClientCredentials, token_call
from .options import Timeout


class AsyncTokens:
    """Fetches and keeps the tokens of one client."""

    __slots__ = ("_core", "_kept")

    def __init__(self, core: ClientCore) -> None:
        self._core = core
        self._kept: dict[TokenScheme, KeptToken] = {}

    def __repr__(self) -> str:
        return "<tokens>"

    async def token(
        self,
        scheme: TokenScheme,
        stale: str,
        timeout: Callable[[], Timeout],
        send: Callable[[Call[Any]], Awaitable[Any]],
    ) -> str:
        """Return a token that is not the stale one, and fetch it if necessary.

        Raises:
            APIError: the issuer could not be reached, or refused.
        """
        assert isinstance(scheme, OAuth2ClientCredentials)
        kept = self._kept.get(scheme)
        if kept is None:
            kept = self._kept.setdefault(scheme, KeptToken(self._core.keyring))
        token = kept.current(stale)
        if token:
            return token
        async with kept.lock(get_running_loop(), Lock):
            token = kept.current(stale)
            if token:
                return token
            secrets = await async_secrets(self._core.keyring, scheme)
            call = token_call(scheme, self._core, secrets, timeout())
            return kept.keep(await send(call))
