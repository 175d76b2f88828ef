"""What interpolation and pixel shuffling do to a receptive field: between its units a map gets others.

Only a number of times can be followed. To what side a map is interpolated, or how its corners lie,
depends on the side of the input: such a map is given as lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import Axis, Map
from rfbook.metrics.receptive_fields.dimensions import spatial


def interpolate(
    image: Map,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Map:
    """The map after torch's `interpolate` by a factor: exact for each unit, away from the border."""
    order = spatial(image)
    factors = scale_factor if isinstance(scale_factor, Sequence) else (scale_factor, scale_factor)
    if size is not None or mode not in _READS or align_corners or antialias:
        return replace(image, lost=_LOST)
    scales = [_ratio(factor) for factor in factors]
    if None in scales or (recompute_scale_factor and any(scale.denominator > 1 for scale in scales)):
        return replace(image, lost=_LOST)
    axes = list(image.axes)
    for axis, scale in zip(order, scales, strict=True):
        axes[axis] = _enlarge(axes[axis], scale, _READS[mode])
    return image.with_axes(axes)


_LOST = (
    "which pixels it reads depends on the side of the input. Write a scale_factor, such as 2, in place "
    "of a size, with mode nearest, bilinear or bicubic and without align_corners and antialias"
)


def shuffle_pixels(image: Map, upscale_factor: int) -> Map:
    """The map after `pixel_shuffle`: each unit becomes a square of units, one of each channel."""
    return interpolate(image, scale_factor=upscale_factor)


Reads = Callable[[int, Fraction], list[int]]
"""Which units of the small map the given unit of the large one reads, by the scale."""


def _ratio(factor: Any) -> Fraction | None:
    ratio = Fraction(float(factor)).limit_denominator(1000)
    return ratio if abs(float(ratio) - factor) < 1e-9 else None


def _enlarge(axis: Axis, scale: Fraction, reads: Reads) -> Axis:
    return axis.resample(scale, lambda unit: reads(unit, scale))


def _nearest(unit: int, scale: Fraction) -> list[int]:
    return [unit // scale]


def _nearest_exact(unit: int, scale: Fraction) -> list[int]:
    return [(unit + Fraction(1, 2)) // scale]


def _linear(unit: int, scale: Fraction) -> list[int]:
    return _around(unit, scale, reach=1)


def _cubic(unit: int, scale: Fraction) -> list[int]:
    return _around(unit, scale, reach=2)


def _around(unit: int, scale: Fraction, reach: int) -> list[int]:
    # Pixels are squares whose middles are aligned; a unit that falls onto another reads it alone.
    place = (unit + Fraction(1, 2)) / scale - Fraction(1, 2)
    before = place // 1
    return [before] if place == before else list(range(before - reach + 1, before + reach + 1))


_READS: dict[str, Reads] = {
    "nearest": _nearest,
    "nearest-exact": _nearest_exact,
    "bilinear": _linear,
    "bicubic": _cubic,
}
