"""Names of a contract stand beside those that every package has."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from engross.emit.naming.reserved import BASE_ERRORS


def generated(
    folder: Path, schemas: dict[str, object], parameters: tuple[str, ...] = ()
) -> Path:
    """A package of a contract with these schemas, all of them sent and received."""
    content = {
        "application/json": {"schema": {"$ref": "#/components/schemas/Everything"}}
    }
    everything = {
        name.lower(): {"$ref": f"#/components/schemas/{name}"} for name in schemas
    }
    contract = {
        "openapi": "3.1.1",
        "info": {"title": "Odd", "version": "1"},
        "servers": [{"url": "https://odd.example"}],
        "paths": {
            "/things": {
                "post": {
                    "operationId": "createThing",
                    "parameters": [
                        {"name": name, "in": "query", "schema": {"type": "string"}}
                        for name in parameters
                    ],
                    "requestBody": {"required": True, "content": content},
                    "responses": {"200": {"description": "Done", "content": content}},
                }
            }
        },
        "components": {
            "schemas": {
                **schemas,
                "Everything": {"type": "object", "properties": everything},
            }
        },
    }
    (folder / "pyproject.toml").write_text("[tool.engross]\n")
    (folder / "specs").mkdir()
    (folder / "specs" / "odd.yaml").write_text(yaml.safe_dump(contract))
    run("-m", "engross", "generate", cwd=folder)
    return folder / "generated" / "odd"


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


FIELDS = """\
import msgspec, odd
value = msgspec.json.decode(b'{"list":["a"],"str":"b","raw":"c","others":["d"]}', type=odd.Thing)
assert (value.list_, value.str_, value.raw_, value.others) == (["a"], "b", "c", ["d"])
"""


def thing() -> dict[str, object]:
    return {"type": "object", "properties": {"id": {"type": "string"}}}


def test_schema_named_like_a_public_class_is_exported_under_another_name(
    tmp_path: Path,
) -> None:
    taken = (*BASE_ERRORS, "Attempt", "Timeout")
    package = generated(tmp_path, {name: thing() for name in taken})

    shown = run(
        "-c",
        "import odd, odd.models; from msgspec import Struct\n"
        "kinds = {name: getattr(odd, name) for name in odd.__all__}\n"
        "print(odd.Timeout.__module__, odd.ConfigurationError.__module__,"
        " issubclass(odd.AttemptModel, Struct), odd.AttemptModel is odd.models.Attempt)",
        cwd=package,
    )
    assert shown.split() == [
        "odd._runtime.options",
        "odd.errors",
        "True",
        "True",
    ]


@pytest.mark.parametrize("first", ["Thing", "ThingDict"])
def test_a_schema_named_like_the_dict_of_another_has_a_name_of_its_own(
    tmp_path: Path, first: str
) -> None:
    other = "ThingDict" if first == "Thing" else "Thing"
    package = generated(tmp_path, {first: thing(), other: thing()})

    shown = run("-c", "import odd; print(*sorted(odd.__all__))", cwd=package).split()

    assert len([name for name in shown if name.startswith("Thing")]) == 4


def test_the_default_of_an_enum_is_a_member(tmp_path: Path) -> None:
    package = generated(
        tmp_path,
        {
            "Paint": {
                "type": "object",
                "required": ["colour"],
                "properties": {
                    "colour": {
                        "type": "string",
                        "enum": ["red", "blue"],
                        "default": "blue",
                    }
                },
            },
        },
    )

    shown = run("-c", "import odd; print(repr(odd.Paint().colour))", cwd=package)
    assert shown.strip() == "<PaintColour.BLUE: 'blue'>"


def test_a_parameter_takes_no_name_that_its_method_uses(tmp_path: Path) -> None:
    taken = ("self", "options", "operations", "timeout", "extra_body")
    package = generated(tmp_path, {"Thing": thing()}, taken)

    shown = run(
        "-c",
        "import inspect; from odd.resources.things import Things\n"
        "print(*inspect.signature(Things.create).parameters)",
        cwd=package,
    ).split()

    assert shown[0] == "self"
    assert {"self_query", "timeout_query", "extra_body_query", "options"} < set(shown)


def test_a_field_hides_no_builtin_that_types_are_written_with(tmp_path: Path) -> None:
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    fields = {"list": texts, "str": text, "raw": text, "others": texts}
    package = generated(tmp_path, {"Thing": {"type": "object", "properties": fields}})

    run("-c", FIELDS, cwd=package)
