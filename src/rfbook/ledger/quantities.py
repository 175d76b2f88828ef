"""The named quantities that claims speak about: one number from the records of one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rfbook.ledger import curves
from rfbook.ledger.obtain import Records


class Undefined(ValueError):
    """A quantity has no value for this network; the message says why."""


class Quantity(NamedTuple):
    """measures: the records it reads. unit: of the number. exact: no seed can change it."""

    function: Callable[[Records], float]
    measures: tuple[str, ...]
    unit: str
    exact: bool = False


def border_number(records: Records) -> int:
    """Which convolution the border layer is, counted from 1 as in the figures; 0 for none."""
    fields = records["receptive_field"].values
    return fields["layers"].index(fields["border"]) + 1 if fields["border"] else 0


def border_place(records: Records) -> int:
    """`border_number` where there is one; raises Undefined where no field exceeds the image."""
    number = border_number(records)
    if number == 0:
        side = records["receptive_field"].run.data.side
        raise Undefined(f"no border layer: every field fits into {side} pixels; use a smaller side")
    return number


def convolution_curve(records: Records, measure: str) -> list[float]:
    """A measure per main-path convolution; the linear readout, which is recorded last, left out."""
    layers = records["receptive_field"].values["layers"]
    values = records[measure].values
    return [v for n, v in zip(values["layers"], values[measure], strict=True) if n in layers]


def last_field(records: Records) -> float:
    """Receptive field of the last convolution, pixels."""
    return records["receptive_field"].values["field"][-1]


def tail_number(records: Records) -> int:
    """The convolution at which the low tail of saturation starts, counted from 1."""
    return curves.tail_start(convolution_curve(records, "saturation")) + 1


def tail_distance_to_model(records: Records) -> float:
    """Largest distance between probe and model accuracy from the border layer on, points."""
    accuracy = records["accuracy"].values["accuracy"]
    start = border_place(records) - 1
    return 100 * curves.largest_gap(convolution_curve(records, "probes"), accuracy, start)


def gain_after_border(records: Records) -> float:
    """Accuracy of the last convolution's probe minus that of the border layer's, points."""
    return 100 * curves.gain_from(convolution_curve(records, "probes"), border_place(records) - 1)


def gain_up_to_border(records: Records) -> float:
    """Accuracy of the border layer's probe minus that of the first convolution's, points."""
    probes = convolution_curve(records, "probes")
    return 100 * (probes[border_place(records) - 1] - probes[0])


def saturation_drop(records: Records) -> float:
    """Mean saturation before the border layer minus the mean from it on, points."""
    saturation = convolution_curve(records, "saturation")
    return 100 * curves.drop_at(saturation, border_place(records) - 1)


def pooling_rank_correlation(records: Records) -> float:
    """Rank correlation of the probes' curve with that of probes on global averages."""
    return curves.rank_correlation(
        convolution_curve(records, "probes"), convolution_curve(records, "probes_global")
    )


def last_probe_gap(records: Records) -> float:
    """Model accuracy minus the last convolution's probe accuracy, absolute, points."""
    last = convolution_curve(records, "probes")[-1]
    return 100 * abs(records["accuracy"].values["accuracy"] - last)


def directions_short(records: Records) -> float:
    """Directions that explain 99 %, minus those that delve counts: mean over layers."""
    values = records["saturation"].values
    both = zip(values["directions"], values["directions_delve"], strict=True)
    return float(np.mean([ours - delve for ours, delve in both]))


def position_grid(records: Records, number: int) -> np.ndarray:
    """(h, w) accuracies of the probes at every position of a convolution, counted from 1."""
    layer = records["receptive_field"].values["layers"][number - 1]
    return records["position_probes"].arrays[layer]


def inner_over_corners(records: Records) -> float:
    """Mean of the middle 2x2 positions minus that of the corners, three layers before the border."""
    grid = position_grid(records, border_place(records) - 3)
    return 100 * float(curves.middle(grid).mean() - grid[[0, 0, -1, -1], [0, -1, 0, -1]].mean())


def inner_gap_at_border(records: Records) -> float:
    """Model accuracy minus the mean of the border layer's middle 2x2 positions, points."""
    grid = position_grid(records, border_place(records))
    return 100 * float(records["accuracy"].values["accuracy"] - curves.middle(grid).mean())


def position_spread_shrinks(records: Records) -> float:
    """Spread (max - min) over positions at the border layer minus that at the last convolution."""
    last = len(records["receptive_field"].values["layers"])
    spreads = [np.ptp(position_grid(records, n)) for n in (border_place(records), last)]
    return 100 * float(spreads[0] - spreads[1])


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


CURVES = ("receptive_field", "probes")
POSITIONS = ("receptive_field", "position_probes")
QUANTITIES: dict[str, Quantity] = {
    "last_field": Quantity(last_field, ("receptive_field",), "px", exact=True),
    "border": Quantity(border_number, ("receptive_field",), "conv", exact=True),
    "accuracy": Quantity(
        lambda records: 100 * records["accuracy"].values["accuracy"], ("accuracy",), "%"
    ),
    "tail_start": Quantity(tail_number, ("receptive_field", "saturation"), "conv"),
    "tail_distance_to_model": Quantity(tail_distance_to_model, (*CURVES, "accuracy"), "points"),
    "gain_after_border": Quantity(gain_after_border, CURVES, "points"),
    "gain_up_to_border": Quantity(gain_up_to_border, CURVES, "points"),
    "saturation_drop": Quantity(saturation_drop, ("receptive_field", "saturation"), "points"),
    "pooling_rank_correlation": Quantity(
        pooling_rank_correlation, (*CURVES, "probes_global"), "rank correlation"
    ),
    "last_probe_gap": Quantity(last_probe_gap, (*CURVES, "accuracy"), "points"),
    "inner_over_corners": Quantity(inner_over_corners, POSITIONS, "points"),
    "inner_gap_at_border": Quantity(inner_gap_at_border, (*POSITIONS, "accuracy"), "points"),
    "position_spread_shrinks": Quantity(position_spread_shrinks, POSITIONS, "points"),
    "directions_short": Quantity(directions_short, ("saturation",), "directions"),
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
}
