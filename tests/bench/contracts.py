"""Contracts in the simplest OpenAPI, for peers that fail on anything else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

PLAINER = """\
"plain": the same contracts in words that all peers understand: references to responses
and parameters written out, 5XX as 500, x-extensible-enum as enum; without x-engross,
webhooks, fixed values of headers, and defaults that are objects."""

_INLINED = ("responses", "parameters")


def write_plain(contract: Path, plain: Path) -> None:
    """Write a contract as all peers can read it."""
    document = yaml.safe_load(contract.read_text())
    components = document.get("components", {})
    document = _plain(document, components)
    document.pop("webhooks", None)
    for kind in _INLINED:
        document.get("components", {}).pop(kind, None)
    plain.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def _plain(value: Any, components: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_plain(item, components) for item in value]
    if not isinstance(value, dict):
        return value
    match str(value.get("$ref")).split("/"):
        case ["#", "components", kind, name] if kind in _INLINED:
            return _plain(components[kind][name], components)
    result = {
        _NAMES.get(name, name): _plain(member, components)
        for name, member in value.items()
        if name != "x-engross"
    }
    if result.get("in") == "header" and isinstance(result.get("schema"), dict):
        result["schema"].pop("const", None)
    if isinstance(result.get("default"), dict) and "status" not in result:
        del result["default"]
    return result


_NAMES = {"5XX": "500", "x-extensible-enum": "enum"}
