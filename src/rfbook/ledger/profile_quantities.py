"""Quantities of a whole profile of one network: Size Matters, 3.5 and appendices C and E."""

from __future__ import annotations

import numpy as np

from rfbook.ledger import curves
from rfbook.ledger.layer_quantities import best_gain_after_border, border_place, convolution_curve
from rfbook.ledger.obtain import Records
from rfbook.ledger.quantity import Quantity, Undefined


def tail_share(records: Records) -> float:
    """Convolutions in the low tail of saturation at the output, percent of all; 0 without a tail."""
    saturation = convolution_curve(records, "saturation")
    return 100 * (1 - curves.tail_start(saturation) / len(saturation))


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
    """Best gain after the border layer, percent of the gain from the first convolution to the best.

    Tells an easy problem's unproductive layers from a lack of room: points shrink with what is left to
    gain, a share does not (appendix E, of MNIST).
    """
    probes = convolution_curve(records, "probes")
    gain = 100 * (max(probes) - probes[0])
    if gain <= 0:
        raise Undefined("no probe is better than that of the first convolution: no gain to share")
    return 100 * best_gain_after_border(records) / gain


CURVES = ("receptive_field", "probes")
PROFILE_QUANTITIES: dict[str, Quantity] = {
    "tail_share": Quantity(tail_share, ("receptive_field", "saturation"), "% of the convolutions"),
    "largest_fall": Quantity(largest_fall, CURVES, "points"),
    "saturation_step": Quantity(saturation_step, ("receptive_field", "saturation"), "points"),
    "gain_second_half_to_border": Quantity(gain_second_half_to_border, CURVES, "points"),
    "share_after_border": Quantity(share_after_border, CURVES, "% of the gain"),
}
