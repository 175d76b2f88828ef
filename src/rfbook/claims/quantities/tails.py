"""Quantities of the low tail of saturation at the output: Size Matters, 2.3, 3.3 and 3.4.

Where it starts, what the probes do in it and before it, and how far it is from the border layer.
"""

from __future__ import annotations

from rfbook.claims.quantities.layers import PROBES, SATURATION, border_place, convolution_curve
from rfbook.claims.quantities.quantity import ANY, SHARE, quantity
from rfbook.records.record import Records
from rfbook.statistics import curves
from rfbook.statistics.undefined import Undefined


@quantity("conv", reads=SATURATION, name="tail_start")
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


@quantity("% of the convolutions", reads=SATURATION)
def tail_share(records: Records) -> float:
    """Convolutions in the low tail of saturation at the output, percent of all; 0 without a tail."""
    saturation = convolution_curve(records, "saturation")
    return 100 * (1 - curves.tail_start(saturation) / len(saturation))


@quantity("points", reads=(*PROBES, "saturation", "accuracy"), bounds=SHARE)
def own_tail_distance_to_model(records: Records) -> float:
    """Largest distance between probe and model accuracy within the low tail of saturation, points.

    Raises Undefined if there is no such tail.
    """
    probes, start = convolution_curve(records, "probes"), tail_place(records) - 1
    return 100 * curves.largest_gap(probes, records["accuracy"].values["accuracy"], start)


@quantity("points", reads=(*PROBES, "saturation"), bounds=SHARE)
def fall_before_tail(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next before the low tail, points.

    Without a tail all count. Raises Undefined where fewer than two convolutions lie before it.
    """
    before = convolution_curve(records, "probes")[: tail_number(records) - 1]
    if len(before) < 2:
        raise Undefined("the low tail of saturation starts at conv2: no two layers lie before it")
    return 100 * curves.largest_fall(before)


@quantity("points", reads=SATURATION)
def saturation_drop_before_tail(records: Records) -> float:
    """Mean saturation before the border layer minus the mean from it up to the low tail, points.

    Raises Undefined if the tail starts at the border layer or before it.
    """
    saturation, border = convolution_curve(records, "saturation"), border_place(records) - 1
    tail = tail_number(records) - 1
    if tail <= border:
        raise Undefined("the low tail of saturation starts no later than the border layer")
    return 100 * curves.drop_at(saturation[:tail], border)


@quantity("convolutions", reads=SATURATION)
def tail_off_border(records: Records) -> float:
    """Convolutions between the border layer and the start of the low tail of saturation, either way."""
    return abs(tail_minus_border(records))


@quantity("convolutions", reads=SATURATION, bounds=ANY)
def tail_minus_border(records: Records) -> float:
    """Convolutions from the border layer to the start of the low tail, negative if it starts before."""
    return tail_place(records) - border_place(records)
