"""Rank correlations of small tables: owners are scipy, tables of critical values, and hand work."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, spearmanr

from rfbook.statistics.association import (
    correlation_interval,
    exact_p,
    growth_exponent,
    growth_interval,
    smallest_found,
)
from tests.samples import repeatable

NUMBERS = st.lists(st.integers(0, 4), min_size=5, max_size=6)


# The exact p-value.


@repeatable
@given(NUMBERS, st.randoms(use_true_random=False))
def test_p_is_that_of_counting_every_order_also_with_equal_rows(first, random):
    """Owner: brute force over scipy's rankdata, by Pearson's correlation of ranks."""
    second = random.sample(first, len(first))
    if len(set(first)) == 1:
        return
    correlation = abs(spearmanr(first, second).statistic)
    orders = [spearmanr(first, order).statistic for order in set(permutations(second))]
    assert exact_p(first, second) == pytest.approx(np.mean(np.abs(orders) >= correlation - 1e-9))


def test_a_perfect_order_of_four_rows_is_two_of_twenty_four():
    assert exact_p([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(2 / 24)
    assert exact_p([1, 2, 3, 4], [40, 30, 20, 10]) == pytest.approx(2 / 24)


def test_a_constant_column_cannot_be_told_from_any_order():
    assert exact_p([1, 2, 3, 4, 5], [7] * 5) == 1


def test_more_rows_than_can_be_counted_are_refused():
    with pytest.raises(ValueError, match="11 rows: every order is counted up to 10"):
        exact_p(range(11), range(11))


# What so few rows can find.


@pytest.mark.parametrize("rows, critical", [(5, 1.0), (6, 0.886), (7, 0.786), (8, 0.738), (9, 0.700)])
def test_the_smallest_significant_correlation_is_the_tabulated_one(rows, critical):
    """Owner: tables of Spearman's critical values, two-sided 0.05 (Zar 1972)."""
    assert smallest_found(rows) == pytest.approx(critical, abs=5e-4)


def test_four_rows_can_find_nothing():
    with pytest.raises(ValueError, match="4 rows: even a perfect order"):
        smallest_found(4)


# The interval.


def squared_differences(first, second):
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True))


def test_the_interval_around_none_is_worked_out_by_hand():
    """rho = 1 - 6 * 120 / 720 = 0 of nine rows: 1.95996 / sqrt(9 - 3) = 0.80015, and tanh of it."""
    first, second = range(9), [7, 5, 0, 3, 1, 8, 4, 2, 6]
    assert squared_differences(first, second) == 120
    assert correlation_interval(first, second) == pytest.approx((-0.66412, 0.66412), abs=1e-5)


def test_the_interval_of_a_half_is_worked_out_by_hand():
    """rho = 1 - 6 * 10 / 120 = 0.5 of five rows: z 0.54931, error sqrt(1.125 / 2) = 0.75."""
    first, second = [1, 2, 3, 4, 5], [1, 4, 2, 5, 3]
    assert squared_differences(first, second) == 10
    expected = np.tanh([0.54931 - 1.95996 * 0.75, 0.54931 + 1.95996 * 0.75])
    assert correlation_interval(first, second) == pytest.approx(expected, abs=1e-5)


def test_a_perfect_order_has_no_width():
    assert correlation_interval(range(5), range(5)) == pytest.approx((1, 1))


def test_nineteen_of_twenty_intervals_of_nine_rows_hold_the_truth():
    """The rank correlation of a bivariate normal is 6 / pi asin(r / 2), of its whole population."""
    rng = np.random.default_rng(0)
    first, rest = rng.normal(size=(2, 400, 9))
    second = 0.5 * first + np.sqrt(0.75) * rest
    truth = 6 / np.pi * np.arcsin(0.25)
    intervals = [correlation_interval(*pair) for pair in zip(first, second, strict=True)]
    share = np.mean([low <= truth <= high for low, high in intervals])
    assert 0.92 < share < 0.98


def test_three_rows_have_no_interval():
    with pytest.raises(ValueError, match="needs four rows, got 3"):
        correlation_interval([1, 2, 3], [1, 2, 3])


# Growth.


def test_growth_with_the_square_root_is_a_half():
    depth = np.array([18, 34, 50, 101])
    assert growth_exponent(depth, 7 * np.sqrt(depth)) == pytest.approx(0.5)
    assert growth_interval(depth, 7 * np.sqrt(depth)) == pytest.approx((0.5, 0.5))


def test_the_interval_of_growth_is_students():
    """t(0.975, 2) = 4.3027 in every printed table. Owner of slope and error: scipy.stats.linregress."""
    depth, size = [18, 34, 50, 101], [70, 84, 60, 62]
    fit = linregress(np.log(depth), np.log(size))
    expected = fit.slope - 4.3027 * fit.stderr, fit.slope + 4.3027 * fit.stderr
    assert growth_interval(depth, size) == pytest.approx(expected, abs=1e-4)


def test_two_rows_leave_no_rest():
    with pytest.raises(ValueError, match="needs three rows, got 2"):
        growth_interval([1, 2], [1, 2])
