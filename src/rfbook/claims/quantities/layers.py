"""Quantities over the layers of one network: Size Matters."""

from __future__ import annotations

import numpy as np

from rfbook.claims.quantities.quantity import SHARE, Quantity
from rfbook.records.record import Records
from rfbook.statistics import curves
from rfbook.statistics.undefined import Undefined


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


def border_inside(records: Records) -> int:
    """`border_place` where a convolution lies after it; raises Undefined where it is the last."""
    number = border_place(records)
    if number == len(records["receptive_field"].values["layers"]):
        raise Undefined(
            f"the border layer, conv{number}, is the last convolution: no layer lies after it to be "
            "compared with it; use a smaller side"
        )
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
    """The convolution at which the low tail of saturation starts, counted from 1.

    One more than there are convolutions where there is no such tail.
    """
    return curves.tail_start(convolution_curve(records, "saturation")) + 1


def tail_place(records: Records) -> int:
    """`tail_number` where there is a tail; raises Undefined where there is none."""
    number = tail_number(records)
    if number > len(records["receptive_field"].values["layers"]):
        raise Undefined("no low tail of saturation at the output")
    return number


def tail_distance_to_model(records: Records) -> float:
    """Largest distance between probe and model accuracy from the border layer on, points."""
    accuracy = records["accuracy"].values["accuracy"]
    start = border_place(records) - 1
    return 100 * curves.largest_gap(convolution_curve(records, "probes"), accuracy, start)


def gain_after_border(records: Records) -> float:
    """Accuracy of the last convolution's probe minus that of the border layer's, points."""
    return 100 * curves.gain_from(convolution_curve(records, "probes"), border_inside(records) - 1)


def best_gain_after_border(records: Records) -> float:
    """Accuracy of the best probe after the border layer minus that of the border layer's, points.

    For networks in which a skipped layer's own output is worse than what flows past it.
    """
    probes = convolution_curve(records, "probes")
    return 100 * curves.best_gain_from(probes, border_inside(records) - 1)


def fall_up_to_border(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next, up to the border layer, points."""
    return 100 * curves.largest_fall(convolution_curve(records, "probes")[: border_place(records)])


def fall_after_border(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next, after the border layer, points."""
    probes = convolution_curve(records, "probes")
    return 100 * curves.largest_fall(probes[border_inside(records) - 1 :])


def saturation_after_border(records: Records) -> float:
    """Mean saturation from the border layer on, percent."""
    saturation = convolution_curve(records, "saturation")
    return 100 * float(np.mean(saturation[border_place(records) - 1 :]))


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
    number = border_place(records) - 3
    if number < 1:
        raise Undefined(f"the border layer is conv{number + 3}: no layer lies three before it")
    return _middle_over_corners(position_grid(records, number))


def inner_over_corners_at_border(records: Records) -> float:
    """Mean of the border layer's middle 2x2 positions minus that of its corners, points."""
    return _middle_over_corners(position_grid(records, border_place(records)))


def _middle_over_corners(grid: np.ndarray) -> float:
    if len(grid) < 3:
        raise Undefined(f"a map of {len(grid)}x{len(grid)} positions is all corners")
    return 100 * float(curves.middle(grid).mean() - curves.corners(grid).mean())


def inner_gap_at_border(records: Records) -> float:
    """Model accuracy minus the mean of the border layer's middle 2x2 positions, points."""
    grid = position_grid(records, border_place(records))
    return 100 * float(records["accuracy"].values["accuracy"] - curves.middle(grid).mean())


def position_spread_shrinks(records: Records) -> float:
    """Spread (max - min) over positions at the border layer minus that at the last convolution."""
    last = len(records["receptive_field"].values["layers"])
    spreads = [np.ptp(position_grid(records, n)) for n in (border_inside(records), last)]
    return 100 * float(spreads[0] - spreads[1])


CURVES = ("receptive_field", "probes")
POSITIONS = ("receptive_field", "position_probes")
LAYER_QUANTITIES: dict[str, Quantity] = {
    "last_field": Quantity(last_field, ("receptive_field",), "px", exact=True),
    "border": Quantity(border_number, ("receptive_field",), "conv", exact=True),
    "accuracy": Quantity(
        lambda records: 100 * records["accuracy"].values["accuracy"], ("accuracy",), "%", bounds=SHARE
    ),
    "tail_start": Quantity(tail_number, ("receptive_field", "saturation"), "conv"),
    "tail_distance_to_model": Quantity(
        tail_distance_to_model, (*CURVES, "accuracy"), "points", bounds=SHARE
    ),
    "gain_after_border": Quantity(gain_after_border, CURVES, "points"),
    "best_gain_after_border": Quantity(best_gain_after_border, CURVES, "points"),
    "fall_up_to_border": Quantity(fall_up_to_border, CURVES, "points", bounds=SHARE),
    "fall_after_border": Quantity(fall_after_border, CURVES, "points", bounds=SHARE),
    "saturation_after_border": Quantity(
        saturation_after_border, ("receptive_field", "saturation"), "%", bounds=SHARE
    ),
    "gain_up_to_border": Quantity(gain_up_to_border, CURVES, "points"),
    "saturation_drop": Quantity(saturation_drop, ("receptive_field", "saturation"), "points"),
    "pooling_rank_correlation": Quantity(
        pooling_rank_correlation, (*CURVES, "probes_global"), "rank correlation"
    ),
    "last_probe_gap": Quantity(last_probe_gap, (*CURVES, "accuracy"), "points", bounds=SHARE),
    "inner_over_corners": Quantity(inner_over_corners, POSITIONS, "points"),
    "inner_over_corners_at_border": Quantity(inner_over_corners_at_border, POSITIONS, "points"),
    "inner_gap_at_border": Quantity(inner_gap_at_border, (*POSITIONS, "accuracy"), "points"),
    "position_spread_shrinks": Quantity(position_spread_shrinks, POSITIONS, "points"),
    "directions_short": Quantity(directions_short, ("saturation",), "directions"),
}
