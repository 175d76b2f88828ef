"""Patterns are compared class by class, with a reference."""

import numpy as np
import pytest

from rfbook.metrics.patterns import pattern_correlations, strong_over_weak

REFERENCE = np.arange(16.0).reshape(4, 4)


def test_the_correlation_is_numpys():
    maps = np.random.default_rng(0).random((5, 4, 4))
    expected = [np.corrcoef(pattern.ravel(), REFERENCE.ravel())[0, 1] for pattern in maps]
    np.testing.assert_allclose(pattern_correlations(maps, REFERENCE), expected)


def test_a_map_correlates_with_its_own_pattern_whatever_its_scale():
    maps = np.stack([3 * REFERENCE + 5, -REFERENCE])
    np.testing.assert_allclose(pattern_correlations(maps, REFERENCE), [1, -1])


@pytest.mark.parametrize("scale", [1e-25, 1e25])
def test_squares_that_leave_single_precision_change_nothing(scale):
    maps = np.random.default_rng(0).random((5, 4, 4)).astype(np.float32)
    expected = pattern_correlations(maps, REFERENCE)
    correlations = pattern_correlations(np.float32(scale) * maps, REFERENCE)
    np.testing.assert_allclose(correlations, expected, rtol=1e-4)


def test_a_flat_map_is_refused():
    with pytest.raises(ValueError, match="a map or the reference is flat"):
        pattern_correlations(np.ones((1, 4, 4)), REFERENCE)


def test_the_strongest_quarter_is_compared_with_the_weakest():
    """By hand: (12 + 13 + 14 + 15) / (0 + 1 + 2 + 3); a flat map gives 1."""
    maps = np.stack([REFERENCE, np.ones((4, 4))])
    np.testing.assert_allclose(strong_over_weak(maps, REFERENCE), [54 / 6, 1])
    np.testing.assert_allclose(strong_over_weak(maps[:1], REFERENCE, 0.5), [92 / 28])
