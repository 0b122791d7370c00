"""Every known kind of change is found in real contracts, with the rating of its rule."""

from pathlib import Path

import pytest

from engross.diff import compare
from engross.diff.report import findings
from engross.diff.rules import RULES, Rating
from engross.findings import FindingsError
from tests.diff.documents import changes, data_of, foreign, own, side_of
from tests.diff.mutations import MUTATIONS

_MOST_TRIED = 6
"""Places of a document that are tried until a change leaves it valid."""

_FOREIGN = 1
"""Documents of a corpus that each kind is tried on."""


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
            found = changes(path, data)
        except FindingsError:  # the change cannot be made there
            continue
        alike = [each for each in found if each.rule == rule]
        assert alike, (path.name, number, [(e.rule, e.message) for e in found])
        ratings = {way: RULES[rule].of(way) for way in alike[0].ratings}
        assert dict(alike[0].ratings) == ratings
        assert alike[0].ratings.keys() <= site.ways
        assert alike[0].fingerprint
        return True
    return False


@pytest.mark.parametrize("name", MUTATIONS)
def test_change_of_a_real_contract_is_found(name: str) -> None:
    turn = list(MUTATIONS).index(name)
    specs = own()
    order = specs[turn % len(specs) :] + specs[: turn % len(specs)]
    done = any(tried(name, path) for path in order)
    found = 0
    documents = foreign()
    for offset in range(len(documents)):
        if found == _FOREIGN:
            break
        found += tried(name, documents[(turn + offset) % len(documents)])
    assert done or found or not documents, "no contract has a place for it"


def test_any_two_documents_can_be_compared() -> None:
    sides = [side_of(path) for path in (*own(), *foreign())]
    for old, new in zip(sides, sides[1:] + sides[:1], strict=True):
        found = compare(old, new)
        assert found
        assert len({each.fingerprint for each in found}) == len(found)
        assert findings(found, {}, {}, Rating.BREAKING)
