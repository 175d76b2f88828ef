"""Figures of all pairs of arms: a matrix of tests, as in Table 3 of Size Matters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from rfbook.pages.figures import style
from rfbook.pages.figures.panels import panel_grid
from rfbook.pages.page import Page
from rfbook.pages.tables.pairwise import short_names
from rfbook.statistics.significance import ALPHA, Comparisons

GROUNDS = {
    f"p of {ALPHA} or more": "white",
    f"p below {ALPHA}, not after Holm's correction": style.COLOURS[5],
    "also after Holm's correction": style.COLOURS[0],
}
"""Light to dark, so that grey print tells them apart."""


def tests(
    page: Page, comparisons: Mapping[str, Comparisons], alt: str, caption: str, name: str
) -> None:
    """One matrix a title: p above the diagonal, t (column minus row) below, marked by what survives."""
    style.use()
    figure, axes = panel_grid(len(comparisons), 1, (8.6, 6.6))
    for axis, (title, tested) in zip(axes, comparisons.items(), strict=True):
        _matrix(axis, tested)
        axis.set_title(title)
    handles = [
        Patch(facecolor=ground, edgecolor=style.GREY, label=label) for label, ground in GROUNDS.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", fontsize="small")
    style.show(figure, page, alt, caption, name)


def _matrix(axis: Axes, tested: Comparisons) -> None:
    grounds = (tested.p < ALPHA).astype(int) + (tested.adjusted("Holm") < ALPHA)
    axis.imshow(grounds, vmin=0, vmax=2, cmap=ListedColormap(list(GROUNDS.values())), aspect="auto")
    for (row, column), ground in np.ndenumerate(grounds):
        if row != column:
            axis.text(
                column, row, _cell(tested, row, column), ha="center", va="center", fontsize="x-small",
                color="white" if ground == 2 else style.INK,
            )  # fmt: skip
    names, places = short_names(tested.names), range(len(tested.names))
    axis.set_xticks(places, names, rotation=60, ha="right", fontsize="small")
    axis.set_yticks(places, names, fontsize="small")
    axis.grid(False)


def _cell(tested: Comparisons, row: int, column: int) -> str:
    return f"{tested.p[row, column]:.3f}" if column > row else f"{tested.t[column, row]:.2f}"
