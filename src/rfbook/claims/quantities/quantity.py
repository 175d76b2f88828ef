"""What a quantity is: one number of the records of one run, or of several to compare, by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple, TypeVar

import numpy as np

from rfbook.claims.amounts import LAYER
from rfbook.records.record import Record, Records
from rfbook.records.stages import MEASURES
from rfbook.statistics.intervals import jackknife_interval
from rfbook.statistics.undefined import Undefined

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

FEWEST = 30
"""Images below which a share of them decides nothing: of fewer, each is over three points of the
share, and margins ask for one to ten. The published records count 200 or more."""

Interval = Callable[..., tuple[float, float]]
Function = TypeVar("Function", bound=Callable[..., float])


class Quantity(NamedTuple):
    """function: of the records of one run, or of one run per arm. measures: the records that it reads,
    or the sources of what others say.

    unit: of the number. exact: no seed can change it. interval: its 95 % interval over the images of
    one run, of the same records; it stands where a network is published and has no seeds. bounds: the
    possible values, None for those of the unit. arms: how many it compares, 1 for one network alone.
    """

    function: Callable[..., float]
    measures: tuple[str, ...]
    unit: str
    exact: bool = False
    interval: Interval | None = None
    bounds: Bounds | None = None
    arms: int = 1

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


QUANTITIES: dict[str, Quantity] = {}
"""Those of one network, by name. To look one up import it from `registry`, where all subjects are in."""

CONTRASTS: dict[str, Quantity] = {}
"""Those of several arms, in the order in which a claim names them."""


def quantity(
    unit: str,
    reads: tuple[str, ...],
    name: str = "",
    *,
    exact: bool = False,
    interval: Interval | None = None,
    bounds: Bounds | None = None,
    arms: int = 1,
) -> Callable[[Function], Function]:
    """Makes a function a quantity that claims may name, by default by the function's name.

    reads: its measures. The others are those of `Quantity`. The function stays as it is. Raises
    ValueError, when it is imported, if another quantity has the name.
    """

    def register(function: Function) -> Function:
        known, key = CONTRASTS if arms > 1 else QUANTITIES, name or function.__name__
        if key in known:
            places = f"{known[key].function.__module__} and {function.__module__}"
            raise ValueError(f"two quantities are named {key!r}, in {places}: give one another `name`")
        known[key] = Quantity(function, reads, unit, exact, interval, bounds, arms)
        return function

    return register


def over_images(
    measure: str, arrays: tuple[str, ...], unit: str, name: str = ""
) -> Callable[[Function], Function]:
    """Makes a statistic of a measure's arrays a quantity, with its jackknife interval over the images.

    The arrays' first axis is the images. The name is as for `quantity`.
    """

    def register(statistic: Function) -> Function:
        def samples(records: Records) -> list[np.ndarray]:
            return [records[measure].arrays[array].astype(float) for array in arrays]

        def over_all(records: Records) -> float:
            return statistic(*samples(records))

        def interval(records: Records) -> tuple[float, float]:
            return jackknife_interval(statistic, *samples(records))

        quantity(unit, (measure,), name or statistic.__name__, interval=interval)(over_all)
        return statistic

    return register


def unit_of_differences(unit: str) -> str:
    """The unit of a difference of two values: percentages differ by points, layers by convolutions."""
    if unit == LAYER:
        return "convolutions"
    if not unit.startswith("%"):
        return unit
    return "points" if unit == "%" else f"points ({unit})"


def counted(record: Record) -> int | None:
    """Of how many test images its numbers are shares; None if they are no shares.

    It says so itself, but for the accuracy of a micro-object task: its record holds how many images
    there are, and each was shown twice.
    """
    if not MEASURES[record.measure].shares:
        return None
    data, values = record.run.data, record.values
    stated = values.get("test_images") or values.get("images")
    twice = record.measure == "accuracy" and data.task != "class"
    return (2 if twice else 1) * (stated or data.test_images or data.held.test)


def values_of(quantity: Quantity, samples: Sequence[Sequence[Records]]) -> list[float]:
    """A quantity, one value a seed. samples: the records of every arm from one seed each.

    Raises Undefined where it has none for one of them, or counts too few images (`require_enough`).
    """
    for sample in samples:
        require_enough(sample, quantity.measures)
    return [float(quantity.function(*sample)) for sample in samples]


def require_enough(arms: Sequence[Records], measures: Sequence[str]) -> None:
    """Raises Undefined if one of the measures is a share of fewer than `FEWEST` images."""
    shares = [name for name in measures if name in MEASURES and MEASURES[name].shares]
    for record in (records[name] for records in arms for name in shares if name in records):
        images = counted(record)
        if images < FEWEST:
            raise Undefined(
                f"the {record.measure.replace('_', ' ')} is a share of {images} test images, and a "
                f"verdict needs {FEWEST}: use more test_images"
            )
