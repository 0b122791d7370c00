"""What a newcomer does first, as printed: generate, install, call."""

from engross.findings import split_lines
from tests.loopback_files import Answer
from tests.newcomer.conftest import Newcomer

PETSTORE = """\
openapi: 3.0.3
info: { title: Swagger Petstore, version: 1.0.0 }
servers: [{ url: SERVER }]
paths:
  /pets:
    get:
      summary: List all pets
      operationId: listPets
      tags: [pets]
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
      responses:
        "200":
          description: A paged array of pets
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Pets" }
components:
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: { type: integer, format: int64 }
        name: { type: string }
        tag: { type: string }
    Pets: { type: array, items: { $ref: "#/components/schemas/Pet" } }
"""

FASTAPI = """\
{
  "openapi": "3.1.0",
  "info": {"title": "FastAPI", "version": "0.1.0"},
  "paths": {
    "/": {
      "get": {
        "summary": "Read Root",
        "operationId": "read_root__get",
        "responses": {
          "200": {
            "description": "Successful Response",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Greeting"}}}
          }
        }
      }
    },
    "/items/{item_id}": {
      "get": {
        "summary": "Read Item",
        "operationId": "read_item_items__item_id__get",
        "parameters": [
          {"name": "item_id", "in": "path", "required": true, "schema": {"type": "integer", "title": "Item Id"}},
          {"name": "q", "in": "query", "required": false, "schema": {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Q"}}
        ],
        "responses": {
          "200": {"description": "Successful Response", "content": {"application/json": {"schema": {}}}},
          "422": {
            "description": "Validation Error",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}}
          }
        }
      }
    }
  },
  "components": {
    "schemas": {
      "Greeting": {"properties": {"hello": {"type": "string", "title": "Hello"}}, "type": "object", "required": ["hello"], "title": "Greeting"},
      "HTTPValidationError": {
        "properties": {"detail": {"items": {"$ref": "#/components/schemas/ValidationError"}, "type": "array", "title": "Detail"}},
        "type": "object",
        "title": "HTTPValidationError"
      },
      "ValidationError": {
        "properties": {
          "loc": {"items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "type": "array", "title": "Location"},
          "msg": {"type": "string", "title": "Message"},
          "type": {"type": "string", "title": "Error Type"}
        },
        "type": "object",
        "required": ["loc", "msg", "type"],
        "title": "ValidationError"
      }
    }
  }
}
"""

SWAGGER_2 = """\
swagger: "2.0"
info: { title: Old, version: 1.0.0 }
host: old.example
paths: {}
"""

BROKEN = """\
openapi: 3.1.0
info: { title: Broken, version: 1.0.0 }
paths:
  /pets:
    get
      responses: { "204": { description: Nothing. } }
"""


def next_commands(output: str) -> list[str]:
    """Return the commands that a run ends with."""
    indented = [line for line in split_lines(output) if line.startswith("  ")]
    return [line.strip() for line in indented[-2:]]


def followed(newcomer: Newcomer, output: str) -> str:
    """Run the commands that a run ends with; return what the last one prints."""
    install, call = next_commands(output)
    assert install.startswith("pip install ./")
    installed = newcomer.run(install)
    assert installed.returncode == 0, installed.stderr
    called = newcomer.run(call)
    assert called.returncode == 0, called.stderr
    return called.stdout


def served(pages: dict[str, Answer]) -> str:
    """Return the petstore of a server that answers its calls."""
    pages["/v1/pets"] = Answer(body='[{"id": 1, "name": "Tilly"}]')
    return PETSTORE.replace("SERVER", f"{pages['base'].body}/v1")


PETS = "[Pet(id=1, name='Tilly')]\n"


def test_petstore_of_a_file_is_called(
    newcomer: Newcomer, pages: dict[str, Answer]
) -> None:
    newcomer.write("petstore.yaml", served(pages))
    done = newcomer.run("engross generate petstore.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert followed(newcomer, done.stdout) == PETS


def test_petstore_of_a_url_is_called(
    newcomer: Newcomer, pages: dict[str, Answer]
) -> None:
    pages["/api/openapi.yaml"] = Answer(body=served(pages))
    url = f"{pages['base'].body}/api/openapi.yaml"
    done = newcomer.run(f"engross generate {url} --output clients")
    assert (done.returncode, done.stderr) == (0, "")
    assert next_commands(done.stdout)[0] == "pip install ./clients/petstore"
    assert followed(newcomer, done.stdout) == PETS


def test_petstore_of_standard_input_is_called(
    newcomer: Newcomer, pages: dict[str, Answer]
) -> None:
    command = "engross generate - --name pet_shop --client PetShop"
    done = newcomer.run(command, given=served(pages))
    assert (done.returncode, done.stderr) == (0, "")
    assert followed(newcomer, done.stdout) == PETS


def test_fastapi_server_is_called(newcomer: Newcomer, pages: dict[str, Answer]) -> None:
    pages["/openapi.json"] = Answer(body=FASTAPI)
    pages["/"] = Answer(body='{"hello": "World"}')
    done = newcomer.run(f"engross generate {pages['base'].body}/openapi.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert followed(newcomer, done.stdout) == "Greeting(hello='World')\n"


def test_swagger_2_ends_with_the_converter(newcomer: Newcomer) -> None:
    newcomer.write("old.yaml", SWAGGER_2)
    done = newcomer.run("engross generate old.yaml")
    assert done.returncode == 1
    assert done.stdout == (
        "old.yaml:1:1  error  unsupported-version\n"
        '    1 | swagger: "2.0"\n'
        "      | ^^^^^^^ Swagger 2 is not supported\n"
        "   hint: convert it in place: npx swagger2openapi --patch --yaml --outfile "
        "old.yaml old.yaml\n"
        "\n1 error. Nothing was written.\n"
    )


def test_broken_document_ends_with_its_fault(newcomer: Newcomer) -> None:
    newcomer.write("broken.yaml", BROKEN)
    done = newcomer.run("engross generate broken.yaml")
    assert done.returncode == 1
    assert done.stdout.startswith("broken.yaml:")
    assert done.stdout.endswith("\n1 error. Nothing was written.\n")
    assert [path.name for path in newcomer.home.iterdir()] == ["broken.yaml"]


def test_project_from_a_document_is_current(newcomer: Newcomer) -> None:
    newcomer.write("petstore.yaml", PETSTORE.replace("SERVER", "https://a.example"))
    done = newcomer.run("engross new petstore --from petstore.yaml")
    assert done.returncode == 0
    last = done.stdout.splitlines()[-1].strip()
    assert last == "engross generate petstore"
    assert newcomer.run(last).returncode == 0
    assert newcomer.run("engross check").stdout.startswith("  petstore  current ")
