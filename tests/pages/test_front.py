"""The front page counts the papers' claims, and what was added to them apart."""

from rfbook.ledger.verdicts import Verdict
from rfbook.pages import front
from tests.ledger.test_claims import a_claim
from tests.pages.reading import rows


def verdict(paper, word):
    return Verdict(a_claim(paper=paper), word, "")


PAPERS = [
    verdict("size-matters", "reproduced"),
    verdict("dead-pixel", "reproduced"),
    verdict("dead-pixel", "not tested"),
]
COUNTED = {
    "claims of": "both papers", "claims": "3", "● reproduced": "2", "◐ partly": "0",
    "○ not reproduced": "0", "◌ not tested": "1",
}  # fmt: skip


def test_extensions_do_not_count_as_claims_of_the_papers():
    own = verdict("together", "partly")
    both, beyond = rows(front.count([*PAPERS, own]))
    assert both == COUNTED
    assert beyond["claims of"] == "not in the papers"
    assert (beyond["claims"], beyond["◐ partly"]) == ("1", "1")


def test_without_extensions_there_is_one_row():
    assert rows(front.count(PAPERS)) == [COUNTED]
