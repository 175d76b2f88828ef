"""What a list of layers alone says of a network: fields, border layer, and how often a pixel is read.

    layers = [convolution(3), convolution(3), pooling(2, 2), convolution(3)]
    fields(layers)                      # [3, 5, 10]: of the convolutions
    border_number(layers, side=4)       # 3: the first that reads from one which sees more
    odd_over_even(layers, side=32)      # about 1: no odd kernel with stride 2

Needs no network and no framework: the list is one path through it. Of a residual network that is the
main path; what its skips carry is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rfbook.metrics.paths import window_counts
from rfbook.metrics.receptive_field_arithmetic import Axis


class Step(NamedTuple):
    """A convolution or a pooling along one axis. padding: zeros in front and as many behind.

    counted: whether it is a convolution, and so may be a border layer.
    """

    kernel: int
    stride: int
    padding: int
    dilation: int = 1
    counted: bool = True


def convolution(kernel: int, stride: int = 1, dilation: int = 1) -> Step:
    """A convolution with the padding that keeps the map's side, but for the stride."""
    return Step(kernel, stride, dilation * (kernel - 1) // 2, dilation)


def pooling(kernel: int, stride: int, padding: int = 0) -> Step:
    """A pooling or a blur: it has no weights to learn, and does not count for the border layer."""
    return Step(kernel, stride, padding, counted=False)


def fields(steps: Sequence[Step]) -> list[int]:
    """Receptive field of every convolution in pixels (Size Matters, equation 1, with k - 1)."""
    maps = accumulate(steps, _behind, initial=Axis())
    next(maps)
    return [int(axis.size) for axis, step in zip(maps, steps, strict=True) if step.counted]


def last_map(steps: Sequence[Step]) -> Axis:
    """What the units of the last map see: the size of their field, their distance, their middle."""
    return reduce(_behind, steps, Axis())


def _behind(axis: Axis, step: Step) -> Axis:
    return axis.window(step.kernel, step.stride, step.padding, step.dilation)


def border_number(steps: Sequence[Step], side: int) -> int:
    """Which convolution is the border layer, counted from 1; 0 for none (Size Matters, 3.4).

    The first that reads from a convolution which sees more than the image.
    """
    before_last = fields(steps)[:-1]
    return next((number for number, size in enumerate(before_last, 2) if size > side), 0)


def paths(steps: Sequence[Step], side: int) -> Float[np.ndarray, " side"]:
    """Number of paths from each pixel of a row to the last map (Dead Pixel, Figure 2).

    Raises ValueError if a layer has no room for a single window.
    """
    return window_counts(side, [step[:4] for step in steps])


def odd_over_even(steps: Sequence[Step], side: int) -> float:
    """How much more an output depends on pixels of odd rows and columns than on those of even ones.

    Pixels count from 0. If weights are independent and centred, the gradient at a pixel has a variance
    in proportion to its paths, in two dimensions the product of both axes; a mean rectified gradient
    goes with its root. Raises ValueError as `paths` does.
    """
    spread = np.sqrt(paths(steps, side))
    return float((spread[1::2].mean() / spread[::2].mean()) ** 2)
