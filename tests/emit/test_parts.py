"""Large packages: what their modules hold, and what is loaded when."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engross.contract import build
from engross.emit import emit
from engross.emit.parts import LARGEST_SHARED, MOST_UNNEEDED, divide, partition
from engross.source.loader import load

RESOURCES = ("birds", "cats", "dogs", "errors", "models")
KINDS = ("Bird", "Dog", "Error", "Model", "Cat")
"""The last of them is part of what all share."""

TOGETHER = 30
"""Definitions in one module here, so that the package stays small."""

EACH = TOGETHER // len(KINDS) + 1
VETS = MOST_UNNEEDED + 2
"""More than what is loaded beside what a call needs."""

TEXT = {"type": "string"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def schemas() -> dict[str, Any]:
    """A long chain of schemas for each resource, which ends in one that all share."""
    found: dict[str, Any] = {
        "Owner": {
            "type": "object",
            "properties": {
                "name": {**TEXT, "minLength": 1},
                "pet": ref("Cat0"),
                "vet": {"title": "known_vet", "anyOf": [TEXT, ref("Vet0")]},
                "helper": ref("Helper"),
            },
        },
        "Helper": {
            "oneOf": [ref("Vet0"), ref("Owner")],
            "discriminator": {
                "propertyName": "name",
                "mapping": {"vet": "Vet0", "owner": "Owner"},
            },
        },
        "Problem": {"type": "object", "properties": {"reason": ref("Reason")}},
        "Reason": {"type": "object", "properties": {"text": TEXT}},
        "Unused": {"type": "object", "properties": {"owner": ref("Owner")}},
    }
    for kind in (*KINDS, "Vet"):
        length = VETS if kind == "Vet" else EACH
        for number in range(length):
            last = number == length - 1
            following = ref("Owner") if last else ref(f"{kind}{number + 1}")
            found[f"{kind}{number}"] = {
                "type": "object",
                "properties": {
                    "name": TEXT,
                    f"{kind.lower()}_{number}": TEXT,
                    "next": following,
                },
            }
    return found


def content(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def operations(resource: str) -> dict[str, Any]:
    whole = ref(f"{resource[:-1].capitalize()}0")
    responses = {
        "200": {"description": "It.", "content": content(whole)},
        "400": {"description": "A problem.", "content": content(ref("Problem"))},
    }
    identity = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    span = {
        "name": "born",
        "in": "query",
        "description": "When it was born.",
        "style": "deepObject",
        "schema": {
            "title": "span_of_years",
            "type": "object",
            "properties": {"until": {"type": "integer"}},
        },
    }
    return {
        f"/{resource}": {
            "post": {
                "operationId": f"create_{resource}",
                "tags": [resource],
                "requestBody": {"required": True, "content": content(whole)},
                "responses": responses,
            }
        },
        f"/{resource}/{{id}}": {
            "get": {
                "operationId": f"get_{resource}",
                "tags": [resource],
                "parameters": [identity, span],
                "responses": responses,
            }
        },
    }


@cache
def files() -> Mapping[str, bytes]:
    """The package of a document with many schemas."""
    paths: dict[str, Any] = {}
    for resource in RESOURCES:
        paths |= operations(resource)
    return emitted(paths)


def emitted(paths: Mapping[str, Any]) -> Mapping[str, bytes]:
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Kennel", "version": "1"},
        "servers": [{"url": "https://kennel.example"}],
        "paths": dict(paths),
        "components": {"schemas": schemas()},
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "kennel.json"
        path.write_text(json.dumps(document))
        with patch("engross.contract.shared_definitions.MOST_WITH_OWN_NAMES", TOGETHER):
            return emit(build(load(path, root=path.parent)))


def home_of(model: str) -> str:
    """The module that defines a model."""
    (name,) = (
        name
        for name, text in files().items()
        if "kennel/models/" in name and f"class {model}(".encode() in text
    )
    return Path(name).stem


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the distribution of the package is."""
    return written(files(), tmp_path_factory.mktemp("kennel"))


def written(sources: Mapping[str, bytes], folder: Path) -> Path:
    for name, source in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source)
    return folder


def python(home: Path, *arguments: str) -> str:
    """What Python prints with these arguments, which must succeed."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


def loaded(home: Path, *statements: str) -> set[str]:
    """The modules of the package that statements load, without those of the runtime."""
    script = "\n".join(
        [
            "import sys",
            *statements,
            "print(*(m for m in sys.modules if m.startswith('kennel.')))",
        ]
    )
    loaded_names = python(home, "-c", script).split()
    names = (name.removeprefix("kennel.") for name in loaded_names)
    return {name for name in names if not name.startswith("_runtime")}


CLIENT = (
    "import kennel",
    "client = kennel.Kennel(base_url='http://127.0.0.1:9', max_retries=0)",
)
CALL = (
    "try: client.dogs.get('1')",
    "except kennel.APIConnectionError: pass",
)


def test_each_resource_has_a_module_of_its_own_for_each_kind() -> None:
    for kind in ("models", "params", "operations", "validators"):
        names = {Path(name).stem for name in files() if f"kennel/{kind}/" in name}
        assert names >= {"_birds", "_dogs", "_errors_"}, kind
        assert f"kennel/{kind}.py" not in files()


def test_what_several_resources_share_is_in_a_module_that_they_import() -> None:
    home = home_of("Owner")
    assert home == home_of("Cat0")  # which belongs to Owner, and so to all
    dogs = files()["kennel/models/_dogs.py"].decode()
    assert f"from .{home} import Owner" in dogs


def test_a_body_that_is_spread_over_arguments_has_no_dict() -> None:
    params = [text for name, text in files().items() if "kennel/params/" in name]
    assert not any(b"class Bird0Dict" in text for text in params)
    assert any(b"class Bird1Dict" in text for text in params)


def test_a_package_whose_methods_take_no_objects_has_no_dicts(tmp_path: Path) -> None:
    paths = {
        path: {"get": {**item["get"], "parameters": item["get"]["parameters"][:1]}}
        for resource in RESOURCES
        for path, item in operations(resource).items()
        if "get" in item
    }
    sources = emitted(paths)
    assert not any("/params" in name for name in sources)
    home = written(sources, tmp_path)
    script = "import kennel; [getattr(kennel, name) for name in kennel.__all__]"
    python(home, "-c", script)


def test_what_every_method_raises_is_said_once_in_a_client() -> None:
    for kind in ("", "async_"):
        client = files()[f"kennel/{kind}client.py"].decode()
        assert client.count("Methods raise `RequestInvalidError`") == 1
        source = files()[f"kennel/{kind}resources/birds.py"].decode()
        assert source.count("See `Kennel` for what methods raise.") == 1
        assert "RequestInvalidError" not in source
        assert "Raises:" not in source


def test_equal_inline_schemas_have_one_class_with_one_name() -> None:
    package = b"".join(text for name, text in files().items() if "kennel/" in name)
    assert package.count(b"class SpanOfYears(") == 1
    assert b"DogsBorn" not in package
    for resource in ("birds", "dogs"):
        source = files()[f"kennel/resources/{resource}.py"].decode()
        assert "born: SpanOfYears | SpanOfYearsDict | UnsetType = UNSET" in source


def test_equal_parameters_have_one_validator() -> None:
    names = [
        re.search(r'"born",[^)]*validator="(\w+)"', text.decode())
        for name, text in files().items()
        if re.fullmatch(r"kennel/operations/_(birds|dogs)\.py", name)
    ]
    assert len({each and each[1] for each in names}) == 1, names


def test_arguments_are_described_at_the_sync_method() -> None:
    described = "born: When it was born."
    assert described in files()["kennel/resources/dogs.py"].decode()
    source = files()["kennel/async_resources/dogs.py"].decode()
    assert described not in source
    assert "See `Dogs.get` for arguments, retries and errors." in source


def test_each_schema_has_one_function_in_validators() -> None:
    sources = [text for name, text in files().items() if "kennel/validators/" in name]
    assert any(b"def bird0_violations(" in text for text in sources)
    assert not any(b"def _check_bird0(" in text for text in sources)
    assert not any(b"def is_" in text or b"def _is_" in text for text in sources)


def test_an_example_is_on_one_line() -> None:
    lines = files()["kennel/testing/examples.json"].decode().splitlines()
    samples = [line for line in lines if '"sample"' in line]
    assert max(map(len, samples)) > 100
    assert all(line.count("{") == line.count("}") for line in samples)


def test_how_operations_fail_is_said_once() -> None:
    examples = json.loads(files()["kennel/testing/examples.json"])
    assert examples["*"]["failures"]["400"]["check"] == "problem"
    assert not any(
        "failures" in entry for name, entry in examples.items() if name != "*"
    )


def test_fake_of_a_large_package_fails_as_the_contract_says(home: Path) -> None:
    script = """
        from kennel import APIStatusError
        from kennel.testing import FakeKennel
        with FakeKennel() as fake:
            fake.fail_next(status=400)
            try: fake.client().dogs.get("1")
            except APIStatusError as error: print(error.status_code, error.body)
    """
    printed = python(home, "-c", dedent(script))
    assert printed.strip() == "400 Problem(reason=Reason(text='text'))"


def test_a_client_loads_no_models(home: Path) -> None:
    assert not {each for each in loaded(home, *CLIENT) if each.startswith("models.")}


def test_a_call_loads_what_its_resource_needs(home: Path) -> None:
    found = loaded(home, *CLIENT, *CALL)
    assert found >= {"models._dogs", "operations._dogs", "validators._shared"}
    assert found.isdisjoint({"models._birds", "models._errors", "operations._birds"})
    assert not {each for each in found if each.startswith("params.")}


def test_the_root_knows_all_models_and_loads_the_module_of_each(home: Path) -> None:
    found = loaded(home, "from kennel import Bird5, Owner, UNSET, Bird5Dict")
    assert found >= {"models._birds", f"models.{home_of('Owner')}", "params._birds"}
    assert "models._dogs" not in found


def classes(home: Path, *statements: str) -> set[str]:
    """The models that are defined after statements."""
    script = (
        "from kennel._runtime.models import Model",
        "from kennel.models import Owner",
        *statements,
        "print(*(model.__name__ for model in Model.__subclasses__()))",
    )
    return {*python(home, "-c", "\n".join(script)).split()}


VET_CLASSES = {f"Vet{number}" for number in range(VETS)}


@pytest.mark.parametrize("sent", [{}, {"vet": "dr-1"}, {"vet": None}, {"pet": {}}])
def test_models_of_a_union_are_loaded_only_for_an_object(home: Path, sent: Any) -> None:
    found = classes(home, f"Owner.from_json('{json.dumps(sent)}')")
    assert "Owner" in found
    assert found.isdisjoint(VET_CLASSES)


@pytest.mark.parametrize(
    "sent", [{"vet": {"vet_0": "Ann"}}, {"helper": {"name": "vet"}}]
)
def test_models_of_a_union_are_loaded_for_an_object(home: Path, sent: Any) -> None:
    (member,) = sent
    statements = (
        f"owner = Owner.from_json('{json.dumps(sent)}')",
        f"assert type(owner.{member}).__name__ == 'Vet0', owner",
        f"assert owner.to_dict() == {sent}, owner.to_dict()",
    )
    assert classes(home, *statements) > VET_CLASSES


def test_a_name_that_no_module_defines_is_an_attribute_error(home: Path) -> None:
    statements = (
        "from kennel import models",
        "try: models.Horse",
        "except AttributeError as error:",
        "    assert str(error) == \"module 'kennel.models' has no attribute 'Horse'\"",
        "else: raise SystemExit('no error')",
    )
    loaded(home, *statements)


def test_modules_list_their_names(home: Path) -> None:
    loaded(
        home,
        "from kennel import models, operations, validators",
        "assert {'Owner', 'Unused', 'Dog3'} <= set(dir(models))",
        "assert 'CREATE_DOGS' in operations.__all__",
        "assert 'dog3_violations' in validators.__all__",
        "assert validators.dog3_violations(1)",
    )


def test_the_tests_of_a_large_package_pass(home: Path) -> None:
    python(home, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-Werror")


def test_types_of_a_large_package_hold_for_mypy(home: Path) -> None:
    python(home, "-m", "mypy", "--strict", "--config-file=", ".")


def test_types_of_a_large_package_hold_for_pyright(home: Path) -> None:
    settings = {"typeCheckingMode": "standard", "pythonVersion": "3.11"}
    (home / "pyright.json").write_text(json.dumps(settings))
    options = ("--level", "error", "--project", "pyright.json")
    python(home, "-m", "basedpyright", *options, "--pythonpath", sys.executable)


NODE = st.integers(min_value=0, max_value=15)
NEEDED = st.lists(st.lists(NODE, max_size=3), min_size=16, max_size=16)
STARTS = st.lists(st.lists(NODE, max_size=3), max_size=4)


def has_circle(edges: Mapping[int, list[int]], homes: Mapping[int, str]) -> bool:
    """Whether modules need one another in a circle."""
    needs: dict[str, set[str]] = {home: set() for home in homes.values()}
    for node, others in edges.items():
        needs[homes[node]] |= {homes[other] for other in others} - {homes[node]}
    while needs:
        free = {home for home, others in needs.items() if not others & needs.keys()}
        if not free:
            return True
        needs = {home: others for home, others in needs.items() if home not in free}
    return False


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(needed=NEEDED, starts=STARTS)
def test_modules_never_need_one_another_in_a_circle(
    needed: list[list[int]], starts: list[list[int]]
) -> None:
    known = dict(enumerate(needed))
    roots = {f"root{number}": nodes for number, nodes in enumerate(starts)}
    homes = partition(known, roots)
    assert homes.keys() == known.keys()
    assert not has_circle(known, homes)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(needed=NEEDED, later=NEEDED, starts=STARTS)
def test_modules_of_models_never_need_one_another_at_once_in_a_circle(
    needed: list[list[int]], later: list[list[int]], starts: list[list[int]]
) -> None:
    at_once = dict(enumerate(needed))
    known = {node: [*others, *later[node]] for node, others in at_once.items()}
    roots = {f"root{number}": nodes for number, nodes in enumerate(starts)}
    with (
        patch("engross.emit.parts.MOST_MODELS", 4),
        patch("engross.emit.parts.MOST_UNNEEDED", 3),
    ):
        homes = divide(at_once, known, roots)
    assert homes.keys() == known.keys()
    assert not has_circle(at_once, homes)


def test_what_is_needed_later_is_in_another_module() -> None:
    first = [*range(MOST_UNNEEDED)]
    second = [*range(MOST_UNNEEDED, 2 * MOST_UNNEEDED)]
    at_once = {node: [node + 1] for node in range(2 * MOST_UNNEEDED)}
    at_once |= {first[-1]: [], second[-1]: []}
    edges = {**at_once, first[-1]: [second[0]], second[-1]: [first[0]]}
    homes = divide(at_once, edges, {"a": [0], "b": [0]})
    assert len({homes[node] for node in first}) == 1
    assert len({homes[node] for node in second}) == 1
    assert homes[first[0]] != homes[second[0]]


def test_small_groups_of_models_are_in_one_module() -> None:
    edges: dict[int, list[int]] = {number: [] for number in range(MOST_UNNEEDED)}
    homes = divide(edges, edges, {name: [*edges] for name in "ab"})
    assert {*homes.values()} == {"_shared"}


def test_small_groups_of_what_is_shared_are_in_one_module() -> None:
    edges: dict[int, list[int]] = {number: [] for number in range(LARGEST_SHARED)}
    roots = {name: list(edges) for name in "ab"} | {"c": [1, 2]}
    assert set(partition(edges, roots).values()) == {"_shared"}


def test_a_module_of_what_is_shared_has_a_limit() -> None:
    edges: dict[int, list[int]] = {number: [] for number in range(2 * LARGEST_SHARED)}
    half = [*edges][LARGEST_SHARED:]
    roots = {"a": [*edges], "b": [*edges], "c": half}
    homes = partition(edges, roots)
    assert set(homes.values()) == {"_shared_1", "_shared_2"}
    assert {homes[node] for node in half} == {"_shared_1"}
