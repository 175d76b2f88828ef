"""Shares with intervals, and the same images under two treatments.

Wilson (1927) for one share; for pairs the exact form of McNemar (1947): only the images on which the
two treatments differ say anything about which is better.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool


def wilson_interval(successes: int, total: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson's score interval), from 0 to 1.

    Raises ValueError for no trials or more successes than trials.
    """
    if not 0 <= successes <= total or total == 0:
        raise ValueError(f"a share needs 0 <= successes <= total, above 0: got {successes} of {total}")
    from scipy.stats import binomtest

    interval = binomtest(successes, total).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def discordant(first: Bool[np.ndarray, " n"], second: Bool[np.ndarray, " n"]) -> tuple[int, int]:
    """How many images only the first treatment changed, and how many only the second."""
    return int((first & ~second).sum()), int((second & ~first).sum())


def mcnemar(first: Bool[np.ndarray, " n"], second: Bool[np.ndarray, " n"]) -> float:
    """Exact two-sided p-value of McNemar's test; 1 where no image tells the two apart."""
    from scipy.stats import binomtest

    first_alone, second_alone = discordant(first, second)
    differing = first_alone + second_alone
    return float(binomtest(first_alone, differing).pvalue) if differing else 1.0
