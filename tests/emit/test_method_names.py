"""Methods and resources have the names that a person would choose."""

import sys
from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
import yaml

from engross.contract import build
from engross.emit import emit
from engross.emit.naming.method_names import method_names
from engross.source import load

ONE = {"type": "object", "properties": {"id": {"type": "string"}}}
SEVERAL = {"type": "array", "items": ONE}


def operation(
    operation_id: str = "", *, tag: str = "", reply: Mapping[str, object] | None = None
) -> dict[str, object]:
    content = {} if reply is None else {"application/json": {"schema": reply}}
    return {
        "responses": {"200": {"description": "Done", "content": content}},
        **({"operationId": operation_id} if operation_id else {}),
        **({"tags": [tag]} if tag else {}),
    }


def written(folder: Path, operations: Mapping[str, dict[str, object]]) -> Path:
    """Write a document with operations by method and path, such as `GET /invoices`."""
    paths: dict[str, dict[str, object]] = {}
    for label, found in operations.items():
        method, path = label.split()
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ]
        item = paths.setdefault(path, {})
        item[method.lower()] = {**found, "parameters": parameters}
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Odd", "version": "1"},
        "servers": [{"url": "https://odd.example"}],
        "paths": paths,
    }
    file = folder / "odd_names.yaml"
    file.write_text(yaml.safe_dump(document))
    return file


def named(folder: Path, operations: Mapping[str, dict[str, object]]) -> list[str]:
    """Return how each operation is reached from a client."""
    file = written(folder, operations)
    contract = build(load(file, root=folder))
    found = method_names(contract, "Odd").methods
    by_label = {
        f"{each.http_method} {each.path}": found[each.id]
        for each in contract.operations
    }
    return [
        f"{by_label[label].resource}.{by_label[label].method}" for label in operations
    ]


def test_path_names_a_method_without_operation_id(tmp_path: Path) -> None:
    operations = {
        "GET /v1/invoices": operation(reply=SEVERAL),
        "POST /v1/invoices": operation(),
        "GET /v1/invoices/{invoice}": operation(reply=ONE),
        "POST /v1/invoices/{invoice}": operation(),
        "DELETE /v1/invoices/{invoice}": operation(),
        "POST /v1/invoices/{invoice}/finalize": operation(),
        "PATCH /v1/plans/{plan}": operation(),
        "PUT /v1/plans/{plan}": operation(),
        "PUT /v1/taxes/{tax}": operation(),
    }
    assert named(tmp_path, operations) == [
        "invoices.list",
        "invoices.create",
        "invoices.retrieve",
        "invoices.update",
        "invoices.delete",
        "invoices.finalize",
        "plans.update",
        "plans.replace",
        "taxes.update",
    ]


def test_verb_written_with_its_particle_is_a_noun_before_another_word(
    tmp_path: Path,
) -> None:
    operations = {
        "POST /accounts/{account}/login_links": operation(),
        "POST /accounts/{account}/login": operation(),
        "GET /signup/forms": operation(),
    }
    assert named(tmp_path, operations) == [
        "accounts.login_links.create",
        "accounts.login",
        "signup.forms.list",
    ]


def test_read_of_one_thing_is_never_a_list(tmp_path: Path) -> None:
    operations = {
        "GET /settings": operation(reply=ONE),
        "GET /balance": operation(reply=ONE),
    }
    assert named(tmp_path, operations) == ["settings.retrieve", "balance.retrieve"]


@pytest.mark.parametrize(
    ("label", "operation_id", "tag", "name"),
    [
        (
            "POST /v1/accounts/{account}/persons",
            "PostAccountsAccountPersons",
            "",
            "accounts.persons.create",
        ),
        (
            "GET /items/{item_id}",
            "read_item_items__item_id__get",
            "",
            "items.retrieve",
        ),
        ("GET /users", "UsersController_findAll", "users", "users.list"),
        (
            "POST /payments/{paymentPspReference}/captures",
            "post-payments-paymentPspReference-captures",
            "",
            "payments.captures.create",
        ),
        (
            "GET /v3/groups/{id}/members",
            "getV3GroupsIdMembers",
            "",
            "groups.members.list",
        ),
        (
            "DELETE /v1/{space}/projects/{project}/ssh-tunnels/{tunnel}",
            "projects_ssh-tunnels_destroy",
            "projects",
            "projects.ssh_tunnels.delete",
        ),
        ("PUT /apps/{appDId}/content", "appDIdPUT", "apps", "apps.content.update"),
        ("GET /users/{id}/posts", "usersIdPosts", "posts", "users.posts.list"),
        ("POST /users/{id}/blocking", "usersIdBlock", "users", "users.block"),
    ],
    ids=[
        "path",
        "function and path",
        "class and function",
        "dashes",
        "version",
        "path and action",
        "parameter and method",
        "parts and parameters",
        "id of what is meant",
    ],
)
def test_operation_id_that_spells_the_path_is_not_the_name(
    tmp_path: Path, label: str, operation_id: str, tag: str, name: str
) -> None:
    reply = SEVERAL if name.endswith("list") else ONE
    operations = {label: operation(operation_id, tag=tag, reply=reply)}
    assert named(tmp_path, operations) == [name]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("POST /studies/{id}/reconstruct", "studies.reconstruct"),
        ("POST /files/{id}/uncompress", "files.uncompress"),
        ("GET /files/{id}/is-compressed", "files.is_compressed"),
        ("POST /tools/bulk-delete", "tools.bulk_delete"),
        ("POST /cities/{id}/resort", "cities.resort.create"),
        ("PUT /records/untag%23record-id", "records.untag.record_id.update"),
    ],
)
def test_verb_at_the_end_of_a_path_is_the_method(
    tmp_path: Path, label: str, name: str
) -> None:
    assert named(tmp_path, {label: operation()}) == [name]


@pytest.mark.parametrize(
    ("operation_id", "tag", "method"),
    [
        ("createInvoice", "Invoices", "invoices.create"),
        ("voidAnInvoice", "Invoices", "invoices.void"),
        ("recordPaymentForAnInvoice", "Invoices", "invoices.record_payment"),
        ("getPaymentStatus", "Payments API", "payments.get_status"),
        (
            "listSipCredentials",
            "CredentialList",
            "credential_list.list_sip_credentials",
        ),
        (
            "createContactGroupContacts",
            "ContactGroups",
            "contact_groups.create_contacts",
        ),
        ("fetchPhoneAddOn", "Numbers", "numbers.fetch_phone_add_on"),
        ("delInvoice", "Invoices", "invoices.delete"),
        ("A_to_Z_Titles", "Feeds", "feeds.a_to_z_titles"),
    ],
)
def test_method_does_not_repeat_its_resource(
    tmp_path: Path, operation_id: str, tag: str, method: str
) -> None:
    operations = {"POST /x/{id}/y": operation(operation_id, tag=tag)}
    assert named(tmp_path, operations) == [method]


def test_shortest_operation_id_has_the_shortest_name(tmp_path: Path) -> None:
    operations = {
        "POST /customers/{id}/wallets": operation(
            "createCustomerWallet", tag="wallets"
        ),
        "POST /wallets": operation("createWallet", tag="wallets"),
    }
    assert named(tmp_path, operations)[1] == "wallets.create"


def test_kind_of_a_thing_is_left_out_where_the_path_names_the_thing(
    tmp_path: Path,
) -> None:
    operations = {
        "POST /sip/domains/{sid}": operation("UpdateSipDomain", tag="Domain"),
        "GET /sip/domains": operation("ListSipDomain", tag="Domain", reply=SEVERAL),
    }
    assert named(tmp_path, operations) == ["domain.update", "domain.list"]


def test_http_method_tells_operation_ids_apart_that_say_the_same(
    tmp_path: Path,
) -> None:
    operations = {
        "GET /createGroup": operation("createGroupUsingGET", tag="group"),
        "POST /createGroup": operation("createGroupUsingPOST", tag="group"),
    }
    assert named(tmp_path, operations) == ["group.create", "group.create_post"]


NESTED = {
    "GET /v1/accounts": operation(reply=SEVERAL),
    "POST /v1/accounts/{account}/persons": operation(),
    "GET /v1/accounts/{account}/persons/{person}/documents": operation(reply=SEVERAL),
    "POST /v1/shops/{shop}/orders/{order}/refunds": operation(),
}


def test_nested_resource_is_imported_on_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, content in emit(
        build(load(written(tmp_path, NESTED), root=tmp_path))
    ).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    client = import_module("odd_names.client").OddNames()
    inner = "odd_names.resources.accounts_persons"
    assert client.accounts.list
    assert inner not in sys.modules
    create = client.accounts.persons.create
    assert inner in sys.modules
    assert next(iter(signature(create).parameters)) == "account"
    assert client.with_raw_response.accounts.persons.create
    assert client.accounts.persons.documents.list
    assert client.shops.orders.refunds.create


def test_readme_begins_with_a_read_of_few_arguments(tmp_path: Path) -> None:
    operations = {
        "POST /v1/orders": operation(reply=ONE),
        "GET /v1/orders/{order}": operation(reply=ONE),
        "GET /v1/orders": operation(reply=SEVERAL),
    }
    contract = build(load(written(tmp_path, operations), root=tmp_path))
    readme = emit(contract)["README.md"].decode()
    begin = readme.index("client.orders.")
    assert readme[begin:].startswith("client.orders.list()")


def test_function_of_fastapi_is_found_before_its_whole_path(tmp_path: Path) -> None:
    operations = {
        "POST /api/v1/stock/confirm/{order_id}": operation(
            "confirm_stock_api_v1_stock_confirm__order_id__post", tag="warehouse"
        ),
        "GET /api/v1/stock": operation("get_stock_api_v1_stock_get", tag="warehouse"),
    }
    assert named(tmp_path, operations) == [
        "warehouse.confirm_stock",
        "warehouse.get_stock",
    ]


def test_service_before_an_underscore_is_the_resource_unless_all_name_it(
    tmp_path: Path,
) -> None:
    several = {
        "GET /orders": operation("OrderService_ListOrders"),
        "POST /refunds": operation("RefundService_CreateRefund"),
    }
    assert named(tmp_path, several) == ["order.list", "refund.create"]
    one = {
        "GET /orders": operation("Shop_ListOrders", tag="orders"),
        "POST /refunds": operation("Shop_CreateRefund", tag="refunds"),
    }
    assert named(tmp_path, one) == ["orders.list", "refunds.create"]


def test_part_of_a_path_without_a_word_names_nothing(tmp_path: Path) -> None:
    assert named(tmp_path, {"PATCH /items/-/read": operation()}) == ["items.read"]


def test_actions_of_one_and_of_all_are_told_apart(tmp_path: Path) -> None:
    operations = {
        "POST /feeds/refresh": operation(),
        "POST /feeds/{id}/refresh": operation(),
    }
    assert named(tmp_path, operations) == ["feeds.refresh", "feeds.refresh_by_id"]


def test_second_list_of_a_resource_is_not_called_get(tmp_path: Path) -> None:
    operations = {
        "GET /teams/{id}/members": operation(
            "getTeamMembers", tag="members", reply=SEVERAL
        ),
        "GET /clubs/{id}/members": operation(
            "getClubMembers", tag="members", reply=SEVERAL
        ),
    }
    assert named(tmp_path, operations) == ["members.get_team_members", "members.list"]


def test_plain_list_has_the_name_before_one_of_all_of_some(tmp_path: Path) -> None:
    operations = {
        "GET /articles/me/all": operation(
            "getUserAllArticles", tag="articles", reply=SEVERAL
        ),
        "GET /articles": operation("getArticles", tag="articles", reply=SEVERAL),
    }
    names = ["articles.get_user_all_articles", "articles.list"]
    assert named(tmp_path, operations) == names


def test_list_within_two_envelopes_is_a_list(tmp_path: Path) -> None:
    inner = {"type": "object", "properties": {"parts": SEVERAL}}
    reply = {"type": "object", "properties": {"error": {}, "meta": inner}}
    operations = {"GET /files/{key}/parts": operation(reply=reply)}
    assert named(tmp_path, operations) == ["files.parts.list"]


def test_numbers_of_frameworks_that_tell_functions_apart_name_nothing(
    tmp_path: Path,
) -> None:
    operations = {
        "POST /customers": operation("create", tag="Clients"),
        "GET /customers/{id}": operation("getById", tag="Clients"),
        "DELETE /customers/{id}": operation("delete", tag="Clients"),
        "POST /invoices": operation("create_1", tag="Invoices"),
        "GET /invoices/{id}": operation("getById_1", tag="Invoices"),
        "DELETE /invoices/{id}": operation("delete_1", tag="Invoices"),
        "GET /invoices/{id}/document": operation("getDocument_4", tag="Invoices"),
        "POST /invoices/payments": operation("create_2", tag="Invoices"),
        "GET /bills/{id}/document": operation("getDocument", tag="Bills"),
    }
    assert named(tmp_path, operations) == [
        "customers.create",
        "customers.retrieve",
        "customers.delete",
        "invoices.create",
        "invoices.retrieve",
        "invoices.delete",
        "invoices.get_document",
        "invoices.payments.create",
        "bills.get_document",
    ]


def test_number_that_is_part_of_a_name_stays(tmp_path: Path) -> None:
    operations = {
        "GET /forms/w_8": operation("download_form_8", tag="Tax"),
        "GET /forms/w_9": operation("download_form_9", tag="Tax"),
        "GET /forms/w_7": operation("explain_form_7", tag="Tax"),
    }
    assert named(tmp_path, operations) == [
        "tax.download_form_8",
        "tax.download_form_9",
        "tax.explain_form_7",
    ]


def test_functions_of_one_name_are_told_apart_by_what_they_take(
    tmp_path: Path,
) -> None:
    operations = {
        "GET /gender/{first}/{last}": operation("gender", tag="Names"),
        "GET /gender/{first}": operation("gender_1", tag="Names"),
    }
    assert named(tmp_path, operations) == ["names.gender_by_last", "names.gender"]


def test_http_method_tells_two_actions_of_one_path_apart(tmp_path: Path) -> None:
    operations = {
        "GET /account/login": operation(),
        "POST /account/login": operation(),
    }
    assert named(tmp_path, operations) == ["account.login", "account.login_post"]


def test_http_method_behind_the_path_names_nothing(tmp_path: Path) -> None:
    operations = {
        "GET /currencies/history": operation("Currencies_History_GET"),
        "GET /currencies/rate": operation("Currencies_Rate_GET"),
        "DELETE /events": operation("events__3_delete"),
        "PATCH /events": operation("events__2_patch"),
    }
    assert named(tmp_path, operations) == [
        "currencies.history.retrieve",
        "currencies.rate.retrieve",
        "events.delete_all",
        "events.update",
    ]


def test_new_thing_is_created(tmp_path: Path) -> None:
    operations = {
        "POST /questions": operation("Create a new question", tag="Questions"),
        "POST /answers": operation("addNewAnswer", tag="Answers"),
    }
    assert named(tmp_path, operations) == ["questions.create", "answers.add"]


def test_all_things_are_a_list(tmp_path: Path) -> None:
    operations = {
        "GET /clients/all": operation("ClientApi_All"),
        "GET /clients/details": operation("ClientApi_Details"),
        "POST /orders/all": operation("OrderApi_All"),
    }
    assert named(tmp_path, operations)[0] == "client.list"
