"""What every figure is built on: panels, and bars of uncertainty."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rfbook.statistics.intervals import half_interval


def half_width(values: np.ndarray) -> np.ndarray | None:
    """Half of Student's 95 % interval over seeds, the first axis; None for one seed."""
    if len(values) < 2:
        return None
    return half_interval(values.std(0, ddof=1) / np.sqrt(len(values)), len(values))


def panel_grid(
    count: int, columns: int, size: tuple[float, float], **options: bool
) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels, at most `columns` in a row, each of this size in inches."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figsize = size[0] * columns + 0.4, size[1] * rows + 0.1
    figure, axes = pyplot.subplots(rows, columns, figsize=figsize, squeeze=False, **options)
    for axis in axes.flat[count:]:
        axis.set_visible(False)
    return figure, list(axes.flat[:count])
