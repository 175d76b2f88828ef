"""Quantities of what others say, `outside`: a printed table, fits to published arrays (Dead Pixel)."""

from __future__ import annotations

import numpy as np

from rfbook.claims.quantities.quantity import Quantity
from rfbook.records.record import Records
from rfbook.statistics.association import correlation_interval, growth_exponent, growth_interval
from rfbook.statistics.curves import rank_correlation

TABLE = "Table 1 as printed"
"""What stands in place of a network's name where all nine are one sample."""

FINETUNED = "Table 2 as printed"
"""The same for the nine fine-tuned networks."""

Columns = tuple[list[float], list[float]]


def of_columns(first: str, second: str, table: str = "table_1") -> Quantity:
    """The rank correlation of two columns of a printed table, with its interval over the networks."""

    def columns(said: Records) -> Columns:
        return said[table].values[first], said[table].values[second]

    return Quantity(
        lambda said: rank_correlation(*columns(said)), (table,), "rank correlation",
        interval=lambda said: correlation_interval(*columns(said)),
    )  # fmt: skip


def growth_of_table(said: Records) -> Columns:
    """Depth and size of the nine networks of Table 1."""
    return said["table_1"].values["depth"], said["table_1"].values["sigma"]


def sigma_at_equal_depth(said: Records) -> float:
    """How far the sizes of fields of equally deep networks of Table 1 lie apart, percent of their mean.

    The largest over the depths; 0 where no two networks are equally deep.
    """
    depths, sigmas = (np.array(column) for column in growth_of_table(said))
    groups = [sigmas[depths == depth] for depth in np.unique(depths)]
    return 100 * max(float(np.ptp(group) / group.mean()) for group in groups)


def openerf_sigma(said: Records) -> float:
    """Size of a published field, pixels: the width of its Gaussian, mean of both directions."""
    fit = said["openerf"].values["gaussian"]
    return (fit["sigma_x"] + fit["sigma_y"]) / 2


def openerf_range(period: int) -> Quantity:
    """How far classes of rows and columns mod a period lie apart in a published field, % of its mean."""
    return Quantity(
        lambda said: 100 * float(np.ptp(said["openerf"].values["residues"][str(period)])),
        ("openerf",), "% of the mean", exact=True,
    )  # fmt: skip


def growth_of_arrays(*arms: Records) -> Columns:
    """Depth and size of the arms' networks, from published fields."""
    return [arm["openerf"].values["depth"] for arm in arms], [openerf_sigma(arm) for arm in arms]


OUTSIDE_QUANTITIES: dict[str, Quantity] = {
    "printed_accuracy_against_field": of_columns("accuracy", "field"),
    "printed_accuracy_against_sigma": of_columns("accuracy", "sigma"),
    "finetuned_accuracy_against_field": of_columns("accuracy", "field", "table_2"),
    "finetuned_accuracy_against_sigma": of_columns("accuracy", "sigma", "table_2"),
    "printed_depth_exponent": Quantity(
        lambda said: growth_exponent(*growth_of_table(said)), ("table_1",), "(exponent)",
        interval=lambda said: growth_interval(*growth_of_table(said)),
    ),
    "printed_sigma_at_equal_depth": Quantity(
        sigma_at_equal_depth, ("table_1",), "% of the mean", exact=True
    ),
    "openerf_sigma": Quantity(openerf_sigma, ("openerf",), "px", exact=True),
    "openerf_board": openerf_range(2),
    "openerf_coarse_board": openerf_range(4),
    "openerf_r_squared": Quantity(
        lambda said: said["openerf"].values["gaussian"]["r_squared"], ("openerf",), "R^2", exact=True
    ),
}  # fmt: skip

OPENERF_DEPTH_EXPONENT = Quantity(
    lambda *arms: growth_exponent(*growth_of_arrays(*arms)), ("openerf",), "(exponent)",
    interval=lambda *arms: growth_interval(*growth_of_arrays(*arms)),
)  # fmt: skip
"""Of all published fields at once: a contrast of four arms."""
