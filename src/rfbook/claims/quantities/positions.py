"""Quantities of the probes at every position of every layer: Size Matters, 3.4 and appendix F."""

from __future__ import annotations

import numpy as np

from rfbook.claims.quantities.layers import POSITIONS, border_place, convolution_curve, position_grid
from rfbook.claims.quantities.quantity import SHARE, Quantity
from rfbook.records.record import Records
from rfbook.statistics import curves
from rfbook.statistics.undefined import Undefined

EQUAL = 2.0
"""Points below the model at which a position still counts as equal to it, as on the page of Figure 6."""


def position_grids(records: Records) -> list[np.ndarray]:
    """The map of accuracies of every main-path convolution, in their order."""
    count = len(records["receptive_field"].values["layers"])
    return [position_grid(records, number) for number in range(1, count + 1)]


def position_curve(records: Records) -> list[float]:
    """Mean accuracy over the positions of each convolution."""
    return [float(grid.mean()) for grid in position_grids(records)]


def position_fall(records: Records) -> float:
    """Largest fall of the mean over positions from one convolution to the next, points."""
    return 100 * curves.largest_fall(position_curve(records))


def fall_from_the_end(records: Records, back: int) -> float:
    """Fall of the mean over positions to the `back`-th convolution from the end, points.

    Compares it with the convolution before it; negative where the mean rises.
    """
    means = position_curve(records)
    if back >= len(means):
        raise Undefined(f"no layer lies before the {back}th convolution from the end of {len(means)}")
    return 100 * (means[-back - 1] - means[-back])


def worst_in_corner(records: Records) -> float:
    """Share of the convolutions in whose map no position is worse than the worst corner, percent.

    Only maps with a side of three or more count: a smaller one is all corners.
    """
    grids = [grid for grid in position_grids(records) if len(grid) > 2]
    if not grids:
        raise Undefined("every map is 2x2 or smaller: all its positions are corners")
    return 100 * float(np.mean([curves.corners(grid).min() == grid.min() for grid in grids]))


def falls_outward(records: Records) -> float:
    """Rank correlation of a position's accuracy with its distance from the middle of the map.

    Mean over the convolutions before the border layer; a map without any difference counts as 0. Only
    maps with a side of three or more count: in a smaller one all positions are as far from the middle.
    """
    grids = [grid for grid in position_grids(records)[: border_place(records) - 1] if len(grid) > 2]
    if not grids:
        raise Undefined("every map before the border layer is 2x2 or smaller: it has no outer positions")
    return float(np.mean([curves.rank_from_the_middle(grid) for grid in grids]))


def after_best_position(records: Records) -> float:
    """How many convolutions come after the one with the best mean over positions."""
    means = position_curve(records)
    return len(means) - 1 - int(np.argmax(means))


def first_equal_position(records: Records) -> float:
    """The first convolution, from 1, whose best position is at most `EQUAL` points below the model."""
    level = records["accuracy"].values["accuracy"] - EQUAL / 100
    best = [float(grid.max()) for grid in position_grids(records)]
    equal = [number for number, share in enumerate(best, 1) if share >= level]
    if not equal:
        raise Undefined(f"no position of any layer comes within {EQUAL:g} points of the model")
    return equal[0]


def last_position_gap(records: Records) -> float:
    """Probe on the global average of the last convolution minus the mean over its positions, points."""
    pooled = convolution_curve(records, "probes_global")[-1]
    return 100 * (pooled - position_curve(records)[-1])


POSITION_QUANTITIES: dict[str, Quantity] = {
    "position_fall": Quantity(position_fall, POSITIONS, "points", bounds=SHARE),
    # ResNet18's blocks hold two convolutions each, so these two are counted from its end.
    "position_fall_block6": Quantity(lambda r: fall_from_the_end(r, 5), POSITIONS, "points"),
    "position_fall_block8": Quantity(lambda r: fall_from_the_end(r, 1), POSITIONS, "points"),
    "falls_outward": Quantity(falls_outward, POSITIONS, "rank correlation"),
    "worst_in_corner": Quantity(worst_in_corner, POSITIONS, "% of the convolutions"),
    "after_best_position": Quantity(after_best_position, POSITIONS, "convolutions"),
    "last_position_gap": Quantity(last_position_gap, (*POSITIONS, "probes_global"), "points"),
    "first_equal_position": Quantity(first_equal_position, (*POSITIONS, "accuracy"), "conv"),
}
