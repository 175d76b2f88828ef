"""How many paths lead from a pixel to the output, by the layers' windows alone: Dead Pixel, Figure 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

Window = tuple[int, int, int] | tuple[int, int, int, int]
"""Kernel size, stride and padding of a convolution or a pooling, along one axis; dilation if not 1."""


def window_counts(side: int, layers: Sequence[Window]) -> Float[np.ndarray, " side"]:
    """Number of paths from each pixel to the last layer's output, along one axis (Figure 2).

    side: pixels along the axis. layers: (kernel, stride, padding) from the first to the last, with the
    dilation behind where there is one.
    For one layer it is how many windows read a pixel: a 7-wide kernel with stride 2 and padding 3
    reads odd pixels 4 times and even ones 3 times. It is the gradient of the summed output if all
    weights are 1, so the pattern that geometry alone predicts in 2-D is the outer product of the
    two axes. Counts are floats: they outgrow integers in deep networks, and are exact up to 2^53.
    Raises ValueError if a layer has no room for a single window.
    """
    sides = [side]
    for window in layers:
        sides.append(_windows_along(sides[-1], window))
    counts = np.ones(sides.pop())
    for window in reversed(layers):
        counts = _counts_before(counts, sides.pop(), window)
    return counts


def _windows_along(pixels: int, window: Window) -> int:
    kernel, stride, padding, dilation = (*window, 1)[:4]
    span = dilation * (kernel - 1) + 1
    if pixels + 2 * padding < span:
        raise ValueError(
            f"a window needs its kernel to fit, (kernel, stride, padding)={window} meets {pixels} "
            "pixels: use a larger side or fewer layers"
        )
    return (pixels + 2 * padding - span) // stride + 1


def _counts_before(counts: np.ndarray, pixels: int, window: Window) -> np.ndarray:
    kernel, stride, padding, dilation = (*window, 1)[:4]
    padded = np.zeros(pixels + 2 * padding)
    for offset in range(0, dilation * kernel, dilation):
        padded[offset : offset + stride * len(counts) : stride] += counts
    return padded[padding : padding + pixels]
