"""One run at tier paper counts by the spread of thin seeds, and the verdict says so."""

import numpy as np
import pytest
from scipy import stats

from rfbook.claims.borrowed import BORROWED, GUARD, OF_ACCURACIES, guard, tried
from rfbook.claims.claim import Claim
from rfbook.claims.quantities.registry import QUANTITIES, quantity_named
from rfbook.claims.verdicts import LOOKED, Estimate, judge
from tests.samples import records, tiny

THIN = {"vgg11": [0.70, 0.71, 0.72], "vgg13": [0.80, 0.83, 0.83]}
SD = 100 * ((2 * 0.01**2 + 2 * 0.03**2 / 3) / 4) ** 0.5
"""Within both, by hand: (0.01^2 + 0 + 0.01^2 + 0.02^2 + 0.01^2 + 0.01^2) over 4 degrees, points."""


def claim(**fields):
    known = {"id": "X-1", "paper": "size-matters", "where": "1", "says": "so", "page": "a/page"}
    return Claim(**known | {"quantity": "accuracy", "holds_if": "above", "margin": 50} | fields)


def accuracies(*shares):
    return [records(tiny(seed), accuracy={"accuracy": one}) for seed, one in enumerate(shares)]


def thin(**more):
    return {name: accuracies(*shares) for name, shares in (THIN | more).items()}


def found(paper, tier="paper", held=None, **fields):
    outcomes = {name: accuracies(*shares) for name, shares in paper.items()}
    return judge(claim(**fields), outcomes, tier, thin() if held is None else held)


def test_one_run_has_the_interval_of_the_pooled_spread_times_the_guard():
    (one,) = found({"vgg11": [0.75]}).estimates
    half = stats.t.ppf(0.975, 4) * 2 * SD
    assert (one.mean, *one.interval) == pytest.approx((75, 75 - half, 75 + half))
    assert (one.n, one.borrowed) == (1, True)


@pytest.mark.parametrize("share, word", [(0.75, "reproduced"), (0.25, "not reproduced"), (0.52, "open")])
def test_its_whole_interval_must_lie_on_the_side_of_the_claim(share, word):
    assert found({"vgg11": [share]}).word == word


def test_the_verdict_says_wherever_it_stands_that_its_spread_is_borrowed():
    verdict = found({"vgg11": [0.75]})
    assert verdict.borrowed
    assert verdict.told == f"reproduced ({BORROWED})"
    assert verdict.why == f"{BORROWED}; holds: vgg11"
    assert verdict.estimates[0].around.endswith(f"; {BORROWED}")


@pytest.mark.parametrize(
    "shares, told", [([0.75, 0.76], f"reproduced ({LOOKED})"), ([0.45, 0.55], "open")]
)
def test_a_decided_verdict_says_that_seeds_were_added_after_a_look(shares, told):
    assert found({"vgg11": shares}, looked=True).told == told


def test_a_network_with_seeds_of_its_own_borrows_nothing():
    verdict = found({"vgg11": [0.75, 0.76], "vgg13": [0.75]})
    assert [one.borrowed for one in verdict.estimates] == [False, True]
    assert verdict.why == f"holds: vgg11; {BORROWED}; holds: vgg13"
    assert not found({"vgg11": [0.75, 0.76]}).borrowed


@pytest.mark.parametrize("tier", ["thin", "smoke"])
def test_at_other_tiers_one_run_decides_nothing(tier):
    verdict = found({"vgg11": [0.75]}, tier)
    assert (verdict.word, verdict.borrowed) == ("open", False)
    assert "a single seed decides nothing" in verdict.why


@pytest.mark.parametrize(
    "held, degrees",
    [({}, 0), ({"vgg11": [0.7, 0.71, 0.72], "vgg13": [0.8, 0.81]}, 3), (THIN, 4)],
)
def test_fewer_than_four_degrees_of_freedom_lend_no_interval(held, degrees):
    verdict = found({"vgg11": [0.75]}, held={name: accuracies(*one) for name, one in held.items()})
    assert verdict.borrowed is (degrees >= 4)
    assert verdict.word == ("reproduced" if degrees >= 4 else "open")


def test_only_networks_that_the_claim_speaks_of_lend_their_spread():
    """Those of vgg11 alone have two degrees."""
    assert not found({"vgg11": [0.75]}, only=("vgg11",)).borrowed


def test_a_network_that_is_not_in_the_regime_lends_nothing():
    """Of ten classes: three seeds at chance would make four degrees of two."""
    held = {"vgg11": accuracies(0.7, 0.71, 0.72), "vgg13": accuracies(0.1, 0.1, 0.1)}
    assert not found({"vgg11": [0.75]}, held=held, regime="trained").borrowed
    assert found({"vgg11": [0.75]}, held=held).borrowed


def test_a_difference_of_arms_borrows_the_spread_of_differences():
    """All that differs from seed to seed differs in both arms alike: nothing is left."""
    held = {"vgg11 small": accuracies(*np.arange(5) / 10), "vgg11 large": accuracies(*np.arange(5) / 10)}
    outcomes = {"vgg11 small": accuracies(0.5), "vgg11 large": accuracies(0.6)}
    verdict = judge(claim(arms=("large", "small"), margin=5), outcomes, "paper", held)
    assert verdict.estimates[0].interval == pytest.approx((10, 10))
    assert verdict.borrowed


def test_what_no_seed_can_change_borrows_nothing():
    layers = {"layers": ["conv1", "conv2"], "field": [3, 5], "border": "conv2"}
    once = [records(receptive_field=layers)]
    verdict = judge(claim(quantity="border", margin=1), {"vgg11": once}, "paper", {"vgg11": once * 5})
    assert (verdict.word, verdict.borrowed) == ("reproduced", False)


def test_accuracies_have_the_wider_guard():
    assert guard(QUANTITIES["accuracy"]) == guard(quantity_named("accuracy_ratio", 2)) == OF_ACCURACIES
    assert guard(QUANTITIES["last_probe_gap"]) == guard(QUANTITIES["saturation_drop"]) == GUARD
    assert (GUARD, OF_ACCURACIES) == (1.5, 2.0)


@pytest.mark.parametrize("shares, inside", [((0.80, 0.81, 0.82), [True] * 3), ((0.5, 0.9), [False] * 2)])
def test_the_rule_is_tried_on_runs_that_have_others_beside_them(shares, inside):
    lenders = [[(one,) for one in seeds] for seeds in thin().values()]
    paper = [(one,) for one in accuracies(*shares)]
    assert tried(QUANTITIES["accuracy"], lenders, paper) == inside


def test_the_rule_covers_as_often_as_it_says_where_full_width_spreads_as_thin_networks_do():
    """Two of the guard's deviations are more than enough then; twice the spread needs them."""
    random = np.random.default_rng(0)
    for wider, least in ((1, 0.99), (2, 0.90)):
        answers = []
        for _ in range(100):
            lenders = [[(one,) for one in accuracies(*(0.5 + 0.01 * random.normal(size=8)))]]
            paper = [(one,) for one in accuracies(*(0.6 + 0.01 * wider * random.normal(size=8)))]
            answers += tried(QUANTITIES["accuracy"], lenders, paper)
        assert least <= np.mean(answers) < 1


def test_an_estimate_that_was_kept_before_the_rule_borrowed_nothing():
    assert not Estimate("vgg11", 1.0, 3, (0.5, 1.5), False).borrowed
