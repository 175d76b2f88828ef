"""Figures of paired differences: every seed, their mean, and what the paper prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes

from rfbook.experiments.architecture import titled
from rfbook.pages.figures import style
from rfbook.pages.figures.layers import bars
from rfbook.pages.figures.panels import half_width
from rfbook.pages.outcomes import by_network, of_seeds
from rfbook.pages.page import Page


def differences(
    page: Page, ours: Mapping[str, Sequence[float]], printed: Mapping[str, float], xlabel: str, alt: str,
    caption: str, name: str,
) -> None:  # fmt: skip
    """One line a network. Ours: dots for seeds, a square for their mean. The paper's: hollow.

    ours: network -> one difference a seed, at least one. printed: network -> the paper's. The bar is the
    95 % interval over seeds; one seed has none.
    """
    style.use()
    rows = list(dict.fromkeys([*ours, *printed]))
    figure, axis = pyplot.subplots(figsize=(7.2, 2.4 + 0.4 * len(rows)))
    axis.axvline(0, color=style.INK, linewidth=1, linestyle="-")
    for network, values in ours.items():
        _seeds(axis, rows.index(network), np.array(values, dtype=float))
    if printed:
        places = [rows.index(network) for network in printed]
        axis.plot(list(printed.values()), places, **style.ORIGINAL, label="printed")
    notes = {network: f"n = {len(values)}" for network, values in ours.items()}
    labels = [f"{titled(network)}, {notes.get(network, 'not run')}" for network in rows]
    axis.set_yticks(range(len(rows)), labels, fontsize="small")
    axis.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    handles = dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    figure.legend(
        handles.values(), handles.keys(), loc="outside lower center", ncols=3, fontsize="small"
    )
    style.show(figure, page, alt, caption, name)


def compared(
    page: Page, pairs: Sequence[tuple[str, str]], quantities: Mapping[str, str], arms: tuple[str, str],
    ylabel: str, alt: str, caption: str, name: str,
) -> None:  # fmt: skip
    """Bars of several quantities of two networks beside each other, for each pair of networks.

    pairs: two labels each. quantities: what a reader calls it -> its name. arms: what tells the first of
    each pair from the second.
    """
    groups = by_network(page.outcomes)
    panels = {
        f"{titled(pair[0])}, {words}": {
            arm: of_seeds(quantity, groups[label]) for arm, label in zip(arms, pair, strict=True)
        }
        for pair in pairs
        for words, quantity in quantities.items()
    }
    bars(page, panels, ylabel, alt, caption, name)


def _seeds(axis: Axes, place: int, values: np.ndarray) -> None:
    axis.plot(
        values, np.full(len(values), place - 0.15), linestyle="none", **style.OURS, label="one seed"
    )
    axis.errorbar(
        values.mean(), place + 0.15, xerr=half_width(values), color=style.COLOURS[1], marker="s",
        linestyle="none", capsize=4, label="mean, 95 % interval",
    )  # fmt: skip
