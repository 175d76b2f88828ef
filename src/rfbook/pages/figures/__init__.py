"""The figures of the book; those over the layers of a network stand here under their own names."""

from rfbook.pages.figures.layers import (
    bars,
    curves,
    fields_against_printed,
    heatmaps,
    layer_profiles,
    maps,
)

__all__ = ["bars", "curves", "fields_against_printed", "heatmaps", "layer_profiles", "maps"]
