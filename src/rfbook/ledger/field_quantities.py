"""Quantities of effective fields and kernel padding: Dead Pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rfbook.ledger.obtain import Records
from rfbook.ledger.quantity import Quantity


def padding_difference(arm: str) -> Callable[[Records], float]:
    """Relative difference of the logits after kernel padding, percent of the largest logit."""
    return lambda records: 100 * records["kernel_padding"].values["difference"][arm]


def padding_growth(target: str) -> Callable[[Records], float]:
    """Pixels that kernel padding adds to the receptive field of a target layer."""

    def growth(records: Records) -> float:
        fields = records["kernel_padding"].values["fields"]
        return fields["all"][target] - fields["plain"][target]

    return growth


def padding_resizes(records: Records) -> float:
    """Largest change of a map's side by kernel padding, pixels of the map."""
    sizes = records["kernel_padding"].values["sizes"]
    return max(abs(sizes["all"][layer] - side) for layer, side in sizes["plain"].items())


def center_offset(records: Records) -> float:
    """Distance of the middle unit's pixel from the middle of the image, along one axis, pixels."""
    record = records["field_recipe"]
    return abs(record.values["unit_center"] - (record.run.data.side - 1) / 2)


def field_check(name: str) -> Callable[[Records], float]:
    """A number that the `field_recipe` measure holds."""
    return lambda records: records["field_recipe"].values[name]


def of_output(records: Records) -> dict[str, Any]:
    """What is known of the effective field of the output."""
    return records["effective_field"].values["targets"]["output"]


def checkerboard(records: Records) -> float:
    """Strongest minus weakest class of (row, column) mod 2 in R_xy of the output, % of its mean."""
    return 100 * float(np.ptp(of_output(records)["residues"]["2"]))


def odd_over_even(records: Records) -> float:
    """Mean of R_xy of the output at odd rows and columns over that at even ones, pixels from 0."""
    means = of_output(records)["residues"]["2"]
    return means[1][1] / means[0][0]


def imbalance(kind: str, order: int) -> Callable[[Records], float]:
    """An imbalance index of R_xy of the output, % of its mean. kind: "relative" or "split_half"."""
    return lambda records: 100 * of_output(records)[kind][order - 1]


FIELD_QUANTITIES: dict[str, Quantity] = {
    "padding_difference_convs": Quantity(padding_difference("convs"), ("kernel_padding",), "%"),
    "padding_difference_all": Quantity(padding_difference("all"), ("kernel_padding",), "%"),
    "padding_growth_layer4": Quantity(
        padding_growth("layer4"), ("kernel_padding",), "px", exact=True
    ),
    "padding_growth_layer3": Quantity(
        padding_growth("layer3"), ("kernel_padding",), "px", exact=True
    ),
    "padding_resizes": Quantity(padding_resizes, ("kernel_padding",), "units", exact=True),
    "batch_difference": Quantity(field_check("batch_difference"), ("field_recipe",), "share"),
    "order_correlation": Quantity(field_check("order_correlation"), ("field_recipe",), "correlation"),
    "center_offset": Quantity(center_offset, ("field_recipe",), "px", exact=True),
    "gaussian_r_squared": Quantity(field_check("r_squared"), ("field_recipe",), "R^2"),
    "checkerboard": Quantity(checkerboard, ("effective_field",), "% of the mean"),
    "odd_over_even": Quantity(odd_over_even, ("effective_field",), "times"),
    "relative_L1": Quantity(imbalance("relative", 1), ("effective_field",), "% of the mean"),
    "relative_L2": Quantity(imbalance("relative", 2), ("effective_field",), "% of the mean"),
    "split_half_L1": Quantity(imbalance("split_half", 1), ("effective_field",), "% of the mean"),
    "split_half_L2": Quantity(imbalance("split_half", 2), ("effective_field",), "% of the mean"),
}
