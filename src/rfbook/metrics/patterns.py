"""Folded maps compared: does a map hold the pattern of a reference?

A folded map is the mean of a map over each class of (row mod period, column mod period), as
`imbalance.residue_means` and `saliency.folded` make it.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from rfbook.metrics.finite import require_finite_array

AXES = ("map", "row", "column")


def pattern_correlations(
    patterns: Float[np.ndarray, "n k k"], reference: Float[np.ndarray, "k k"]
) -> Float[np.ndarray, " n"]:
    """Correlation of each folded map with one reference, over the classes.

    Raises ValueError for a pattern without any difference between its classes, or not finite.
    """
    rows = _finite(patterns, reference).reshape(len(patterns) + 1, -1)
    # Powers of two that bring the largest value to 1: squares of others leave single precision.
    rows = np.ldexp(rows, -np.frexp(np.abs(rows).max(1, keepdims=True))[1])
    centred = rows - rows.mean(1, keepdims=True)
    sizes = np.linalg.norm(centred, axis=1)
    if not sizes.all():
        raise ValueError("a correlation needs classes that differ: a map or the reference is flat")
    return centred[:-1] @ centred[-1] / (sizes[:-1] * sizes[-1])


def strong_over_weak(
    patterns: Float[np.ndarray, "n k k"], reference: Float[np.ndarray, "k k"], share: float = 0.25
) -> Float[np.ndarray, " n"]:
    """Mean of each folded map over the classes where the reference is largest, over where smallest.

    share: of the classes on each side. Take the reference from other images: then 1 is what maps
    without the reference's pattern have on average. Raises ValueError where one is not finite.
    """
    _finite(patterns, reference)
    count = max(1, int(share * reference.size))
    order = np.argsort(reference, axis=None, kind="stable")
    rows = patterns.reshape(len(patterns), -1)
    return rows[:, order[-count:]].mean(1) / rows[:, order[:count]].mean(1)


def _finite(patterns: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """All maps in one array, the reference last."""
    maps = np.concatenate([patterns, reference[None]])
    require_finite_array(maps, "folded maps", AXES, "were they made of finite gradients?")
    return maps
