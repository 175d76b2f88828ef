"""The front page counts claims by what they rest on, paper by paper, and says of its own what holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from rfbook.backmatter import front, registry
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict

ROOT = Path(__file__).parents[2]
MEASURED = {"quantity": "accuracy", "holds_if": "above", "margin": 0.0}
PRINTED = {"quantity": "printed_accuracy_against_field", "holds_if": "below", "margin": 0.0}
COMPUTED = {"quantity": "last_field", "holds_if": "above", "margin": 0.0}


def verdict(word, paper="size-matters", name="X-1", **decides):
    known = {"id": name, "where": "1", "says": "so", "page": "x/y"}
    return Verdict(Claim(paper=paper, **known, **(decides or MEASURED)), word, "why")


HELD = [
    verdict("reproduced"),
    verdict("reproduced"),
    verdict("not reproduced"),
    verdict("open"),
    verdict("not tested", untested="no data"),
    verdict("reproduced", **COMPUTED),
    verdict("partly", paper="dead-pixel", **PRINTED),
    verdict("reproduced", paper="together"),
    verdict("not reproduced", paper="dead-pixel", ours=True, **MEASURED),
    verdict("not reproduced", paper="dead-pixel", ours=True, **MEASURED),
]


def test_what_was_measured_is_counted_apart_from_what_is_so_by_construction_and_from_numbers_of_others():
    size, dead = front.papers(HELD)
    assert (size.name, dead.name) == ("Size Matters", "Dead Pixel")
    assert (size.measured.decided, size.measured.total) == (3, 5)
    assert size.measured.outcomes == "2 reproduced and 1 not reproduced"
    assert size.measured.rest == "1 open and 1 not tested"
    assert (size.constructed.outcomes, size.constructed.rest) == ("1 reproduced", "")
    assert (dead.measured.total, dead.others.outcomes) == (0, "1 partly")
    assert dead.measured.outcomes == "none decided"


def test_what_one_run_decides_with_a_borrowed_spread_is_counted_apart():
    estimate = Estimate("vgg16", 84.0, 1, (83.0, 85.0), False, borrowed=True)
    alone = replace(HELD[0], estimates=(estimate,))
    size, _ = front.papers([*HELD[1:], alone])
    assert (size.measured.outcomes, size.borrowed.counts) == (
        "1 reproduced and 1 not reproduced", "1 reproduced",
    )  # fmt: skip


def test_the_books_own_questions_hold_or_fail_and_are_in_no_papers_count():
    own = front.own_questions(HELD)
    assert own.outcomes == "1 holds and 2 fail"
    counted = [
        part.total for one in front.papers(HELD)
        for part in (one.measured, one.constructed, one.others, one.borrowed)
    ]  # fmt: skip
    assert own.total + sum(counted) == len(HELD)


@pytest.mark.parametrize(
    ("word", "paper", "said"),
    [
        ("reproduced", "dead-pixel", "reproduced"),
        ("reproduced", "together", "holds"),
        ("partly", "together", "holds in part"),
        ("not reproduced", "together", "fails"),
        ("open", "together", "open"),
    ],
)
def test_reproduced_is_said_of_papers_only(word, paper, said):
    assert verdict(word, paper).told == said


def test_another_verdict_gives_another_count():
    size, _ = front.papers([*HELD[1:], verdict("open")])
    assert size.measured.outcomes == "1 reproduced and 1 not reproduced"
    assert size.measured.rest == "2 open and 1 not tested"


def test_the_minutes_are_those_that_the_pages_state(page, repository):
    assert front.minutes_to_read() == {"size_matters/tiny": 1, "background/other": 2}
    path = repository / "notebooks/background/other.md"
    path.write_text(path.read_text().replace("minutes_to_read: 2", "minutes_to_read: 7"))
    assert front.minutes_to_read()["background/other"] == 7


def test_the_registry_says_what_a_claim_rests_on(page):
    kinds = {row["id"]: row["kind"] for row in registry.rows("published")}
    assert kinds == {
        "SM-1-border": "by construction", "SM-1-accuracy": "measured", "SM-1-never": "measured",
        "SM-2-field": "by construction",
    }  # fmt: skip
    assert set(kinds.values()) <= set(front.KINDS)


def test_how_many_seeds_are_usual_counts_what_has_an_interval_over_seeds():
    def seen(*counts):
        claim = Claim(id="A", paper="size-matters", where="1", says="so", page="a/b", untested="so")
        spread = {n: None if n == 1 else 1.0 for n in counts}
        made = [Estimate("vgg11", 5.0, n, (4.0, 6.0), False, deviation=spread[n]) for n in counts]
        return front.usual_seeds([Verdict(claim, "open", "why", tuple(made))])

    assert seen(1, 1, 1, 3, 3, 5) == 3
    assert seen(1, 1) == 0
