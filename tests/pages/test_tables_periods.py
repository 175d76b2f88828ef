"""Patterns by their period, with the claims on them, and which networks claims still lack."""

import pytest

from rfbook.pages.outcomes import Outcome
from rfbook.pages.page import Page
from rfbook.pages.tables import periods as period_tables
from rfbook.pages.tables.standard import WORDS
from rfbook.records.store import Store
from tests import skeleton
from tests.reading import row, rows
from tests.samples import records, tiny

GONE = f"""
- {{id: SM-1-gone, where: "1", says: "no board", quantity: checkerboard, holds_if: below, margin: 10,
   only: [vgg11, resnet50-padded-all], page: {skeleton.PAGE}}}
- {{id: SM-1-flat, where: "1", says: "no board", quantity: odd_minus_even, holds_if: within, margin: 10,
   only: [vgg11], page: {skeleton.PAGE}}}
- {{id: SM-1-better, where: "1", says: "better", quantity: accuracy, arms: [resnet50, vgg11],
   holds_if: above, margin: 0, untested_at: {{smoke: "so"}}, page: {skeleton.PAGE}}}
"""


def fielded(seed, second, fourth, eighth):
    """One seed of vgg11 whose classes lie so far apart; each wave is a quarter of that."""
    ranges = {"2": second, "4": fourth, "8": eighth}
    output = {
        "residues": {period: [[1.0, 1.0 + one], [1.0, 1.0]] for period, one in ranges.items()},
        "fourier": {period: one / 4 for period, one in ranges.items()},
    }
    run = tiny(seed)
    held = records(run, effective_field={"targets": {"output": output}}, accuracy={"accuracy": 0.5})
    return Outcome(run, run, held)


@pytest.fixture
def patterned(repository):
    """A page with two seeds of vgg11: below 10 % mod 2 and mod 4, open mod 8."""
    path = repository / "claims/size_matters.yml"
    path.write_text(path.read_text() + GONE)
    seeds = [fielded(0, 0.04, 0.06, 0.08), fielded(1, 0.05, 0.06, 0.1)]
    values = {"tier": "thin", "models": ("vgg11",)}
    return Page(skeleton.PAGE, values, Store((repository / "results",)), seeds)


def test_each_period_is_shown_with_its_interval_over_seeds(patterned):
    """For two seeds Student's factor is 12.706: half the interval is as often half their distance.

    What would be below 0 is cut off."""
    found = row(period_tables.periods(patterned), network="vgg11")
    assert found["n"] == "2"
    assert found["classes mod 2"] == "5 (0 to 11)"
    assert found["classes mod 4"] == "6.0 (all seeds alike)"
    assert found["wave of 4"] == "1.5 (all seeds alike)"
    assert found["wave of 8"] == "2.2 (0.0 to 5.4)"


def test_one_seed_has_no_interval_and_another_measure_no_row(patterned):
    first = patterned.outcomes[0]
    accuracy = Outcome(first.run, first.paper, records(first.run, accuracy={"accuracy": 0.5}))
    (found,) = rows(period_tables.periods(patterned.only([first, accuracy])))
    assert (found["n"], found["classes mod 8"]) == ("1", "8.0")


def test_a_claim_on_one_period_is_judged_at_the_others_by_its_own_margin(patterned):
    found = period_tables.judged_by_period(patterned, "SM-1-gone")
    assert {period: verdict.word for period, verdict in found.items()} == {
        2: "open", 4: "reproduced", 8: "open",
    }  # fmt: skip
    assert all(verdict.claim.margin == 10 for verdict in found.values())
    shown = row(period_tables.by_period(patterned, "SM-1-gone"), claim="SM-1-gone")
    assert shown["what decides"] == "below 10 %, mod 2"
    assert shown["mod 4"] == f"{WORDS['reproduced']} reproduced: 6.0 in vgg11"


def test_at_its_own_period_a_claim_is_judged_by_what_it_asks_for(patterned):
    """Odd rows and columns are like even ones, though the classes mod 2 differ in another way."""
    found = period_tables.judged_by_period(patterned, "SM-1-flat")
    assert {period: verdict.word for period, verdict in found.items()} == {
        2: "reproduced", 4: "reproduced", 8: "open",
    }  # fmt: skip
    assert found[2].estimates[0].mean == 0
    shown = row(period_tables.by_period(patterned, "SM-1-flat"), claim="SM-1-flat")
    assert shown["what decides"] == "within 10 %, mod 2"


def test_a_claim_that_the_page_does_not_have_has_no_period(patterned):
    with pytest.raises(LookupError, match="SM-9"):
        period_tables.judged_by_period(patterned, "SM-9")
