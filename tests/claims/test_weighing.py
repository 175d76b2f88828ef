"""A sentence is weighed by its claims, and what no training can change is told apart."""

from pathlib import Path

import pytest

from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.weighing import by_construction, weighed

CLAIMS = {one.id: one for one in read_claims(Path(__file__).parents[2] / "claims")}
YES, PART, NO, OPEN, UNTESTED = "reproduced", "partly", "not reproduced", "open", "not tested"


@pytest.mark.parametrize(
    "words, word",
    [
        ([], UNTESTED), ([UNTESTED] * 3, UNTESTED), ([OPEN], OPEN),
        ([YES], YES), ([NO], NO), ([PART], PART), ([YES, UNTESTED, UNTESTED], YES),
        ([YES, YES, NO], YES), ([YES, NO, NO], NO), ([YES, NO], PART), ([YES, PART], YES),
        ([PART, NO], NO), ([PART, PART, NO], NO), ([YES] * 3 + [NO] * 2, PART),
        ([YES, OPEN], YES), ([YES, OPEN, OPEN], OPEN), ([NO, OPEN, OPEN, UNTESTED], OPEN),
    ],
)  # fmt: skip
def test_a_sentence_has_the_word_that_its_decided_claims_weigh(words, word):
    assert weighed(words) == word
    assert weighed(words[::-1]) == word


def test_not_every_sentence_with_a_claim_that_fails_is_partly():
    assert weighed([YES] * 9 + [NO]) == YES
    assert weighed([NO] * 9 + [YES]) == NO


def claim(**fields):
    known = {"id": "X-1", "paper": "size-matters", "where": "1", "says": "so", "page": "a/page"}
    return Claim(**known | {"holds_if": "above", "margin": 1} | fields)


@pytest.mark.parametrize(
    "fields, sure",
    [
        ({"quantity": "last_field"}, True), ({"quantity": "accuracy"}, False),
        ({"quantity": "accuracy", "identity": True}, True), ({"untested": "so"}, False),
        ({"quantity": "field_ratio", "arms": ("a", "b")}, True),
        ({"quantity": "printed_sigma_at_equal_depth"}, False),
    ],
)  # fmt: skip
def test_what_no_training_can_change_is_arithmetic_or_an_identity(fields, sure):
    assert by_construction(claim(**fields)) is sure


def test_eighteen_rows_of_the_papers_are_true_or_false_by_construction():
    sure = {one.id for one in CLAIMS.values() if by_construction(one) and not one.ours}
    papers = {name for name in sure if not name.startswith("TG-")}
    assert len(papers) == 18
    assert {"DP-4-equivalent", "SM-2.3-definition", "SM-3.4-border", "SM-B1-fields"} <= papers
