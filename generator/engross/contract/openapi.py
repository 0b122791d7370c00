"""Words of OpenAPI that several readers of a contract need."""

from typing import Final

METHODS: Final = (
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "query",
)
"""HTTP methods, as path items name them."""

STYLES: Final = {
    "path": "simple",
    "header": "simple",
    "query": "form",
    "cookie": "form",
    "querystring": "form",
}
"""Place of a parameter -> its style unless the contract says otherwise."""

EXPLODED: Final = ("form", "cookie")
"""Styles that write members apart unless the contract says otherwise."""
