"""Every kind of change has a page, whose example is found with the rating that it states."""

import pytest

from engross.diff.rules import RULES
from engross.rulebook import RulePage, rule_pages
from tests.diff.comparison import changes, meanings

PAGES = {page.rule: page for page in rule_pages().values() if page.ratings}
CHECKED = [page for page in PAGES.values() if page.is_checked]


def test_every_rule_has_a_page_with_its_ratings() -> None:
    ratings = {rule: str(rating) for rule, rating in RULES.items()}
    assert {page.rule: page.ratings for page in PAGES.values()} == ratings


@pytest.mark.parametrize("page", CHECKED, ids=lambda page: page.rule)
def test_example_is_one_change_of_the_rule(page: RulePage) -> None:
    found = changes(page.wrong, page.right)
    assert meanings(found) == [page.rule]
    (change,) = (each for each in found if each.rule == page.rule)
    assert change.ratings == {way: RULES[page.rule].of(way) for way in change.ratings}
    assert change.before is not None
    assert change.after is not None


@pytest.mark.parametrize("page", CHECKED, ids=lambda page: page.rule)
def test_example_does_not_differ_from_itself(page: RulePage) -> None:
    assert changes(page.wrong, page.wrong + "\n# A comment.\n") == ()
