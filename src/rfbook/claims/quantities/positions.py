"""Quantities of the probes at every position of every layer: Size Matters, 3.4 and appendix F."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfbook.claims.quantities.layers import border_inside, border_place, convolution_curve
from rfbook.claims.quantities.quantity import SHARE, quantity
from rfbook.records.record import Records
from rfbook.statistics import curves
from rfbook.statistics.undefined import Undefined

EQUAL = 2.0
"""Points below the model at which a position still counts as equal to it, as on the page of Figure 6."""
POSITIONS = ("receptive_field", "position_probes")


def position_grid(records: Records, number: int) -> np.ndarray:
    """(h, w) accuracies of the probes at every position of a convolution, counted from 1."""
    layer = records["receptive_field"].values["layers"][number - 1]
    return records["position_probes"].arrays[layer]


def position_grids(records: Records) -> list[np.ndarray]:
    """The map of accuracies of every main-path convolution, in their order."""
    count = len(records["receptive_field"].values["layers"])
    return [position_grid(records, number) for number in range(1, count + 1)]


def position_curve(records: Records) -> list[float]:
    """Mean accuracy over the positions of each convolution."""
    return [float(grid.mean()) for grid in position_grids(records)]


@quantity("points", reads=POSITIONS, bounds=SHARE)
def position_fall(records: Records) -> float:
    """Largest fall of the mean over positions from one convolution to the next, points."""
    return 100 * curves.largest_fall(position_curve(records))


def fall_from_the_end(back: int) -> Callable[[Records], float]:
    """Fall of the mean over positions to the `back`-th convolution from the end, points.

    Compares it with the convolution before it; negative where the mean rises.
    """

    def fall(records: Records) -> float:
        means = position_curve(records)
        if back >= len(means):
            raise Undefined(
                f"no layer lies before the {back}th convolution from the end of {len(means)}"
            )
        return 100 * (means[-back - 1] - means[-back])

    return fall


# ResNet18's blocks hold two convolutions each, so these two are counted from its end.
quantity("points", reads=POSITIONS, name="position_fall_block6")(fall_from_the_end(5))
quantity("points", reads=POSITIONS, name="position_fall_block8")(fall_from_the_end(1))


@quantity("% of the convolutions", reads=POSITIONS)
def worst_in_corner(records: Records) -> float:
    """Share of the convolutions in whose map no position is worse than the worst corner, percent.

    Only maps with a side of three or more count: a smaller one is all corners.
    """
    grids = [grid for grid in position_grids(records) if len(grid) > 2]
    if not grids:
        raise Undefined("every map is 2x2 or smaller: all its positions are corners")
    return 100 * float(np.mean([curves.corners(grid).min() == grid.min() for grid in grids]))


@quantity("rank correlation", reads=POSITIONS)
def falls_outward(records: Records) -> float:
    """Rank correlation of a position's accuracy with its distance from the middle of the map.

    Mean over the convolutions before the border layer; a map without any difference counts as 0. Only
    maps with a side of three or more count: in a smaller one all positions are as far from the middle.
    """
    grids = [grid for grid in position_grids(records)[: border_place(records) - 1] if len(grid) > 2]
    if not grids:
        raise Undefined("every map before the border layer is 2x2 or smaller: it has no outer positions")
    return float(np.mean([curves.rank_from_the_middle(grid) for grid in grids]))


@quantity("convolutions", reads=POSITIONS)
def after_best_position(records: Records) -> float:
    """How many convolutions come after the one with the best mean over positions."""
    means = position_curve(records)
    return len(means) - 1 - int(np.argmax(means))


@quantity("conv", reads=(*POSITIONS, "accuracy"))
def first_equal_position(records: Records) -> float:
    """The first convolution, from 1, whose best position is at most `EQUAL` points below the model."""
    level = records["accuracy"].values["accuracy"] - EQUAL / 100
    best = [float(grid.max()) for grid in position_grids(records)]
    equal = [number for number, share in enumerate(best, 1) if share >= level]
    if not equal:
        raise Undefined(f"no position of any layer comes within {EQUAL:g} points of the model")
    return equal[0]


@quantity("points", reads=(*POSITIONS, "probes_global"))
def last_position_gap(records: Records) -> float:
    """Probe on the global average of the last convolution minus the mean over its positions, points."""
    pooled = convolution_curve(records, "probes_global")[-1]
    return 100 * (pooled - position_curve(records)[-1])


@quantity("points", reads=POSITIONS)
def inner_over_corners(records: Records) -> float:
    """Mean of the middle 2x2 positions minus that of the corners, three layers before the border."""
    number = border_place(records) - 3
    if number < 1:
        raise Undefined(f"the border layer is conv{number + 3}: no layer lies three before it")
    return _middle_over_corners(position_grid(records, number))


@quantity("points", reads=POSITIONS)
def inner_over_corners_at_border(records: Records) -> float:
    """Mean of the border layer's middle 2x2 positions minus that of its corners, points."""
    return _middle_over_corners(position_grid(records, border_place(records)))


def _middle_over_corners(grid: np.ndarray) -> float:
    if len(grid) < 3:
        raise Undefined(f"a map of {len(grid)}x{len(grid)} positions is all corners")
    return 100 * float(curves.middle(grid).mean() - curves.corners(grid).mean())


@quantity("points", reads=(*POSITIONS, "accuracy"))
def inner_gap_at_border(records: Records) -> float:
    """Model accuracy minus the mean of the border layer's middle 2x2 positions, points."""
    grid = position_grid(records, border_place(records))
    return 100 * float(records["accuracy"].values["accuracy"] - curves.middle(grid).mean())


@quantity("points", reads=POSITIONS)
def position_spread_shrinks(records: Records) -> float:
    """Spread (max - min) over positions at the border layer minus that at the last convolution."""
    last = len(records["receptive_field"].values["layers"])
    spreads = [np.ptp(position_grid(records, n)) for n in (border_inside(records), last)]
    return 100 * float(spreads[0] - spreads[1])
