"""How far trainings lie apart that differ in their seed only.

Pure functions of numbers: they read no record and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
"""The share of cases that an interval covers."""


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation (n - 1) of n repeated trainings, for normal values."""

    mean: float
    sd: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the standard deviation: chi-square with n - 1 degrees of freedom."""
        from scipy.stats import chi2

        low, high = chi2.interval(CONFIDENCE, self.n - 1)
        degrees = self.n - 1
        return self.sd * float(np.sqrt(degrees / high)), self.sd * float(np.sqrt(degrees / low))

    @property
    def of_two(self) -> float:
        """What two single trainings differ by at most in 95 % of all pairs: 1.96 sqrt(2) sd."""
        return _pairs() * self.sd

    @property
    def of_two_interval(self) -> tuple[float, float]:
        """95 % interval of `of_two`, from that of the standard deviation."""
        low, high = self.interval
        return _pairs() * low, _pairs() * high


def _pairs() -> float:
    from scipy.stats import norm

    return float(np.sqrt(2) * norm.ppf((1 + CONFIDENCE) / 2))


def spread(values: Sequence[float]) -> Spread:
    """The spread of some values. Raises ValueError for fewer than two: one value has no spread."""
    if len(values) < 2:
        raise ValueError(f"{len(values)} values have no spread: use two seeds or more")
    return Spread(float(np.mean(values)), float(np.std(values, ddof=1)), len(values))
