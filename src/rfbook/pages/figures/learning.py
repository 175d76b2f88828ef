"""Figures of how fast trainings learn: Dead Pixel, Figure 5, and what stands behind Table 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes

from rfbook.experiments.architecture import titled
from rfbook.pages.figures import style
from rfbook.pages.figures.panels import panel_grid
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.statistics.survival import LEVEL, Arrival, remaining

SQUARE = 8
"""Pixels along a side of the square that tells the classes apart (Dead Pixel, 5)."""


def learning_curves(page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str) -> None:
    """Test accuracy over updates, a panel each network: every seed thin, their median bold.

    The dotted line is the level at which Table 4 counts. The first network's median stands grey in the
    other panels.
    """
    style.use()
    groups = by_network(outcomes)
    columns = 2 if len(groups) == 4 else 3
    figure, axes = panel_grid(len(groups), columns, (3.0, 3.2), sharex=True, sharey=True)
    first = _curves(next(iter(groups.values())))
    told_apart = style.told_apart(groups, style.COLOURS)
    for axis, ((network, seeds), colour) in zip(axes, told_apart, strict=True):
        _curves_of_one(axis, *_curves(seeds), colour)
        if axis is not axes[0]:
            steps, accuracies = first
            axis.plot(steps, np.median(accuracies, 0), color=style.GREY, linestyle="--")
        axis.axhline(100 * LEVEL, color=style.INK, linestyle=":", linewidth=1)
        axis.set_title(fill(f"{titled(network)} ({len(seeds)})", 34), fontsize="small")
        axis.set(xlabel="updates")
    axes[0].set(ylabel="test accuracy, %")
    style.show(figure, page.only(outcomes), alt, caption, name)


def _curves(seeds: Sequence[Outcome]) -> tuple[np.ndarray, np.ndarray]:
    """Updates after each epoch, and (seeds, epochs) accuracies in percent."""
    curves = [seed.records["learning_curve"].values for seed in seeds]
    accuracies = 100 * np.array([curve["test_accuracy"] for curve in curves])
    return curves[0]["steps"] * np.arange(1, accuracies.shape[1] + 1), accuracies


def _curves_of_one(axis: Axes, steps: np.ndarray, accuracies: np.ndarray, colour: str) -> None:
    for seed in accuracies:
        axis.plot(steps, seed, color=colour, linestyle="-", linewidth=0.7, alpha=0.6)
    axis.plot(steps, np.median(accuracies, 0), color=colour, linestyle="-", linewidth=2.8)


def survival(
    page: Page, arms: Mapping[str, Sequence[Arrival]], alt: str, caption: str, name: str
) -> None:
    """The share of trainings that are not above the level yet, by epoch (Kaplan and Meier's estimate).

    A cross ends the line of an arm in which some never were.
    """
    style.use()
    figure, axis = pyplot.subplots(figsize=(7.2, 4.2))
    last = max(arrival.epoch for arm in arms.values() for arrival in arm)
    looks = list(zip("osD^v", style.COLOURS, style.LINES, strict=False))
    for (label, arm), look in style.told_apart(arms, looks):
        look = dict(zip(("marker", "color", "linestyle"), look, strict=True))
        _remaining_of_one(axis, arm, last, look | {"label": f"{titled(label)} ({len(arm)})"})
    axis.axhline(0.5, color=style.INK, linestyle=":", linewidth=1)
    axis.set(xlabel="epoch", ylabel=f"share not above {100 * LEVEL:.0f} % yet", ylim=(-0.03, 1.03))
    axis.legend(fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1))
    style.show(figure, page, alt, caption, name)


def _remaining_of_one(axis: Axes, arm: Sequence[Arrival], last: int, look: Mapping[str, object]) -> None:
    epochs, shares = remaining(arm)
    falls = (np.flatnonzero(np.diff(shares)) + 1).tolist()
    axis.step([*epochs, last], [*shares, shares[-1]], where="post", markevery=falls, **look)
    if shares[-1] > 0:
        cross = {"marker": "x", "markersize": 9, "linestyle": "none", "label": None}
        axis.plot(last, shares[-1], **look | cross)


def pictures(images: Mapping[str, np.ndarray], alt: str, caption: str, name: str) -> None:
    """Colour images (rows, columns, 3) in 0..1 side by side: examples, which no run has made."""
    style.use()
    figure, axes = panel_grid(len(images), 3, (3.1, 3.3))
    for axis, (title, image) in zip(axes, images.items(), strict=True):
        axis.imshow(image)
        axis.set_title(title)
        axis.set_axis_off()
    style.show(figure, None, alt, caption, name)


def squares(alt: str, caption: str, name: str) -> None:
    """The task of Figure 5 on a photograph that scikit-learn ships: a black square, and a red one."""
    from sklearn.datasets import load_sample_image

    photo = load_sample_image("china.jpg")[100:324, 300:524] / 255
    shown = {}
    for title, (row, column), colour in (
        ("A, black", (60, 150), (0, 0, 0)),
        ("B, red", (130, 40), (1, 0, 0)),
    ):
        shown[title] = photo.copy()
        shown[title][row : row + SQUARE, column : column + SQUARE] = colour
    pictures(shown, alt, caption, name)
