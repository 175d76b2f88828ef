"""What a quantity is: one number, computed from the records of one run or of several to compare."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

import numpy as np

from rfbook.records.record import Records
from rfbook.statistics.intervals import jackknife_interval

Bounds = tuple[float, float]
"""The smallest and the largest value that is possible."""

SHARE: Bounds = (0.0, 100.0)
"""Of a share of a whole, in percent, and of a distance between two of them."""

ANY: Bounds = (-inf, inf)

OF_UNITS: dict[str, Bounds] = {
    "correlation": (-1.0, 1.0),
    "rank correlation": (-1.0, 1.0),
    "R^2": (-inf, 1.0),
    "points": (-100.0, 100.0),
    "% of the convolutions": SHARE,
    "% of the gain": SHARE,
    "points (% of the mean)": ANY,
    "(exponent)": ANY,
}
"""Bounds of quantities by their unit, for those that name none; of any other unit they begin at 0."""


class Quantity(NamedTuple):
    """function: of the records of one run, or of one run per arm. measures: the records it reads.

    unit: of the number. exact: no seed can change it. interval: its 95 % interval over the images of
    one run, of the same records; it stands where a network is published and has no seeds. bounds: the
    possible values, None for those of the unit.
    """

    function: Callable[..., float]
    measures: tuple[str, ...]
    unit: str
    exact: bool = False
    interval: Callable[..., tuple[float, float]] | None = None
    bounds: Bounds | None = None

    @property
    def possible(self) -> Bounds:
        """The smallest and the largest value that it can have."""
        return self.bounds or OF_UNITS.get(self.unit, (0.0, inf))

    def within(self, mean: float, interval: tuple[float, float]) -> tuple[float, float]:
        """The part of an interval around a mean that is possible.

        With few runs Student's interval may reach beyond, such as to accuracies below 0 %. What is cut
        off holds no value that the quantity could have, so the interval covers as often as before, and
        no comparison with a margin inside the bounds comes out otherwise. The mean is never cut off.
        """
        low, high = self.possible
        return max(interval[0], min(low, mean)), min(interval[1], max(high, mean))


def unit_of_differences(unit: str) -> str:
    """The unit of a difference of two values: two percentages differ by points."""
    if not unit.startswith("%"):
        return unit
    return "points" if unit == "%" else f"points ({unit})"


def over_images(
    measure: str, names: tuple[str, ...], statistic: Callable[..., float], unit: str
) -> Quantity:
    """A statistic of a measure's arrays whose first axis is the images, with its jackknife interval."""

    def arrays(records: Records) -> list[np.ndarray]:
        return [records[measure].arrays[name].astype(float) for name in names]

    return Quantity(
        lambda records: statistic(*arrays(records)),
        (measure,),
        unit,
        interval=lambda records: jackknife_interval(statistic, *arrays(records)),
    )
