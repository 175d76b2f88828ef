"""Quantities that compare arms of one experiment: the same network, run in several ways."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfbook.claims.quantities.fields import of_output
from rfbook.claims.quantities.images import epochs_to_90
from rfbook.claims.quantities.layer_lists import steps_of, with_late_strides
from rfbook.claims.quantities.layers import (
    PROBES,
    SATURATION,
    accuracy,
    convolution_curve,
    last_field,
)
from rfbook.claims.quantities.quantity import ANY, SHARE, Quantity, quantity, unit_of_differences
from rfbook.metrics.layer_list import fields
from rfbook.records.record import Records
from rfbook.statistics.intervals import student
from rfbook.statistics.shares import difference_errors
from rfbook.statistics.survival import arrival
from rfbook.statistics.undefined import Undefined


def difference(single: Quantity) -> Quantity:
    """The quantity of the first arm minus that of the second."""

    def function(first: Records, second: Records) -> float:
        return single.function(first) - single.function(second)

    low, high = single.possible
    unit, bounds = unit_of_differences(single.unit), (low - high, high - low)
    return Quantity(function, single.measures, unit, single.exact, bounds=bounds, arms=2)


@quantity("%", reads=("accuracy",), arms=2)
def accuracy_ratio(first: Records, second: Records) -> float:
    """Accuracy of the first arm, percent of that of the second; Undefined where that is never right."""
    shares = [records["accuracy"].values["accuracy"] for records in (first, second)]
    if not shares[1]:
        raise Undefined("no answer is right in the arm that the accuracy is divided by")
    return 100 * shares[0] / shares[1]


def _gap_interval(first: Records, second: Records) -> tuple[float, float]:
    """Over the test images, as of networks that are wrong independently (`difference_errors`)."""
    images = first["accuracy"].values["test_images"]
    _, independent = difference_errors(accuracy(first), accuracy(second), images)
    return student(accuracy_gap(first, second), float(independent), images)


@quantity("points", reads=("accuracy",), interval=_gap_interval, arms=2)
def accuracy_gap(first: Records, second: Records) -> float:
    """Accuracy of the first arm minus that of the second, which saw as many test images, points."""
    return accuracy(first) - accuracy(second)


@quantity("points", reads=("accuracy",), bounds=ANY, arms=3)
def recovered_accuracy(enlarged: Records, small: Records, original: Records) -> float:
    """Accuracy ratio of the first arm minus that of the second, both to the third, points."""
    return accuracy_ratio(enlarged, original) - accuracy_ratio(small, original)


@quantity("%", reads=("receptive_field",), exact=True, arms=2)
def field_ratio(first: Records, second: Records) -> float:
    """Receptive field of the first arm's last convolution, percent of that of the second's."""
    return 100 * last_field(first) / last_field(second)


@quantity("%", reads=("cost",), exact=True, arms=2)
def parameters_ratio(first: Records, second: Records) -> float:
    """Parameters of the first arm, percent of those of the second."""
    return 100 * first["cost"].values["parameters"] / second["cost"].values["parameters"]


@quantity("%", reads=("receptive_field",), exact=True, arms=2)
def largest_field_ratio(first: Records, second: Records) -> float:
    """Receptive field of the first arm, percent of the second's: the largest over the convolutions."""
    fields = (records["receptive_field"].values["field"] for records in (first, second))
    return 100 * max(mine / other for mine, other in zip(*fields, strict=True))


@quantity("%", reads=("receptive_field",), exact=True, arms=2)
def place_of_strides(early: Records, other: Records) -> float:
    """What the place of its strides makes of the distance between the fields of two networks, percent.

    The field of the first arm's last convolution shrinks if its strides stand one convolution later.
    """
    steps = with_late_strides(steps_of(early["receptive_field"].run.model))
    return 100 * (last_field(early) - fields(steps)[-1]) / (last_field(early) - last_field(other))


@quantity("%", reads=("effective_field",), arms=2)
def raw_imbalance_ratio(first: Records, second: Records) -> float:
    """L1 of R_xy of the output, not over its mean: that of the first arm, percent of the second's."""
    indices = [of_output(records)["imbalance"][0] for records in (first, second)]
    return 100 * indices[0] / indices[1]


@quantity("points", reads=("accuracy",), arms=4)
def over_rest(first: Records, *others: Records) -> float:
    """Accuracy of the first arm minus the mean of all others, points."""
    shares = [records["accuracy"].values["accuracy"] for records in (first, *others)]
    return 100 * (shares[0] - float(np.mean(shares[1:])))


def profile_distance(first: Records, second: Records, measure: str) -> float:
    """Area between two curves over the same convolutions, per convolution, points."""
    curves = [np.asarray(convolution_curve(records, measure)) for records in (first, second)]
    return 100 * float(np.abs(curves[0] - curves[1]).mean())


@quantity("points", reads=PROBES, bounds=SHARE, arms=2)
def probes_apart(first: Records, second: Records) -> float:
    """`profile_distance` of the probes, points."""
    return profile_distance(first, second, "probes")


def closer(measure: str) -> Callable[[Records, Records, Records], float]:
    """How much closer the first arm's curve is to the second's than to the third's, points."""

    def function(arm: Records, near: Records, far: Records) -> float:
        return profile_distance(arm, far, measure) - profile_distance(arm, near, measure)

    return function


quantity("points", PROBES, "closer_probes", arms=3)(closer("probes"))
quantity("points", SATURATION, "closer_saturation", arms=3)(closer("saturation"))


@quantity("epochs", reads=("learning_curve",), name="epochs_to_90", bounds=ANY, arms=2)
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
