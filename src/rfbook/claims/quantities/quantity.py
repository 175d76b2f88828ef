"""What a quantity is: one number, computed from the records of one run or of several to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rfbook.claims.amounts import LAYER
from rfbook.records.record import Records
from rfbook.statistics.intervals import jackknife_interval


class Undefined(ValueError):
    """A quantity has no value for this network; the message says why."""


class Quantity(NamedTuple):
    """function: of the records of one run, or of one run per arm. measures: the records it reads.

    unit: of the number. exact: no seed can change it. interval: its 95 % interval over the images of
    one run, of the same records; it stands where a network is published and has no seeds.
    """

    function: Callable[..., float]
    measures: tuple[str, ...]
    unit: str
    exact: bool = False
    interval: Callable[..., tuple[float, float]] | None = None


def unit_of_differences(unit: str) -> str:
    """The unit of a difference of two values: percentages differ by points, layers by convolutions."""
    if unit == LAYER:
        return "convolutions"
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
