"""The papers' figures, from records: same axes, same order, ours filled, the original hollow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes

from rfbook.claims.quantities.layers import border_number
from rfbook.experiments.architecture import titled
from rfbook.pages.figures import style
from rfbook.pages.figures.panels import half_width, panel_grid
from rfbook.pages.outcomes import Outcome, by_network, curves_of
from rfbook.pages.page import Page


def layer_profiles(
    page: Page, outcomes: Sequence[Outcome], alt: str, caption: str, name: str, border: bool = True,
    printed: Mapping[str, float] | None = None, tails: Mapping[str, float] | None = None,
) -> None:  # fmt: skip
    """Saturation bars and the probes' line per convolution, as in Size Matters, Figures 1 and 4.

    The black vertical line marks the border layer, the dotted one the model's own accuracy. Error
    bars are 95 % intervals over seeds; with one seed there are none and the title says so.
    printed: network -> its accuracy in the paper, percent. tails: network -> the convolution at which
    the tail starts in the paper. Both are hollow marks.
    """
    style.use()
    groups = by_network(outcomes)
    size = (4.4, 3.0) if len(groups) > 1 else (7.0, 3.4)
    figure, axes = panel_grid(len(groups), 2, size, sharey=True)
    sides = {outcome.run.data.side for outcome in outcomes}
    for axis, (network, seeds) in zip(axes, groups.items(), strict=True):
        _profile(axis, seeds, border)
        _printed(axis, (printed or {}).get(network), (tails or {}).get(network))
        axis.set_title(_title(network, seeds, len(sides) > 1))
    both = [zip(*axis.get_legend_handles_labels(), strict=True) for axis in axes]
    legend = {label: handle for pairs in both for handle, label in pairs}
    figure.legend(legend.values(), legend, loc="outside lower center", ncols=2, fontsize="small")
    style.show(figure, page.only(outcomes), alt, caption, name)


def _title(network: str, seeds: Sequence[Outcome], with_side: bool) -> str:
    pixels = seeds[0].run.data.side
    named = f"{pixels}px" in network.replace(" ", "")  # "vgg16@32px", or an arm "at 32 px"
    side = f" at {pixels} pixels" if with_side and not named else ""
    accuracy = 100 * np.mean([seed.records["accuracy"].values["accuracy"] for seed in seeds])
    runs = f"{len(seeds)} seeds" if len(seeds) > 1 else "1 seed, no interval"
    shown = titled(network) + side
    apart = ", " if len(shown) < 18 else "\n"
    return f"{shown}{apart}{accuracy:.1f} % ({runs})"


def _profile(axis: Axes, seeds: Sequence[Outcome], border: bool) -> None:
    saturation = curves_of(seeds, "saturation")
    probes = curves_of(seeds, "probes")
    accuracy = np.mean([seed.records["accuracy"].values["accuracy"] for seed in seeds])
    places = np.arange(1, saturation.shape[1] + 1)
    axis.bar(
        places, saturation.mean(0), yerr=half_width(saturation), color=style.COLOURS[5],
        ecolor=style.GREY, label="saturation",
    )  # fmt: skip
    axis.errorbar(
        places, probes.mean(0), yerr=half_width(probes), color=style.COLOURS[1], marker="o",
        markersize=4, label="probe accuracy",
    )  # fmt: skip
    axis.axhline(accuracy, color=style.COLOURS[4], linestyle=":", label="model accuracy")
    number = border_number(seeds[0].records)
    if border and number:
        axis.axvline(number - 0.5, **style.BORDER, label="border layer begins")
    some = places[:: 1 + (len(places) - 1) // 17]
    axis.set(xlabel="convolution", ylabel="share", ylim=(0, 1), xticks=some)
    axis.tick_params(axis="x", labelsize="x-small" if len(places) > 20 else "small")


def _printed(axis: Axes, accuracy: float | None, tail: float | None) -> None:
    """What the paper prints: the model's accuracy right of the last bar, a tail's start at the top."""
    if accuracy is not None:
        end = max(bar.get_x() + bar.get_width() for bar in axis.patches)
        axis.plot(end + 0.7, accuracy / 100, **style.ORIGINAL, label="model accuracy, printed")
        axis.annotate(
            f"{accuracy:g}", (end + 0.7, accuracy / 100), (8, 0), textcoords="offset points",
            color=style.GREY, fontsize="small", va="center",
        )  # fmt: skip
    if tail is not None:
        look = style.ORIGINAL | {"marker": "v"}
        axis.plot(tail, 0.96, **look, label="the tail starts, printed")


def fields_against_printed(
    page: Page, outcomes: Sequence[Outcome], printed: dict[str, dict[str, float]], alt: str,
    caption: str, name: str,
) -> None:  # fmt: skip
    """Receptive field of the last convolution per network: filled ours, hollow the printed value.

    printed: of up to three papers, network -> field; each paper has a marker of its own. A printed
    value that is not the computed one stands beside its marker.
    """
    style.use()
    groups = by_network(outcomes)
    figure, axis = pyplot.subplots(figsize=(7.2, 1.4 + 0.27 * len(groups)))
    places = np.arange(len(groups))
    ours = [seeds[0].records["receptive_field"].values["field"][-1] for seeds in groups.values()]
    for (paper, values), marker in style.told_apart(printed, "osD"):
        known = [(values[net], place) for place, net in enumerate(groups) if net in values]
        look = style.ORIGINAL | {"marker": marker}
        values_and_places = zip(*known, strict=True) if known else ([], [])
        axis.plot(*values_and_places, **look, label=f"printed in {paper}")
        for value, place in known:
            if value != ours[place]:
                axis.annotate(
                    f"{value:g}", (value, place), (-8, 0), textcoords="offset points", ha="right",
                    va="center", color=style.GREY, fontsize="small",
                )  # fmt: skip
    axis.plot(ours, places, linestyle="none", **style.OURS, label="computed")
    axis.set_yticks(places, [titled(net) for net in groups], fontsize="small")
    axis.set(xlabel="receptive field, pixels", xlim=(0, None), ylim=(len(groups) - 0.5, -0.5))
    axis.legend(fontsize="small", loc="lower right")
    style.show(figure, page.only(outcomes), alt, caption, name)


def curves(
    page: Page, lines: Mapping[str, Sequence[float] | np.ndarray], axes: tuple[str, str], alt: str,
    caption: str, name: str, yscale: str = "linear",
) -> None:  # fmt: skip
    """Named curves over convolutions, counted from 1: one each, or one a seed (seeds, convolutions).

    Of several seeds the mean is drawn in a band, which is its 95 % interval. yscale: matplotlib's name.
    """
    style.use()
    figure, axis = pyplot.subplots()
    _curves(axis, lines)
    axis.set(xlabel=axes[0], ylabel=axes[1], yscale=yscale)
    figure.legend(loc="outside lower center", ncols=2, fontsize="small")
    style.show(figure, page, alt, caption, name)


def curves_by_network(
    page: Page, networks: Mapping[str, Mapping[str, Sequence[float] | np.ndarray]],
    borders: Mapping[str, float], axes: tuple[str, str], alt: str, caption: str, name: str,
) -> None:  # fmt: skip
    """`curves` of several networks, a panel each, with the border layer as a black line.

    networks: label -> name of the curve -> values. borders: label -> number of the border layer, for
    the networks that have one.
    """
    style.use()
    size = (6.0, 3.4) if len(networks) == 1 else (4.4, 3.0)
    figure, panels = panel_grid(len(networks), 2, size, sharey=True)
    for axis, (network, lines) in zip(panels, networks.items(), strict=True):
        _curves(axis, lines)
        if network in borders:
            axis.axvline(borders[network] - 0.5, **style.BORDER, label="border layer begins")
        axis.set(title=titled(network), xlabel=axes[0], ylabel=axes[1])
        axis.xaxis.get_major_locator().set_params(integer=True)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize="small")
    style.show(figure, page, alt, caption, name)


def _curves(axis: Axes, lines: Mapping[str, Sequence[float] | np.ndarray]) -> None:
    for (label, values), marker in style.told_apart(lines, "osD^vP*"):
        seeds = np.atleast_2d(values)
        places, mean, half = np.arange(1, seeds.shape[1] + 1), seeds.mean(0), half_width(seeds)
        (line,) = axis.plot(places, mean, marker=marker, markersize=5, label=titled(label))
        if half is not None:
            axis.fill_between(places, mean - half, mean + half, color=line.get_color(), alpha=0.2)


def maps(
    page: Page, images: dict[str, np.ndarray], alt: str, caption: str, name: str,
    centres: Mapping[str, tuple[float, float]] | None = None, columns: int = 3,
) -> None:  # fmt: skip
    """Square maps side by side, each from 0 to its own 99.5th percentile, as in Dead Pixel, Fig. 1.

    centres: title -> (column, row) that a black cross marks, with a circle in the map's middle.
    columns: how many maps are in a row, at most.
    """
    style.use()
    figure, axes = panel_grid(len(images), columns, (9.3 / columns, 9.9 / columns))
    for axis, (title, image) in zip(axes, images.items(), strict=True):
        axis.imshow(image, vmin=0, vmax=np.percentile(image, 99.5))
        if centres and title in centres:
            axis.plot(*centres[title], "+", color=style.INK, markersize=14, markeredgewidth=2)
            middle = [(length - 1) / 2 for length in image.shape[::-1]]
            axis.plot(*middle, "o", color=style.COLOURS[1], markerfacecolor="none", markersize=10)
        axis.set_title(fill(titled(title), 72 // columns))
        axis.grid(False)
    style.show(figure, page, alt, caption, name)


def bars(
    page: Page, groups: dict[str, dict[str, Sequence[float]]], ylabel: str, alt: str, caption: str,
    name: str, intervals: dict[str, dict[str, tuple[float, float]]] | None = None,
) -> None:  # fmt: skip
    """Bars of several arms beside each other for each network: network -> arm -> one value a seed.

    The mean stands on its bar. Error bars are 95 % intervals over seeds, of which one seed has none, or
    the intervals that are given. Networks may differ in their number of seeds.
    """
    style.use()
    figure, axis = pyplot.subplots(figsize=(7.2, 4.2))
    arms = list(next(iter(groups.values())))
    width = 0.8 / len(arms)
    hatches = style.told_apart(dict.fromkeys(arms), ("", "//", "..", "xx"))
    for index, ((arm, _), hatch) in enumerate(hatches):
        means = np.array([np.mean(values[arm]) for values in groups.values()])
        places = np.arange(len(groups)) + (index - (len(arms) - 1) / 2) * width
        drawn = axis.bar(places, means, width, label=titled(arm), hatch=hatch, edgecolor="white")
        labels = axis.bar_label(drawn, fmt="%.2g ", padding=2, fontsize="x-small")
        for network, place, mean, label in zip(groups, places, means, labels, strict=True):
            error = half_width(np.array(groups[network][arm]))
            if intervals is not None:
                error = np.abs(np.array(intervals[network][arm]) - mean)
            if error is not None:
                ends = np.broadcast_to(error, 2)[:, None]
                axis.errorbar(place, mean, ends, color=style.GREY, linestyle="none")
            label.set_ha("center" if error is None else "right")  # beside the error bar
    upright = len(groups) <= 4
    axis.set_xticks(
        range(len(groups)), [fill(titled(name), 18) if upright else titled(name) for name in groups],
        rotation=0 if upright else 60, ha="center" if upright else "right", fontsize="small",
    )  # fmt: skip
    axis.set(ylabel=fill(ylabel, 30))
    axis.legend(fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(arms))
    style.show(figure, page, alt, caption, name)


def heatmaps(page: Page, grids: dict[str, np.ndarray], alt: str, caption: str, name: str) -> None:
    """Maps of shares on one scale from 0 to 1, as in Size Matters, Figures 6 and 17 to 19."""
    style.use()
    figure, axes = panel_grid(len(grids), 5, (1.6, 1.8))
    for axis, (title, grid) in zip(axes, grids.items(), strict=True):
        shown = axis.imshow(grid, vmin=0, vmax=1)
        axis.set(title=titled(title), xticks=[], yticks=[])
    figure.colorbar(shown, ax=axes, label="probe / model", fraction=0.04, aspect=30)
    style.show(figure, page, alt, caption, name)
