"""A project of a consumer tests its own code with the fake of a package that it installed."""

import pytest

from tests.conftest import ROOT
from tests.newcomer.conftest import Newcomer, bring

TEST = """\
from decimal import Decimal
def test_a_timeout_leads_to_exactly_one_invoice(fake_irembopay, irembopay):
    fake_irembopay.delay_next(90)
    irembopay.invoices.create(transaction_id="T-1", payment_account_identifier="A", payment_items=[
        {"code": "P", "quantity": 1, "unit_amount": Decimal(2000)}])
    assert [each["transactionId"] for each in fake_irembopay.items("invoices")] == ["T-1"]
    fake_irembopay.calls.assert_count(2, "invoices.create", transaction_id="T-1")
"""


@pytest.fixture
def consumer(newcomer: Newcomer) -> Newcomer:
    """Return somebody with pytest and one wheel of a package."""
    (site,) = newcomer.tools.parent.glob("lib/python*/site-packages")
    bring("pytest", site, set())
    package = ROOT / "generated" / "irembopay"
    for command in (
        f"pip wheel --no-deps --wheel-dir wheels '{package}'",
        "pip install --no-deps --force-reinstall wheels/irembopay-*.whl",
    ):
        done = newcomer.run(command)
        assert done.returncode == 0, done.stderr
    return newcomer


def test_consumer_proves_that_a_timeout_creates_one_invoice(consumer: Newcomer) -> None:
    consumer.write("test_billing.py", TEST)

    tested = consumer.run("python -m pytest -q -p no:cacheprovider test_billing.py")

    assert "1 passed" in tested.stdout, tested.stdout + tested.stderr


def test_fixtures_are_there_without_an_import(consumer: Newcomer) -> None:
    listed = consumer.run("python -m pytest --fixtures -q -p no:cacheprovider")

    assert "fake_irembopay" in listed.stdout
    assert "async_irembopay" in listed.stdout


def test_scaffolded_tests_pass_in_the_project_of_a_consumer(consumer: Newcomer) -> None:
    contract = ROOT / "specs" / "irembopay.yaml"
    written = consumer.run(f"engross scaffold tests '{contract}' --output checks")
    tested = consumer.run("python -m pytest -q -p no:cacheprovider checks")

    assert written.returncode == 0, written.stderr
    assert "4 passed" in tested.stdout, tested.stdout + tested.stderr
