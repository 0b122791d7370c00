"""Requests and responses that are examples in the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Example:
    """A payload and its self-contained schema."""

    title: str
    schema: dict[str, Any]
    value: object


def examples(contract: Path) -> Iterator[Example]:
    """Yield one example for each body in a contract."""
    document = _plain(yaml.safe_load(contract.read_text(encoding="utf-8")))
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            name = f"{contract.stem}, {method.upper()} {path}"
            bodies = {"request": operation.get("requestBody", {})}
            bodies |= {f"reply {k}": v for k, v in operation["responses"].items()}
            for kind, body in bodies.items():
                for media in body.get("content", {}).values():
                    yield from _of_media(document, f"{name}, {kind}", media)


def _of_media(document: Any, title: str, media: Any) -> Iterator[Example]:
    for example in media.get("examples", {}).values():
        if "value" in example and "schema" in media:
            schema = {
                "components": document.get("components", {}),
                "allOf": [media["schema"]],
            }
            yield Example(title, schema, example["value"])
            return


def _plain(value: Any) -> Any:
    """Return a schema without keywords that no other library supports."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if k != "x-engross"}
    return [_plain(item) for item in value] if isinstance(value, list) else value
