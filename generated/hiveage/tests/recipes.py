"""Credentials, computed as the contract says, apart from the package."""

import base64
import hashlib
import hmac


def basic(username: str, password: str) -> str:
    """The `Authorization` header of HTTP basic."""
    pair = base64.b64encode(f"{username}:{password}".encode())
    return f"Basic {pair.decode()}"


def digest(algorithm: str, text: str, *, key: str = "", encoding: str = "hex") -> str:
    """A digest of a text, or its HMAC where there is a key."""
    if key:
        made = hmac.new(key.encode(), text.encode(), algorithm).digest()
    else:
        made = hashlib.new(algorithm, text.encode()).digest()
    return base64.b64encode(made).decode() if encoding == "base64" else made.hex()
