"""The front page counts verdicts by what they rest on, and by page."""

import pytest

from rfbook.backmatter import front
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Verdict
from tests.reading import row, rows

MEASURED = {"quantity": "accuracy", "holds_if": "above", "margin": 0.0}
PRINTED = {"quantity": "printed_accuracy_against_field", "holds_if": "below", "margin": 0.0}


def verdict(word, paper="size-matters", page="x/y", **decides):
    known = {"id": "X-1", "where": "1", "says": "so", "page": page}
    return Verdict(Claim(paper=paper, **known, **(decides or MEASURED)), word, "why")


@pytest.fixture
def counted():
    return front.count(
        [
            verdict("reproduced"),
            verdict("not tested", untested="no data"),
            verdict("reproduced", paper="dead-pixel", **PRINTED),
            verdict("partly", paper="together"),
            verdict("open", ours=True, **MEASURED),
        ]
    )


@pytest.mark.parametrize(
    "group, counts",
    [
        ("both papers", ["2", "1", "0", "0", "0", "1"]),
        ("both papers, on numbers of others", ["1", "1", "0", "0", "0", "0"]),
        ("not in the papers", ["2", "0", "1", "0", "1", "0"]),
    ],
)
def test_what_was_measured_here_is_counted_apart_from_the_rest(counted, group, counts):
    found = row(counted, **{"claims of": group})
    assert list(found.values())[1:] == counts


def test_a_kind_without_claims_has_no_row():
    assert [one["claims of"] for one in rows(front.count([verdict("partly")]))] == ["both papers"]


def test_at_a_glance_each_page_has_one_row_and_zeros_are_left_out():
    there = "size_matters/border-layer"
    words = ("reproduced", "partly", "partly")
    table = front.glance([*map(verdict, words), verdict("partly", page=there)])
    assert [one["page"] for one in rows(table)] == ["The border layer", "x/y"]
    assert list(row(table, page="x/y").values())[1:] == ["1", "2", "", "", ""]
    assert table.rows[0][0] == ("The border layer", f"../notebooks/{there}.html")


def test_pages_stand_in_the_order_of_the_contents():
    names = ["dead_pixel/imbalance", "size_matters/tail-pattern", "background/probes"]
    table = front.glance([verdict("partly", page=name) for name in names])
    titles = ["Probe classifiers", "The tail pattern", "Imbalance in numbers"]
    assert [one["page"] for one in rows(table)] == titles
