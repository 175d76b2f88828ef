"""Figures of repeated trainings: every run, and how sure the spread of a few is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes

from rfbook.experiments.architecture import titled
from rfbook.pages.figures import style
from rfbook.pages.page import Page
from rfbook.statistics.spread import Spread, spread


def repeats(
    page: Page, runs: Mapping[str, Sequence[float]], printed: Mapping[str, Spread], alt: str,
    caption: str, name: str,
) -> None:  # fmt: skip
    """Left: each run as a dot around its network's mean. Right: standard deviations, with intervals.

    runs: network -> one value a seed, percent; filled. printed: the paper's spreads; hollow.
    """
    style.use()
    ours = {network: spread(values) for network, values in runs.items()}
    figure, (left, right) = pyplot.subplots(
        1, 2, figsize=(9.2, 1.8 + 0.26 * len(ours | printed)), width_ratios=(1, 1.4)
    )
    _dots(left, runs, ours)
    _deviations(right, ours, printed)
    style.show(figure, page, alt, caption, name)


def _dots(axis: Axes, runs: Mapping[str, Sequence[float]], spreads: Mapping[str, Spread]) -> None:
    for place, (network, values) in enumerate(runs.items()):
        # Beside each other in the order of seeds, so that equal runs are seen.
        beside = place + np.linspace(-0.15, 0.15, len(values))
        axis.plot(beside, np.subtract(values, spreads[network].mean), linestyle="none", **style.OURS)
        axis.errorbar(
            place + 0.3, 0, spreads[network].sd, color=style.COLOURS[1], marker="s", capsize=4
        )
    labels = [
        f"{titled(network)}\n{spread.mean:.1f} %, n = {spread.n}" for network, spread in spreads.items()
    ]
    axis.set_xticks(range(len(labels)), labels, fontsize="small")
    axis.set(ylabel="run minus mean, points", xlim=(-0.5, len(labels) - 0.5))


def _deviations(axis: Axes, ours: Mapping[str, Spread], printed: Mapping[str, Spread]) -> None:
    lines = [(spread, style.OURS) for spread in ours.values()]
    lines += [(spread, style.ORIGINAL) for spread in printed.values()]
    for place, (measured, look) in enumerate(lines):
        axis.plot(measured.interval, [place, place], color=look["color"], linestyle="-")
        axis.plot(measured.sd, place, **look)
    names = [*map(titled, ours), *(f"{titled(network)}, paper" for network in printed)]
    labels = [f"{name} ({spread.n})" for name, (spread, _) in zip(names, lines, strict=True)]
    axis.set_yticks(range(len(labels)), labels, fontsize="small")
    axis.invert_yaxis()
    axis.set(xscale="log", xlabel="standard deviation, points (n)")
    axis.xaxis.set_major_formatter("{x:g}")
