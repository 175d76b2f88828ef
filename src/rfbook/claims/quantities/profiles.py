"""Quantities of a whole profile of one network: Size Matters, 3.5 and appendices C and E."""

from __future__ import annotations

import numpy as np

from rfbook.claims.quantities.layers import (
    border_inside,
    border_place,
    convolution_curve,
    tail_number,
    tail_place,
)
from rfbook.claims.quantities.quantity import SHARE, Quantity
from rfbook.records.record import Records
from rfbook.statistics import curves
from rfbook.statistics.undefined import Undefined


def tail_share(records: Records) -> float:
    """Convolutions in the low tail of saturation at the output, percent of all; 0 without a tail."""
    saturation = convolution_curve(records, "saturation")
    return 100 * (1 - curves.tail_start(saturation) / len(saturation))


def own_tail_distance_to_model(records: Records) -> float:
    """Largest distance between probe and model accuracy within the low tail of saturation, points.

    Raises Undefined if there is no such tail.
    """
    probes, start = convolution_curve(records, "probes"), tail_place(records) - 1
    return 100 * curves.largest_gap(probes, records["accuracy"].values["accuracy"], start)


def fall_before_tail(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next before the low tail, points.

    Without a tail all count. Raises Undefined where fewer than two convolutions lie before it.
    """
    before = convolution_curve(records, "probes")[: tail_number(records) - 1]
    if len(before) < 2:
        raise Undefined("the low tail of saturation starts at conv2: no two layers lie before it")
    return 100 * curves.largest_fall(before)


def saturation_drop_before_tail(records: Records) -> float:
    """Mean saturation before the border layer minus the mean from it up to the low tail, points.

    Raises Undefined if the tail starts at the border layer or before it.
    """
    saturation, border = convolution_curve(records, "saturation"), border_place(records) - 1
    tail = tail_number(records) - 1
    if tail <= border:
        raise Undefined("the low tail of saturation starts no later than the border layer")
    return 100 * curves.drop_at(saturation[:tail], border)


def best_gain_from_border(records: Records) -> float:
    """Best probe from the border layer on minus the best before it, points; may be negative."""
    return 100 * curves.best_gain_past(convolution_curve(records, "probes"), border_place(records) - 1)


def largest_fall(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next, anywhere, points."""
    return 100 * curves.largest_fall(convolution_curve(records, "probes"))


def saturation_step(records: Records) -> float:
    """Mean absolute change of saturation from one convolution to the next, points (appendix C.3)."""
    return 100 * float(np.abs(np.diff(convolution_curve(records, "saturation"))).mean())


def gain_second_half_to_border(records: Records) -> float:
    """Border layer's probe minus that of the convolution half way to it, points.

    Half way is the fourth convolution for a border at the eighth; odd numbers are cut down.
    """
    probes, border = convolution_curve(records, "probes"), border_place(records)
    return 100 * (probes[border - 1] - probes[border // 2 - 1])


def share_after_border(records: Records) -> float:
    """What the best probe after the border layer exceeds the best up to it, percent of the whole gain.

    The whole gain is that from the first convolution to the best; 0 if no later probe is better.

    Tells an easy problem's unproductive layers from a lack of room: points shrink with what is left to
    gain, a share does not (appendix E, of MNIST).
    """
    probes = convolution_curve(records, "probes")
    if max(probes) <= probes[0]:
        raise Undefined("no probe is better than that of the first convolution: no gain to share")
    after = max(0.0, max(probes) - max(probes[: border_inside(records)]))
    return 100 * after / (max(probes) - probes[0])


CURVES = ("receptive_field", "probes")
PROFILE_QUANTITIES: dict[str, Quantity] = {
    "tail_share": Quantity(tail_share, ("receptive_field", "saturation"), "% of the convolutions"),
    "own_tail_distance_to_model": Quantity(
        own_tail_distance_to_model, (*CURVES, "saturation", "accuracy"), "points", bounds=SHARE
    ),
    "fall_before_tail": Quantity(
        fall_before_tail, (*CURVES, "saturation"), "points", bounds=SHARE
    ),
    "saturation_drop_before_tail": Quantity(
        saturation_drop_before_tail, ("receptive_field", "saturation"), "points"
    ),
    "best_gain_from_border": Quantity(best_gain_from_border, CURVES, "points"),
    "largest_fall": Quantity(largest_fall, CURVES, "points", bounds=SHARE),
    "saturation_step": Quantity(
        saturation_step, ("receptive_field", "saturation"), "points", bounds=SHARE
    ),
    "gain_second_half_to_border": Quantity(gain_second_half_to_border, CURVES, "points"),
    "share_after_border": Quantity(share_after_border, CURVES, "% of the gain"),
}
