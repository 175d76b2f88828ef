"""Quantities that compare arms of one experiment: the same network, run in several ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rfbook.claims.quantities.fields import of_output
from rfbook.claims.quantities.layers import convolution_curve, last_field
from rfbook.claims.quantities.others import OPENERF_DEPTH_EXPONENT
from rfbook.claims.quantities.quantity import ANY, SHARE, Quantity, unit_of_differences
from rfbook.claims.quantities.speeds import epochs_to_90
from rfbook.records.record import Records
from rfbook.statistics.survival import arrival
from rfbook.statistics.undefined import Undefined


class Contrast(NamedTuple):
    """A quantity of several arms, in the order in which a claim names them."""

    arms: int
    quantity: Quantity


def difference(single: Quantity) -> Quantity:
    """The quantity of the first arm minus that of the second."""

    def function(first: Records, second: Records) -> float:
        return single.function(first) - single.function(second)

    low, high = single.possible
    unit, bounds = unit_of_differences(single.unit), (low - high, high - low)
    return Quantity(function, single.measures, unit, single.exact, bounds=bounds)


def accuracy_ratio(first: Records, second: Records) -> float:
    """Accuracy of the first arm, percent of that of the second; Undefined where that is never right."""
    shares = [records["accuracy"].values["accuracy"] for records in (first, second)]
    if not shares[1]:
        raise Undefined("no answer is right in the arm that the accuracy is divided by")
    return 100 * shares[0] / shares[1]


def recovered_accuracy(enlarged: Records, small: Records, original: Records) -> float:
    """Accuracy ratio of the first arm minus that of the second, both to the third, points."""
    return accuracy_ratio(enlarged, original) - accuracy_ratio(small, original)


def field_ratio(first: Records, second: Records) -> float:
    """Receptive field of the first arm's last convolution, percent of that of the second's."""
    return 100 * last_field(first) / last_field(second)


def largest_field_ratio(first: Records, second: Records) -> float:
    """Receptive field of the first arm, percent of the second's: the largest over the convolutions."""
    fields = (records["receptive_field"].values["field"] for records in (first, second))
    return 100 * max(mine / other for mine, other in zip(*fields, strict=True))


def raw_imbalance_ratio(first: Records, second: Records) -> float:
    """L1 of R_xy of the output, not over its mean: that of the first arm, percent of the second's."""
    indices = [of_output(records)["imbalance"][0] for records in (first, second)]
    return 100 * indices[0] / indices[1]


def over_rest(first: Records, *others: Records) -> float:
    """Accuracy of the first arm minus the mean of all others, points."""
    shares = [records["accuracy"].values["accuracy"] for records in (first, *others)]
    return 100 * (shares[0] - float(np.mean(shares[1:])))


def profile_distance(first: Records, second: Records, measure: str) -> float:
    """Area between two curves over the same convolutions, per convolution, points."""
    curves = [np.asarray(convolution_curve(records, measure)) for records in (first, second)]
    return 100 * float(np.abs(curves[0] - curves[1]).mean())


def probes_apart(first: Records, second: Records) -> float:
    """`profile_distance` of the probes, points."""
    return profile_distance(first, second, "probes")


def closer(measure: str) -> Callable[[Records, Records, Records], float]:
    """How much closer the first arm's curve is to the second's than to the third's, points."""

    def function(arm: Records, near: Records, far: Records) -> float:
        return profile_distance(arm, far, measure) - profile_distance(arm, near, measure)

    return function


def epochs_sooner(first: Records, second: Records) -> float:
    """`epochs_to_90` of the first arm minus that of the second.

    Raises Undefined where neither is above 90 % in time, or there is one epoch to arrive in: both then
    count as that of the last epoch, whatever the arms are.
    """
    curves = [records["learning_curve"].values["test_accuracy"] for records in (first, second)]
    epochs = max(map(len, curves))
    if epochs < 2 or not any(arrival(curve).reached for curve in curves):
        raise Undefined(f"nothing tells the arms apart within {epochs} epochs: use more")
    return epochs_to_90(first) - epochs_to_90(second)


CONTRASTS: dict[str, Contrast] = {
    "accuracy_ratio": Contrast(2, Quantity(accuracy_ratio, ("accuracy",), "%")),
    "recovered_accuracy": Contrast(3, Quantity(recovered_accuracy, ("accuracy",), "points", bounds=ANY)),
    "field_ratio": Contrast(2, Quantity(field_ratio, ("receptive_field",), "%", exact=True)),
    "largest_field_ratio": Contrast(
        2, Quantity(largest_field_ratio, ("receptive_field",), "%", exact=True)
    ),
    "raw_imbalance_ratio": Contrast(2, Quantity(raw_imbalance_ratio, ("effective_field",), "%")),
    "over_rest": Contrast(4, Quantity(over_rest, ("accuracy",), "points")),
    "epochs_to_90": Contrast(2, Quantity(epochs_sooner, ("learning_curve",), "epochs", bounds=ANY)),
    "openerf_depth_exponent": Contrast(4, OPENERF_DEPTH_EXPONENT),
    "probes_apart": Contrast(
        2, Quantity(probes_apart, ("receptive_field", "probes"), "points", bounds=SHARE)
    ),
    "closer_probes": Contrast(
        3, Quantity(closer("probes"), ("receptive_field", "probes"), "points")
    ),
    "closer_saturation": Contrast(
        3, Quantity(closer("saturation"), ("receptive_field", "saturation"), "points")
    ),
}
