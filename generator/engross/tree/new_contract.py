"""The files that a new contract begins with, and the settings of a new project."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engross.emit import client_of, free_package
from engross.findings import Finding, FindingsError
from engross.source import Source
from engross.source.metaschema import SCHEMAS
from engross.tree.project import Project
from engross.tree.rendering import StandaloneDocument
from engross.tree.write import create_file, naming, replace_file

SETTINGS: Final = """\
[tool.engross]
specs = "specs"          # one contract per provider: <provider>.yaml, .yml or .json
generated = "generated"  # one directory per package
"""

EDITORS: Final = ".schema"
"""Directory beside the contracts with the JSON Schemas that editors use."""

_CONTRACT: Final = """\
# yaml-language-server: $schema={editors}/contract.schema.json
openapi: 3.1.1
info:
  title: {title}
  version: "1.0"
  summary: What the provider offers, in one line.
servers:
  - url: https://api.example.com/v1
security:
  - token: []
tags:
  - {{ name: pets, description: Animals that look for a home. }}
paths:
  /pets:
    get:
      operationId: listPets
      summary: List pets.
      tags: [pets]
      responses:
        "200":
          description: All pets.
          content:
            application/json:
              schema:
                type: array
                items: {{ $ref: "#/components/schemas/Pet" }}
    post:
      operationId: createPet
      summary: Add a pet.
      tags: [pets]
      requestBody:
        required: true
        content:
          application/json:
            schema: {{ $ref: "#/components/schemas/Pet" }}
            example: {{ name: Tilly, born: "2024-05-01" }}
      responses:
        "201":
          description: The pet that was added.
          content:
            application/json:
              schema: {{ $ref: "#/components/schemas/Pet" }}
components:
  securitySchemes:
    token: {{ type: http, scheme: bearer }}
  schemas:
    Pet:
      type: object
      description: An animal that looks for a home.
      required: [name]
      properties:
        name: {{ type: string, description: What the animal is called., minLength: 1 }}
        born: {{ type: string, format: date, description: Date of birth. }}
x-engross: {{ package: {package}, client: {client} }}
"""

_OVERLAY: Final = """\
# yaml-language-server: $schema=https://spec.openapis.org/overlay/1.1/schema/2026-04-01
# What engross should know beyond {document}, which stays as its author wrote it.
overlay: 1.1.0
info: {{ title: Additions to {name}, version: 1.0.0 }}
actions:
  - target: $
    update:
      x-engross: {{ package: {package}, client: {client} }}
{servers}  # - target: $.paths['/pets'].get
  #   update: {{ operationId: listPets }}
"""


def begin(
    project: Project,
    name: str,
    document: StandaloneDocument | None = None,
    *,
    settings: Path | None = None,
) -> list[Path]:
    """Write a new contract, and the settings of a project that has none yet.

    Args:
        project: The project.
        name: Name of the provider.
        document: The document that the contract is to be, if it exists already.
        settings: The file that is to have the settings of the project, if none has.

    Returns:
        The paths that are new.

    Raises:
        FindingsError: The document cannot be read, or refers to other files.
        OSError: A file exists already, or could not be written.
    """
    contract = _first(name) if document is None else _foreign(name, document)
    made = [project.specs / path for path in contract]
    for path, content in contract.items():
        create_file(project.specs / path, content)
    if document is None:
        folder = project.specs / EDITORS
        made += [] if folder.exists() else [folder]
        for schema in sorted(SCHEMAS.rglob("*.json")):
            replace_file(folder / schema.relative_to(SCHEMAS), schema.read_bytes())
    if settings is not None:
        before = settings.read_bytes() if settings.exists() else b""
        gap = "\n" if before.endswith(b"\n") else "\n\n"
        with naming(settings), settings.open("ab") as file:
            file.write(f"{gap if before else ''}{SETTINGS}".encode())
        made.insert(0, settings)
    return made


def _first(name: str) -> dict[str, bytes]:
    """Return a small contract that generates, by its path below the contracts."""
    package, client = _names(name)
    text = _CONTRACT.format(
        editors=EDITORS, title=client, package=package, client=client
    )
    return {f"{name}.yaml": text.encode()}


def _foreign(name: str, document: StandaloneDocument) -> dict[str, bytes]:
    """Return a document as it is, and an overlay that names package and client.

    Servers that are relative to where the document was downloaded are written in full.
    """
    source = document.load(strict=False, skip_broken=True)
    parts = sorted(source.resources.keys() - {source.entry})
    if parts:
        message = f"{source.entry} refers to other files, such as {parts[0]}"
        hint = "copy it and its parts yourself; parts go into subdirectories"
        raise FindingsError([Finding("has-parts", message, hint=hint)])
    content = document.read()
    ending = "json" if content.lstrip()[:1] == b"{" else "yaml"
    package, client = _names(name)
    overlay = _OVERLAY.format(
        document=f"{name}.{ending}",
        name=name,
        package=package,
        client=client,
        servers="".join(_servers(source)),
    )
    return {f"{name}.{ending}": content, f"{name}.overlay.yaml": overlay.encode()}


def _servers(source: Source) -> Iterator[str]:
    """Yield actions that write the servers of a download in full."""
    root = source.value(source.root)
    listed = root.get("servers") if isinstance(root, dict) else None
    urls = [
        str(server.get("url", ""))
        for server in (listed if isinstance(listed, list) else [])
        if isinstance(server, dict)
    ]
    if not urls and source.located("/") != "/":
        url = json.dumps(source.located("/"))
        yield f"      servers: [{{ url: {url} }}]\n"
    for position, url in enumerate(urls):
        if source.located(url) != url:
            yield f"  - target: $.servers[{position}]\n"
            yield f"    update: {{ url: {json.dumps(source.located(url))} }}\n"


def _names(name: str) -> tuple[str, str]:
    """Return the names of the package and of the client of a provider."""
    package = free_package(name.replace("-", "_"))
    return package, client_of(package)
