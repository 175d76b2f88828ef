"""Scatter figures of a few named networks: the printed value hollow and grey, ours filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes

from rfbook.pages.figures import style
from rfbook.pages.figures.panels import panel_grid
from rfbook.pages.page import Page

Points = Mapping[str, tuple[float, float]]
"""Network -> (x, y)."""
GAP = 0.052
"""Least distance of two names' heights, as a share of the panel."""
ROOM = 0.21
"""Free space on every side of the points, for names that are moved, as a share of the panel."""
REACH = 0.12
"""How far a name reaches from its point, as a share of the panel."""


@dataclass(frozen=True)
class Scatter:
    """One panel. axes: what x and y show. printed: the paper's points. others: series -> points."""

    axes: tuple[str, str]
    printed: Points = field(default_factory=dict)
    others: Mapping[str, Points] = field(default_factory=dict)


def points_of(across: Mapping[str, float], up: Mapping[str, float]) -> Points:
    """Network -> point, for the networks that have both."""
    return {network: (across[network], up[network]) for network in across if network in up}


def scatter(page: Page, panels: Sequence[Scatter], alt: str, caption: str, name: str) -> None:
    """Panels of named points. Each name stands once, beside the printed point if there is one.

    Names should be short: they stand to the right of their points, or to the left where another point
    is in the way. A series has the same look in all panels. A line joins a series' point to the
    printed one of the same network. A series without points, as of networks that nobody printed, is
    left out.
    """
    style.use()
    figure, axes = panel_grid(len(panels), 2, (4.4, 4.0))
    series = dict.fromkeys(other for panel in panels for other in panel.others)
    looks = {
        label: {"marker": marker, "color": colour}
        for ((label, _), marker), colour in zip(
            style.told_apart(series, "os^D"), style.COLOURS, strict=False
        )
    }
    for axis, panel in zip(axes, panels, strict=True):
        _panel(axis, panel, looks)
    legend = {
        label: handle
        for axis in axes
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(legend.values(), legend.keys(), loc="outside lower center", fontsize="small")
    style.show(figure, page, alt, caption, name)


def _panel(axis: Axes, panel: Scatter, looks: Mapping[str, Mapping[str, str]]) -> None:
    if panel.printed:
        axis.plot(*zip(*panel.printed.values(), strict=True), **style.ORIGINAL, label="printed")
    named = dict(panel.printed)
    drawn = {label: points for label, points in panel.others.items() if points}
    for label, points in drawn.items():
        for network, point in points.items():
            start = named.setdefault(network, point)
            axis.plot(*zip(start, point, strict=True), color=style.GREY, linewidth=0.8, linestyle="-")
        if points:
            xs, ys = zip(*points.values(), strict=True)
            axis.plot(xs, ys, **looks[label], linestyle="none", markersize=6, label=label)
    axis.set(xlabel=panel.axes[0], ylabel=panel.axes[1])
    axis.margins(ROOM)
    marks = [point for points in (panel.printed, *panel.others.values()) for point in points.values()]
    _names(axis, named, np.array(marks).reshape(-1, 2))


def _names(axis: Axes, points: Points, marks: np.ndarray) -> None:
    """The networks' names beside their points, moved up or down where two would overlap."""
    start = np.array([axis.get_xlim()[0], axis.get_ylim()[0]])
    extent = np.array([axis.get_xlim()[1], axis.get_ylim()[1]]) - start
    shares = {network: (np.array(point) - start) / extent for network, point in points.items()}
    marked = (marks - start) / extent
    sides = {
        network: -1 if _blocked(share, marked, 1) and not _blocked(share, marked, -1) else 1
        for network, share in shares.items()
    }
    for side, align in ((1, "left"), (-1, "right")):
        order = sorted((n for n in points if sides[n] == side), key=lambda n: shares[n][1])
        heights = apart(np.array([shares[n][1] for n in order]), GAP)
        for network, height in zip(order, heights, strict=True):
            place = start + extent * (shares[network][0] + side * 0.035, height)
            axis.annotate(
                network, points[network], tuple(place), fontsize="x-small", va="center", ha=align,
                arrowprops={"arrowstyle": "-", "color": style.GREY, "linewidth": 0.5},
            )  # fmt: skip


def _blocked(share: np.ndarray, marked: np.ndarray, side: int) -> bool:
    """Whether another mark stands where the name would, on that side."""
    away = (marked - share) * (side, 1)
    return bool(((away[:, 0] > 1e-9) & (away[:, 0] < REACH) & (np.abs(away[:, 1]) < GAP)).any())


def apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Rising heights from 0 to 1, moved to be at least `gap` apart; a crowd keeps its middle if it can.

    The least squares answer.
    """
    from scipy.optimize import isotonic_regression

    if not len(heights):
        return heights
    steps = gap * np.arange(len(heights))
    bases = isotonic_regression(heights - steps).x
    return bases.clip(gap / 2, 1 - gap * (len(heights) - 0.5)) + steps
