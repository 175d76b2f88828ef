"""What windows, borders, global operations and merges do to a receptive field. No framework here.

A feature map is described by the input pixels its units see along each axis. Mostly unit j sees the
same pixels as unit 0, j jumps further on. Behind what enlarges a map, neighbours differ and only every
second or third unit repeats the pattern. Everything is exact: integers, or infinity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import zip_longest
from math import gcd, inf, lcm, nan

Pair = tuple[int, int]
"""A number of units or pixels along (height, width)."""

Pixels = int | float
"""A whole number of input pixels, or infinity."""

Span = tuple[Pixels, Pixels]
"""First and last pixel that a unit sees: (inf, -inf) if none, (-inf, inf) if all."""

Window = tuple[int, int, int, int]
"""Kernel size, stride, units of padding in front, and dilation, along one axis."""

EVERYTHING: Span = (-inf, inf)
POSITIONS = {"h": (0,), "w": (1,), "t": (0, 1)}
"""Letter of a layout -> the axes (0 height, 1 width) whose positions lie along it."""


@dataclass(frozen=True)
class Axis:
    """One axis of a feature map, in input pixels. The defaults describe the input image.

    spans: what units 0, 1, ... see, until the pattern repeats: one span, but for enlarged maps.
        Padding makes pixels negative.
    step: pixels by which a repetition of the pattern lies further on; infinite if there is one unit
        only, which sees everything.
    narrow: the spans along the path on which the field grows least.
    """

    spans: tuple[Span, ...] = ((0, 0),)
    step: Pixels = 1
    narrow: tuple[Span, ...] = ((0, 0),)

    @property
    def size(self) -> Pixels:
        """Size of the field, r_l in Size Matters 2.4, of the unit that sees most."""
        return _widest(self.spans)

    @property
    def smallest(self) -> Pixels:
        """Size of the field along the path on which it grows least."""
        return _widest(self.narrow)

    @property
    def jump(self) -> Pixels:
        """Distance between neighbouring units: the product of strides so far, a fraction if enlarged."""
        if self.step == inf:
            return inf
        jump = Fraction(self.step, len(self.spans))
        return int(jump) if jump.denominator == 1 else float(jump)

    def span(self, unit: int) -> Span:
        """First and last pixel that the unit sees."""
        return EVERYTHING if self.step == inf else _at(self.spans, self.step, unit)

    def center(self, unit: int = 0) -> float:
        """Middle of what the unit sees; NaN if it sees everything or nothing."""
        first, last = self.span(unit)
        return nan if inf in (first, last) else (first + last) / 2

    def window(self, kernel: int, stride: int, before: int, dilation: int) -> Axis:
        """The axis after a kernel slid over it, with `before` units of padding in front.

        Size Matters eq. 1 and 2, with the (k - 1) that they print as (k - 2).
        """

        def units(unit: int) -> range:
            start = unit * stride - before
            return range(start, start + dilation * (kernel - 1) + 1, dilation)

        return self.resample(Fraction(1, stride), units)

    def transposed(self, kernel: int, stride: int, before: int, dilation: int) -> Axis:
        """The axis after a transposed convolution: unit j gets from all units that write to it."""

        def units(unit: int) -> list[int]:
            places = (unit + before - dilation * tap for tap in range(kernel))
            return [place // stride for place in places if place % stride == 0]

        return self.resample(Fraction(stride), units)

    def shift(self, units: int) -> Axis:
        """The axis with another unit in the place of unit 0."""
        return self.resample(Fraction(1), lambda unit: [unit + units])

    def resample(self, scale: Fraction, units: Callable[[int], Iterable[int]]) -> Axis:
        """The axis with `scale` times as many units, of which unit j sees what `units(j)` see here.

        units: must repeat, `scale.denominator` units further on after every `scale.numerator`.
        """
        if self.step == inf:
            return self
        pattern = len(self.spans)
        repeats = pattern // gcd(pattern, scale.denominator)
        step = self.step * scale.denominator * repeats // pattern
        read = [tuple(units(unit)) for unit in range(repeats * scale.numerator)]
        spans, narrow = (
            tuple(_hull(_at(seen, self.step, unit) for unit in row) for row in read)
            for seen in (self.spans, self.narrow)
        )
        return Axis(spans, step, narrow)

    def everything(self, keep_jump: bool = False) -> Axis:
        """The axis after an operation whose every output sees all units."""
        if not keep_jump:
            return Axis((EVERYTHING,), inf, (EVERYTHING,))
        spans = (EVERYTHING,) * len(self.spans)
        return Axis(spans, self.step, spans)


def _widest(spans: Sequence[Span]) -> Pixels:
    return max(0, *(last - first + 1 for first, last in spans))


def _at(spans: Sequence[Span], step: Pixels, unit: int) -> Span:
    repetitions, place = divmod(unit, len(spans))
    first, last = spans[place]
    return first + repetitions * step, last + repetitions * step


def _hull(spans: Iterable[Span]) -> Span:
    ends = tuple(spans)
    return min((first for first, _ in ends), default=inf), max((last for _, last in ends), default=-inf)


@dataclass(frozen=True)
class Map:
    """A feature map: its (height, width) axes. Channels are not told apart: a unit is all of them.

    path: names of the layers on the path with the largest field. note: why a field is infinite.
    layout: what lies along each dimension of the tensor: n images, c channels, h height, w width,
        t all positions in one row, 1 nothing.
    lost: why the map cannot be followed. No layer may read it; it may be put out.
    windows: of the last operation that slid a kernel over (height, width), if that was the last of all.
    """

    axes: tuple[Axis, Axis] = (Axis(), Axis())
    path: tuple[str, ...] = ()
    note: str = ""
    layout: str = "nchw"
    lost: str = ""
    windows: tuple[Window, Window] | None = field(default=None, compare=False)

    @property
    def sizes(self) -> tuple[Pixels, Pixels]:
        """The (height, width) of the field."""
        return self.axes[0].size, self.axes[1].size

    @property
    def jumps(self) -> tuple[Pixels, Pixels]:
        """The (height, width) jump."""
        return self.axes[0].jump, self.axes[1].jump

    @property
    def has_positions(self) -> bool:
        """Whether there is more than one unit: not so after global pooling or flattening."""
        return min(self.jumps) < inf

    def everything(self, axes: Iterable[int] = (0, 1), keep_jump: bool = False) -> Map:
        """The map after an operation over all positions along `axes` (0 height, 1 width)."""
        changed = list(self.axes)
        for index in axes:
            changed[index] = changed[index].everything(keep_jump)
        return self.with_axes(changed)

    def with_axes(self, axes: Sequence[Axis]) -> Map:
        """The same map with other (height, width) axes."""
        return replace(self, axes=tuple(axes))


def merge(maps: Sequence[Map], where: str) -> Map:
    """The map in which branches meet by addition, multiplication or concatenation.

    Its field is the smallest rectangle that holds the fields of all branches: that of the largest
    branch (Size Matters B.1.2) when they are centred alike, and larger when they are not. The
    path is that of the largest branch, at equal fields of the one with more layers.
    Raises ValueError, naming the branches, if they differ in jump or in the order of their
    dimensions; one-unit branches fit any map.
    """
    if len(maps) == 1:
        return maps[0]
    widest = max(maps, key=lambda map_: (map_.has_positions, sum(map_.sizes), len(map_.path)))
    lost = next((map_.lost for map_ in maps if map_.lost), "")
    if lost:
        return replace(widest, lost=lost)
    axes = [_join(axes) for axes in zip(*(map_.axes for map_ in maps), strict=True)]
    if None in axes:
        branches = "; ".join(f"after {_last(map_)}: {map_.jumps}" for map_ in maps)
        raise ValueError(
            f"{where} joins branches whose neighbouring units lie different numbers of input "
            f"pixels apart, (height, width) {branches}. Give the branches equal strides"
        )
    layouts = [map_.layout for map_ in maps if map_.has_positions] or [widest.layout]
    layout, note = common_layout(layouts, where), _joint_note(maps, widest, where)
    return replace(widest, axes=tuple(axes), layout=layout, note=note)


def _join(axes: Sequence[Axis]) -> Axis | None:
    several = [axis for axis in axes if axis.step < inf]
    if not several or len({axis.jump for axis in several}) > 1:
        return None if several else axes[0]
    length = lcm(*(len(axis.spans) for axis in several))
    step = several[0].step * length // len(several[0].spans)
    narrowest = min(axes, key=lambda axis: axis.smallest)
    spans = tuple(_hull(axis.span(unit) for axis in axes) for unit in range(length))
    narrow = replace(narrowest, spans=narrowest.narrow)
    return Axis(spans, step, tuple(narrow.span(unit) for unit in range(length)))


def common_layout(layouts: Sequence[str], where: str) -> str:
    """The layout of tensors that are broadcast against one another, from the last dimension on.

    Raises ValueError if height or width would meet anything but itself or a dimension of length one.
    """
    longest_first = sorted(layouts, key=len, reverse=True)
    joined = ""
    for letters in zip_longest(*(layout[::-1] for layout in longest_first), fillvalue="1"):
        met = [letter for letter in letters if letter != "1"] or ["1"]
        if len(set(met)) > 1 and POSITIONS.keys() & set(met):
            spoken = " and ".join(map(in_words, dict.fromkeys(layouts)))
            raise ValueError(f"{where} joins maps of {spoken}. Bring them to one order with permute")
        joined = met[0] + joined
    return joined


def in_words(layout: str) -> str:
    """The layout as (images, channels, height, width)."""
    words = {"n": "images", "c": "channels", "h": "height", "w": "width", "t": "positions"}
    return f"({', '.join(words.get(letter, letter) for letter in layout)})"


def _last(map_: Map) -> str:
    return repr(map_.path[-1]) if map_.path else "the input"


def _joint_note(maps: Sequence[Map], widest: Map, where: str) -> str:
    notes = [map_.note for map_ in maps if map_.note]
    if widest.note or not notes:
        return widest.note
    lone = any(not map_.has_positions for map_ in maps)
    if lone and where.startswith(("mul", "imul")):
        return f"squeeze-excitation: {where} scales the map, and {notes[0]}"
    return f"{where} joins the map with all of it: {notes[0]}" if lone else notes[0]
