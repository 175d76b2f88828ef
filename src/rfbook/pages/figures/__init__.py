"""The figures of the book; those that several pages have stand here under their own names."""

from rfbook.pages.figures import (
    fields,
    learning,
    paired,
    pairwise,
    pixels,
    predictions,
    scatter,
    sizes,
    spread,
)
from rfbook.pages.figures.layers import (
    bars,
    curves,
    curves_by_network,
    fields_against_printed,
    heatmaps,
    layer_profiles,
    maps,
)

__all__ = [
    "bars", "curves", "curves_by_network", "fields", "fields_against_printed", "heatmaps",
    "layer_profiles", "learning", "maps", "paired", "pairwise", "pixels", "predictions", "scatter",
    "sizes", "spread",
]  # fmt: skip
