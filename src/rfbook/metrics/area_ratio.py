"""How much of an image holds a share of an effective field: RepLKNet's high-contribution area ratio.

Ding et al. 2022, "Scaling Up Your Kernels to 31x31", section 4.2 and Table 9.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

SHARES = (0.2, 0.3, 0.5, 0.99)
"""Those of their table."""


def area_ratio(field: Float[np.ndarray, "h w"], share: float) -> float:
    """Area of the smallest centred rectangle that holds this share of a field, over that of the image.

    field: (h, w), nowhere negative, of any scale. Rectangles grow by a pixel on every side from pixel
    (h // 2, w // 2), as theirs do, and end at the image's. Near 0 for a peak in the middle; a field that
    is as large everywhere has about `share`. Raises ValueError for a share outside 0 to 1, and for a
    field that is zero everywhere, negative somewhere or not finite.
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share}: a share of the field lies between 0 and 1")
    if not (np.isfinite(field).all() and (field >= 0).all() and field.sum() > 0):
        raise ValueError("an area ratio needs a finite field, nowhere negative and not zero everywhere")
    height, width = field.shape
    for margin in range(max(height, width)):
        rows, columns = _around(height, margin), _around(width, margin)
        if field[rows, columns].sum() >= share * field.sum():
            break
    return (rows.stop - rows.start) * (columns.stop - columns.start) / field.size


def _around(side: int, margin: int) -> slice:
    middle = side // 2
    return slice(max(0, middle - margin), min(side, middle + margin + 1))
