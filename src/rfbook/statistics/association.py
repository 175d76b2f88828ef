"""How two columns of a small table go together, and what so few rows leave open.

Pure functions of numbers: they read no record and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from rfbook.statistics.curves import rank_correlation
from rfbook.statistics.intervals import student
from rfbook.statistics.significance import ALPHA

Column = Sequence[float] | np.ndarray
MOST = 10
"""Rows up to which every order is counted: of nine it takes under a second, of ten some."""


def correlation_interval(first: Column, second: Column) -> tuple[float, float]:
    """95 % interval of Spearman's rank correlation of two columns.

    By Fisher's z with the standard error of Bonett and Wright (2000), sqrt((1 + rho^2 / 2) / (n - 3)).
    A bootstrap would draw some rows twice: in a small table that makes ties, and intervals too narrow.
    Raises ValueError for fewer than four rows.
    """
    if len(first) < 4:
        raise ValueError(f"an interval of a correlation needs four rows, got {len(first)}")
    from scipy.stats import norm

    rho = rank_correlation(first, second)
    half = norm.ppf(1 - ALPHA / 2) * np.sqrt((1 + rho**2 / 2) / (len(first) - 3))
    with np.errstate(divide="ignore"):  # all of one order: z is infinite, and both ends are rho
        low, high = np.tanh(np.arctanh(rho) + np.array([-half, half]))
    return float(low), float(high)


def exact_p(first: Column, second: Column) -> float:
    """Two-sided p of the rank correlation: the share of all orders that are as far from none.

    Every order of one column is counted, also where rows are equal. Raises ValueError for fewer than
    two rows and more than ten.
    """
    distance, distances = _orders(first, second)
    return float(np.mean(distances >= distance))


def smallest_found(rows: int) -> float:
    """The smallest rank correlation that is significant at `ALPHA` between so many unequal rows.

    Raises ValueError for fewer than five rows, of which even a perfect order is not, and above ten.
    """
    perfect, distances = _orders(range(rows), range(rows))
    levels, counts = np.unique(distances, return_counts=True)
    as_far = counts[::-1].cumsum()[::-1] / len(distances)
    significant = levels[as_far <= ALPHA]
    if not len(significant):
        raise ValueError(f"{rows} rows: even a perfect order has p above {ALPHA}; use five or more")
    return float(significant[0] / perfect)


def _orders(first: Column, second: Column) -> tuple[float, np.ndarray]:
    """How far the sum of products of ranks is from its mean: in this order, and in each of all orders.

    Whole numbers, so that what is equally far is equal.
    """
    from scipy.stats import rankdata

    rows = len(first)
    if rows > MOST:
        raise ValueError(f"{rows} rows: every order is counted up to {MOST}; draw orders at random")
    # Doubled, the mean rank of equal values is a whole number too.
    ranks, others = (tuple(np.rint(2 * rankdata(column))) for column in (first, second))
    return _counted(ranks, others)


@cache
def _counted(ranks: tuple[float, ...], others: tuple[float, ...]) -> tuple[float, np.ndarray]:
    from scipy.stats import permutation_test

    rows, total = len(ranks), sum(ranks) * sum(others)

    def off_mean(order: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(rows * (order @ np.array(others)) - total)

    every = permutation_test(
        (ranks,), off_mean, permutation_type="pairings", n_resamples=np.inf, vectorized=True,
        batch=10_000,
    )  # fmt: skip
    return every.statistic, every.null_distribution


def growth_exponent(by: Column, size: Column) -> float:
    """The b of size ~ by^b: slope of a straight line through the logarithms."""
    from scipy.stats import linregress

    return float(linregress(np.log(by), np.log(size)).slope)


def growth_interval(by: Column, size: Column) -> tuple[float, float]:
    """Student's 95 % interval of `growth_exponent`, with n - 2 degrees of freedom.

    Raises ValueError for fewer than three rows, through which a line leaves no rest.
    """
    if len(by) < 3:
        raise ValueError(f"an interval of a slope needs three rows, got {len(by)}")
    from scipy.stats import linregress

    fit = linregress(np.log(by), np.log(size))
    # A line takes one degree of freedom more than a mean.
    return student(fit.slope, fit.stderr, len(by) - 1)
