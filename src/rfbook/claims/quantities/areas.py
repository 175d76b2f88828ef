"""Quantities of how much of an image an effective field covers: RepLKNet's ratio, tiles, theory.

Dead Pixel, section 2; of the middle unit of layer3 and of layer4, and of the output.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfbook.claims.quantities.layer_lists import steps_to
from rfbook.claims.quantities.quantity import SHARE, quantity
from rfbook.metrics.effective_area import Square, central_square
from rfbook.metrics.layer_list import last_map
from rfbook.metrics.receptive_field_arithmetic import Axis
from rfbook.records.record import Records
from rfbook.statistics.undefined import Undefined

FIELD = ("effective_field",)
STAGES = {"layer3": 3, "layer4": 4}
PERCENT = (20, 30, 50, 99)
"""The shares of a field for which RepLKNet prints its area."""

TILE = 4
"""Pixels along a tile: patterns of two and of four pixels are even within it."""

HALF = (0.0, 50.0)
"""Of `half_share`: half of the tiles hold half of a field that is as large everywhere."""


def _units(records: Records, target: str) -> Axis:
    try:
        return last_map(steps_to(records["effective_field"].run.model, STAGES[target]))
    except ValueError as error:
        raise Undefined(str(error)) from None


def unit_pixel(records: Records, target: str) -> float:
    """Pixel, along one axis, in the middle of what the unit that was measured sees.

    It is unit n // 2 of a map of n. Raises Undefined for a network that is no ResNet.
    """
    units, side = _units(records, target), records["effective_field"].run.data.side
    return units.center(-(-side // int(units.jump)) // 2)


def square(records: Records, target: str, percent: int, on_unit: bool) -> Square:
    """The smallest square that holds more than a share of R_xy of a target.

    on_unit: whether it lies around the unit's pixel, or around the middle of the image.
    """
    field = records["effective_field"].arrays.get(target)
    if field is None:
        raise Undefined(f"no effective field of {target}")
    center = (unit_pixel(records, target),) * 2 if on_unit else None
    return central_square(field, percent / 100, center)


def area(target: str, percent: int, on_unit: bool) -> Callable[[Records], float]:
    """Area of that square, percent of the image: the high-contribution area ratio r."""
    return lambda records: 100 * square(records, target, percent, on_unit).area


for _target in STAGES:
    for _percent in PERCENT:
        for _name, _on_unit in (("", False), ("_unit", True)):
            quantity("% of the image", FIELD, f"area_{_percent}_{_target}{_name}", bounds=SHARE)(
                area(_target, _percent, _on_unit)
            )


@quantity("% of the theoretical field", reads=FIELD)
def half_of_theory(records: Records) -> float:
    """Area of the square around the unit that holds half of R_xy of layer3, percent of its field's.

    50 for a field that is as large everywhere. Raises Undefined where the image holds less than half of
    the theoretical field: there every field is small against it.
    """
    theory, image = float(_units(records, "layer3").size), records["effective_field"].run.data.side
    if 2 * image**2 < theory**2:
        field = f"the theoretical field of layer3 has {theory:g} pixels a side"
        raise Undefined(f"{field}, the image {image}: use a larger side")
    return 100 * (square(records, "layer3", 50, True).side / theory) ** 2


def half_share(target: str) -> Callable[[Records], float]:
    """The fewest tiles that hold half of R_xy of a target, % of all: 50 if R is as large everywhere.

    Means over tiles of 4 x 4 pixels, so that a checkerboard is not taken for a small field; pixels
    beyond the last whole tile are left out. Of the last tile only the part that is needed counts, or
    small fields would have few possible values. Raises Undefined for a network without such a target.
    """

    def share(records: Records) -> float:
        field = records["effective_field"].arrays.get(target)
        if field is None:
            raise Undefined(f"no effective field of {target}")
        rows, columns = (side // TILE for side in field.shape)
        whole = field[: rows * TILE, : columns * TILE].astype(float)
        tiles = whole.reshape(rows, TILE, columns, TILE).mean((1, 3))
        largest = np.sort(tiles, axis=None)[::-1]
        sums = np.concatenate([[0], largest.cumsum()])
        whole_tiles = int(np.searchsorted(sums, sums[-1] / 2)) - 1
        part = (sums[-1] / 2 - sums[whole_tiles]) / largest[whole_tiles]
        return 100 * float(whole_tiles + part) / tiles.size

    return share


quantity("% of the image", FIELD, "half_share_layer3", bounds=HALF)(half_share("layer3"))
quantity("% of the image", FIELD, "half_share_layer4", bounds=HALF)(half_share("layer4"))
quantity("% of the image", FIELD, "half_share_output", bounds=HALF)(half_share("output"))


@quantity("points", reads=FIELD)
def half_share_growth(records: Records) -> float:
    """`half_share` of layer4 minus that of layer3, points."""
    return half_share("layer4")(records) - half_share("layer3")(records)
