"""Every known kind of change is found in real contracts, with the rating of its rule."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from engross.diff import Change, Side, compare
from engross.diff.report import findings
from engross.diff.rules import OF_CONTRACTS, RULES, Rating
from engross.findings import FindingsError
from tests.conftest import ROOT
from tests.diff.documents import data_of, foreign, own, read, side_of
from tests.diff.mutations import MUTATIONS, Site, reverse

_MOST_TRIED = 4
"""Places of a document that are tried until a change leaves it valid."""

_DOCUMENTS = int(os.environ.get("DIFF_MUTATIONS", "1"))
"""Contracts of ours, and documents of a corpus, that each kind is tried on."""


def tried(name: str, path: Path) -> bool:
    """Make a change where it can be made, and check that it is found; False if nowhere."""
    rule = name.split(maxsplit=1)[0]
    for number in range(_MOST_TRIED):
        data = data_of(path)
        sites = list(MUTATIONS[name](data))
        if number >= len(sites):
            return False
        # The places in the middle come first: those at the ends are often alike.
        site = sites[(number * 7 + len(sites) // 2) % len(sites)]
        site.apply()
        try:
            changed = Side.of(read(path, data))
        except FindingsError:  # the change cannot be made there
            continue
        before = side_of(path)
        assert_found({rule}, compare(before, changed), site)
        assert_found(reverse(rule), compare(changed, before), site)
        return True
    return False


def assert_found(rules: set[str], changes: tuple[Change, ...], site: Site) -> None:
    """Check that a change of one of some rules was found, with the ratings of the rule."""
    alike = [each for each in changes if each.rule in rules]
    assert alike, (rules, [(each.rule, each.message) for each in changes])
    for each in alike:
        allowed = {way: {RULES[each.rule].of(way)} for way in each.ratings}
        if each.rule in CLOSED:  # a closed object refuses what it does not know
            allowed = {way: {*found, Rating.BREAKING} for way, found in allowed.items()}
        assert all(each.ratings[way] in found for way, found in allowed.items())
        assert each.fingerprint
    assert alike[0].ratings.keys() <= site.ways


CLOSED = {
    "property-added",
    "required-property-added",
    "property-removed",
    "required-property-removed",
    "parameter-removed",
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_change_of_a_real_contract_is_found(name: str) -> None:
    turn = list(MUTATIONS).index(name)
    groups = (own(), foreign(), INVENTED if name in ONLY_INVENTED else ())
    done = [tried_some(name, each, turn) for each in groups]
    assert any(done) or (name in ONLY_FOREIGN and not foreign())


def tried_some(name: str, documents: Sequence[Path], turn: int) -> int:
    """Make a change in some of many documents, others for each kind; return how many."""
    found = 0
    for offset in range(len(documents)):
        if found == _DOCUMENTS:
            break
        found += tried(name, documents[(turn + offset) % len(documents)])
    return found


def test_every_rule_of_contracts_is_tried_on_real_ones() -> None:
    rules = {name.split(maxsplit=1)[0] for name in MUTATIONS}
    rules |= {each for rule in rules for each in reverse(rule)}
    assert sorted(OF_CONTRACTS.keys() - rules) == sorted(NOT_TRIED)


NOT_TRIED = {
    # Whole files, in test_command.py
    "contract-added",
    "contract-removed",
    # Nowhere in the four contracts, and rare elsewhere
    "body-encoding-changed",
    "condition-changed",
    "const-changed",
    "discriminator-changed",
    "discriminator-value-added",
    "discriminator-value-removed",
    "rule-changed",
    "variant-added",
    "variant-removed",
}

ONLY_FOREIGN = {
    "body-removed",
    "body-required",
    "failure-removed",
    "format-changed",
    "limit-loosened maxLength",
    "parameter-moved",
    "parameter-optional",
    "parameter-removed",
    "parameter-style-changed",
    "pattern-changed",
    "required-property-added",
    "type-widened",
}
"""Kinds that none of our contracts has a place for."""

ONLY_INVENTED = {"event-changed"}

INVENTED = tuple(sorted(ROOT.glob("tests/fifth_provider/specs/*.yaml")))


def test_any_two_documents_can_be_compared() -> None:
    sides = [side_of(path) for path in (*own(), *foreign())]
    for old, new in zip(sides, sides[1:] + sides[:1], strict=True):
        found = compare(old, new)
        assert found
        assert len({each.fingerprint for each in found}) == len(found)
        assert findings(found, {}, {}, Rating.BREAKING)
