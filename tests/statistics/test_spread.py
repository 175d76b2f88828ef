"""The spread of repeated trainings: owners are scipy, simulation, and printed tables of chi-square."""

import numpy as np
import pytest

from rfbook.claims.printed_tables import read_skip_ablation
from rfbook.statistics.significance import compared
from rfbook.statistics.spread import Spread, spread


def test_a_spread_is_that_of_a_sample():
    assert spread([70.0, 72.0, 74.0]) == Spread(72.0, 2.0, 3)


def test_a_single_value_has_no_spread():
    with pytest.raises(ValueError, match="1 values have no spread: use two seeds"):
        spread([70.0])


def test_the_interval_of_a_deviation_is_that_of_a_table_of_chi_square():
    """9 degrees: 2.700 and 19.023; 2 degrees: 0.0506 and 7.378, in every printed table."""
    assert Spread(0, 1, 10).interval == pytest.approx(
        (np.sqrt(9 / 19.023), np.sqrt(9 / 2.700)), rel=1e-3
    )
    assert Spread(0, 1, 3).interval == pytest.approx(
        (np.sqrt(2 / 7.378), np.sqrt(2 / 0.0506)), rel=1e-3
    )


def test_the_interval_holds_the_true_deviation_as_often_as_it_says():
    drawn = np.random.default_rng(0).normal(scale=2, size=(2000, 4))
    holds = [low <= 2 <= high for low, high in (spread(values).interval for values in drawn)]
    assert np.mean(holds) == pytest.approx(0.95, abs=0.015)


def test_two_runs_differ_by_more_than_is_said_in_one_of_twenty_pairs():
    pairs = np.random.default_rng(1).normal(scale=3, size=(20_000, 2))
    beyond = np.abs(np.diff(pairs)) > Spread(0, 3, 10).of_two
    assert beyond.mean() == pytest.approx(0.05, abs=0.005)
    assert Spread(0, 3, 10).of_two == pytest.approx(1.96 * np.sqrt(2) * 3, rel=1e-3)


def test_the_interval_of_a_difference_is_that_of_the_deviation_on_its_scale():
    single = Spread(0, 0.5, 5)
    scale = single.of_two / single.sd
    assert np.divide(single.of_two_interval, single.interval) == pytest.approx([scale] * 2)


# What tests between arms say of each arm's own spread.


def test_the_deviations_of_arms_are_got_back_from_the_tests_of_their_pairs():
    rng = np.random.default_rng(2)
    samples = {str(n): rng.normal(n, 1 + n, size=5 + n) for n in range(4)}
    expected = [np.std(values, ddof=1) for values in samples.values()]
    assert compared(samples).own_sd == pytest.approx(expected)


def test_a_pair_of_equal_means_does_not_count():
    samples = {"a": [1.0, 3.0], "b": [0.0, 4.0], "c": [10.0, 11.0, 13.0]}
    expected = [np.std(values, ddof=1) for values in samples.values()]
    tests = compared(samples)
    assert np.isnan(tests.implied_sd[0, 1])
    # Two pairs are left for three arms: only what they fix together is known.
    pooled = [(expected[k] ** 2 + 2 * expected[2] ** 2) / 3 for k in (0, 1)]
    assert [(tests.own_sd[k] ** 2 + 2 * tests.own_sd[2] ** 2) / 3 for k in (0, 1)] == pytest.approx(
        pooled
    )


def test_the_printed_pairs_agree_on_the_deviation_of_every_network():
    """Size Matters, Table 3: 78 pooled deviations follow from thirteen, but for rounding."""
    printed = read_skip_ablation()
    own, (first, second) = printed.own_sd**2, printed.pairs
    weights = printed.n - 1
    pooled = (weights[first] * own[first] + weights[second] * own[second]) / (
        weights[first] + weights[second]
    )
    clear = np.abs(printed.difference[first, second]) > 0.1
    assert clear.sum() > 60
    assert np.sqrt(pooled[clear]) == pytest.approx(printed.implied_sd[first, second][clear], rel=0.1)
