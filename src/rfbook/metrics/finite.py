"""Numbers that are finite, or an error that says where they are not.

A ReLU passes gradients on at nan and `argmax` takes it for the largest value: so nan in an image gives
a field, an accuracy or a flip that looks like any other. What a measure is given is looked at first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Shaped
from torch import Tensor

BLOCK = 2048
"""Rows looked at together: a tensor of the size of all may not fit in memory."""


def require_finite(
    values: Shaped[Tensor, "..."] | Shaped[np.ndarray, "..."],
    what: str,
    axes: Sequence[str],
    advice: str | Callable[[], str],
    first: int = 0,
) -> None:
    """Raises ValueError, with the first place, if a number is nan or infinite.

    what: plural, as in "images". axes: a name for each axis of `values`. advice: what to do, or a
    function that finds it out. first: the number of the first row, for one batch of several.
    """
    if isinstance(values, Tensor):
        values = values.detach()
    place = _first_not_finite(values)
    if place is None:
        return
    named = zip(axes, (place[0] + first, *place[1:]), strict=True)
    raise ValueError(
        f"{what} must be finite; {', '.join(f'{axis} {index}' for axis, index in named)} (from 0) is "
        f"{float(values[place])}: {advice if isinstance(advice, str) else advice()}"
    )


def _first_not_finite(values: Tensor | np.ndarray) -> tuple[int, ...] | None:
    if isinstance(values, Tensor):
        # A sum needs no memory, but may be infinite where no value is.
        if values.dtype in (torch.float32, torch.float64) and math.isfinite(values.sum()):
            return None
        starts = range(0, len(values), BLOCK)
        masks = ((start, ~values[start : start + BLOCK].isfinite()) for start in starts)
        found = ((start, mask.nonzero()[0].tolist()) for start, mask in masks if mask.any())
    else:
        found = ((0, place.tolist()) for place in np.argwhere(~np.isfinite(values))[:1])
    return next(((start + row, *rest) for start, (row, *rest) in found), None)
