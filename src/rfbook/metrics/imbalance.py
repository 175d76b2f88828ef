"""Pixel sensitivity imbalance: how rough an effective receptive field is, and in which pattern.

Dead Pixel Test, section 4, equations 4 and 5 and Figures 1, 2 and 4.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from rfbook.metrics.finite import require_finite_array


def imbalance_index(field: Float[np.ndarray, "h w"], order: int = 1) -> float:
    """Mean absolute difference of neighbouring pixels, both axes averaged: L_1, L_2.

    order: 1 for the first difference (Dead Pixel Test, equation 4), 2 for the second (equation 5).
    The value has the scale of the field, so two networks cannot be compared by it; the authors'
    code even feeds it the sum over the images, not the mean. See `relative_imbalance_index`.
    Raises ValueError for another order, for a field too small to have such differences and for one that
    is not finite.
    """
    down, right = _differences(field, order)
    return float((np.abs(down).mean() + np.abs(right).mean()) / 2)


def relative_imbalance_index(field: Float[np.ndarray, "h w"], order: int = 1) -> float:
    """`imbalance_index` divided by the field's mean: free of scale, but not of sampling noise.

    Noise between neighbours adds to it and falls with the number of images only as 1 / sqrt(n).
    Raises ValueError as `imbalance_index` does, and for a mean that is not positive.
    """
    return imbalance_index(field, order) / _positive_mean(field)


def split_half_index(halves: Float[np.ndarray, "2 h w"], order: int = 1) -> float:
    """Root mean product of the differences in two halves of the images, over the mean field.

    halves: (2, h, w), the effective field over two disjoint sets of images (`EffectiveField`).
    Not in the paper. Noise is independent in the two halves and its products cancel, so the value
    does not depend on the number of images. It is a root mean square: without noise it equals
    `relative_imbalance_index` if all differences are equally large, and is greater otherwise.
    A negative mean product, which only noise can give, counts as 0.
    Raises ValueError as `relative_imbalance_index` does.
    """
    first, second = (_differences(half, order) for half in halves)
    products = [np.mean(left * right) for left, right in zip(first, second, strict=True)]
    return float(np.sqrt(max(np.mean(products), 0.0)) / _positive_mean(halves))


def residue_means(field: Float[np.ndarray, "h w"], period: int) -> Float[np.ndarray, "k k"]:
    """Mean of the field over each class of (row mod period, column mod period), over its mean.

    Returns (period, period); all ones means no pattern of that period. The products of strides, 2,
    4, 8, are the periods to look at. Raises ValueError if the field is not finite, its mean is not
    positive or the period is not from 1 to the field's shorter side.
    """
    field = _periodic(field, period)
    classes = range(period)
    means = [[field[row::period, column::period].mean() for column in classes] for row in classes]
    return np.array(means) / _positive_mean(field)


def fourier_peak(field: Float[np.ndarray, "h w"], period: int) -> float:
    """Amplitude of the strongest wave of this period, over the mean of the field.

    Four waves are compared: along rows, along columns and both diagonals. 1 + a cos(2 pi x / k)
    gives a. The field is cropped to a multiple of the period, so that a wave falls on one
    frequency. Raises ValueError as `residue_means` does.
    """
    field = _periodic(field, period)
    height, width = (side - side % period for side in field.shape)
    cropped = field[:height, :width]
    rows, columns = (np.exp(2j * np.pi * np.arange(side) / period) for side in (height, width))
    flat_rows, flat_columns = np.ones(height), np.ones(width)
    waves = [(rows, flat_columns), (flat_rows, columns), (rows, columns), (rows, columns.conj())]
    strongest = max(abs(down @ cropped @ right) for down, right in waves) / cropped.size
    # A wave longer than two pixels has a twin at the negative frequency that holds its other half.
    return float((2 if period > 2 else 1) * strongest / _positive_mean(cropped))


def _differences(field: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    if order not in (1, 2) or min(field.shape) <= order:
        raise ValueError(
            f"an imbalance index needs order 1 or 2 and more than `order` pixels a side, got "
            f"order={order} and a field of {field.shape}"
        )
    field = _finite(field)
    return np.diff(field, order, axis=0), np.diff(field, order, axis=1)


def _finite(field: np.ndarray) -> np.ndarray:
    """The field in double precision: squares of single ones may leave it."""
    advice = "look at the images and the weights; the second half of one image is nan"
    require_finite_array(field, "fields", ("row", "column"), advice)
    return field.astype(np.float64)


def _positive_mean(field: np.ndarray) -> float:
    mean = float(field.mean(dtype=np.float64))
    if not mean > 0:
        raise ValueError(
            f"a relative index needs a field with a positive mean, got {mean}: an effective field is "
            "zero if no gradient reaches the image"
        )
    return mean


def _periodic(field: np.ndarray, period: int) -> np.ndarray:
    if not 1 <= period <= min(field.shape):
        raise ValueError(
            f"period={period} must be from 1 to the shorter side of the field, {field.shape}"
        )
    return _finite(field)
