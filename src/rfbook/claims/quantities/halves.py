"""Quantities of how clean an effective field is: do two halves of the images agree? (Dead Pixel, 2)"""

from __future__ import annotations

import numpy as np

from rfbook.claims.quantities.quantity import over_images
from rfbook.metrics.patterns import pattern_correlations
from rfbook.statistics.undefined import Undefined


@over_images("pixel_response", ("others",), "correlation")
def clean_pixels(others: np.ndarray) -> float:
    """Correlation over 25 neighbouring pixels of R from every other image with R from the rest."""
    return clean_pattern(others.clip(min=0).reshape(-1, 5, 5))


@over_images("pixel_response", ("positive",), "correlation")
def clean_pattern(positive: np.ndarray) -> float:
    """The same over the 64 classes of (row, column) mod 8, each averaged over the image."""
    first, second = positive[::2].mean(0), positive[1::2].mean(0)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise Undefined("half of the images has no pattern at all: all its pixels are alike")
    return float(pattern_correlations(first[None], second)[0])
