"""When trainings first exceed a level of accuracy, and what is known of those that never do.

Pure functions of numbers: they read no record and no file. Epochs count from 1. A training that ends
below the level is censored: it would have arrived later than its last epoch, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from rfbook.statistics.curves import ROUNDING
from rfbook.statistics.intervals import interval_of_mean

if TYPE_CHECKING:
    from scipy.stats import CensoredData

LEVEL = 0.9
"""The test accuracy that has to be exceeded (Dead Pixel, 5)."""


@dataclass(frozen=True)
class Arrival:
    """The first epoch above the level; the last epoch of a training that never was (reached False)."""

    epoch: int
    reached: bool


@dataclass(frozen=True)
class Difference:
    """Mean over n pairs with Student's 95 % interval; a single pair has none."""

    mean: float
    interval: tuple[float, float] | None
    n: int


def arrival(accuracies: Sequence[float], level: float = LEVEL) -> Arrival:
    """When a curve of one accuracy an epoch (shares) first exceeds the level."""
    above = np.asarray(accuracies, dtype=float) > level
    reached = bool(above.any())
    return Arrival(int(above.argmax()) + 1 if reached else len(above), reached)


def mean_epoch(arrivals: Sequence[Arrival]) -> float:
    """The paper's mean, which counts the last epoch for a training that never arrived (Table 4)."""
    return float(np.mean([training.epoch for training in arrivals]))


def remaining(arrivals: Sequence[Arrival]) -> tuple[np.ndarray, np.ndarray]:
    """Epochs, from 0, and the share of trainings that have not arrived after each.

    The estimate of Kaplan and Meier (1958): the share falls where a training arrives, by one part in
    those that were still watched.
    """
    from scipy.stats import ecdf

    curve = ecdf(_censored(arrivals)).sf
    return np.append(0.0, curve.quantiles), np.append(1.0, curve.probabilities)


def median_epoch(arrivals: Sequence[Arrival]) -> float | None:
    """The first epoch after which at most half remain; None if more than half always do."""
    epochs, shares = remaining(arrivals)
    half = shares <= 0.5 + ROUNDING
    return float(epochs[half.argmax()]) if half.any() else None


def log_rank(first: Sequence[Arrival], second: Sequence[Arrival]) -> float:
    """Two-sided p of the log-rank test between two independent groups.

    Exact where the trainings can be dealt to two groups of these sizes in at most a thousand ways: the
    share of ways that separate them at least as much. Else from the chi-squared distribution, which
    makes p too small where trainings are few. It is 1 where nothing tells the groups apart: no training
    arrived, or all in the same epoch.
    """
    from scipy.stats import chi2

    every, observed = [*first, *second], _separation(first, second)
    if comb(len(every), len(first)) > 1000:
        return float(chi2.sf(observed, 1))
    dealt = []
    for chosen in combinations(range(len(every)), len(first)):
        rest = [training for place, training in enumerate(every) if place not in chosen]
        dealt.append(_separation([every[place] for place in chosen], rest))
    return float(np.mean(np.array(dealt) >= observed - ROUNDING))


def _separation(first: Sequence[Arrival], second: Sequence[Arrival]) -> float:
    """The log-rank statistic squared; 0 where it has no variance, by which scipy divides."""
    from scipy.stats import logrank

    with np.errstate(invalid="ignore"):
        z = float(logrank(_censored(first), _censored(second)).statistic)
    return 0.0 if np.isnan(z) else z**2


def paired_difference(first: Sequence[Arrival], second: Sequence[Arrival]) -> Difference | None:
    """Epochs of the first minus those of the second, pair by pair.

    None if one of them never arrived: its difference is known to a bound only.
    """
    if not all(training.reached for training in (*first, *second)):
        return None
    values = [a.epoch - b.epoch for a, b in zip(first, second, strict=True)]
    interval = interval_of_mean(values) if len(values) > 1 else None
    return Difference(float(np.mean(values)), interval, len(values))


def _censored(arrivals: Sequence[Arrival]) -> CensoredData:
    from scipy.stats import CensoredData

    return CensoredData(
        uncensored=[training.epoch for training in arrivals if training.reached],
        right=[training.epoch for training in arrivals if not training.reached],
    )
