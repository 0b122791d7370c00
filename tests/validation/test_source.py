"""The emitted source is what a careful person would have written."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import black
import pytest

from engross.patterns import matching
from engross.schema.reader import graph_of
from engross.source import Location
from engross.source.pointer import Pointer
from engross.validation import (
    SchemaError,
    Support,
    Target,
    compile_module,
    compile_validator,
    runtime,
)

from . import suite
from .test_rules import TRUE_RULES, with_rule

MODE = black.Mode()
LONG = "a_member_whose_name_is_so_long_that_hardly_a_line_can_hold_it_" * 2

SCHEMAS: dict[str, Any] = {
    "rules": with_rule(" && ".join(f"({rule})" for rule in TRUE_RULES[:4])),
    "long_names": {
        "type": "object",
        "required": [LONG],
        "additionalProperties": False,
        "properties": {
            LONG: {
                "type": "object",
                "required": ["x"],
                "properties": {
                    LONG: {"type": ["integer", "string"], "minLength": 3, "minimum": 5},
                    "payment_account_identifier": {
                        "enum": ["a" * 30, "b" * 30, "c" * 30]
                    },
                },
            },
            "items": {
                "items": {
                    "items": {
                        "items": {
                            "items": {
                                "minLength": 1,
                                "properties": {LONG: {"type": "integer"}},
                            }
                        }
                    }
                }
            },
        },
    },
    "odd_names": {
        "properties": {
            name: {"type": "integer", "minimum": 1}
            for name in (
                "class",
                "payload",
                "at",
                "report",
                "schema",
                "is_valid",
                "len",
                "1st",
                "",
                " ",
                "{x}",
                "a\"b'c\\d",
                "é",
                "名前",
                "\n",
                "index",
                "item",
                "start",
                "l",
                "Report",
                "x_violations",
                "_private",
                "~/",
                "\U0001f432",
            )
        }
        | {
            "nested": {
                "properties": {"nested": {"properties": {"nested": {"type": "null"}}}}
            }
        }
    },
    "type_that_another_decides": {
        "allOf": [
            {"$ref": "#/$defs/parent"},
            {
                "type": "object",
                "properties": {"b": {"type": "string"}},
                "required": ["b"],
            },
        ],
        "$defs": {
            "parent": {
                "type": "object",
                "required": ["a"],
                "properties": {
                    name: {"type": "string", "minLength": 1} for name in "acdef"
                },
            }
        },
    },
    "types_that_exclude_each_other": {
        "allOf": [{"type": "string"}, {"type": "integer"}]
    },
    "types_of_which_one_has_members": {
        "type": ["object", "null"],
        "properties": {"a": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "constants": {
        "anyOf": [
            {"const": {"a": [1, {"b": None}], "c": "x" * 90}},
            {"enum": [1, 2.5, None, True, "a", [1]]},
            {"enum": ['a"b', "c'd", "\\"]},
            {"minimum": 1e30, "multipleOf": 0.1},
            {"pattern": "^(a+)+\"'\\\\$"},
        ]
    },
}


def sources() -> Iterator[tuple[str, str]]:
    """Give modules of many kinds: those above, and one for each schema of the suite."""
    for name, schema in SCHEMAS.items():
        yield name, module(schema)
    for file in [*suite.files(), *suite.files("optional/format")]:
        # Every third will do: within a file, schemas resemble each other.
        for number, case in list(enumerate(suite.cases(file)))[::3]:
            stem = Path(file).stem.replace("-", "_")
            yield f"{stem}_{number}", module(case.schema)


def module(schema: Any) -> str:
    return compile_module(
        [Target("payload", "schema.json#", "A payload, lines 1-2")],
        graph=graph_of({**suite.remotes(), "schema.json": schema}, assert_formats=True),
        comments=lambda at: f"at {at}" if "/a" in str(at) else None,
        header='"""Validators."""',
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a package that holds every module, with its run-time support."""
    folder = tmp_path_factory.mktemp("source") / "package"
    (folder / "_runtime").mkdir(parents=True)
    for name in ("__init__.py", "_runtime/__init__.py"):
        (folder / name).write_text("")
    shutil.copy(runtime.__file__, folder / "_runtime" / "validation.py")
    shutil.copy(matching.__file__, folder / "_runtime" / "patterns.py")
    for name, source in sources():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def test_black_changes_nothing(package: Path) -> None:
    changed = []
    for path in sorted(package.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if source and black.format_str(source, mode=MODE) != source:
            changed.append(path.stem)
    assert changed == []


def test_nothing_is_unused_or_undefined(package: Path) -> None:
    rules = "F,E7,E9,I,W"
    assert run("ruff", "check", "--isolated", "--select", rules, str(package)) == ""


def test_types_hold_strictly(package: Path) -> None:
    settings = package.parent / "mypy.ini"
    settings.write_text("[mypy]\nstrict = true\nwarn_unreachable = true\n")
    assert run("mypy", f"--config-file={settings}", str(package)) == ""


def test_pyright_agrees(package: Path) -> None:
    settings = package.parent / "pyrightconfig.json"
    settings.write_text('{"include": ["package"], "typeCheckingMode": "standard"}')
    assert run("basedpyright", "-p", str(settings)) == ""


def run(tool: str, *arguments: str) -> str:
    """Run a tool; give what it says if it is not content."""
    command = [sys.executable, "-m", tool, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_the_same_schema_gives_the_same_source_under_every_hash_seed() -> None:
    program = (
        "import json, sys; from engross.validation import compile_validator;"
        "print(compile_validator(json.load(sys.stdin)).source)"
    )
    import json
    import os

    schema = json.dumps(SCHEMAS["odd_names"])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=schema,
            capture_output=True,
            text=True,
            check=True,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


def test_functions_are_named_for_their_schemas_and_comments_name_the_lines() -> None:
    contract: dict[str, Any] = {
        "openapi": "3.1.1",
        "components": {
            "schemas": {
                "Invoice": {
                    "type": "object",
                    "required": ["items"],
                    "properties": {
                        "items": {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/InvoiceItem"},
                        }
                    },
                },
                "InvoiceItem": {
                    "type": "object",
                    "required": ["code", "price", "quantity"],
                    "properties": {
                        "code": {"type": "string", "minLength": 1},
                        "price": {"type": "number"},
                        "quantity": {"type": "integer"},
                    },
                },
            }
        },
    }
    schemas = Location("specs/x.yaml", ("components", "schemas"))
    lines = {
        schemas / "Invoice" / "properties" / "items": "lines 3-4",
        schemas / "InvoiceItem": "InvoiceItem, lines 7-9",
    }
    source = compile_module(
        [
            Target(
                "invoice",
                "specs/x.yaml#/components/schemas/Invoice",
                "Invoice, lines 1-6",
            )
        ],
        graph=graph_of({"specs/x.yaml": contract}),
        comments=lines.get,
        header="# Made from specs/x.yaml.",
    )
    assert source == EXPECTED


EXPECTED = '''\
# Made from specs/x.yaml.

from ._runtime.validation import Report, Violation, integral, numeric


# Invoice, lines 1-6
def is_invoice(payload: object) -> bool:
    """Tell whether the payload is a valid invoice."""
    if not isinstance(payload, dict):
        return False
    items = payload.get("items")
    if not isinstance(items, list):
        return False
    for item in items:
        if not _is_invoice_item(item):
            return False
    return True


def invoice_violations(payload: object) -> tuple[Violation, ...]:
    """List all violations in an invoice."""
    report = Report()
    _check_invoice(payload, "", report)
    return tuple(report)


def _check_invoice(payload: object, at: str, report: Report) -> None:
    schema = "specs/x.yaml#/components/schemas/Invoice"
    if not isinstance(payload, dict):
        report.add_type(at, "object", payload, schema)
        return

    # lines 3-4
    if "items" not in payload:
        report.add(at, "required", "items", payload, schema)
    else:
        items = payload["items"]
        if not isinstance(items, list):
            report.add_type_of(at, "/items", "array", items, schema)
        else:
            for index, item in enumerate(items):
                _check_invoice_item(item, f"{at}/items/{index}", report)


# InvoiceItem, lines 7-9
def _is_invoice_item(payload: object) -> bool:
    if not isinstance(payload, dict):
        return False
    code = payload.get("code")
    if not isinstance(code, str) or not code:
        return False
    price = payload.get("price")
    if type(price) is not int and not numeric(price):
        return False
    quantity = payload.get("quantity")
    if type(quantity) is not int and not integral(quantity):
        return False
    return True


def _check_invoice_item(payload: object, at: str, report: Report) -> None:
    schema = "specs/x.yaml#/components/schemas/InvoiceItem"
    if not isinstance(payload, dict):
        report.add_type(at, "object", payload, schema)
        return
    if "code" not in payload:
        report.add(at, "required", "code", payload, schema)
    else:
        code = payload["code"]
        if not isinstance(code, str):
            report.add_type_of(at, "/code", "string", code, schema)
        elif len(code) < 1:
            report.add_of(at, "/code", "minLength", 1, code, schema)
    if "price" not in payload:
        report.add(at, "required", "price", payload, schema)
    else:
        price = payload["price"]
        if type(price) is not int and not numeric(price):
            report.add_type_of(at, "/price", "number", price, schema)
    if "quantity" not in payload:
        report.add(at, "required", "quantity", payload, schema)
    else:
        quantity = payload["quantity"]
        if type(quantity) is not int and not integral(quantity):
            report.add_type_of(at, "/quantity", "integer", quantity, schema)
'''


def test_black_changes_nothing_where_names_are_very_long() -> None:
    name = "the_name_of_a_schema_that_somebody_generated_from_the_path_of_an_operation"
    names = [name, f"{name}_and_its_reply"]
    source = compile_module(
        [Target(each, "s#/$defs/tree") for each in names]
        + [Target(f"{name}_item", "s#/$defs/item")],
        graph=graph_of(
            {
                "s": {
                    "$defs": {
                        "tree": {"items": {"$ref": "#/$defs/tree"}, "minItems": 1},
                        "item": {"type": "string", "pattern": "x" * 90},
                    }
                }
            }
        ),
    )
    assert black.format_str(source, mode=MODE) == source


def test_two_targets_may_share_a_schema() -> None:
    source = compile_module(
        [Target("first", "s#/$defs/a"), Target("second", "s#/$defs/b")],
        graph=graph_of(
            {"s": {"$defs": {"a": {"type": "null"}, "b": {"$ref": "#/$defs/a"}}}}
        ),
        support=Support(runtime.__name__, matching.__name__),
    )
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    assert namespace["is_second"](None)
    assert namespace["second_violations"](1) == namespace["first_violations"](1)


def test_a_target_that_stands_nowhere_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"no .+defs. in s"):
        compile_module([Target("a", "s#/$defs/b")], graph=graph_of({"s": {}}))


def test_the_support_depends_on_the_standard_library_alone() -> None:
    program = (
        "import sys; before = set(sys.modules);"
        f"import runpy; runpy.run_path({runtime.__file__!r});"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) <= sys.stdlib_module_names


def test_a_target_may_have_the_name_of_anything() -> None:
    names = ["number", "integer", "email", "date_time", "valid", "unique", "payload"]
    schemas: dict[str, Any] = {
        name: {"type": "integer", "multipleOf": 3} for name in names
    } | {"email": {"format": "email", "type": "string"}}
    source = compile_module(
        [Target(name, f"s#/$defs/{name}") for name in names],
        graph=graph_of({"s": {"$defs": schemas}}, assert_formats=True),
        support=Support(runtime.__name__, matching.__name__),
    )
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    assert namespace["is_email"]("a@b.example")
    assert not namespace["is_email"]("nobody")
    for name in set(names) - {"email"}:
        assert namespace[f"is_{name}"](3.0)
        assert namespace[f"{name}_violations"](4)[0].keyword == "multipleOf"


def test_black_changes_nothing_whatever_the_length_of_names() -> None:
    chance = random.Random(7)

    def name(longest: int) -> str:
        return "n" + "".join(chance.choices("abcdef", k=chance.randrange(longest)))

    for _ in range(60):
        stem, member = name(110), name(70)
        one_of = [{"$ref": "#/$defs/s"}, {"$ref": "#/$defs/t"}, {"required": [member]}]
        kinds: list[Any] = [
            {"enum": [name(20) for _ in range(chance.randrange(1, 5))]},
            {"enum": [name(20), name(20), name(9), None], "type": ["string", "null"]},
            {"type": ["integer", "string"], "minLength": 3, "minimum": 0.1},
            {"pattern": f"^(a|b){name(60)}+$"},
            {"anyOf": one_of[:2]},
            {"oneOf": one_of},
            {"items": {"$ref": "#/$defs/s"}, "contains": {"$ref": "#/$defs/t"}},
            {"properties": {name(60): {"items": {"items": {"type": "integer"}}}}},
        ]
        inner = {
            "type": "object",
            "required": [member],
            "additionalProperties": False,
            "properties": {member: chance.choice(kinds)},
        }
        definitions: dict[str, Any] = {
            "s": {"properties": {"c": {"$ref": "#/$defs/s"}, member: inner}},
            "t": inner,
            "u": {
                "allOf": [{"$ref": "#/$defs/t"}, {"not": {"$ref": "#/$defs/s"}}],
                "unevaluatedProperties": False,
                "x-engross": {"code": {"required": name(60), "default": "B"}},
            },
        }
        source = compile_module(
            [Target(f"{stem}_{key}", f"x#/$defs/{key}") for key in definitions]
            + [Target(stem, "x#/$defs/t")],
            graph=graph_of({"x": {"$defs": definitions}}),
        )
        assert black.format_str(source, mode=MODE) == source


def test_constants_of_two_schemas_are_never_mixed_up() -> None:
    few: list[Any] = [f"few {number}" for number in range(12)]
    many: list[Any] = [f"many {number}" for number in range(12)]
    source = compile_module(
        [Target("order", "s#/$defs/order"), Target("order_state", "s#/$defs/state")],
        graph=graph_of(
            {
                "s": {
                    "$defs": {
                        "order": {"properties": {"state_code": {"enum": few}}},
                        "state": {"properties": {"code": {"enum": many}}},
                    }
                }
            }
        ),
        support=Support(runtime.__name__, matching.__name__),
    )
    module: dict[str, Any] = {}
    exec(source, module)

    assert module["is_order"]({"state_code": "few 1"})
    assert not module["is_order"]({"state_code": "many 1"})
    assert module["is_order_state"]({"code": "many 1"})
    assert not module["is_order_state"]({"code": "few 1"})


@pytest.mark.parametrize(
    "name", ["a:b", "a/b", "a~b", "a b", "9", "é", "class", "_", "a\"b'c", "a{b}"]
)
def test_a_member_may_have_any_name(name: str) -> None:
    long_enum = {"enum": [f"{letter * 12}" for letter in "abcdefgh"]}
    schema = {"type": "object", "properties": {name: long_enum}, "required": [name]}
    validator = compile_validator(schema)
    (found,) = validator.violations({name: "else"})
    assert found.pointer == str(Pointer.of(name))
    assert validator.violations({name: "a" * 12}) == ()
