"""Quantities that compare arms of one experiment: the same network, run in several ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rfbook.ledger.layer_quantities import convolution_curve
from rfbook.ledger.obtain import Records
from rfbook.ledger.quantity import Quantity


class Contrast(NamedTuple):
    """A quantity of several arms, in the order in which a claim names them."""

    arms: int
    quantity: Quantity


def difference(single: Quantity) -> Quantity:
    """The quantity of the first arm minus that of the second."""

    def function(first: Records, second: Records) -> float:
        return single.function(first) - single.function(second)

    return Quantity(function, single.measures, single.unit, single.exact)


def accuracy_ratio(first: Records, second: Records) -> float:
    """Accuracy of the first arm, percent of that of the second."""
    return 100 * first["accuracy"].values["accuracy"] / second["accuracy"].values["accuracy"]


def profile_distance(first: Records, second: Records, measure: str) -> float:
    """Area between two curves over the same convolutions, per convolution, points."""
    curves = [np.asarray(convolution_curve(records, measure)) for records in (first, second)]
    return 100 * float(np.abs(curves[0] - curves[1]).mean())


def closer(measure: str) -> Callable[[Records, Records, Records], float]:
    """How much closer the first arm's curve is to the second's than to the third's, points."""

    def function(arm: Records, near: Records, far: Records) -> float:
        return profile_distance(arm, far, measure) - profile_distance(arm, near, measure)

    return function


CONTRASTS: dict[str, Contrast] = {
    "accuracy_ratio": Contrast(2, Quantity(accuracy_ratio, ("accuracy",), "%")),
    "closer_probes": Contrast(
        3, Quantity(closer("probes"), ("receptive_field", "probes"), "points")
    ),
    "closer_saturation": Contrast(
        3, Quantity(closer("saturation"), ("receptive_field", "saturation"), "points")
    ),
}
