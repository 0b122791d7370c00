"""A project in a temporary directory, with a small contract."""

import gc
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from engross.cache import Memo
from engross.own_templates import NO_TEMPLATES, OwnTemplates
from engross.source import Source, Value

ROOT = Path(__file__).parents[1]

PYPROJECT = """\
[project]
name = "shop"

[tool.engross]
specs = "specs"
generated = "generated"
"""

SHOP = """\
openapi: 3.1.1
info:
  title: Shop
  version: "1.0"
  description: Sells things.
  license: { name: MIT, identifier: MIT }
servers:
  - url: https://shop.example
security:
  - token: []
paths:
  /orders:
    post:
      operationId: createOrder
      summary: Create an order.
      tags: [orders]
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: "#/components/schemas/Order" }
      responses:
        "201":
          description: The order.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Order" }
  /orders/{id}:
    get:
      operationId: getOrder
      summary: Read an order.
      tags: [orders]
      parameters:
        - name: id
          in: path
          required: true
          schema: { type: string }
      responses:
        "200":
          description: The order.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Order" }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
  schemas:
    Order:
      type: object
      description: What a customer wants.
      required: [items]
      properties:
        items:
          type: array
          minItems: 1
          items: { $ref: "#/components/schemas/Item" }
        note:
          type: string
          maxLength: 80
    Item:
      type: object
      description: One thing, so many times.
      required: [code, quantity]
      properties:
        code:
          type: string
        quantity:
          type: integer
          minimum: 1
"""


def pytest_configure() -> None:
    """Look for garbage less often: it is sought among thousands of tests, which stay."""
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or a worker would be left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True, scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the cache of the user who runs the tests out of them, and save time.

    - Tests of packages need no plugins of pytest, whose loading takes a third of their time.
    - Clients load all certificates of the system, unless they are told to trust only one,
      which signs nothing here.
    - mypy need not read the standard library again for each package that it checks. Modules
      whose text differs from what is in its cache are checked anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENGROSS_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.setenv("SSL_CERT_FILE", str(ROOT / "tests" / "trusted.pem"))
        patch.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.mktemp("mypy")))
        yield


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the root of a project with the contract `shop`, not generated yet."""
    root = tmp_path / "project"
    (root / "specs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "specs" / "shop.yaml").write_text(SHOP)
    return root


def plain_package(
    source: Source,
    _memo: Memo | None = None,
    _own: OwnTemplates = NO_TEMPLATES,
    _jobs: int = 1,
) -> tuple[str, Mapping[str, bytes], tuple[()]]:
    """Return a package with one file for each schema of a source."""
    document = as_object(source.value(source.root))
    settings = as_object(document.get("x-engross", {}))
    schemas = as_object(as_object(document["components"])["schemas"])
    package = str(settings.get("package", Path(source.entry).stem))
    files = {
        f"{package}/{name}.json": f"{json.dumps(schema, indent=1)}\n".encode()
        for name, schema in schemas.items()
    }
    title = as_object(document["info"])["title"]
    return package, {**files, "README.md": f"# {title}\n".encode()}, ()


def as_object(value: Value) -> dict[str, Value]:
    assert isinstance(value, dict)
    return value


@pytest.fixture
def plain_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Generate plain packages, so that a test knows what is in each file.

    No digest of our code knows of that, so they need a cache of their own.
    """
    monkeypatch.setenv("ENGROSS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("engross.tree.rendering.make", plain_package)
