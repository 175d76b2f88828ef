"""Figures of what was predicted by arithmetic beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from rfbook.experiments.architecture import titled
from rfbook.pages.figures import style
from rfbook.pages.figures.panels import half_width, panel_grid
from rfbook.pages.page import Page

Rows = Mapping[str, tuple[float, Sequence[float]]]
"""Network -> what is predicted, and what was measured from each seed."""

PREDICTED = style.BORDER | {"marker": "|", "markersize": 20, "markeredgewidth": 2.0, "linestyle": "none"}
"""A black stroke, like the border layer in the other figures."""


def predictions(page: Page, panels: Mapping[str, Rows], alt: str, caption: str, name: str) -> None:
    """A panel for each quantity and in it a row for each network: stroke predicted, dot measured.

    panels: what the horizontal axis shows -> its rows. The dot is the mean over seeds, whose number
    stands in brackets; bars are 95 % intervals over seeds, and a single seed has none.
    """
    style.use()
    figure, axes = panel_grid(len(panels), 2, (4.4, 1.5 + 0.42 * max(map(len, panels.values()))))
    for axis, (quantity, rows) in zip(axes, panels.items(), strict=True):
        _panel(axis, rows)
        axis.set(xlabel=quantity)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    style.show(figure, page, alt, caption, name)


def _panel(axis: Axes, rows: Rows) -> None:
    places = np.arange(len(rows))
    axis.plot([predicted for predicted, _ in rows.values()], places, **PREDICTED, label="predicted")
    for place, (_, measured) in zip(places, rows.values(), strict=True):
        seeds = np.array(measured, dtype=float)
        half = half_width(seeds)
        axis.errorbar(
            seeds.mean(), place, xerr=half, **style.OURS, linestyle="none", capsize=4,
            label="measured" if place == 0 else None,
        )  # fmt: skip
    labels = [f"{titled(network)} ({len(measured)})" for network, (_, measured) in rows.items()]
    axis.set_yticks(places, labels, fontsize="small")
    axis.set(ylim=(len(rows) - 0.5, -0.5))
