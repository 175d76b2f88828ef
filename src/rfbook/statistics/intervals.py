"""How uncertain a number is that was computed from many images, or a mean over a few seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np


def jackknife_interval(
    statistic: Callable[..., float], *samples: np.ndarray, groups: int = 20
) -> tuple[float, float]:
    """95 % interval of statistic(*samples) by leaving out one group of images at a time.

    samples: arrays whose first axis is the images; several are left out of together, each by its own
    groups, which are every `groups`-th image. The interval is Student's with groups - 1 degrees of
    freedom (Tukey 1958); for a mean with one image a group it is the usual one of the mean.
    Raises ValueError for fewer than two images in a sample.
    """
    fewest = min(len(sample) for sample in samples)
    if fewest < 2:
        raise ValueError(f"an interval over images needs two of them, got {fewest}: use more images")
    count = min(groups, fewest)
    left = [
        statistic(*(sample[np.arange(len(sample)) % count != group] for sample in samples))
        for group in range(count)
    ]
    return student(statistic(*samples), np.sqrt((count - 1) ** 2 / count) * np.std(left, ddof=1), count)


def interval_of_mean(values: Sequence[float]) -> tuple[float, float]:
    """Student's 95 % interval of the mean of two values or more."""
    return student(float(np.mean(values)), np.std(values, ddof=1) / np.sqrt(len(values)), len(values))


def student(estimate: float, error: float, count: int) -> tuple[float, float]:
    """Estimate plus and minus its standard error times Student's 97.5 % point for `count` values."""
    half = half_interval(error, count)
    return float(estimate - half), float(estimate + half)


def half_interval(error: float | np.ndarray, count: int) -> float | np.ndarray:
    """Half of Student's 95 % interval of estimates from `count` values, by their standard errors."""
    from scipy.special import stdtrit  # what scipy.stats calls, without the second its import takes

    return stdtrit(count - 1, 0.975) * error
