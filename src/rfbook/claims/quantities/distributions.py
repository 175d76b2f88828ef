"""How the inference is distributed over the convolutions of one network: Size Matters, 3.2, 3.3 and C.

Parts of a network are counted in convolutions and cut down to whole ones: of 17, the first half are 8,
the first two thirds 11, and the last third the 6 that are left. Gains compare the best probes of
parts: a single layer may be bad at reading out what flows past it (footnote 4).
"""

from __future__ import annotations

from rfbook.claims.quantities.layers import convolution_curve
from rfbook.claims.quantities.quantity import SHARE, Quantity
from rfbook.records.record import Records
from rfbook.statistics import curves
from rfbook.statistics.undefined import Undefined


def half(curve: curves.Curve) -> int:
    """How many convolutions the first half holds."""
    return len(curve) // 2


def two_thirds(curve: curves.Curve) -> int:
    """How many convolutions the first two thirds hold."""
    return 2 * len(curve) // 3


def gain_first_half(records: Records) -> float:
    """Best probe of the first half minus the first convolution's, points."""
    probes = convolution_curve(records, "probes")
    return 100 * curves.best_gain_within(probes, half(probes))


def gain_first_two_thirds(records: Records) -> float:
    """Best probe of the first two thirds minus the first convolution's, points."""
    probes = convolution_curve(records, "probes")
    return 100 * curves.best_gain_within(probes, two_thirds(probes))


def gain_last_third(records: Records) -> float:
    """Best probe of the last third minus the best before it, points; negative if none is better."""
    probes = convolution_curve(records, "probes")
    return 100 * curves.best_gain_past(probes, two_thirds(probes))


def rising_probes(records: Records) -> list[float]:
    """The probes' curve; raises Undefined if no convolution is better than the first."""
    probes = convolution_curve(records, "probes")
    if max(probes) <= probes[0]:
        raise Undefined("no probe is better than that of the first convolution: no gain to distribute")
    return probes


def first_half_share(records: Records) -> float:
    """Share of the gain from the first convolution to the best that the first half reaches, percent."""
    probes = rising_probes(records)
    return 100 * curves.best_gain_within(probes, half(probes)) / (max(probes) - probes[0])


def unevenness(records: Records) -> float:
    """Largest distance of the probes' cumulative gain from a straight line, percent of the gain."""
    return 100 * curves.unevenness(rising_probes(records))


def saturation_drop_last_third(records: Records) -> float:
    """Mean saturation of the first two thirds minus that of the last third, points."""
    saturation = convolution_curve(records, "saturation")
    return 100 * curves.drop_at(saturation, two_thirds(saturation))


def saturation_rise_first_half(records: Records) -> float:
    """Mean saturation after the first half minus that of the first half, points."""
    saturation = convolution_curve(records, "saturation")
    return -100 * curves.drop_at(saturation, half(saturation))


CURVES = ("receptive_field", "probes")
DISTRIBUTION_QUANTITIES: dict[str, Quantity] = {
    "gain_first_half": Quantity(gain_first_half, CURVES, "points", bounds=SHARE),
    "gain_first_two_thirds": Quantity(gain_first_two_thirds, CURVES, "points", bounds=SHARE),
    "gain_last_third": Quantity(gain_last_third, CURVES, "points"),
    "first_half_share": Quantity(first_half_share, CURVES, "% of the gain"),
    "unevenness": Quantity(unevenness, CURVES, "% of the gain"),
    "saturation_drop_last_third": Quantity(
        saturation_drop_last_third, ("receptive_field", "saturation"), "points"
    ),
    "saturation_rise_first_half": Quantity(
        saturation_rise_first_half, ("receptive_field", "saturation"), "points"
    ),
}
