"""Saturation for any share of variance, from the eigenvalues that records keep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rfbook.pages.outcomes import Outcome


def eigenvalues_of(outcome: Outcome) -> list[np.ndarray]:
    """The eigenvalues of each convolution's covariance, largest first, in the order of the network."""
    convolutions = outcome.records["receptive_field"].values["layers"]
    return [outcome.records["saturation"].arrays[layer] for layer in convolutions]


def saturations(seeds: Sequence[Outcome], share: float) -> np.ndarray:
    """(seeds, convolutions): the part of the directions that reaches this share of the variance."""
    import torch

    from rfbook.metrics.saturation import dimensions

    return np.array([
        [dimensions(torch.as_tensor(values), share) / len(values) for values in eigenvalues_of(outcome)]
        for outcome in seeds
    ])  # fmt: skip
