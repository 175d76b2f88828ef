"""How two columns of a small table go together, and what so few rows leave open.

Pure functions of numbers: they read no record and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

import numpy as np

from rfbook.statistics.curves import rank_correlation
from rfbook.statistics.intervals import student
from rfbook.statistics.significance import LEVEL

Column = Sequence[float] | np.ndarray
MOST = 10
"""Rows up to which every order is counted: the work doubles with each row."""


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
    half = norm.ppf(1 - LEVEL / 2) * np.sqrt((1 + rho**2 / 2) / (len(first) - 3))
    with np.errstate(divide="ignore"):  # all of one order: z is infinite, and both ends are rho
        low, high = np.tanh(np.arctanh(rho) + np.array([-half, half]))
    return float(low), float(high)


def exact_p(first: Column, second: Column) -> float:
    """Two-sided p of the rank correlation: the share of all orders that are as far from none.

    Every order of one column is counted, also where rows are equal. Raises ValueError for more than
    ten rows.
    """
    ranks = _doubled_ranks(first), _doubled_ranks(second)
    counts, distances = _orders(*ranks)
    found = abs(len(first) * int(ranks[0] @ ranks[1]) - int(ranks[0].sum() * ranks[1].sum()))
    return float(counts[distances >= found].sum() / factorial(len(first)))


def smallest_found(rows: int) -> float:
    """The smallest rank correlation that is significant at `LEVEL` between so many unequal rows.

    Raises ValueError for fewer than five rows, of which even a perfect order is not, and above ten.
    """
    ranks = _doubled_ranks(np.arange(rows))
    counts, distances = _orders(ranks, ranks)
    shares = [counts[distances >= distance].sum() / factorial(rows) for distance in distances]
    enough = distances[np.array(shares) <= LEVEL]
    if not len(enough):
        raise ValueError(f"{rows} rows: even a perfect order has p above {LEVEL}; use five or more")
    return float(enough.min() / distances.max())


def _doubled_ranks(column: Column) -> np.ndarray:
    """Twice the ranks, so that the mean rank of equal values is a whole number too."""
    from scipy.stats import rankdata

    return np.rint(2 * rankdata(column)).astype(int)


def _orders(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each possible sum of products over all orders: how many orders, how far from the mean (by n).

    Row by row, over the sets of partners already taken: 2^n sets in place of n! orders.
    """
    rows = len(first)
    if rows > MOST:
        raise ValueError(f"{rows} rows: every order is counted up to {MOST}; draw orders at random")
    sums = int(np.sort(first) @ np.sort(second)) + 1
    taken = np.zeros((2**rows, sums), dtype=np.int64)
    taken[0, 0] = 1
    for held in range(2**rows - 1):
        row = held.bit_count()
        for partner in range(rows):
            if not held >> partner & 1:
                step = int(first[row] * second[partner])
                taken[held | 1 << partner, step:] += taken[held, : sums - step]
    counts = taken[-1]
    distances = np.abs(rows * np.arange(sums) - int(first.sum() * second.sum()))
    return counts[counts > 0], distances[counts > 0]


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
