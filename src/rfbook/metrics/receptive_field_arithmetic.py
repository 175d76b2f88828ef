"""What windows, borders, global operations and merges do to a receptive field. No framework here.

A feature map is described by the input pixels its unit 0 sees along each axis; unit j sees the same
pixels, j jumps further on. Everything is exact: integers, or infinity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, nan

Pair = tuple[int, int]
"""A number of units or pixels along (height, width)."""

Pixels = int | float
"""A whole number of input pixels, or infinity."""


@dataclass(frozen=True)
class Axis:
    """One axis of a feature map, in input pixels. The defaults describe the input image.

    first, last: the outermost pixels unit 0 sees; padding makes `first` negative.
    jump: distance between neighbouring units, the product of strides so far; infinite if there is
        one unit only, which sees everything.
    smallest: size of the field along the path on which it grows least.
    """

    first: Pixels = 0
    last: Pixels = 0
    jump: Pixels = 1
    smallest: Pixels = 1

    @property
    def size(self) -> Pixels:
        """Size of the field, r_l in Size Matters 2.4."""
        return self.last - self.first + 1

    @property
    def center(self) -> float:
        """Middle of what unit 0 sees; NaN if it sees everything."""
        return nan if self.size == inf else (self.first + self.last) / 2

    def window(self, kernel: int, stride: int, before: int, dilation: int) -> Axis:
        """The axis after a kernel slid over it, with `before` units of padding in front.

        Size Matters eq. 1 and 2, with the (k - 1) that they print as (k - 2).
        """
        if self.jump == inf:
            return self
        growth = dilation * (kernel - 1) * self.jump
        start = self.shift(-before)
        return Axis(start.first, start.last + growth, self.jump * stride, self.smallest + growth)

    def shift(self, units: int) -> Axis:
        """The axis with another unit in the place of unit 0."""
        return replace(
            self, first=self.first + units * self.jump, last=self.last + units * self.jump
        )

    def everything(self, jump: Pixels = inf) -> Axis:
        """The axis after an operation whose every output sees all units."""
        return Axis(-inf, inf, jump, inf)


@dataclass(frozen=True)
class Map:
    """A feature map: its (height, width) axes.

    path: names of the layers on the path with the largest field. note: why a field is infinite.
    """

    axes: tuple[Axis, Axis] = (Axis(), Axis())
    path: tuple[str, ...] = ()
    note: str = ""

    @property
    def sizes(self) -> tuple[Pixels, Pixels]:
        """The (height, width) of the field."""
        return self.axes[0].size, self.axes[1].size

    @property
    def jumps(self) -> tuple[Pixels, Pixels]:
        """The (height, width) jump."""
        return self.axes[0].jump, self.axes[1].jump

    @property
    def centers(self) -> tuple[float, float]:
        """The (height, width) centre of unit (0, 0)."""
        return self.axes[0].center, self.axes[1].center

    @property
    def smallest(self) -> tuple[Pixels, Pixels]:
        """The (height, width) of the field along the path on which it grows least."""
        return self.axes[0].smallest, self.axes[1].smallest

    @property
    def has_positions(self) -> bool:
        """Whether there is more than one unit: not so after global pooling or flattening."""
        return min(self.jumps) < inf

    def window(self, kernel: Pair, stride: Pair, before: Pair, dilation: Pair) -> Map:
        """The map after a convolution or pooling; arguments are (height, width) pairs."""
        settings = zip(self.axes, kernel, stride, before, dilation, strict=True)
        return self.with_axes([axis.window(*numbers) for axis, *numbers in settings])

    def everything(self, axes: Sequence[int] = (0, 1), keep_jump: bool = False) -> Map:
        """The map after an operation over all positions along `axes` (0 height, 1 width)."""
        changed = list(self.axes)
        for index in axes:
            changed[index] = changed[index].everything(self.jumps[index] if keep_jump else inf)
        return self.with_axes(changed)

    def with_axes(self, axes: Sequence[Axis]) -> Map:
        """The same map with other (height, width) axes."""
        return replace(self, axes=tuple(axes))


def merge(maps: Sequence[Map], where: str) -> Map:
    """The map in which branches meet by addition, multiplication or concatenation.

    Its field is the smallest rectangle that holds the fields of all branches: that of the largest
    branch (Size Matters B.1.2) when they are centred alike, and larger when they are not. The
    path is that of the largest branch, at equal fields of the one with more layers.
    Raises ValueError, naming the branches, if they differ in jump; one-unit branches fit any map.
    """
    widest = max(maps, key=lambda map_: (map_.has_positions, sum(map_.sizes), len(map_.path)))
    axes = [_hull(axes) for axes in zip(*(map_.axes for map_ in maps), strict=True)]
    if None in axes:
        branches = "; ".join(f"after {_last(map_)}: {map_.jumps}" for map_ in maps)
        raise ValueError(
            f"{where} joins branches whose neighbouring units lie different numbers of input "
            f"pixels apart, (height, width) {branches}. Give the branches equal strides"
        )
    return replace(widest, axes=tuple(axes), note=_joint_note(maps, widest, where))


def _hull(axes: Sequence[Axis]) -> Axis | None:
    jumps = {axis.jump for axis in axes} - {inf}
    if len(jumps) > 1:
        return None
    return Axis(
        first=min(axis.first for axis in axes),
        last=max(axis.last for axis in axes),
        jump=min(axis.jump for axis in axes),
        smallest=min(axis.smallest for axis in axes),
    )


def _last(map_: Map) -> str:
    return repr(map_.path[-1]) if map_.path else "the input"


def _joint_note(maps: Sequence[Map], widest: Map, where: str) -> str:
    notes = [map_.note for map_ in maps if map_.note]
    if widest.note or not notes:
        return widest.note
    lone = any(not map_.has_positions for map_ in maps)
    return f"squeeze-excitation: {where} scales the map, and {notes[0]}" if lone else notes[0]
