"""Equal schemas without names are one type, and an enum of one value is that value."""

import typing
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import black

from tests.runtime.rendered import contract, module, operation

ADDRESS: dict[str, Any] = {
    "type": "object",
    "required": ["city"],
    "properties": {
        "city": {"type": "string", "description": "Where it is."},
        "kind": {"type": "string", "enum": ["home", "work"]},
    },
}


def models(sent: dict[str, Any], changed: dict[str, Any]) -> ModuleType:
    """Return the models of an API that takes `home` in one call and `work` in another."""
    paths = {
        f"/{name}": {
            "post": operation(
                f"send_{name}", body={"type": "object", "properties": {name: schema}}
            )
        }
        for name, schema in (("home", sent), ("work", changed))
    }
    found: ModuleType = module(contract(paths), "models")
    return found


def test_equal_schemas_are_one_class_with_a_name_for_each_place() -> None:
    found = models(ADDRESS, deepcopy(ADDRESS))
    assert found.SendWorkRequestWork is found.SendHomeRequestHome
    assert found.SendWorkRequestWorkKind is found.SendHomeRequestHomeKind


def test_only_the_description_of_the_whole_may_differ() -> None:
    found = models(ADDRESS, {**deepcopy(ADDRESS), "description": "Of the office."})
    assert found.SendWorkRequestWork is found.SendHomeRequestHome


def test_schemas_whose_members_are_documented_differently_are_two_classes() -> None:
    other = deepcopy(ADDRESS)
    other["properties"]["city"]["description"] = "Where the office is."
    found = models(ADDRESS, other)
    assert found.SendWorkRequestWork is not found.SendHomeRequestHome
    assert found.SendWorkRequestWorkKind is found.SendHomeRequestHomeKind


def test_schemas_that_require_different_members_are_two_classes() -> None:
    other = {**deepcopy(ADDRESS), "required": ["city", "kind"]}
    found = models(ADDRESS, other)
    assert found.SendWorkRequestWork is not found.SendHomeRequestHome


def test_unions_of_equal_members_are_one_type() -> None:
    choice = {"oneOf": [ADDRESS, {"type": "string", "maxLength": 9}]}
    found = models(choice, deepcopy(choice))
    assert found.SendWorkRequestWork is found.SendHomeRequestHome


def test_enum_of_one_value_is_a_constant() -> None:
    empty = {"type": "string", "enum": [""]}
    found = models({"type": "object", "properties": {"unset": empty}}, ADDRESS)
    fields = typing.get_type_hints(found.SendHomeRequestHome)
    assert fields["unset"] == typing.Literal[""] | found.UnsetType


def test_enum_of_one_value_whose_value_has_a_name_stays_an_enum() -> None:
    named = {"type": "string", "enum": ["x"], "x-enum-varnames": ["EXTRA"]}
    found = models({"type": "object", "properties": {"size": named}}, ADDRESS)
    assert found.SendHomeRequestHomeSize.EXTRA == "x"


def test_names_of_equal_types_are_laid_out_as_black_does() -> None:
    choice = {"oneOf": [ADDRESS, {"type": "string", "maxLength": 9}]}
    found = models(choice, deepcopy(choice))
    for name in ("models", "params"):
        source = Path(str(found.__file__)).with_name(f"{name}.py").read_text()
        assert black.format_str(source, mode=black.Mode()) == source


def test_other_name_of_an_enum_is_there_for_defaults_of_models() -> None:
    kind = {"type": "string", "enum": ["home", "work"], "default": "work"}
    sent: dict[str, Any] = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": kind},
    }
    changed = deepcopy(sent)
    changed["properties"]["city"] = {"type": "string"}
    found = models(sent, changed)
    assert found.SendWorkRequestWork().kind == "work"
    assert found.SendWorkRequestWorkKind is found.SendHomeRequestHomeKind


def test_long_names_of_equal_types_are_laid_out_as_black_does() -> None:
    inner = {
        "address_of_the_office_at_which_nobody_is_on_most_days_of_the_year": ADDRESS
    }
    whole = {"type": "object", "properties": inner}
    found = models(whole, {**deepcopy(whole), "required": [*inner]})
    source = Path(str(found.__file__)).read_text()
    assert "(\n    TypeAlias\n)" in source
    assert black.format_str(source, mode=black.Mode()) == source
