"""Intervals by a pooled spread: owners are scipy, tables of Student, and simulation."""

import numpy as np
import pytest
from scipy import stats

from rfbook.statistics.pooled import LEAST_DEGREES, Pooled, alone, left_out, pooled


def test_the_spread_is_pooled_as_in_an_analysis_of_variance():
    """Owner: scipy.stats.f_oneway, whose F is the variance between groups over that within."""
    groups = [[1.0, 3.0], [10.0, 11.0, 15.0], [7.0]]
    found = pooled(groups)
    assert found.degrees == 3
    assert found.sd == pytest.approx(((1 + 1 + 4 + 1 + 9) / 3) ** 0.5)
    several = groups[:2]
    means, whole = [np.mean(one) for one in several], np.mean([1, 3, 10, 11, 15])
    between = sum(len(one) * (mean - whole) ** 2 for one, mean in zip(several, means, strict=True))
    assert between / found.sd**2 == pytest.approx(stats.f_oneway(*several).statistic)


def test_nothing_is_pooled_of_single_values():
    assert pooled([[1.0], [2.0]]) == Pooled(0.0, 0)


def test_one_value_has_the_interval_of_students_table():
    """t(0.975, 4) = 2.776 in every printed table."""
    low, high = Pooled(2.0, 4).around(10.0, factor=1.5)
    assert (low, high) == pytest.approx((10 - 2.776 * 3, 10 + 2.776 * 3), abs=2e-3)


def test_with_fewer_than_four_degrees_there_is_no_interval():
    assert LEAST_DEGREES == 4
    assert Pooled(1.0, 3).around(0.0) is None
    assert Pooled(1.0, 3).of_next([0.0, 1.0]) is None


def test_the_next_value_is_as_uncertain_as_the_mean_of_ours_and_itself():
    ours = [1.0, 2.0, 3.0, 4.0, 5.0]
    low, high = pooled([ours]).of_next(ours)
    half = stats.t.ppf(0.975, 4) * np.std(ours, ddof=1) * (1 + 1 / 5) ** 0.5
    assert (low, high) == pytest.approx((3 - half, 3 + half))


def drawn(networks, seeds, random):
    """Groups around means that differ widely, with one spread."""
    return [list(100 * random.normal() + random.normal(size=seeds)) for _ in range(networks)]


@pytest.mark.parametrize("networks, seeds", [(3, 3), (8, 2), (1, 8)])
def test_a_value_that_is_left_out_is_inside_as_often_as_the_interval_says(networks, seeds):
    random = np.random.default_rng(0)
    found = [left_out(drawn(networks, seeds, random)) for _ in range(400)]
    assert all(len(one) == networks * seeds for one in found)
    assert np.mean(found) == pytest.approx(0.95, abs=0.012)


def test_a_value_that_was_moved_far_is_outside():
    groups = drawn(4, 3, np.random.default_rng(1))
    assert not any(left_out(groups, lower=20))


def test_what_has_no_rest_or_whose_rest_has_no_interval_is_not_asked():
    assert left_out([[1.0], [1.0, 2.0]]) == []
    assert len(left_out([[1.0], [1.0, 2.0, 2.5, 3.0, 1.5, 2.2]])) == 6


def test_a_single_value_holds_the_mean_of_the_others_as_often_as_it_says():
    """With the spread known almost surely and many others, the factor 1 is 95 %; a guard is more."""
    random = np.random.default_rng(2)
    spread = pooled([list(random.normal(size=2000))])
    values = list(random.normal(size=1000))
    assert np.mean(alone(spread, values, factor=1)) == pytest.approx(0.95, abs=0.02)
    assert np.mean(alone(spread, values, factor=1.5)) > 0.99


def test_without_others_or_without_an_interval_nothing_is_asked_of_a_single_value():
    assert alone(Pooled(1.0, 10), [3.0], factor=1.5) == []
    assert alone(Pooled(1.0, 3), [3.0, 4.0], factor=1.5) == []
