"""What a user sees of every kind of change: the whole output of `engross diff`.

The example of a rule in the rulebook is its case, where that is a contract. The other
cases are edits of `cases/shop.yaml`. Set ENGROSS_ACCEPT=1 to write the expected output.
"""

import os
import re
from pathlib import Path

import pytest

from engross.diff.rules import RULES, Ratings, Way
from engross.rulebook import rule_pages
from tests.cli.conftest import Run
from tests.diff.comparison import completed
from tests.diff.conftest import git

CASES = Path(__file__).parent / "cases"

EXAMPLES = {page.rule: page for page in rule_pages().values() if page.ratings}

Edits = tuple[tuple[str, str], ...]

GET_ORDER = """\
  /shops/{shop}/orders/{order}:
    get:
      operationId: getOrder
      tags: [orders]
      parameters:
        - { name: shop, in: path, required: true, schema: { type: string } }
        - { name: order, in: path, required: true, schema: { type: string } }
      responses:
        "200":
          description: The order.
          content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } }
"""

EDITS: dict[str, Edits] = {
    "money-changed": (("unit: major", "unit: minor"),),
    "time-changed": (("unix-s", "unix-ms"),),
    "idempotency-key-changed": (
        ("$request.body#/id", "$request.header.Idempotency-Key"),
        (
            "      requestBody:\n        required: true\n        content:\n          application/json: {",
            (
                "        - { name: Idempotency-Key, in: header, schema: { type: string } }\n"
                "      requestBody:\n        required: true\n        content:\n          application/json: {"
            ),
        ),
    ),
    "pagination-changed": (
        ("page: page, size: size,", "page: page, size: size, start: 0,"),
    ),
    "envelope-changed": (("unwrap: /data", "unwrap: /copy"),),
    "proof-changed": (("digest: sha1", "digest: sha256"),),
    "event-changed": (("equals: [paid]", "equals: [order.paid]"),),
    "retry-weakened": (("class: safe", "class: unsafe"),),
    "retry-strengthened": (
        ("class: keyed, key: $request.body#/id, done: [TAKEN]", "class: safe"),
    ),
    "read-back-changed": (("done: [TAKEN]", "done: [TAKEN, LOCKED]"),),
    "error-location-changed": (("code: [/code]", "code: [/error/code]"),),
    "error-code-changed": (("LOCKED: { status: 423", "LOCKED: { status: 429"),),
    "error-code-removed": (
        ("      LOCKED: { status: 423, meaning: Try later. }\n", ""),
    ),
    "error-code-added": (
        (
            "      LOCKED:",
            "      CLOSED: { meaning: Come back tomorrow. }\n      LOCKED:",
        ),
    ),
    "violation-code-changed": (("code: INVALID }", "code: LOCKED }"),),
    "timezone-changed": (("timezone: UTC", "timezone: Africa/Kigali"),),
    "rule-added": (
        (
            "note: { type: string }",
            (
                "note: { type: string, x-engross: { rules: "
                "[{ id: no-tab, cel: '!self.contains(\"x\")', message: no x }] } }"
            ),
        ),
    ),
    "rule-changed": (("self > now", "self >= now"),),
    "rule-removed": (
        (
            ", x-engross: { rules: [{ id: in-future, cel: self > now, message: must lie in the future }] }",
            "",
        ),
    ),
    "python-argument-moved": (
        (
            (
                "        - { name: shop, in: path, required: true, schema: { type: string } }\n"
                "        - { name: order"
            ),
            (
                "        - { name: shop, in: path, required: true, schema: { const: main } }\n"
                "        - { name: order"
            ),
        ),
    ),
    "python-argument-removed": (
        ("        - { name: size, in: query, schema: { type: integer } }\n", ""),
        ("size: size, ", ""),
    ),
    "python-argument-renamed": (
        (
            "{ name: size, in: query,",
            "{ name: size, in: query, x-engross: { argument: per_page },",
        ),
    ),
    "python-argument-required": (
        ("required: [id, amount]", "required: [id, amount, note]"),
    ),
    "python-argument-type-changed": (
        (
            "{ name: size, in: query, schema: { type: integer } }",
            "{ name: size, in: query, schema: { type: string } }",
        ),
    ),
    "python-class-removed": (
        ("    Note: { type: object, properties: { text: { type: string } } }\n", ""),
    ),
    "python-class-renamed": (
        ("    Order:\n", "    Order:\n      x-engross: { name: Purchase }\n"),
    ),
    "python-client-renamed": (("client: Shop", "client: WebShop"),),
    "python-error-removed": (("LOCKED: {", "LOCKED: { exception: Closed,"),),
    "python-field-removed": (
        ("        size: { type: integer }\n    Level", "    Level"),
    ),
    "python-field-required": (
        (
            "      type: object\n      required: [id, amount]",
            "      type: object\n      required: [id, amount, due]",
        ),
    ),
    "python-field-type-changed": (
        (
            "        size: { type: integer }\n    Level",
            "        size: { type: string }\n    Level",
        ),
    ),
    "python-member-removed": (("enum: [low, high]", "enum: [low]"),),
    "python-method-removed": ((GET_ORDER, ""),),
    "python-method-renamed": (("operationId: getOrder", "operationId: findOrder"),),
    "python-package-renamed": (("package: shop", "package: web_shop"),),
    "python-result-changed": (
        (
            (
                '        "200":\n          description: The order.\n          content: '
                '{ application/json: { schema: { $ref: "#/components/schemas/Order" } } }'
            ),
            (
                '        "200":\n          description: The order.\n          content: '
                '{ application/json: { schema: { $ref: "#/components/schemas/NewOrder" } } }'
            ),
        ),
    ),
    "python-setting-changed": (("argument: api_key", "argument: token"),),
    "python-argument-added": (
        (
            "        - { name: size, in",
            "        - { name: sort, in: query, schema: { type: string } }\n        - { name: size, in",
        ),
    ),
    "python-class-added": (
        (
            "    Note: {",
            "    Remark: { type: object, properties: { text: { type: string } } }\n    Note: {",
        ),
    ),
    "python-error-added": (
        (
            "      LOCKED:",
            "      CLOSED: { meaning: Come back tomorrow. }\n      LOCKED:",
        ),
    ),
    "python-field-added": (
        (
            "        size: { type: integer }\n    Level",
            "        size: { type: integer }\n        color: { type: string }\n    Level",
        ),
    ),
    "python-member-added": (("enum: [low, high]", "enum: [low, high, top]"),),
    "python-method-added": (
        (
            "webhooks:\n",
            (
                "    delete:\n      operationId: deleteOrder\n      tags: [orders]\n"
                "      parameters:\n"
                "        - { name: shop, in: path, required: true, schema: { type: string } }\n"
                "        - { name: order, in: path, required: true, schema: { type: string } }\n"
                '      responses: { "204": { description: Gone. } }\nwebhooks:\n'
            ),
        ),
    ),
    "python-setting-added": (
        (
            "  - url: https://shop.example\n",
            "  - url: https://shop.example/{region}\n    variables: { region: { default: eu, enum: [eu, us] } }\n",
        ),
    ),
}

OF_FILES = {"contract-added", "contract-removed"}


def contracts(rule: str) -> tuple[str, str]:
    """Return the contracts before and after a change."""
    page = EXAMPLES[rule]
    if page.is_checked:
        return completed(page.wrong), completed(page.right)
    before = after = (CASES / "shop.yaml").read_text()
    for old, new in EDITS[rule]:
        assert after.count(old) == 1, (old, after.count(old))
        after = after.replace(old, new)
    return before, after


def test_every_rule_has_one_case() -> None:
    checked = {rule for rule, page in EXAMPLES.items() if page.is_checked}
    assert sorted([*checked, *EDITS, *OF_FILES]) == sorted(RULES)
    shown = {path.stem for path in CASES.glob("*.txt")} - {"command"}
    assert shown == RULES.keys()


@pytest.mark.parametrize("rule", sorted(RULES.keys() - OF_FILES))
def test_change_is_shown_whole(rule: str, tmp_path: Path, run: Run) -> None:
    before, after = contracts(rule)
    (tmp_path / "old.yaml").write_text(before)
    (tmp_path / "shop.yaml").write_text(after)
    ran = run("diff", "old.yaml", "shop.yaml", "--verbose", cwd=tmp_path)
    assert ran.err == ""
    assert_shown(rule, ran.out)


@pytest.mark.parametrize("rule", sorted(OF_FILES))
def test_contract_that_comes_or_goes_is_shown_whole(
    rule: str, repository: Path, run: Run
) -> None:
    shop = repository / "specs/shop.yaml"
    (repository / "specs/store.yaml").write_text(shop.read_text())
    if rule == "contract-removed":
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message=Second")
        (repository / "specs/store.yaml").unlink()
    assert_shown(rule, run("diff").out)


def assert_shown(rule: str, out: str) -> None:
    """Check the whole output, and that it names the rule with its rating."""
    path = CASES / f"{rule}.txt"
    if os.environ.get("ENGROSS_ACCEPT"):
        path.write_text(out)
    assert out == path.read_text()
    shown = re.findall(rf"  {rule}\n(?:.*\n)*?.*?\(([^()]*)\)\n", out)
    assert shown, out
    for text in shown:
        assert stated(text) <= allowed(RULES[rule]), text


def stated(text: str) -> set[str]:
    """Return the ratings that a message states: `breaking in requests`."""
    return set(re.findall(r"breaking|dangerous|compatible", text))


def allowed(ratings: Ratings) -> set[str]:
    return {str(ratings.of(way)) for way in Way}
