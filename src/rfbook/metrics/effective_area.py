"""How large the part of an image is that holds most of an effective field.

The high-contribution area ratio r of RepLKNet (Ding et al. 2022, section 5.3, `erf/analyze_erf.py`): the
area of the smallest square that holds more than a share of the field, over that of the image. Their
square lies around the middle pixel; around the unit that was measured it says how far that one sees. It
is taken of the field itself: they take log10(x + 1) first, which depends on the scale of the field.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rfbook.metrics.finite import require_finite_array


class Square(NamedTuple):
    """side: in pixels, odd. area: share of the image that lies in it; what reaches beyond is cut off."""

    side: int
    area: float


def central_square(
    field: Float[np.ndarray, "h w"], share: float, center: tuple[float, float] | None = None
) -> Square:
    """The smallest square of 3, 5, 7 ... pixels that holds more than `share` of the field's sum.

    center: row and column of the pixel in its middle, from 0; by default h // 2, w // 2. A place between
    pixels is that of the nearest. Raises ValueError for a share that is not from 0 to below 1, and for a
    field that is not finite or without a positive sum.
    """
    if not 0 <= share < 1:
        raise ValueError(f"share={share}: a square holds more than it, so it must be from 0 to below 1")
    advice = "look at the images and the weights"
    require_finite_array(field, "fields", ("row", "column"), advice)
    if not field.sum() > 0:
        raise ValueError("a share of a field needs a positive sum: no gradient reaches the image")
    middle = center or tuple(side // 2 for side in field.shape)
    rows, columns = (abs(np.arange(n) - round(at)) for n, at in zip(field.shape, middle, strict=True))
    reach = np.maximum(np.maximum.outer(rows, columns), 1)  # the smallest square has three pixels
    energy = np.bincount(reach.ravel(), weights=field.astype(np.float64).ravel()).cumsum()
    half = int(np.argmax(energy > share * energy[-1]))
    return Square(2 * half + 1, float((reach <= half).mean()))
