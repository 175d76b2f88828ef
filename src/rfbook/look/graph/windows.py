"""Kernels that read some pixels more often than others, and what kernel padding would change.

A kernel whose size is no multiple of its stride does so (Dead Pixel, section 4 and Figure 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, prod

import numpy as np
from torch import nn

from rfbook.look.graph.survey import LATE, Row, Survey, states_of
from rfbook.metrics.paths import window_counts
from rfbook.metrics.receptive_field import border_layer, conv_fields, receptive_fields
from rfbook.metrics.receptive_field_arithmetic import Axis, Window

Windows = tuple[Window, Window]


@dataclass(frozen=True)
class Uneven:
    """A layer that reads some units of its input more often than others.

    kernel, stride: (height, width). most, fewest: windows of this layer that read a unit. padded: the
    kernel after kernel padding, (height, width). parameters, multiply_adds: what that adds.
    """

    name: str
    kind: str
    main: bool
    kernel: tuple[int, int]
    stride: tuple[int, int]
    most: int
    fewest: int
    padded: tuple[int, int]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Padding:
    """All uneven kernels of a network, and the network with and without kernel padding.

    strong_to_weak: how many times as much the last map depends on the strongest pixel as on the weakest,
        as counting paths predicts for independent centred weights; infinite if a pixel is never read,
        None where other operations than the listed layers enlarge or thin out the map.
    padded_strong_to_weak, padded_field, padded_border, padded_late: the same with padded kernels, the
        largest field, the border layer, and how many convolutions are it or read from one that sees more
        than the image. keeps_maps: whether maps keep their sides then, as they do if the side is a
        multiple of all strides together.
    """

    uneven: tuple[Uneven, ...]
    strong_to_weak: float | None
    padded_strong_to_weak: float | None
    padded_field: int
    padded_border: str | None
    padded_late: int
    keeps_maps: bool


def padding(model: nn.Module, survey: Survey) -> Padding:
    """Every uneven kernel, and what padding all of them would change. survey: of this network."""
    main, side = survey.main(), survey.side
    before = [layer.windows for layer in main]
    after = [(_padded(height), _padded(width)) for height, width in before]
    layers = receptive_fields(model, survey.past, _padded)
    states = states_of(layers, side)
    followed = _strides(before) == main[-1].jump
    jump = max(main[-1].jump)
    return Padding(
        uneven=tuple(
            _uneven(row, row.layer.windows)
            for row in survey.rows
            if row.layer.windows and any(_padded(window) != window for window in row.layer.windows)
        ),
        strong_to_weak=strong_to_weak(before) if followed else None,
        padded_strong_to_weak=strong_to_weak(after) if followed else None,
        padded_field=int(max(layer.size for layer in layers.values() if layer.size < inf)),
        padded_border=border_layer(conv_fields(layers), side),
        padded_late=sum(layers[name].kind == "conv" and states[name] in LATE for name in layers),
        keeps_maps=side % jump == 0 if jump < inf else False,
    )


def strong_to_weak(path: Sequence[Windows]) -> float | None:
    """Strongest over weakest pixel of the last map's gradient, by the root of the number of paths.

    path: the windows of its layers along (height, width). Infinite if a pixel is on no path; None if the
    paths are too many to count. Weights are taken as independent and centred, pixels far from the edges.
    """
    ratios = [_along(axis) for axis in zip(*path, strict=True)]
    return None if None in ratios else prod(ratios)


def _along(windows: Sequence[Window]) -> float | None:
    field, jump = _extent(windows)
    side = 2 * field + 4 * jump
    with np.errstate(over="ignore"):
        paths = window_counts(side, windows)[side // 2 : side // 2 + jump]
    if not np.isfinite(paths).all():
        return None
    return float(np.sqrt(paths.max() / paths.min())) if paths.min() else inf


def _extent(windows: Sequence[Window]) -> tuple[int, int]:
    axis = Axis()
    for window in windows:
        axis = axis.window(*window)
    return int(axis.size), int(axis.jump)


def _strides(path: Sequence[Windows]) -> tuple[int, int]:
    height, width = (prod(window[1] for window in axis) for axis in zip(*path, strict=True))
    return height, width


def _padded(window: Window) -> Window:
    """The window with its kernel grown to the next multiple of the stride."""
    kernel, stride, before, dilation = window
    even = len(set(_reads(window))) == 1
    return window if even else (kernel + -kernel % stride, stride, before, dilation)


def _reads(window: Window) -> list[int]:
    """How many windows read a unit, for each of the units that a stride tells apart."""
    kernel, stride, _, dilation = window
    counts = Counter(dilation * tap % stride for tap in range(kernel))
    return [counts[place] for place in range(stride)]


def _uneven(row: Row, windows: Windows) -> Uneven:
    kernel, padded = (
        tuple(value[0] for value in pair) for pair in (windows, tuple(map(_padded, windows)))
    )
    reads = [_reads(window) for window in windows]
    cost, size = row.cost, prod(kernel)
    weights = cost.own_multiply_adds // max(1, prod(cost.shape[2:]))
    return Uneven(
        name=row.layer.name,
        kind=row.layer.kind,
        main=row.layer.main,
        kernel=kernel,
        stride=tuple(window[1] for window in windows),
        most=prod(map(max, reads)),
        fewest=prod(map(min, reads)),
        padded=padded,
        # Weights that an earlier layer has too, and those that are no parameters, cost none.
        parameters=weights * prod(padded) // size - weights if cost.own_parameters else 0,
        multiply_adds=cost.own_multiply_adds * prod(padded) // size - cost.own_multiply_adds,
    )
