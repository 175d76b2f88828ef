"""Probes at every position of the maps, of one network over its seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rfbook.claims.quantities.positions import position_curve, position_grids
from rfbook.pages.outcomes import Outcome

FALL = 5.0
"""Points by which the mean over positions falls where a layer counts as skipped."""


def position_means(seeds: Sequence[Outcome]) -> np.ndarray:
    """(seeds, convolutions): mean probe accuracy over the positions of each convolution, percent."""
    return 100 * np.array([position_curve(outcome.records) for outcome in seeds])


def position_seeds(seeds: Sequence[Outcome]) -> list[np.ndarray]:
    """(seeds, h, w) for each convolution of one network: accuracy of the probe at every position."""
    return [
        np.array(grids)
        for grids in zip(*(position_grids(outcome.records) for outcome in seeds), strict=True)
    ]


def position_spreads(seeds: Sequence[Outcome]) -> np.ndarray:
    """(seeds, convolutions): best position minus worst of each convolution, points; of one, 0."""
    return 100 * np.array([np.ptp(maps, axis=(1, 2)) for maps in position_seeds(seeds)]).T


def position_maps(seeds: Sequence[Outcome]) -> dict[str, np.ndarray]:
    """Convolution -> (h, w): accuracy of each position's probe over the model's, mean over seeds."""
    relative = [
        [
            grid / outcome.records["accuracy"].values["accuracy"]
            for grid in position_grids(outcome.records)
        ]
        for outcome in seeds
    ]
    layers = zip(*relative, strict=True)
    return {f"conv{number}": np.mean(maps, axis=0) for number, maps in enumerate(layers, 1)}


def skipped(seeds: Sequence[Outcome]) -> list[str]:
    """The convolutions whose positions fall back by more than `FALL` points, in the mean over seeds."""
    falls = -np.diff(position_means(seeds).mean(0))
    return [f"conv{number}" for number, fall in enumerate(falls, 2) if fall > FALL]
