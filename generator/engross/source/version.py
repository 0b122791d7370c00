"""The version of OpenAPI that a document declares."""

import re
from shlex import join
from typing import Final, TypeAlias

from engross.findings import Finding
from engross.source.document import Document
from engross.source.resolver import is_absolute

Version: TypeAlias = tuple[int, int]

_VERSION: Final = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")


def declared_version(document: Document) -> Version:
    """Return the version of OpenAPI that a document declares; 3.1 if it declares none."""
    value = document.value
    declared = value.get("openapi") if isinstance(value, dict) else None
    is_written = isinstance(declared, str | float)  # `3.0` without quotes is a number
    found = _VERSION.match(str(declared)) if is_written else None
    return (int(found[1]), int(found[2])) if found else (3, 1)


def unsupported_version(document: Document) -> Finding | None:
    """Return the finding for a document of an unsupported version, if it is one."""
    if isinstance(document.value, dict) and "swagger" in document.value:
        return Finding(
            "unsupported-version",
            "Swagger 2 is not supported",
            document.span(("swagger",), key=True),
            hint=_conversion(document.name),
        )
    major, minor = declared_version(document)
    if (major, minor) in ((3, 0), (3, 1), (3, 2)):
        return None
    return Finding(
        "unsupported-version",
        f"OpenAPI {major}.{minor} is not supported",
        document.span(("openapi",)),
        hint="engross reads OpenAPI 3.0, 3.1 and 3.2",
    )


def _conversion(name: str) -> str:
    """Return how to convert a document to OpenAPI 3."""
    convert = ["npx", "swagger2openapi", "--patch"]
    if name.endswith((".json", ".yaml", ".yml")) and not is_absolute(name):
        form = [] if name.endswith(".json") else ["--yaml"]
        return (
            f"convert it in place: {join([*convert, *form, '--outfile', name, name])}"
        )
    origin = name if is_absolute(name) else "swagger.json"
    command = join([*convert, "--outfile", "openapi.json", origin])
    saved = "" if is_absolute(name) else f"save it as {origin}; "
    return f"{saved}convert it: {command}, and generate from openapi.json"
