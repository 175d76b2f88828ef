"""Quantities of how much of an image an effective field covers: RepLKNet's ratio, and the theory's size.

Dead Pixel, section 2; of the middle unit of layer3 and of layer4.
"""

from __future__ import annotations

from collections.abc import Callable

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
