"""What the interactive figures share, and the static figure of the stride toy.

A script holds no number of its own: its data and its colours are embedded in its page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import prod
from typing import Any

from IPython.display import HTML
from matplotlib import pyplot
from matplotlib.colors import to_hex

from rfbook.metrics.paths import window_counts
from rfbook.pages.figures import style
from rfbook.pages.prose import listed

COLOURS = {
    "saturation": style.COLOURS[5],
    "probes": style.COLOURS[1],
    "field": style.COLOURS[1],
    "object": style.COLOURS[2],
    "counts": style.COLOURS[0],
    "border": style.BORDER["color"],
    "context": style.GREY,
}
"""What has which colour in the scripts' drawings: the same as in the other figures."""

SHADES = 32
DEPTHS = (1, 2, 3)


def embed(name: str, data: dict[str, Any]) -> HTML:
    """The data as JSON inside the page, where a script finds it by name and asks nobody for it."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return HTML(f'<script type="application/json" id="{name}">{text}</script>')


def toy_data() -> dict[str, Any]:
    """The colours of the stride toy; its counts are computed where they are shown."""
    shades = pyplot.get_cmap(style.RC["image.cmap"], SHADES)(range(SHADES))
    return {"colours": COLOURS, "shades": [to_hex(shade) for shade in shades]}


def steady_counts(layers: Sequence[tuple[int, int, int]]) -> list[int]:
    """`window_counts` far from both edges: the shortest stretch that repeats, from pixel 0's class.

    layers: (kernel, stride, padding) from the first to the last, none of them dilated.
    The counts repeat every product of strides, so only its divisors can be shorter periods: with
    kernel 4 and stride 3 they are 1, 2, 1, and no two of them repeat.
    """
    period = prod(stride for _, stride, _ in layers)
    field = 1
    for kernel, stride, _ in reversed(layers):
        field = (field - 1) * stride + kernel
    start = -(-2 * field // period) * period
    counts = window_counts(2 * start + period, layers).astype(int).tolist()
    middle = counts[start : start + period]
    lengths = (n for n in range(1, period + 1) if period % n == 0)
    shortest = next(n for n in lengths if all(middle[i] == middle[i % n] for i in range(period)))
    return middle[:shortest]


def toy_figure(side: int, kernel: int, padding: int, name: str) -> None:
    """The static figure: counts of one to three layers of stride 2, the kernel as it is and padded."""
    style.use()
    figure, axes = pyplot.subplots(2, len(DEPTHS), figsize=(8.4, 4.2), sharex=True, sharey="col")
    for row, size in zip(axes, (kernel, kernel + 1), strict=True):
        for axis, depth in zip(row, DEPTHS, strict=True):
            axis.bar(range(side), window_counts(side, [(size, 2, padding)] * depth))
            axis.set_title(f"kernel {size}, {depth} layer{'s' * (depth > 1)}")
            axis.yaxis.get_major_locator().set_params(integer=True)
    figure.supxlabel("pixel")
    figure.supylabel("paths from the pixel")
    plain, padded = (_pattern(size, padding) for size in (kernel, kernel + 1))
    style.show(
        figure,
        None,
        alt=f"How many paths lead from each of {side} pixels through 1, 2 and 3 layers of stride 2. "
        f"Far from the edges the counts {plain} with kernel {kernel}, and {padded} with kernel "
        f"{kernel + 1}",
        caption=f"Paths from each pixel of a row of {side} to the output of one to three layers of "
        f"stride 2 and padding {padding}: kernel {kernel} above, padded to {kernel + 1} below. Far "
        f"from the edges the counts {plain} above and {padded} below.",
        name=name,
    )


def _pattern(kernel: int, padding: int) -> str:
    periods = [len(steady_counts([(kernel, 2, padding)] * depth)) for depth in DEPTHS]
    if max(periods) == 1:
        return "are equal"
    return f"repeat every {listed([str(period) for period in periods])} pixels"
