"""Quantities of what others say, `outside`: a printed table, fits to published arrays (Dead Pixel)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfbook.claims.quantities.quantity import quantity
from rfbook.records.record import Records
from rfbook.statistics.association import correlation_interval, growth_exponent, growth_interval
from rfbook.statistics.curves import rank_correlation

TABLE = "Table 1 as printed"
"""What stands in place of a network's name where all nine are one sample."""

FINETUNED = "Table 2 as printed"
"""The same for the nine fine-tuned networks."""

OPENERF = ("openerf",)

Columns = tuple[list[float], list[float]]


def of_columns(name: str, first: str, second: str, table: str = "table_1") -> None:
    """Makes a quantity of the rank correlation of two columns of a printed table.

    Its interval is that over the networks.
    """

    def columns(said: Records) -> Columns:
        return said[table].values[first], said[table].values[second]

    def interval(said: Records) -> tuple[float, float]:
        return correlation_interval(*columns(said))

    @quantity("rank correlation", (table,), name, interval=interval)
    def correlation(said: Records) -> float:
        return rank_correlation(*columns(said))


of_columns("printed_accuracy_against_field", "accuracy", "field")
of_columns("printed_accuracy_against_sigma", "accuracy", "sigma")
of_columns("finetuned_accuracy_against_field", "accuracy", "field", "table_2")
of_columns("finetuned_accuracy_against_sigma", "accuracy", "sigma", "table_2")


def growth_of_table(said: Records) -> Columns:
    """Depth and size of the nine networks of Table 1."""
    return said["table_1"].values["depth"], said["table_1"].values["sigma"]


def _exponent_interval(said: Records) -> tuple[float, float]:
    return growth_interval(*growth_of_table(said))


@quantity("(exponent)", reads=("table_1",), interval=_exponent_interval)
def printed_depth_exponent(said: Records) -> float:
    """The b of size ~ depth^b over the nine networks of Table 1."""
    return growth_exponent(*growth_of_table(said))


@quantity("% of the mean", reads=("table_1",), name="printed_sigma_at_equal_depth", exact=True)
def sigma_at_equal_depth(said: Records) -> float:
    """How far the sizes of fields of equally deep networks of Table 1 lie apart, percent of their mean.

    The largest over the depths; 0 where no two networks are equally deep.
    """
    depths, sigmas = (np.array(column) for column in growth_of_table(said))
    groups = [sigmas[depths == depth] for depth in np.unique(depths)]
    return 100 * max(float(np.ptp(group) / group.mean()) for group in groups)


@quantity("px", reads=OPENERF, exact=True)
def openerf_sigma(said: Records) -> float:
    """Size of a published field, pixels: the width of its Gaussian, mean of both directions."""
    fit = said["openerf"].values["gaussian"]
    return (fit["sigma_x"] + fit["sigma_y"]) / 2


@quantity("R^2", reads=OPENERF, exact=True)
def openerf_r_squared(said: Records) -> float:
    """How well that Gaussian fits."""
    return said["openerf"].values["gaussian"]["r_squared"]


def openerf_range(period: int) -> Callable[[Records], float]:
    """How far classes of rows and columns mod a period lie apart in a published field, % of its mean."""
    return lambda said: 100 * float(np.ptp(said["openerf"].values["residues"][str(period)]))


quantity("% of the mean", OPENERF, "openerf_board", exact=True)(openerf_range(2))
quantity("% of the mean", OPENERF, "openerf_coarse_board", exact=True)(openerf_range(4))


def growth_of_arrays(*arms: Records) -> Columns:
    """Depth and size of the arms' networks, from published fields."""
    return [arm["openerf"].values["depth"] for arm in arms], [openerf_sigma(arm) for arm in arms]


def _arms_interval(*arms: Records) -> tuple[float, float]:
    return growth_interval(*growth_of_arrays(*arms))


@quantity("(exponent)", reads=OPENERF, interval=_arms_interval, arms=4)
def openerf_depth_exponent(*arms: Records) -> float:
    """The b of size ~ depth^b over all four published fields."""
    return growth_exponent(*growth_of_arrays(*arms))
