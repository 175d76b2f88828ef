"""Two-sample t-tests between many arms, and what is left of them after a correction.

Pure functions of numbers: they read no record and no file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

ALPHA = 0.05
"""The level of significance, before any correction."""


def p_value(t: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Two-sided p of Student's t with so many degrees of freedom; shapes broadcast."""
    from scipy.stats import t as student

    return 2 * student.sf(np.abs(t), degrees)


def needed_t(degrees: float, comparisons: int = 1) -> float:
    """The |t| from which a test is significant at `ALPHA` after Bonferroni's correction.

    That Holm's rule finds anything at all takes as much of the largest.
    """
    from scipy.stats import t as student

    return float(student.isf(ALPHA / comparisons / 2, degrees))


def two_sample(
    means: tuple[np.ndarray, np.ndarray],
    sds: tuple[np.ndarray, np.ndarray],
    counts: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """(t, p) of the independent two-sample t-test with equal variances, first minus second.

    sds: of the samples (n - 1). Where neither sample varies and the means are equal, both are NaN.
    """
    from scipy.stats import ttest_ind_from_stats

    test = ttest_ind_from_stats(
        means[0], sds[0], counts[0], means[1], sds[1], counts[1], equal_var=True
    )
    return np.asarray(test.statistic), np.asarray(test.pvalue)


def pooled_sd(
    t: np.ndarray, difference: np.ndarray, counts: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """The pooled standard deviation that a t and a difference of means imply, in their unit.

    NaN where both are zero: equal means say nothing of a spread.
    """
    with np.errstate(invalid="ignore"):
        return np.abs(difference) / (np.abs(t) * np.sqrt(1 / counts[0] + 1 / counts[1]))


def uncorrected(p: np.ndarray) -> np.ndarray:
    """The p-values as they are."""
    return np.asarray(p, dtype=float)


def bonferroni(p: np.ndarray) -> np.ndarray:
    """Adjusted p-values: each times the number of comparisons, at most 1."""
    return np.minimum(1, len(p) * uncorrected(p))


def holm(p: np.ndarray) -> np.ndarray:
    """Adjusted p-values by Holm's step-down rule, in the order given.

    The smallest is multiplied by the number of comparisons, the next by one less, and so on; none is
    smaller than that of a smaller p.
    """
    given = uncorrected(p)
    order = np.argsort(given, kind="stable")
    factors = np.arange(len(given), 0, -1)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(factors * given[order]))
    return adjusted


CORRECTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "uncorrected": uncorrected,
    "Bonferroni": bonferroni,
    "Holm": holm,
}
"""Both corrections keep the chance of any false finding among all pairs below the level."""


@dataclass(frozen=True)
class Comparisons:
    """All pairs of k arms. mean, n: (k,). t, p: (k, k), NaN on the diagonal; t is row minus column."""

    names: tuple[str, ...]
    mean: np.ndarray
    n: np.ndarray
    t: np.ndarray
    p: np.ndarray

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the pairs, each pair once: the upper triangle."""
        return np.triu_indices(len(self.names), 1)

    @property
    def degrees(self) -> np.ndarray:
        """(k, k) degrees of freedom of each test."""
        return self.n[:, None] + self.n[None, :] - 2

    @property
    def difference(self) -> np.ndarray:
        """(k, k) mean of the row minus mean of the column."""
        return self.mean[:, None] - self.mean[None, :]

    @property
    def implied_sd(self) -> np.ndarray:
        """(k, k) pooled standard deviation of each pair, from its t and its means; NaN diagonal."""
        return pooled_sd(self.t, self.difference, (self.n[:, None], self.n[None, :]))

    @property
    def own_sd(self) -> np.ndarray:
        """(k,) standard deviation of each arm, such that the pairs' pooled variances fit best.

        A pooled variance is the mean of two, weighted by n - 1. The less two means differ, the more
        their rounding blurs what their t implies, and the less that pair counts.
        """
        from scipy.optimize import nnls

        rows, columns = self.pairs
        pooled = self.implied_sd[self.pairs] ** 2
        known = ~np.isnan(pooled)
        parts = np.zeros((len(rows), len(self.names)))
        for arms in (rows, columns):
            parts[np.arange(len(rows)), arms] = (self.n[arms] - 1) / self.degrees[self.pairs]
        weight = np.abs(self.difference[self.pairs])[known] / pooled[known]
        return np.sqrt(nnls(parts[known] * weight[:, None], pooled[known] * weight)[0])

    def adjusted(self, correction: str) -> np.ndarray:
        """(k, k) p-values adjusted for the number of pairs; NaN on the diagonal."""
        matrix = np.full_like(self.p, np.nan)
        matrix[self.pairs] = CORRECTIONS[correction](self.p[self.pairs])
        return np.where(np.isnan(matrix), matrix.T, matrix)

    def found(self, correction: str) -> list[tuple[int, int]]:
        """The pairs below `ALPHA` after the correction, the smallest p first."""
        adjusted = self.adjusted(correction)
        below = [(i, j) for i, j in zip(*self.pairs, strict=True) if adjusted[i, j] < ALPHA]
        return sorted(((int(i), int(j)) for i, j in below), key=lambda pair: self.p[pair])


def compared(samples: Mapping[str, Sequence[float]]) -> Comparisons:
    """Every arm against every other. Two samples without any difference have p = 1.

    Raises ValueError for an arm with a single value: it has no spread to test against.
    """
    short = [name for name, values in samples.items() if len(values) < 2]
    if short:
        raise ValueError(f"{short[0]}: a t-test needs two values or more of each arm; use more seeds")
    mean = np.array([np.mean(values) for values in samples.values()])
    sd = np.array([np.std(values, ddof=1) for values in samples.values()])
    n = np.array([len(values) for values in samples.values()])
    t, p = two_sample(*((part[:, None], part[None, :]) for part in (mean, sd, n)))
    p = np.where(np.isnan(p), 1.0, p)
    for matrix in (t, p):
        np.fill_diagonal(matrix, np.nan)
    return Comparisons(tuple(samples), mean, n, t, p)
