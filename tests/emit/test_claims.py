"""Every emitted name is claimed once: nothing overwrites or renames anything else."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from engross.contract import build
from engross.emit import emit
from engross.findings import FindingsError
from engross.source import load

Document = dict[str, Any]
Make = Callable[[Document], Any]

TEXT = {"type": "string"}


def document(
    paths: Document | None = None, schemas: Document | None = None, **rest: object
) -> Document:
    return {
        "openapi": "3.1.1",
        "info": {"title": "Odd", "version": "1"},
        "servers": [{"url": "https://odd.example"}],
        "paths": paths or {},
        "components": {"schemas": schemas or {}},
        **rest,
    }


def operation(
    operation_id: str | None = None,
    *,
    body: Document | None = None,
    reply: Document | None = None,
    parameters: list[Document] | None = None,
    **rest: object,
) -> Document:
    found: Document = {
        "tags": ["things"],
        "responses": {"200": {"description": "Done"}},
    }
    if operation_id is not None:
        found["operationId"] = operation_id
    if body is not None:
        content = {"application/json": {"schema": body}}
        found["requestBody"] = {"required": True, "content": content}
    if reply is not None:
        found["responses"]["200"]["content"] = {"application/json": {"schema": reply}}
    if parameters is not None:
        found["parameters"] = parameters
    return {**found, **rest}


def parameter(name: str, place: str, schema: Document) -> Document:
    return {"name": name, "in": place, "required": True, "schema": schema}


def shape(**properties: Document) -> Document:
    return {"type": "object", "properties": properties}


def files(contract: Document, folder: Path, package: str = "odd") -> dict[str, bytes]:
    """Emit the package of a document."""
    path = folder / f"{package}.json"
    path.write_text(json.dumps(contract), encoding="utf-8")
    return emit(build(load(path, root=folder)))


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make the package of a document and import it."""

    def made(contract: Document) -> Any:
        name = "odd_" + re.sub(r"\W", "_", tmp_path.name).lower()
        for path, content in files(contract, tmp_path, name).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
        monkeypatch.syspath_prepend(tmp_path)
        package = import_module(name)
        for module in ("models", "params", "operations", "validators", "client"):
            if (tmp_path / name / f"{module}.py").exists():
                import_module(f"{name}.{module}")
        return package

    return made


def methods(package: Any, resource: str = "things") -> Any:
    """The class of a resource."""
    module = import_module(f"{package.__name__}.resources.{resource}")
    return getattr(module, resource.capitalize())


def client_of(package: Any) -> Any:
    """Return the synchronous client of a package."""
    module = import_module(f"{package.__name__}.client")
    return next(
        each
        for name, each in vars(module).items()
        if name.startswith("Odd") and not name.endswith("Response")
    )


def arguments(method: Any) -> list[str]:
    return [name for name in signature(method).parameters if name != "self"]


# Operations


@pytest.mark.parametrize("other", ["get_thing", "getthing", "get-thing", "GETTHING"])
def test_operation_ids_that_are_alike_keep_their_own_descriptors(
    make: Make, other: str
) -> None:
    package = make(
        document(
            {
                "/things": {"get": operation("getThing")},
                "/others": {"post": operation(other)},
            }
        )
    )
    described = [
        (each.method, each.path)
        for each in vars(package.operations).values()
        if type(each).__name__ == "Operation"
    ]
    assert sorted(described) == [("GET", "/things"), ("POST", "/others")]


def test_operation_ids_without_ascii_letters_keep_their_own_descriptors(
    make: Make,
) -> None:
    package = make(
        document(
            {
                "/a": {"get": operation("取得")},
                "/b": {"post": operation("作成")},
            }
        )
    )
    assert package.operations.取得.path == "/a"
    assert package.operations.作成.path == "/b"


def test_validators_of_parameters_that_are_alike_stay_apart(make: Make) -> None:
    book_id = parameter("book_id", "query", {"type": "integer"})
    book = parameter("id", "query", {"type": "string", "minLength": 3})
    package = make(
        document(
            {
                "/a": {"get": operation("get", parameters=[book_id])},
                "/b": {"get": operation("getBook", parameters=[book])},
            }
        )
    )
    validators = vars(package.validators)
    first, second = (
        next(iter(each.parameters))
        for each in (package.operations.GET, package.operations.GET_BOOK)
    )
    assert validators[f"is_{first.validator}"](1)
    assert not validators[f"is_{first.validator}"]("abc")
    assert validators[f"is_{second.validator}"]("abc")
    assert not validators[f"is_{second.validator}"](1)


def test_one_name_in_each_place_is_an_argument_and_a_validator_of_its_own(
    make: Make,
) -> None:
    places = {"path": 1, "query": 2, "header": 3, "cookie": 4}
    listed = [
        parameter("id", place, {"type": "string", "minLength": length})
        for place, length in places.items()
    ]
    body = {**shape(id={"type": "integer"}), "required": ["id"]}
    package = make(
        document({"/a/{id}": {"post": operation("send", parameters=listed, body=body)}})
    )
    expected = ["id", "id_query", "id_header", "id_cookie", "id_body", "options"]
    assert arguments(methods(package).send) == expected
    validators = vars(package.validators)
    for described, length in zip(
        package.operations.SEND.parameters, places.values(), strict=True
    ):
        is_valid = validators[f"is_{described.validator}"]
        assert is_valid("x" * length)
        assert not is_valid("x" * (length - 1))


@pytest.mark.parametrize("name", ["options", "operations", "type", "match", "case"])
def test_parameter_keeps_a_name_that_python_allows(make: Make, name: str) -> None:
    listed = [parameter(name, "query", TEXT)]
    package = make(document({"/a": {"get": operation("find", parameters=listed)}}))
    assert arguments(methods(package).find)[0] == name


def test_tag_named_like_a_member_of_clients_is_a_resource_of_its_own(
    make: Make,
) -> None:
    package = make(document({"/a": {"get": operation("x", tags=["request"])}}))
    assert hasattr(client_of(package), "request_")


# Classes


RUNTIME = (
    *("Text", "Page", "Choice", "Enum", "Model", "OpenEnum", "Literal", "Decimal"),
    *("Sequence", "Mapping", "UnsetType", "UNSET", "TypedDict", "TypeAlias", "UUID"),
    *("NotRequired", "DecimalText", "UnixSeconds", "Pager", "CallOptions", "Unpack"),
)


def test_schema_keeps_its_name_whatever_the_runtime_calls_its_own(make: Make) -> None:
    rest: Document = {
        "price": {"type": "string", "format": "decimal"},
        "exact": {"type": "number", "format": "decimal"},
        "key": {"type": "string", "format": "uuid"},
        "at": {"type": "string", "format": "date-time"},
        "dt": {"type": "string", "format": "date"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "either": {"oneOf": [shape(a=TEXT), shape(b=TEXT)]},
        "field": {"type": "array", "items": TEXT, "default": []},
        "one": {"const": "one"},
    }
    schemas = {name: shape(**rest) for name in RUNTIME}
    everything = shape(
        **{name.lower(): {"$ref": f"#/components/schemas/{name}"} for name in RUNTIME}
    )
    send = operation("send", body=everything, reply=everything)
    package = make(document({"/a": {"post": send}}, schemas))
    for name in RUNTIME:
        assert issubclass(vars(package.models)[name], package._runtime.models.Model)
    assert package.RawResponse.__module__.endswith("_runtime.response")
    assert package.PagerModel is package.models.Pager


@pytest.mark.parametrize("names", [("VLAN", "Vlan"), ("Vlan", "VLAN")])
def test_names_that_differ_in_case_are_kept(make: Make, names: tuple[str, str]) -> None:
    package = make(document(schemas={name: shape(id=TEXT) for name in names}))
    assert {"VLAN", "Vlan"} <= set(package.__all__)


@pytest.mark.parametrize("name", ["VLAN", "OAuth2Token", "INVOICE"])
def test_component_name_that_is_a_class_name_is_kept(make: Make, name: str) -> None:
    assert hasattr(make(document(schemas={name: shape(id=TEXT)})).models, name)


def test_inline_schema_is_named_after_its_place(make: Make) -> None:
    entry = shape(name=TEXT)
    folder = shape(entries={"type": "array", "items": entry})
    best = {"allOf": [{"$ref": "#/components/schemas/Folder"}, shape(best=TEXT)]}
    create = operation("createInvoice", body=shape(lines=shape(a=TEXT)), reply=entry)
    package = make(
        document(
            {"/invoices": {"post": create}},
            {"Best": best, "Folder": folder},
        )
    )
    assert {
        "FolderEntriesItem",
        "CreateInvoiceRequest",
        "CreateInvoiceRequestLines",
        "CreateInvoiceResponse",
    } <= set(package.__all__)


def test_title_names_an_inline_schema(make: Make) -> None:
    entry = {**shape(name=TEXT), "title": "Folder entry"}
    package = make(document(schemas={"Folder": shape(entry=entry)}))
    assert hasattr(package.models, "FolderEntry")


def test_inline_schemas_of_one_title_are_named_after_their_places(make: Make) -> None:
    entry = {**shape(name=TEXT), "title": "Entry"}
    package = make(document(schemas={"Folder": shape(a=entry, b=entry)}))
    assert {"FolderA", "FolderB"} <= set(package.__all__)
    assert "Entry" not in package.__all__


def test_component_keeps_its_name_against_an_inline_schema(make: Make) -> None:
    schemas = {"Folder": shape(entry=shape(a=TEXT)), "FolderEntry": shape(b=TEXT)}
    package = make(document(schemas=schemas))
    assert package.FolderEntry.__struct_fields__ == ("b",)


@pytest.mark.parametrize("names", [("Thing", "ThingDict"), ("ThingDict", "Thing")])
def test_dict_of_a_model_gives_way_to_a_component(
    make: Make, names: tuple[str, str]
) -> None:
    schemas = {name: shape(id=TEXT) for name in names}
    body = shape(**{name: {"$ref": f"#/components/schemas/{name}"} for name in names})
    package = make(document({"/a": {"post": operation("send", body=body)}}, schemas))
    assert issubclass(package.ThingDict, package._runtime.models.Model)
    assert package.ThingParams.__annotations__.keys() == {"id"}


# Members


def test_enum_members_spell_out_operators(make: Make) -> None:
    values = ["+", "-", ">", ">=", "=", "!=", "C++", "C#", "1", "-x", "x"]
    package = make(document(schemas={"Op": {"type": "string", "enum": values}}))
    assert [each.name for each in package.Op] == [
        *("PLUS", "MINUS", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "EQUAL"),
        *("NOT_EQUAL", "C_PLUS_PLUS", "C_SHARP", "VALUE_1", "MINUS_X", "X"),
    ]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["add", "Add", "ADD"], ["ADD_LOWERCASE", "ADD_CAPITALIZED", "ADD"]),
        (["add", "Add"], ["ADD", "ADD_CAPITALIZED"]),
        (["b_c", "bC"], ["B_C", "B_C_CAMEL_CASE"]),
        (["b-c", "b_c", "b c"], ["B_DASH_C", "B_C", "B_SPACE_C"]),
        (["b", "b_", "_b"], ["B", "B_UNDERSCORE", "UNDERSCORE_B"]),
        (["100%", "100"], ["VALUE_100_PERCENT", "VALUE_100"]),
    ],
)
def test_enum_members_say_what_tells_their_values_apart(
    values: list[str], names: list[str], make: Make
) -> None:
    package = make(document(schemas={"Verb": {"type": "string", "enum": values}}))
    members = {member.value: member.name for member in package.Verb}
    assert [members[value] for value in values] == names


def test_author_names_enum_members(make: Make) -> None:
    schema = {"type": "string", "enum": ["a", "b"], "x-enum-varnames": ["One", "Two"]}
    package = make(document(schemas={"Kind": schema}))
    assert [(each.name, each.value) for each in package.Kind] == [
        ("ONE", "a"),
        ("TWO", "b"),
    ]


@pytest.mark.parametrize(
    "names",
    [
        {"x-enum-varnames": ["Bow", "Stern"]},
        {"x-enumNames": ["Bow", "Stern"]},
        {"x-enum-names": ["Bow", "Stern"]},
        {
            "x-ms-enum": {
                "values": [{"value": 2, "name": "Stern"}, {"value": 1, "name": "Bow"}]
            }
        },
    ],
)
def test_author_names_integers(names: Document, make: Make) -> None:
    schema = {"type": "integer", "enum": [1, 2], **names}
    package = make(document(schemas={"Seat": schema}))
    assert [(member.name, member.value) for member in package.Seat] == [
        ("BOW", 1),
        ("STERN", 2),
    ]


def test_integers_without_names_are_no_class(make: Make) -> None:
    seat = {"type": "integer", "enum": [1, 2]}
    named = {**seat, "x-enum-varnames": ["Bow"]}
    package = make(document(schemas={"Seat": seat, "Named": named}))
    assert not {"Seat", "Named"} & vars(package).keys()


@pytest.mark.parametrize(
    ("constants", "members"),
    [
        ([{"const": "a"}, {"const": "b"}], {"A": "a", "B": "b"}),
        ([{"const": "a"}, {"const": "b"}, {"type": "null"}], {"A": "a", "B": "b"}),
        (
            [{"const": "a", "title": "Bow"}, {"enum": ["b"], "title": "Stern"}],
            {"BOW": "a", "STERN": "b"},
        ),
        (
            [{"const": 1, "title": "Bow"}, {"const": 2, "title": "Stern"}],
            {"BOW": 1, "STERN": 2},
        ),
        (
            [
                {"const": "a", "title": "The seat that is before all others"},
                {"const": "b"},
            ],
            {"A": "a", "B": "b"},
        ),
    ],
)
def test_union_of_constants_is_an_enum(
    constants: list[Document], members: Document, make: Make
) -> None:
    package = make(document(schemas={"Seat": {"oneOf": constants}}))
    assert {member.name: member.value for member in package.Seat} == members


@pytest.mark.parametrize(
    "constants",
    [
        [{"const": 1}, {"const": 2}],
        [{"const": "a"}, {"const": 1}],
        [{"const": "a"}, {"type": "string"}],
        [{"const": True, "title": "Yes"}, {"const": False, "title": "No"}],
    ],
)
def test_union_of_other_constants_is_no_enum(
    constants: list[Document], make: Make
) -> None:
    package = make(document(schemas={"Seat": {"oneOf": constants}}))
    assert "Seat" not in vars(package)


def test_author_need_not_name_null(make: Make) -> None:
    schema = {"enum": ["a", None], "x-enum-varnames": ["One"]}
    package = make(document(schemas={"Kind": schema}))
    assert [each.name for each in package.Kind] == ["ONE"]


def test_letters_of_any_script_are_kept(make: Make) -> None:
    wires = ("名前", "größe", "活动", "userIDs")
    package = make(document(schemas={"A": shape(**dict.fromkeys(wires, TEXT))}))
    assert package.A.__struct_fields__ == ("名前", "größe", "活动", "user_ids")


def test_field_that_needs_no_change_keeps_its_name(make: Make) -> None:
    fields = dict.fromkeys(("userId", "user-id", "user_id"), TEXT)
    package = make(document(schemas={"A": shape(**fields)}))
    assert "user_id" in package.A.__struct_fields__
    assert len(set(package.A.__struct_fields__)) == 3


# Clients


def test_server_variable_named_like_an_option_is_an_argument_of_its_own(
    make: Make,
) -> None:
    variables = {name: {"default": "a"} for name in ("timeout", "baseUrl", "region")}
    server = {
        "url": "https://{region}.odd.example/{timeout}/{baseUrl}",
        "variables": variables,
    }
    package = make(document(servers=[server]))
    found = arguments(client_of(package))
    assert {"server_timeout", "server_base_url", "region", "timeout"} <= set(found)


def test_security_schemes_of_one_name_in_python_are_arguments_of_their_own(
    make: Make,
) -> None:
    schemes = {
        name: {"type": "apiKey", "in": "header", "name": name}
        for name in ("my-key", "my_key")
    }
    contract = document(security=[{"my-key": [], "my_key": []}])
    contract["components"]["securitySchemes"] = schemes
    package = make(contract)
    found = [name for name in arguments(client_of(package)) if "my_key" in name]
    assert len(found) == 2


# Names that an author chose


def test_explicit_name_of_another_component_is_free_where_that_is_named_too(
    make: Make,
) -> None:
    chosen = {**shape(a=TEXT), "x-engross": {"name": "Thing"}}
    other = {**shape(b=TEXT), "x-engross": {"name": "Old"}}
    package = make(document(schemas={"Thing": other, "Other": chosen}))
    assert package.Thing.__struct_fields__ == ("a",)
    assert package.Old.__struct_fields__ == ("b",)


def test_explicit_names_that_clash_are_reported_at_their_line(tmp_path: Path) -> None:
    chosen = {**shape(a=TEXT), "x-engross": {"name": "Thing"}}
    with pytest.raises(FindingsError) as raised:
        files(document(schemas={"A": chosen, "B": chosen}), tmp_path)
    (finding,) = raised.value.findings
    assert finding.rule == "name-clash"
    assert finding.span is not None
    assert finding.message == "line 1 has a class 'Thing' already"


def test_explicit_argument_that_every_method_has_is_reported(tmp_path: Path) -> None:
    taken = {**parameter("wait", "query", TEXT), "x-engross": {"argument": "timeout"}}
    paths = {"/a": {"get": operation("find", parameters=[taken])}}
    with pytest.raises(FindingsError) as raised:
        files(document(paths), tmp_path)
    assert [each.rule for each in raised.value.findings] == ["name-clash"]


def test_explicit_arguments_of_a_client_that_clash_are_reported(tmp_path: Path) -> None:
    chosen = {"x-engross": {"argument": "key"}}
    server = {
        "url": "https://odd.example/{region}",
        "variables": {"region": {"default": "a", **chosen}},
    }
    contract = document(servers=[server], security=[{"header": []}])
    scheme = {"type": "apiKey", "in": "header", "name": "X-Key", **chosen}
    contract["components"]["securitySchemes"] = {"header": scheme}
    with pytest.raises(FindingsError) as raised:
        files(contract, tmp_path)
    (finding,) = raised.value.findings
    assert finding.span is not None


def test_emitted_modules_define_each_name_once(tmp_path: Path) -> None:
    contract = document(
        {
            f"/a{index}": {"post": operation(name, body=shape(id=TEXT), reply=TEXT)}
            for index, name in enumerate(("send", "Send", "send_", "SEND", "s-end"))
        }
    )
    for path, content in files(contract, tmp_path).items():
        if path.startswith("odd/") and path.endswith(".py") and "_runtime" not in path:
            defined = [
                node.name
                for node in ast.parse(content).body
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
            ]
            assert len(defined) == len(set(defined)), path
