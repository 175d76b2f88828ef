"""Numbers that are finite, or an error that says where they are not.

A ReLU passes gradients on at nan and `argmax` takes it for the largest value: so nan in an image gives
a field, an accuracy or a flip that looks like any other. What a measure is given is looked at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Shaped


def require_finite_array(
    values: Shaped[np.ndarray, "..."], what: str, axes: Sequence[str], advice: str | Callable[[], str]
) -> None:
    """Raises ValueError, with the first place, if a number is nan or infinite.

    what: plural, as in "fields". axes: a name for each axis of `values`. advice: what to do, or a
    function that finds it out.
    """
    for place in np.argwhere(~np.isfinite(values))[:1]:
        raise refusal(what, axes, place.tolist(), float(values[tuple(place)]), advice)


def refusal(
    what: str, axes: Sequence[str], place: Sequence[int], value: float, advice: str | Callable[[], str]
) -> ValueError:
    """The error that names the place of a number which is not finite; what, axes and advice as above."""
    named = ", ".join(f"{axis} {index}" for axis, index in zip(axes, place, strict=True))
    remedy = advice if isinstance(advice, str) else advice()
    return ValueError(f"{what} must be finite; {named} (from 0) is {value}: {remedy}")
