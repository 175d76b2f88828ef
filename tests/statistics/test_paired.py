"""Intervals of shares and the exact test of pairs are the textbooks'."""

import numpy as np
import pytest

from rfbook.statistics.paired import discordant, mcnemar, wilson_interval


def test_wilsons_interval_is_its_closed_form():
    z, n, p = 1.959963984540054, 50, 0.2
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    assert wilson_interval(10, 50) == pytest.approx((middle - half, middle + half))


def test_no_success_leaves_an_interval_that_begins_at_zero():
    """Owner: Wilson 1927: the upper end is z^2 / (n + z^2)."""
    assert wilson_interval(0, 100) == pytest.approx((0, 1.95996**2 / (100 + 1.95996**2)), abs=1e-6)


@pytest.mark.parametrize("successes, total", [(0, 0), (3, 2), (-1, 5)])
def test_no_trials_or_too_many_successes_are_refused(successes, total):
    with pytest.raises(ValueError, match=f"got {successes} of {total}"):
        wilson_interval(successes, total)


def test_only_images_that_tell_the_treatments_apart_count():
    """By hand: six to none is 2 x (1/2)^6; a thousand images on which both agree change nothing."""
    first = np.array([True] * 6 + [False] * 500 + [True] * 500)
    second = np.array([False] * 6 + [False] * 500 + [True] * 500)
    assert discordant(first, second) == (6, 0)
    assert discordant(second, first) == (0, 6)
    assert mcnemar(first, second) == mcnemar(second, first) == pytest.approx(2 / 2**6)


def test_equal_treatments_have_p_one():
    same = np.array([True, False])
    assert mcnemar(same, same) == 1
