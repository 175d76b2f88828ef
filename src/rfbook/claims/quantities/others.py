"""Quantities of what others say: a printed table, fits to published arrays (Dead Pixel)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rfbook.claims.quantities.quantity import quantity
from rfbook.statistics.association import correlation_interval, growth_exponent, growth_interval
from rfbook.statistics.curves import rank_correlation

TABLE = "Table 1 as printed"
"""What stands in place of a network's name where all nine are one sample."""

FINETUNED = "Table 2 as printed"
"""The same for the nine fine-tuned networks."""

OPENERF = ("openerf",)
"""Published arrays are means over images that nobody publishes: what is read off one is an estimate, of
which nobody knows how far it may be off."""


@dataclass(frozen=True)
class Evidence:
    """What others say of a network, where a record says what was measured here; it has no run.

    values: what a paper prints, or what was fitted to others' arrays.
    """

    values: dict[str, Any]


Outside = Mapping[str, Evidence]
"""All evidence on one network, by its source, as records are by their measure."""

Columns = tuple[list[float], list[float]]


def of_columns(name: str, first: str, second: str, table: str = "table_1") -> None:
    """Makes a quantity of the rank correlation of two columns of a printed table.

    Its interval is that over the networks.
    """

    def columns(outside: Outside) -> Columns:
        return outside[table].values[first], outside[table].values[second]

    def interval(outside: Outside) -> tuple[float, float]:
        return correlation_interval(*columns(outside))

    @quantity("rank correlation", (table,), name, interval=interval)
    def correlation(outside: Outside) -> float:
        return rank_correlation(*columns(outside))


of_columns("printed_accuracy_against_field", "accuracy", "field")
of_columns("printed_accuracy_against_sigma", "accuracy", "sigma")
of_columns("finetuned_accuracy_against_field", "accuracy", "field", "table_2")
of_columns("finetuned_accuracy_against_sigma", "accuracy", "sigma", "table_2")


@quantity("points", reads=("table_1",), exact=True)
def printed_34_minus_50(outside: Outside) -> float:
    """Printed accuracy of ResNet34 minus that of ResNet50, points."""
    values = outside["table_1"].values
    accuracy = dict(zip(values["networks"], values["accuracy"], strict=True))
    return accuracy["resnet34"] - accuracy["resnet50"]


def growth_of_table(outside: Outside) -> Columns:
    """Depth and size of the nine networks of Table 1."""
    return outside["table_1"].values["depth"], outside["table_1"].values["sigma"]


def _exponent_interval(outside: Outside) -> tuple[float, float]:
    return growth_interval(*growth_of_table(outside))


@quantity("(exponent)", reads=("table_1",), interval=_exponent_interval)
def printed_depth_exponent(outside: Outside) -> float:
    """The b of size ~ depth^b over the nine networks of Table 1."""
    return growth_exponent(*growth_of_table(outside))


@quantity("% of the mean", reads=("table_1",), name="printed_sigma_at_equal_depth", exact=True)
def sigma_at_equal_depth(outside: Outside) -> float:
    """How far the sizes of fields of equally deep networks of Table 1 lie apart, percent of their mean.

    The largest over the depths; 0 where no two networks are equally deep.
    """
    depths, sigmas = (np.array(column) for column in growth_of_table(outside))
    groups = [sigmas[depths == depth] for depth in np.unique(depths)]
    return 100 * max(float(np.ptp(group) / group.mean()) for group in groups)


@quantity("px", reads=OPENERF)
def openerf_sigma(outside: Outside) -> float:
    """Size of a published field, pixels: the width of its Gaussian, mean of both directions."""
    fit = outside["openerf"].values["gaussian"]
    return (fit["sigma_x"] + fit["sigma_y"]) / 2


@quantity("R^2", reads=OPENERF)
def openerf_r_squared(outside: Outside) -> float:
    """How well that Gaussian fits."""
    return outside["openerf"].values["gaussian"]["r_squared"]


def openerf_range(period: int) -> Callable[[Outside], float]:
    """How far classes of rows and columns mod a period lie apart in a published field, % of its mean."""
    return lambda outside: 100 * float(np.ptp(outside["openerf"].values["residues"][str(period)]))


quantity("% of the mean", OPENERF, "openerf_board")(openerf_range(2))
quantity("% of the mean", OPENERF, "openerf_coarse_board")(openerf_range(4))


def growth_of_arrays(*arms: Outside) -> Columns:
    """Depth and size of the arms' networks, from published fields."""
    return [arm["openerf"].values["depth"] for arm in arms], [openerf_sigma(arm) for arm in arms]


def _arms_interval(*arms: Outside) -> tuple[float, float]:
    return growth_interval(*growth_of_arrays(*arms))


@quantity("(exponent)", reads=OPENERF, interval=_arms_interval, arms=4)
def openerf_depth_exponent(*arms: Outside) -> float:
    """The b of size ~ depth^b over all four published fields."""
    return growth_exponent(*growth_of_arrays(*arms))
