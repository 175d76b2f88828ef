"""Tensors whose numbers are finite, or an error that says where they are not (see `finite`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Shaped
from torch import Tensor

from rfbook.metrics.finite import refusal

BLOCK = 2048
"""Rows looked at together: a tensor of the size of all may not fit in memory."""


def require_finite(
    values: Shaped[Tensor, "..."],
    what: str,
    axes: Sequence[str],
    advice: str | Callable[[], str],
    first: int = 0,
) -> None:
    """Raises ValueError, with the first place, if a number is nan or infinite.

    what: plural, as in "images". axes: a name for each axis of `values`. advice: what to do, or a
    function that finds it out. first: the number of the first row, for one batch of several.
    """
    values = values.detach()
    place = _first_not_finite(values)
    if place is not None:
        row, *rest = place
        raise refusal(what, axes, (row + first, *rest), float(values[place]), advice)


def _first_not_finite(values: Tensor) -> tuple[int, ...] | None:
    # A sum needs no memory, but may be infinite where no value is.
    if values.dtype in (torch.float32, torch.float64) and math.isfinite(values.sum()):
        return None
    starts = range(0, len(values), BLOCK)
    masks = ((start, ~values[start : start + BLOCK].isfinite()) for start in starts)
    places = ((start, mask.nonzero()[0].tolist()) for start, mask in masks if mask.any())
    return next(((start + row, *rest) for start, (row, *rest) in places), None)
