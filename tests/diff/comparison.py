"""Contracts given as text, and the changes between them."""

import re

from engross.diff import Change, changes_between
from engross.source import load_files

HEAD = """\
openapi: 3.1.1
info: { title: Shop, version: "1.0" }
"""

PATHS = """\
paths:
  /items:
    post:
      operationId: createItem
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } }
      responses:
        "200":
          description: The item.
          content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } }
"""
"""What uses the component `Item` in a request and in a response."""


def completed(part: str) -> str:
    """Return the contract that a part of one stands for."""
    if re.search(r"^openapi:", part, re.MULTILINE):
        return part
    has_paths = re.search(r"^(paths|webhooks):", part, re.MULTILINE)
    paths = PATHS
    if has_paths or "schemas" not in part:
        paths = ""
    if not has_paths and not paths:
        paths = "paths: {}\n"
    return f"{HEAD}{paths}{part}\n"


def changes(before: str, after: str) -> tuple[Change, ...]:
    """Return the changes between two contracts, or parts of contracts, in YAML."""
    old, new = (
        load_files("shop.yaml", {"shop.yaml": completed(text).encode()})
        for text in (before, after)
    )
    return changes_between(old, new)


def meanings(found: tuple[Change, ...]) -> list[str]:
    """Return the rules of the changes of what a contract means, without its package's."""
    return [each.rule for each in found if not each.rule.startswith("python-")]
