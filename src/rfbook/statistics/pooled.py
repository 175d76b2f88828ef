"""Where one more training lies, or a single one, by the spread of others that was pooled.

Pure functions of numbers: they read no record and no file. Groups hold the values of trainings that
differ in their seed only; their means differ, and their spread is taken to be one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rfbook.statistics.intervals import half_interval

LEAST_DEGREES = 4
"""Degrees of freedom below which a pooled spread gives no interval."""


@dataclass(frozen=True)
class Pooled:
    """A standard deviation within groups, and its degrees of freedom: one less than each group has."""

    sd: float
    degrees: int

    def around(self, value: float, factor: float = 1.0) -> tuple[float, float] | None:
        """95 % interval around one value: plus and minus Student's t times `factor` deviations.

        None with fewer than `LEAST_DEGREES`.
        """
        if self.degrees < LEAST_DEGREES:
            return None
        half = float(half_interval(factor * self.sd, self.degrees + 1))
        return value - half, value + half

    def of_next(self, values: Sequence[float]) -> tuple[float, float] | None:
        """95 % prediction interval of one more value beside these, one or more of its own group."""
        return self.around(float(np.mean(values)), (1 + 1 / len(values)) ** 0.5)


def pooled(groups: Iterable[Sequence[float]]) -> Pooled:
    """The spread within groups; a group of one value has none, and adds nothing."""
    several = [np.asarray(group, dtype=float) for group in groups if len(group) > 1]
    degrees = sum(len(group) - 1 for group in several)
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in several)
    return Pooled((squares / degrees) ** 0.5 if degrees else 0.0, degrees)


def left_out(groups: Sequence[Sequence[float]], lower: float = 0.0) -> list[bool]:
    """Each value of a group left out in turn: is it inside the prediction interval of all the rest?

    lower: by how much it is lowered before it is looked at. A value alone in its group is not asked, nor
    is one whose rest has no interval.
    """
    inside = []
    for place, group in enumerate(groups):
        others = [other for at, other in enumerate(groups) if at != place]
        for index, value in enumerate(group):
            rest = [*group[:index], *group[index + 1 :]]
            interval = pooled([*others, rest]).of_next(rest) if rest else None
            if interval is not None:
                inside.append(interval[0] <= value - lower <= interval[1])
    return inside


def alone(spread: Pooled, values: Sequence[float], factor: float) -> list[bool]:
    """Each value as if it were the only one: does its interval hold the mean of the others?

    Empty for a spread that gives no interval, and for a single value.
    """
    inside = []
    for index, value in enumerate(values):
        others = [*values[:index], *values[index + 1 :]]
        interval = spread.around(value, factor)
        if others and interval is not None:
            inside.append(interval[0] <= float(np.mean(others)) <= interval[1])
    return inside
