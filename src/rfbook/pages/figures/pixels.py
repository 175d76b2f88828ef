"""Figures of what single pixels do to an output: Dead Pixel, section 5."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from rfbook.experiments.architecture import titled
from rfbook.pages.figures import style
from rfbook.pages.figures.layers import bars, curves, maps
from rfbook.pages.figures.panels import half_width, panel_grid
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.statistics.paired import wilson_interval

RESPONSES = {"R, of other images": "field", "mean absolute change": "response"}
"""Series -> what it is called in the record of `pixel_response`."""

FOLDED = {"R": "positive", "mean |gradient|": "absolute"}
"""Map -> the array of `pixel_response` that holds it, one an image."""

SHIFTS = 8
"""Of a translation, from one pixel on, that are drawn."""

KINDS = ("strong", "weak")
"""Which pixels an attack keeps to."""


def responses(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """A panel a network: R and the change of the output at neighbouring pixels, in the order of R.

    Both relative to their mean. Bands: 95 % intervals over seeds, place by place in each one's order.
    """
    style.use()
    groups = by_network(outcomes)
    figure, axes = panel_grid(len(groups), 2, (3.9, 2.8), sharey=True)
    for axis, (network, seeds) in zip(axes, groups.items(), strict=True):
        responses_of_seeds = [seed.records["pixel_response"].values for seed in seeds]
        orders = [np.argsort(response["field"]) for response in responses_of_seeds]
        for (label, key), marker in style.told_apart(RESPONSES, "os"):
            values = [
                np.array(response[key])[order] / np.mean(response[key])
                for response, order in zip(responses_of_seeds, orders, strict=True)
            ]
            _line(axis, np.array(values), label, marker)
        axis.set_title(f"{titled(network)} ({len(seeds)})", fontsize="small")
    axes[0].set(ylabel="relative to the mean")
    axes[-1].set(xlabel="pixel, by R")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    style.show(figure, page.only(outcomes), alt, caption, name)


def _line(axis: Axes, seeds: np.ndarray, label: str, marker: str) -> None:
    places, mean, half = np.arange(1, seeds.shape[1] + 1), seeds.mean(0), half_width(seeds)
    (line,) = axis.plot(places, mean, marker=marker, markersize=4, label=label)
    if half is not None:
        axis.fill_between(places, mean - half, mean + half, color=line.get_color(), alpha=0.2)


def folded(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """Two maps a network: R of one half of the images, mean |gradient| of the other, over a tile."""
    shown = {}
    for network, seeds in by_network(outcomes).items():
        arrays = [seed.records["pixel_response"].arrays for seed in seeds]
        for title, key in FOLDED.items():
            tiles = [array[key].mean(0) / array[key].mean() for array in arrays]
            shown[f"{network}, {title}"] = np.mean(tiles, axis=0)
    maps(page.only(outcomes), shown, alt, caption, name, columns=4)


def saliency(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """Three maps a network: R of one half of the images, and the saliency of two images of the other.

    All averaged over the places of a tile, of each network's first run.
    """
    shown = {}
    for network, (outcome, *_) in by_network(outcomes).items():
        arrays = outcome.records["saliency"].arrays
        shown[f"{network}, R"] = arrays["field"][1::2].mean(0)
        shown |= {f"{network}, saliency {place}": arrays["saliency"][place] for place in (0, 2)}
    maps(page.only(outcomes), shown, alt, caption, name)


def shifts(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """Change of the logits over the shift of the image, mean of both directions, one line a network."""
    lines = {
        network: np.mean(
            [outcome.records["translation"].values["change"] for outcome in seeds], axis=1
        )[:, :SHIFTS]
        for network, seeds in by_network(outcomes).items()
    }
    axes = ("shift, pixels", "change / spread of the logits")
    curves(page.only(outcomes), lines, axes, alt, caption, name)


def attacks(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """Share of images whose class changes when a strong or a weak pixel is painted; Wilson's intervals.

    Nothing is shown where no network was attacked.
    """
    if not outcomes:
        return
    shares, intervals = {}, {}
    for outcome in outcomes:
        arrays = outcome.records["one_pixel_attack"].arrays
        changed = {f"{kind} pixels": arrays[f"{kind}_changed"] for kind in KINDS}
        shares[outcome.label] = {kind: [100 * images.mean()] for kind, images in changed.items()}
        intervals[outcome.label] = {
            kind: tuple(100 * end for end in wilson_interval(int(images.sum()), len(images)))
            for kind, images in changed.items()
        }
    ylabel = "class changed, % of images"
    bars(page.only(outcomes), shares, ylabel, alt, caption, name, intervals=intervals)
