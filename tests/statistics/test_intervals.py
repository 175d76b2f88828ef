"""The jackknife gives the usual interval of a mean, and works for what has no formula."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from rfbook.statistics.intervals import interval_of_mean, jackknife_interval

VALUES = np.random.default_rng(0).normal(5, 2, 20)


def test_for_a_mean_with_one_image_a_group_it_is_students():
    """Owner: scipy.stats.ttest_1samp(...).confidence_interval(0.95)."""
    expected = ttest_1samp(VALUES, 0).confidence_interval(0.95)
    assert jackknife_interval(np.mean, VALUES) == pytest.approx((expected.low, expected.high))


def test_groups_are_left_out_together_and_change_the_interval_of_a_mean_little():
    many = np.random.default_rng(1).normal(5, 2, 4000)
    low, high = jackknife_interval(np.mean, many)
    expected = ttest_1samp(many, 0).confidence_interval(0.95)
    assert high - low == pytest.approx(expected.high - expected.low, rel=0.5)
    assert low < 5 < high


def test_it_covers_a_ratio_of_two_samples_about_as_often_as_it_says():
    """2 to 1, from 200 samples of 100: 95 % of the intervals, give or take 2.5 standard errors."""
    random = np.random.default_rng(2)
    hits = 0
    for _ in range(200):
        first, second = random.gamma(2, 2, 100), random.gamma(2, 1, 150)
        low, high = jackknife_interval(lambda a, b: a.mean() / b.mean(), first, second)
        hits += low < 2 < high
    assert 182 <= hits <= 198


def test_one_image_has_no_interval():
    with pytest.raises(ValueError, match="needs two of them, got 1"):
        jackknife_interval(np.mean, np.ones(1))


def test_the_interval_of_a_mean_is_that_of_a_t_test():
    """Owner: `scipy.stats.ttest_1samp`."""
    values = [84.1, 85.3, 84.8]
    assert interval_of_mean(values) == pytest.approx(tuple(ttest_1samp(values, 0).confidence_interval()))
