"""The numbers of a figure, read from what is drawn, so that they cannot differ from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure

COLUMNS = ("panel", "series", "x", "y", "low", "high")
"""panel: its title. low, high: the ends of an error bar or a band. Of a picture y is a row, from the
top, and x holds all its values, apart by spaces."""


def as_csv(figure: Figure) -> str:
    """All lines, bars, points, bands and pictures of a figure as a table."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for number, axis in enumerate(figure.axes, 1):
        panel = axis.get_title().replace("\n", " ") or f"panel {number}"
        table.writerows([panel, *row] for row in _rows(axis))
    return text.getvalue()


def _rows(axis: Axes) -> Iterator[list[str]]:
    named, beside = _named(axis.xaxis), _named(axis.yaxis)
    errors = [container for container in axis.containers if isinstance(container, ErrorbarContainer)]
    barred = {id(line) for bars in errors for line in [bars.lines[0], *bars.lines[1]]}
    for container in axis.containers:
        if isinstance(container, BarContainer):
            for bar, end in zip(container.patches, container.datavalues, strict=True):
                place = bar.get_x() + bar.get_width() / 2
                yield [_label(container), named(place), _digits(end), "", ""]
    for bars in errors:
        yield from _with_errors(bars, named, beside)
    for line in axis.lines:
        if id(line) not in barred:
            for x, y in zip(*line.get_data(), strict=True):
                yield [_label(line), named(x), beside(y), "", ""]
    for collection in axis.collections:
        if isinstance(collection, PathCollection):
            for x, y in np.asarray(collection.get_offsets()):
                yield [_label(collection), named(x), _digits(y), "", ""]
        elif isinstance(collection, PolyCollection):
            for path in collection.get_paths():
                for x in np.unique(path.vertices[:, 0]):
                    ends = path.vertices[path.vertices[:, 0] == x, 1]
                    yield ["95 % interval", named(x), "", _digits(ends.min()), _digits(ends.max())]
    for image in axis.images:
        values = np.asarray(image.get_array())
        if values.ndim == 2:  # a photograph is a picture, and no numbers that anybody compares
            for row, across in enumerate(values):
                yield ["values", " ".join(f"{value:.3g}" for value in across), str(row), "", ""]


def _with_errors(
    bars: ErrorbarContainer, named: Callable[[float], str], beside: Callable[[float], str]
) -> Iterator[list[str]]:
    line = bars.lines[0]
    if line is None:
        return
    spans = [collection.get_segments() for collection in bars.lines[2]]
    for index, (x, y) in enumerate(zip(*line.get_data(), strict=True)):
        ends = np.ravel(spans[0][index])[1 - bool(bars.has_xerr) :: 2] if spans else []
        yield [_label(bars), named(x), beside(y), *([_digits(min(ends)), _digits(max(ends))]
               if len(ends) else ["", ""])]  # fmt: skip


def _named(axis: Axis) -> Callable[[float], str]:
    """What stands at a place on an axis: its number, or the word there."""
    ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    words = {tick: label.get_text() for tick, label in ticks if label.get_text().strip()}
    if all(_is_number(word) for word in words.values()):
        words = {}

    def name(place: float) -> str:
        near = min(words, key=lambda tick: abs(tick - place), default=None)
        if near is None or abs(near - place) >= 0.5:
            return _digits(place)
        return " ".join(words[near].split())

    return name


def _is_number(word: str) -> bool:
    try:
        float(word.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return "$" in word
    return True


def _label(artist: object) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label


def _digits(value: object) -> str:
    return f"{float(value):.4g}" if np.isscalar(value) or np.ndim(value) == 0 else str(value)
