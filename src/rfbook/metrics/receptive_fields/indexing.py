"""Parts of feature maps: slices, single channels, and what `chunk` and `split` cut.

What would cut a map by a number that depends on the image is refused with a ValueError.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import POSITIONS, Axis, Map
from rfbook.metrics.receptive_fields.dimensions import (
    Pieces,
    dimensions,
    off_positions,
    with_layout,
    without,
)

WHOLE, CHANNELS, PLACES = range(3)
"""What an index takes of a map: all of it, some channels at all positions, or some positions."""


def takes_all(key: Any) -> bool:
    """Whether `x[key]` is all of x."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(part is Ellipsis or (isinstance(part, slice) and part == slice(None)) for part in parts)


def index(image: Map, key: Any) -> tuple[Map, int]:
    """The map after `x[key]`, and what that takes of it: WHOLE, CHANNELS or PLACES.

    Slices with steps are strides, as in the parameter-free shortcut of He et al. (2016).
    """
    layout, axes, taken = "", list(image.axes), WHOLE
    for letter, part in _parts(image.layout, key):
        layout += _after(letter, part)
        if part is None or (isinstance(part, slice) and part == slice(None)):
            continue
        taken = max(taken, PLACES if letter in POSITIONS else CHANNELS)
        if letter in POSITIONS:
            (axis,) = POSITIONS[letter]
            axes[axis] = _slice(axes[axis], part)
    return with_layout(image.with_axes(axes), layout), taken


def _parts(layout: str, key: Any) -> list[tuple[str, Any]]:
    parts = list(key) if isinstance(key, tuple) else [key]
    used = sum(part is not None and part is not Ellipsis for part in parts)
    missing = [slice(None)] * (len(layout) - used)
    place = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    letters = iter(layout)
    full = [*parts[:place], *missing, *parts[place + 1 :]]
    return [("1" if part is None else next(letters), part) for part in full]


def _after(letter: str, part: Any) -> str:
    if part is None or (isinstance(part, slice) and (letter != "t" or part == slice(None))):
        return letter
    if letter in POSITIONS:
        raise _unknown_index()
    if isinstance(part, int):
        return ""
    if isinstance(part, list) or getattr(part, "ndim", 0) == 1:
        return letter
    raise _unknown_index()


def _unknown_index() -> ValueError:
    return ValueError(
        "of all indexing only slices, x[:, :, ::2, ::2], and picking of channels, x[:, 0], are known"
    )


def _slice(axis: Axis, part: slice) -> Axis:
    start, step = part.start or 0, part.step or 1
    if start < 0:
        raise ValueError(f"a slice that starts at {start} depends on the side of the input")
    return axis.resample(Fraction(1, step), lambda unit: [start + unit * step])


def pieces(image: Map, *settings: Any, dim: int = 0, **_: object) -> Pieces:
    """The maps that `chunk` and `split` give: some channels each."""
    along = settings[1] if len(settings) > 1 else dim
    off_positions(image, along, "cuts the map")
    return Pieces(replace(image))


def unbind(image: Map, dim: int = 0) -> Pieces:
    """The maps that `unbind` gives: one channel each."""
    off_positions(image, dim, "cuts the map")
    return Pieces(with_layout(image, without(image.layout, dimensions(image, dim))))


def select(image: Map, dim: int, number: Any) -> Map:
    """The map after `select` and `index_select`: of one channel, or of several."""
    off_positions(image, dim, "picks positions")
    kept = not isinstance(number, int)
    return with_layout(image, image.layout if kept else without(image.layout, dimensions(image, dim)))


def narrow(image: Map, dim: int, start: Any, *_: object) -> Map:
    """The map after `narrow`: a slice along one dimension."""
    place = dimensions(image, dim)[0]
    return item(image, (*[slice(None)] * place, slice(start, None, None)))


def item(image: Map, key: Any) -> Map:
    """The map after `x[key]`."""
    return index(image, key)[0]
