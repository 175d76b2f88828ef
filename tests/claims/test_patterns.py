"""A pattern is told from the noise of single networks: what decides is 0 where there is none."""

import numpy as np
import pytest

from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.claims.verdicts import estimate, judge
from rfbook.metrics.imbalance import residue_means
from rfbook.pages import sources
from tests.samples import records, tiny

ROWS, COLUMNS = np.indices((16, 16)) % 2
BOARD = (ROWS + COLUMNS) / 2 - 0.5
"""Odd rows and columns one above even ones, as counting windows has it."""
NETWORKS = 300


def fields(seeds, amplitude, noise, random):
    """One record a seed: a board of this amplitude and the noise of each seed's own weights."""
    held = []
    for seed in range(seeds):
        field = 10 + amplitude * BOARD + noise * random.normal(size=BOARD.shape)
        target = {"residues": {"2": residue_means(field, 2).tolist()}}
        held.append(records(tiny(seed), effective_field={"targets": {"output": target}}))
    return held


def found(name, amplitude, seeds=3, noise=1.0):
    """Of many networks of so many seeds: the mean of the quantity, and its 95 % interval."""
    random = np.random.default_rng(0)
    every = [
        estimate(QUANTITIES[name], "vgg11", [(one,) for one in fields(seeds, amplitude, noise, random)])
        for _ in range(NETWORKS)
    ]
    return np.array([(one.mean, *one.interval) for one in every])


@pytest.mark.parametrize("amplitude", [0, 0.2, 1])
def test_the_contrast_is_the_pattern_however_noisy_single_networks_are(amplitude):
    """Its mean is the amplitude, 0 without a pattern, and its interval covers it as often as it says."""
    mean, low, high = found("odd_minus_even", amplitude).T
    meant = 10 * amplitude
    assert abs(mean.mean() - meant) < 3 * mean.std() / NETWORKS**0.5
    assert 0.92 < ((low <= meant) & (meant <= high)).mean() < 0.98


def test_the_range_of_the_classes_is_above_nothing_without_any_pattern():
    """By more than its interval: of four classes the largest exceeds the smallest by 2.06 deviations."""
    mean, low, _ = found("checkerboard", 0).T
    deviation = 100 * 0.1 / 8  # of a class: 64 pixels with a tenth of the mean as noise
    assert mean.mean() == pytest.approx(2.06 * deviation, rel=0.05)
    assert (low > 0).mean() > 0.5


GONE = {
    "id": "X-1", "paper": "dead-pixel", "where": "4", "says": "no board", "page": "a/page",
    "quantity": "odd_minus_even", "holds_if": "within", "margin": 10,
}  # fmt: skip


@pytest.mark.parametrize(
    "amplitude, word",
    [(0, "reproduced"), (0.5, "reproduced"), (-0.5, "reproduced"), (3, "not reproduced"),
     (-3, "not reproduced")],
)  # fmt: skip
def test_that_there_is_no_pattern_fails_on_either_side_of_nothing(amplitude, word):
    held = fields(3, amplitude, 0.1, np.random.default_rng(0))
    assert judge(Claim(**GONE), {"vgg11": held}, "thin").word == word


def test_a_wide_interval_around_nothing_leaves_open_whether_there_is_a_pattern():
    held = [one for sign in (1, -1) for one in fields(1, 3 * sign, 0, np.random.default_rng(0))]
    assert judge(Claim(**GONE), {"vgg11": held}, "thin").word == "open"


def test_every_claim_on_a_pattern_of_period_two_of_ours_is_decided_by_the_contrast():
    """The range is left to what is shown, and to classes mod four."""
    claims = [one for one in read_claims(sources.repository() / "claims") if one.quantity]
    assert not [one.id for one in claims if one.quantity.startswith("checkerboard")]
    contrasts = [one for one in claims if one.quantity.startswith("odd_minus_even")]
    assert {one.holds_if for one in contrasts} == {"above", "within"}
    assert {one.margin for one in contrasts} == {10}
