"""Numbers read off a curve, on curves for which the answer can be seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rfbook.statistics import curves
from tests.samples import repeatable

LEVELS = st.floats(0, 1, allow_subnormal=False)


@pytest.mark.parametrize(
    "saturation, start",
    [
        ([0.9, 0.9, 0.9, 0.1, 0.1], 3),
        ([0.9, 0.1], 1),
        ([0.9, 0.1, 0.1, 0.1, 0.1, 0.1], 1),
        ([0.8, 0.9, 0.7, 0.8, 0.8, 0.1], 5),
        ([0.1, 0.9, 0.9, 0.9, 0.1, 0.1], 4),
    ],
)
def test_a_tail_starts_where_the_lower_level_starts(saturation, start):
    assert curves.tail_start(saturation) == start


@pytest.mark.parametrize(
    "saturation", [[0.5], [0.1, 0.9], [0.1, 0.1, 0.5, 0.9, 0.9], [0.1, 0.2, 0.3, 0.4, 0.5]]
)
def test_a_curve_that_only_rises_has_no_tail(saturation):
    assert curves.tail_start(saturation) == len(saturation)


@pytest.mark.parametrize("layers", range(1, 25))
def test_a_flat_curve_has_no_tail_however_its_means_are_rounded(layers):
    for level in (0.1, 0.3, 0.7, 1.0):
        assert curves.tail_start([level] * layers) == layers


@repeatable
@given(
    high=st.floats(0.6, 1.0),
    low=st.floats(0.0, 0.3),
    before=st.integers(1, 12),
    after=st.integers(1, 12),
    noise=arrays(float, 24, elements=st.floats(-0.02, 0.02)),
)
def test_noise_far_below_the_step_does_not_move_the_start(high, low, before, after, noise):
    saturation = np.array([high] * before + [low] * after) + noise[: before + after]
    assert curves.tail_start(saturation) == before


@repeatable
@given(values=st.lists(LEVELS, min_size=2, max_size=20))
def test_no_other_split_into_a_higher_and_a_lower_level_fits_better(values):
    """The certificate is scikit-learn's: a regression tree of two leaves makes the same split."""
    from sklearn.tree import DecisionTreeRegressor

    start = curves.tail_start(values)
    places = np.arange(len(values))[:, None]
    tree = DecisionTreeRegressor(max_leaf_nodes=2).fit(places, values)
    best = np.square(tree.predict(places) - values).sum()
    if start == len(values):
        return
    before, after = np.array(values[:start]), np.array(values[start:])
    assert before.mean() > after.mean()
    ours = np.square(before - before.mean()).sum() + np.square(after - after.mean()).sum()
    assert ours >= best - 1e-9
    if tree.predict([[0]]) > tree.predict([[len(values) - 1]]):
        assert ours == pytest.approx(best, abs=1e-9)


def test_a_gain_counts_from_a_layer_to_the_last():
    assert curves.gain_from([0.3, 0.5, 0.8, 0.7], 1) == pytest.approx(0.2)
    assert curves.gain_from([0.3, 0.5, 0.8, 0.7], 2) == pytest.approx(-0.1)
    assert curves.gain_from([0.3, 0.5], 1) == 0


def test_a_drop_is_the_mean_before_minus_the_mean_from_there_on():
    assert curves.drop_at([0.9, 0.7, 0.2, 0.1, 0.3], 2) == pytest.approx(0.6)
    assert curves.drop_at([0.1, 0.5], 1) == pytest.approx(-0.4)


def test_the_largest_gap_is_taken_on_both_sides_of_the_level_and_from_the_start_on():
    assert curves.largest_gap([0.0, 0.5, 0.8], 0.7, 1) == pytest.approx(0.2)
    assert curves.largest_gap([0.0, 0.6, 0.95], 0.7, 1) == pytest.approx(0.25)
    assert curves.largest_gap([0.0, 0.5, 0.8], 0.7, 0) == pytest.approx(0.7)


def test_ranks_and_not_values_are_correlated():
    assert curves.rank_correlation([1, 2, 3, 4], [1, 10, 100, 1000]) == pytest.approx(1)
    assert curves.rank_correlation([1, 2, 3, 4], [9, 8, 7, 0]) == pytest.approx(-1)
    # Spearman's own formula: 1 - 6 sum d^2 / (n (n^2 - 1)) with d^2 summing to 2.
    assert curves.rank_correlation([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 6, 5]) == pytest.approx(
        1 - 6 * 2 / (6 * 35)
    )


@pytest.mark.parametrize(
    "curve, fall", [([0.1, 0.2, 0.3], 0), ([0.5, 0.3, 0.6, 0.2], 0.4), ([0.7], 0), ([], 0)]
)
def test_the_largest_fall_is_between_neighbours(curve, fall):
    assert curves.largest_fall(curve) == pytest.approx(fall)


@pytest.mark.parametrize(
    "curve, index, gain",
    [([0.1, 0.5, 0.4], 0, 0.4), ([0.1, 0.5, 0.4], 1, -0.1), ([0.1, 0.5, 0.4], 2, 0)],
)
def test_the_best_gain_counts_later_layers_only(curve, index, gain):
    assert curves.best_gain_from(curve, index) == pytest.approx(gain)


@pytest.mark.parametrize("stop, gain", [(1, 0), (2, 0), (3, 0.3), (4, 0.3)])
def test_the_best_gain_within_counts_from_the_first_layer(stop, gain):
    assert curves.best_gain_within([0.3, 0.2, 0.6, 0.5], stop) == pytest.approx(gain)


@pytest.mark.parametrize(
    "curve, start, gain",
    [([0.3, 0.6, 0.5, 0.7], 2, 0.1), ([0.3, 0.6, 0.2, 0.5], 2, -0.1), ([0.6, 0.2, 0.1, 0.6], 3, 0)],
)
def test_a_gain_past_a_layer_is_over_the_best_before_and_not_over_a_skipped_one(curve, start, gain):
    assert curves.best_gain_past(curve, start) == pytest.approx(gain)


@pytest.mark.parametrize(
    "curve, distance",
    [
        ([0.1, 0.2, 0.3, 0.4, 0.5], 0),
        ([0.1, 0.5, 0.5, 0.5, 0.5], 3 / 4),
        ([0.1, 0.1, 0.1, 0.1, 0.5], 3 / 4),
        ([0.1, 0.3, 0.2, 0.4, 0.5], 1 / 4),
        ([0.1, 0.5], 0),
    ],
)
def test_a_curve_is_uneven_by_its_largest_distance_from_a_straight_rise(curve, distance):
    assert curves.unevenness(curve) == pytest.approx(distance)
