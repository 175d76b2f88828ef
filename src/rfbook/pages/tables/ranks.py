"""Whether one column of a few networks ranks them as another does: printed, and measured here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rfbook.claims.amounts import Amount, between
from rfbook.claims.printed_tables import Paddings, Sizes
from rfbook.pages.estimates import Estimates
from rfbook.pages.tables.table import Table
from rfbook.statistics.association import correlation_interval, exact_p
from rfbook.statistics.curves import rank_correlation
from rfbook.statistics.shares import difference_errors, pairs_won, standard_error

Column = Mapping[str, float]
"""Network -> value."""

SURE = 1.96
"""Standard errors within which 19 of 20 differences of equally good networks lie."""


class Won(NamedTuple):
    """In how many of so many pairs the network with the larger value is the better one."""

    won: int
    pairs: int

    def __str__(self) -> str:
        return f"in {self.won} of {self.pairs} pairs" if self.pairs else "there is no pair to compare"


class Noise(NamedTuple):
    """What so many test images leave open: the errors of one accuracy, and pairs further apart."""

    least: Amount
    most: Amount
    beyond: int
    pairs: int


class Falls(NamedTuple):
    """Of so many printed falls of accuracy: how many are larger than chance makes that of equals.

    above_one: than the standard error of one accuracy. Then than what one in twenty exceeds: alike, if
    both networks fail independently and all trainings of one at the same images; independent, if the
    trainings fail independently too; same, if the worse network fails wherever the better one does.
    """

    count: int
    above_one: int
    alike: int
    independent: int
    same: int


def falls(table: Paddings) -> Falls:
    """Of a printed table of accuracies before and after padding."""
    fall, trainings = table.difference, table.trainings
    least, independent = difference_errors(table.before, table.after, table.images)
    limits = (
        standard_error(table.before, table.images), SURE * independent,
        SURE * independent / trainings**0.5, SURE * least,
    )  # fmt: skip
    return Falls(len(fall), *(int((fall > limit).sum()) for limit in limits))


def limits(first: float, second: float, images: int) -> str:
    """How far apart two accuracies may be by chance: if the networks fail alike, and independently."""
    least, independent = difference_errors(first, second, images)
    return between(SURE * float(least), SURE * float(independent), "points")


def won(size: Column, accuracy: Column) -> Won:
    """Over the pairs of networks that differ in both."""
    return Won(*pairs_won(*_both(size, accuracy)))


def noise(table: Sizes, images: int) -> Noise:
    """Of a printed table; mistakes are taken to be independent, which is an upper limit."""
    errors = standard_error(table.accuracy, images)
    rows, others = np.triu_indices(len(table.networks), 1)
    first, second = table.accuracy[rows], table.accuracy[others]
    _, independent = difference_errors(first, second, images)
    beyond = int((np.abs(first - second) > SURE * independent).sum())
    ends = (Amount(end, "points", 2) for end in (errors.min(), errors.max()))
    return Noise(*ends, beyond, len(rows))


def of_depth(table: Sizes, least: int) -> Sizes:
    """The networks of a printed table with at least so many layers."""
    deep = table.depth >= least
    columns = {name: value[deep] for name, value in vars(table).items() if isinstance(value, np.ndarray)}
    names = tuple(name for name, chosen in zip(table.networks, deep, strict=True) if chosen)
    return replace(table, networks=names, **columns)


def of_sizes(table: Sizes, sigma: Estimates, accuracy: Estimates) -> Table:
    """Accuracy against both sizes: of a printed table, and of the networks measured here."""
    theory, widths, printed = (table.column(column) for column in ("field", "sigma", "accuracy"))
    return ranked({
        "printed: accuracy and theoretical field": (theory, printed),
        "printed: accuracy and effective size": (widths, printed),
        "here: accuracy and theoretical field": (theory, accuracy.means),
        "here: accuracy and effective size": (sigma.means, accuracy.means),
    })  # fmt: skip


def ranked(columns: Mapping[str, tuple[Column, Column]]) -> Table:
    """One row a pair of columns: their rank correlation, over the networks that have both."""
    rows = [[name, *_correlation(*_both(*pair))] for name, pair in columns.items()]
    heads = ("columns", "networks", "rank correlation", "95 % interval", "p, all orders counted")
    return Table("Rank correlations", heads, rows, folded=True)


def _both(across: Column, up: Column) -> tuple[np.ndarray, np.ndarray]:
    names = [name for name in across if name in up]
    return np.array([across[name] for name in names]), np.array([up[name] for name in names])


def _correlation(first: np.ndarray, second: np.ndarray) -> list[str]:
    count = len(first)
    if count < 3 or len(set(first)) < 2 or len(set(second)) < 2:
        return [str(count), "nothing to order", "", ""]
    correlation, unit = rank_correlation(first, second), "rank correlation"
    interval = between(*correlation_interval(first, second), unit) if count > 3 else "too few networks"
    return [str(count), str(Amount(correlation, unit)), interval, f"{exact_p(first, second):.2f}"]
