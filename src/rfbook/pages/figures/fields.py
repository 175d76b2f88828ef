"""Figures of effective fields and of what makes their pattern: Dead Pixel, Figures 1 to 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from rfbook.experiments.architecture import titled
from rfbook.metrics.gaussian import GaussianFit
from rfbook.metrics.paths import Window, window_counts
from rfbook.pages.figures import style
from rfbook.pages.figures.layers import maps
from rfbook.pages.figures.panels import panel_grid
from rfbook.pages.outcomes import Outcome, by_network, mean_field
from rfbook.pages.page import Page

FIGURE_1 = {"layer4": "7 x 7 map", "layer3": "14 x 14 map", "output": "output"}
"""Target -> the column of Dead Pixel, Figure 1."""

BRIGHTEST = 99.5
"""Percentile at which a colour scale ends: a few pixels are far brighter than all others."""

MIDDLE = 32
"""Pixels along the middle of a map, shown alone."""

FRAME = style.COLOURS[1]
"""Around the part of a map that is shown larger: white would be dark on a dark page."""

ZOOM = 24
"""Pixels along a map's middle that are shown larger."""


def centred(
    page: Page, outcomes: Sequence[Outcome], targets: Sequence[str], alt: str, caption: str, name: str
) -> None:
    """R_xy of each network's targets, mean over seeds, each map from 0 to a scale of its own.

    Black cross: mean centre of the Gaussians that lie inside the image, of a unit's field. Circle: the
    map's middle.
    """
    style.use()
    panels = list(product(by_network(outcomes).items(), targets))
    columns = len(targets) if len(targets) > 1 else 3
    figure, axes = panel_grid(len(panels), columns, (2.5, 2.8))
    for axis, ((network, seeds), target) in zip(axes, panels, strict=True):
        field = mean_field(seeds, target)
        axis.imshow(field, vmin=0, vmax=np.percentile(field, BRIGHTEST))
        centres = list(_centres(seeds, target))
        if centres and target != "output":
            axis.plot(*np.mean(centres, axis=0), "+", color=style.INK, markersize=14, markeredgewidth=2)
            middle = [(length - 1) / 2 for length in field.shape[::-1]]
            axis.plot(*middle, "o", color=style.COLOURS[1], markerfacecolor="none", markersize=10)
        axis.set_title(f"{titled(network)}, {target}")
        axis.grid(False)
    style.show(figure, page.only(outcomes), alt, caption, name)


def _centres(seeds: Iterable[Outcome], target: str) -> Iterable[tuple[float, float]]:
    """(column, row) of each seed's Gaussian, of those with a peak inside the image."""
    for outcome in seeds:
        record = outcome.records["effective_field"]
        fit = record.values["targets"][target]["gaussian"]
        if fit and GaussianFit(**fit).inside(record.arrays[target].shape):
            yield fit["centre_x"], fit["centre_y"]


def before_and_after(
    page: Page, outcomes: Sequence[Outcome], pair: tuple[str, str], alt: str, caption: str, name: str
) -> None:
    """R_xy of a network above and of its padded copy below, as in Dead Pixel, Figure 1.

    pair: labels of both. Each map is divided by its mean, and a column by the brightest of its two, so
    that one colour scale serves all. The middle of each map is shown larger in its corner.
    """
    style.use()
    groups = by_network(outcomes)
    chosen = [groups[label] for label in pair]
    maps = [[mean_field(seeds, target) for target in FIGURE_1] for seeds in chosen]
    brightest = np.percentile(maps, BRIGHTEST, axis=(2, 3)).max(0)
    figure, axes = pyplot.subplots(len(maps), len(FIGURE_1), figsize=(8.0, 5.4))
    for row, label, kernels in zip(range(2), pair, ("before padding", "after padding"), strict=True):
        axes[row, 0].set_ylabel(f"{titled(label.partition('-')[0])}, {kernels}", fontsize="small")
        for column, title in enumerate(FIGURE_1.values()):
            shown = _with_zoom(axes[row, column], maps[row][column] / brightest[column])
            axes[row, column].set_title("" if row else title)
    figure.colorbar(shown, ax=axes, label="share of the brightest", shrink=0.6)
    style.show(figure, page.only([outcome for seeds in chosen for outcome in seeds]), alt, caption, name)


def _with_zoom(axis: Axes, field: np.ndarray) -> AxesImage:
    shown = axis.imshow(field, vmin=0, vmax=1)
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    start = (len(field) - ZOOM) // 2 // 8 * 8
    axis.add_patch(Rectangle((start, start), ZOOM, ZOOM, fill=False, edgecolor=FRAME))
    inset = axis.inset_axes((0.56, 0.02, 0.42, 0.42))
    inset.imshow(field[start : start + ZOOM, start : start + ZOOM], vmin=0, vmax=1)
    inset.set(xticks=[], yticks=[])
    inset.grid(False)
    for spine in inset.spines.values():
        spine.set(visible=True, edgecolor=FRAME, linewidth=1.5)
    return shown


def windows(
    layers: Mapping[str, Window], pixels: int, alt: str, caption: str, name: str,
    zeros: Sequence[str] = (),
) -> None:  # fmt: skip
    """A drawing, which no run has made: the windows of a strided layer, and how many read each pixel.

    layers: title -> (kernel, stride, padding), each a panel. pixels: how many stand beside each other.
    zeros: titles of kernels whose last weight is a zero that was added (Dead Pixel, Figure 3).
    """
    style.use()
    figure, axes = pyplot.subplots(
        2, len(layers), figsize=(7.6, 4.2), height_ratios=(1.6, 1), sharex=True, sharey="row",
        squeeze=False,
    )  # fmt: skip
    for (above, below), (title, layer) in zip(axes.T, layers.items(), strict=True):
        _windows(above, layer, pixels, title in zeros)
        above.set(title=title)
        counts = window_counts(pixels, [layer])
        drawn = below.bar(range(pixels), counts, color=style.COLOURS[0], label="windows")
        below.bar_label(drawn, fmt="%.0f", fontsize="small")
        below.set(xlabel="pixel", xticks=range(0, pixels, 2), ylim=(0, counts.max() + 1))
    axes[0, 0].set(ylabel="window")
    axes[1, 0].set(ylabel="read by")
    style.show(figure, None, alt, caption, name)


def _windows(axis: Axes, layer: Window, pixels: int, zero: bool) -> None:
    kernel, stride, padding = layer[:3]
    count = (pixels + 2 * padding - kernel) // stride + 1
    for number in range(count):
        start = number * stride - padding - 0.5
        for offset in range(kernel):
            empty = zero and offset == kernel - 1
            look = {"fill": not empty, "facecolor": style.COLOURS[5], "edgecolor": style.INK}
            axis.add_patch(Rectangle((start + offset, number - 0.4), 1, 0.8, linewidth=0.8, **look))
            if empty:
                axis.text(start + offset + 0.5, number, "0", ha="center", va="center", fontsize="small")
    axis.axvspan(-padding - 0.5, -0.5, color="#DDDDDD", linewidth=0, zorder=0)
    axis.axvspan(pixels - 0.5, pixels + padding - 0.5, color="#DDDDDD", linewidth=0, zorder=0)
    axis.set(ylim=(count - 0.4, -0.6), yticks=range(count))
    axis.set(xlim=(-padding - 0.6, pixels + padding - 0.4))
    axis.grid(False)


def middles(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """The middle of each network's R_xy of the output, mean over seeds, each on a scale of its own."""
    groups = by_network(outcomes).items()
    shown = {network: mean_field(seeds, pixels=MIDDLE) for network, seeds in groups}
    maps(page.only(outcomes), shown, alt, caption, name)


def tiles(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """The middle of each network's R_xy of the output, and its mean over all tiles of 8 x 8 pixels.

    Nothing is shown where there is no network.
    """
    if not outcomes:
        return
    shown = {}
    for network, seeds in by_network(outcomes).items():
        tile = np.mean(
            [outcome.records["saliency"].arrays["field"].mean(0) for outcome in seeds], axis=0
        )
        shown[f"{network}, middle"] = mean_field(seeds, pixels=MIDDLE)
        shown[f"{network}, mean tile"] = tile / tile.mean()
    maps(page.only(outcomes), shown, alt, caption, name)
