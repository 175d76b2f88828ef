"""Numbers read off a curve over layers, each defined once. Indices count from 0."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from rfbook.statistics.undefined import Undefined

Curve = Sequence[float]
ROUNDING = 1e-12
"""Levels this close to each other are the same level."""


def tail_start(saturation: Curve) -> int:
    """Where a low tail at the output begins: the best split into a higher and a lower level.

    The split minimises the squared deviation from the mean before and the mean after it (a change
    point of two levels). Returns the number of layers if no split has the lower level last.
    The paper calls a tail the layers with "significantly less saturation" (Size Matters, 2.3).
    """
    values = np.asarray(saturation, dtype=float)
    splits = [
        (_spread(values[:index]) + _spread(values[index:]), index)
        for index in range(1, len(values))
        if values[:index].mean() - values[index:].mean() > ROUNDING
    ]
    return min(splits)[1] if splits else len(values)


def _spread(values: np.ndarray) -> float:
    return float(((values - values.mean()) ** 2).sum())


def gain_from(curve: Curve, index: int) -> float:
    """How much the last layer's value exceeds that of the layer at `index`."""
    return curve[-1] - curve[index]


def best_gain_from(curve: Curve, index: int) -> float:
    """How much the best later layer exceeds the layer at `index`; 0 or less if none does."""
    return max(curve[index + 1 :], default=curve[index]) - curve[index]


def best_gain_within(curve: Curve, stop: int) -> float:
    """How much the best of the first `stop` layers exceeds the first layer; never negative."""
    return max(curve[:stop]) - curve[0]


def best_gain_past(curve: Curve, start: int) -> float:
    """How much the best layer from `start` on exceeds the best before it; negative if none does."""
    return max(curve[start:]) - max(curve[:start])


def unevenness(curve: Curve) -> float:
    """How far the best value so far is from rising by the same amount at every layer, 0 to 1.

    The largest distance to the straight line from the first layer to the best, as a share of the gain
    between the two, which must be positive.
    """
    gained = np.maximum.accumulate(curve) - curve[0]
    even = np.linspace(0, 1, len(gained))
    return float(np.abs(gained / gained[-1] - even).max())


def largest_fall(curve: Curve) -> float:
    """The largest decrease from one layer to the next; 0 for a curve that never decreases."""
    return max([0.0, *(a - b for a, b in pairwise(curve))])


def drop_at(curve: Curve, index: int) -> float:
    """Mean before the layer at `index` minus mean from it on."""
    return float(np.mean(curve[:index]) - np.mean(curve[index:]))


def largest_gap(curve: Curve, level: float, start: int) -> float:
    """The largest distance between the curve and a level, from the layer at `start` on."""
    return max(abs(value - level) for value in curve[start:])


def rank_correlation(first: Curve, second: Curve) -> float:
    """Spearman's rank correlation of two curves over the same layers, -1 to 1.

    Raises Undefined where one of them is constant, and so has no order to compare.
    """
    from scipy.stats import spearmanr

    if not (np.ptp(first) and np.ptp(second)):
        raise Undefined("all values are equal: they have no order to compare")
    return float(spearmanr(first, second).statistic)


def corners(grid: np.ndarray) -> np.ndarray:
    """(4,) values at the corners of a map."""
    return grid[[0, 0, -1, -1], [0, -1, 0, -1]]


def rank_from_the_middle(grid: np.ndarray) -> float:
    """Rank correlation of a square map's values with their distance from its middle.

    0 where all values are equal. Raises Undefined for a 2x2 or smaller map, all as far from the middle.
    """
    offsets = np.arange(len(grid)) - (len(grid) - 1) / 2
    distances = np.hypot(*np.meshgrid(offsets, offsets))
    if len(grid) < 3 or np.ptp(grid):
        return rank_correlation(distances.ravel(), grid.ravel())
    return 0.0


def middle(grid: np.ndarray) -> np.ndarray:
    """The middle 2x2 positions of a map with an even side (all of a 2x2 map).

    Raises Undefined for a map with an odd side, which has no such middle.
    """
    half, odd = divmod(len(grid), 2)
    if odd:
        raise Undefined(f"a map of {len(grid)}x{len(grid)} positions has no 2x2 in its middle")
    return grid[half - 1 : half + 1, half - 1 : half + 1]
