"""Quantities over the layers of one network: Size Matters, 3 and appendices C and E.

Parts of a network are counted in convolutions and cut down to whole ones: of 17, the first half are 8,
the first two thirds 11, and the last third the 6 that are left. Gains compare the best probes of
parts: a single layer may be bad at reading out what flows past it (footnote 4).
"""

from __future__ import annotations

import numpy as np

from rfbook.claims.quantities.quantity import SHARE, quantity
from rfbook.records.record import Records
from rfbook.statistics import curves
from rfbook.statistics.undefined import Undefined

PROBES = ("receptive_field", "probes")
SATURATION = ("receptive_field", "saturation")


@quantity("conv", reads=("receptive_field",), name="border", exact=True)
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


@quantity("px", reads=("receptive_field",), exact=True)
def last_field(records: Records) -> float:
    """Receptive field of the last convolution, pixels."""
    return records["receptive_field"].values["field"][-1]


@quantity("%", reads=("accuracy",), bounds=SHARE)
def accuracy(records: Records) -> float:
    """Share of the test images whose class the network finds, percent."""
    return 100 * records["accuracy"].values["accuracy"]


@quantity("%", reads=("accuracy",), bounds=SHARE)
def training_accuracy(records: Records) -> float:
    """Share of right answers in the last epoch, as it trains, percent; Undefined without one."""
    counted = records["accuracy"].values["training_accuracy"]
    if not counted:
        raise Undefined("it was not trained here")
    return 100 * counted[-1]


@quantity("% of the last", reads=("accuracy",))
def early_training_accuracy(records: Records) -> float:
    """Right answers of the epoch before the learning rate first falls, % of those of the last epoch.

    Of the schedule in thirds; Undefined with fewer than three epochs.
    """
    counted = records["accuracy"].values["training_accuracy"]
    if len(counted) < 3:
        raise Undefined("fewer than three epochs have no third")
    return 100 * counted[len(counted) // 3 - 1] / counted[-1]


@quantity("points", reads=(*PROBES, "accuracy"), bounds=SHARE)
def tail_distance_to_model(records: Records) -> float:
    """Largest distance between probe and model accuracy from the border layer on, points."""
    model, start = records["accuracy"].values["accuracy"], border_place(records) - 1
    return 100 * curves.largest_gap(convolution_curve(records, "probes"), model, start)


@quantity("points", reads=PROBES)
def gain_after_border(records: Records) -> float:
    """Accuracy of the last convolution's probe minus that of the border layer's, points."""
    return 100 * curves.gain_from(convolution_curve(records, "probes"), border_inside(records) - 1)


@quantity("points", reads=PROBES)
def gain_after_next(records: Records) -> float:
    """Accuracy of the last convolution's probe minus that of the one after the border layer's, points.

    Raises Undefined where the one after the border layer is the last.
    """
    probes, number = convolution_curve(records, "probes"), border_inside(records)
    if number + 1 == len(probes):
        raise Undefined(f"the last convolution, conv{number + 1}, is the one after the border layer")
    return 100 * curves.gain_from(probes, number)


@quantity("points", reads=PROBES)
def best_gain_after_border(records: Records) -> float:
    """Accuracy of the best probe after the border layer minus that of the border layer's, points.

    For networks in which a skipped layer's own output is worse than what flows past it.
    """
    probes = convolution_curve(records, "probes")
    return 100 * curves.best_gain_from(probes, border_inside(records) - 1)


@quantity("points", reads=PROBES, bounds=SHARE)
def fall_up_to_border(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next, up to the border layer, points."""
    return 100 * curves.largest_fall(convolution_curve(records, "probes")[: border_place(records)])


@quantity("points", reads=PROBES, bounds=SHARE)
def fall_after_border(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next, after the border layer, points."""
    probes = convolution_curve(records, "probes")
    return 100 * curves.largest_fall(probes[border_inside(records) - 1 :])


@quantity("%", reads=SATURATION, bounds=SHARE)
def saturation_after_border(records: Records) -> float:
    """Mean saturation from the border layer on, percent."""
    saturation = convolution_curve(records, "saturation")
    return 100 * float(np.mean(saturation[border_place(records) - 1 :]))


@quantity("%", reads=SATURATION, bounds=SHARE)
def saturation_up_to_border(records: Records) -> float:
    """Mean saturation of the border layer and of the three convolutions before it, percent.

    Of as many as there are, where fewer lie before it.
    """
    saturation, number = convolution_curve(records, "saturation"), border_place(records)
    return 100 * float(np.mean(saturation[max(0, number - 4) : number]))


@quantity("%", reads=SATURATION, bounds=SHARE)
def mean_saturation(records: Records) -> float:
    """Mean saturation of all convolutions, percent."""
    return 100 * float(np.mean(convolution_curve(records, "saturation")))


@quantity("points", reads=PROBES)
def gain_up_to_border(records: Records) -> float:
    """Accuracy of the border layer's probe minus that of the first convolution's, points."""
    probes = convolution_curve(records, "probes")
    return 100 * (probes[border_place(records) - 1] - probes[0])


@quantity("points", reads=SATURATION)
def saturation_drop(records: Records) -> float:
    """Mean saturation before the border layer minus the mean from it on, points."""
    saturation = convolution_curve(records, "saturation")
    return 100 * curves.drop_at(saturation, border_place(records) - 1)


@quantity("rank correlation", reads=(*PROBES, "probes_global"))
def pooling_rank_correlation(records: Records) -> float:
    """Rank correlation of the probes' curve with that of probes on global averages."""
    return curves.rank_correlation(
        convolution_curve(records, "probes"), convolution_curve(records, "probes_global")
    )


@quantity("points", reads=(*PROBES, "probes_global"))
def pooling_loss(records: Records) -> float:
    """Accuracy of the probes minus that of probes on global averages, points; mean over convolutions."""
    places, whole = (convolution_curve(records, name) for name in ("probes", "probes_global"))
    return 100 * float(np.mean(np.subtract(places, whole)))


@quantity("points", reads=(*PROBES, "probes_8x8"))
def places_gain(records: Records) -> float:
    """Accuracy of probes on at most 8x8 places minus that of the probes, points; mean over convolutions.

    Over those whose maps have more than 4x4 places: the others have the same features twice. A gain
    of one makes up for a loss of another. Undefined without one.
    """
    fields = records["receptive_field"].values
    curves_of = (convolution_curve(records, name) for name in ("probes_8x8", "probes"))
    gains = [
        more - few
        for more, few, jump in zip(*curves_of, fields["jump"], strict=True)
        if fields["side"] > 4 * jump
    ]
    if not gains:
        raise Undefined("no map has more than 4x4 places")
    return 100 * float(np.mean(gains))


@quantity("points", reads=(*PROBES, "accuracy"), bounds=SHARE)
def last_probe_gap(records: Records) -> float:
    """Model accuracy minus the last convolution's probe accuracy, absolute, points."""
    last = convolution_curve(records, "probes")[-1]
    return 100 * abs(records["accuracy"].values["accuracy"] - last)


@quantity("directions", reads=("saturation",))
def directions_short(records: Records) -> float:
    """Directions that explain 99 %, minus those that delve counts: mean over layers."""
    values = records["saturation"].values
    both = zip(values["directions"], values["directions_delve"], strict=True)
    return float(np.mean([ours - delve for ours, delve in both]))


@quantity("points", reads=PROBES)
def best_gain_from_border(records: Records) -> float:
    """Best probe from the border layer on minus the best before it, points; may be negative."""
    return 100 * curves.best_gain_past(convolution_curve(records, "probes"), border_place(records) - 1)


@quantity("points", reads=PROBES, bounds=SHARE)
def largest_fall(records: Records) -> float:
    """Largest fall of the probes from one convolution to the next, anywhere, points."""
    return 100 * curves.largest_fall(convolution_curve(records, "probes"))


@quantity("points", reads=SATURATION, bounds=SHARE)
def saturation_step(records: Records) -> float:
    """Mean absolute change of saturation from one convolution to the next, points (appendix C.3)."""
    return 100 * float(np.abs(np.diff(convolution_curve(records, "saturation"))).mean())


@quantity("points", reads=PROBES)
def gain_second_half_to_border(records: Records) -> float:
    """Border layer's probe minus that of the convolution half way to it, points.

    Half way is the fourth convolution for a border at the eighth; odd numbers are cut down.
    """
    probes, border = convolution_curve(records, "probes"), border_place(records)
    return 100 * (probes[border - 1] - probes[border // 2 - 1])


@quantity("% of the gain", reads=PROBES)
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


def half(curve: curves.Curve) -> int:
    """How many convolutions the first half holds."""
    return len(curve) // 2


def two_thirds(curve: curves.Curve) -> int:
    """How many convolutions the first two thirds hold."""
    return 2 * len(curve) // 3


@quantity("points", reads=PROBES, bounds=SHARE)
def gain_first_half(records: Records) -> float:
    """Best probe of the first half minus the first convolution's, points."""
    probes = convolution_curve(records, "probes")
    return 100 * curves.best_gain_within(probes, half(probes))


@quantity("points", reads=PROBES, bounds=SHARE)
def gain_first_two_thirds(records: Records) -> float:
    """Best probe of the first two thirds minus the first convolution's, points."""
    probes = convolution_curve(records, "probes")
    return 100 * curves.best_gain_within(probes, two_thirds(probes))


@quantity("points", reads=PROBES)
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


@quantity("% of the gain", reads=PROBES)
def first_half_share(records: Records) -> float:
    """Share of the gain from the first convolution to the best that the first half reaches, percent."""
    probes = rising_probes(records)
    return 100 * curves.best_gain_within(probes, half(probes)) / (max(probes) - probes[0])


@quantity("% of the gain", reads=PROBES)
def unevenness(records: Records) -> float:
    """Largest distance of the probes' cumulative gain from a straight line, percent of the gain."""
    return 100 * curves.unevenness(rising_probes(records))


@quantity("points", reads=SATURATION)
def saturation_drop_last_third(records: Records) -> float:
    """Mean saturation of the first two thirds minus that of the last third, points."""
    saturation = convolution_curve(records, "saturation")
    return 100 * curves.drop_at(saturation, two_thirds(saturation))


@quantity("points", reads=SATURATION)
def saturation_rise_first_half(records: Records) -> float:
    """Mean saturation after the first half minus that of the first half, points."""
    saturation = convolution_curve(records, "saturation")
    return -100 * curves.drop_at(saturation, half(saturation))
