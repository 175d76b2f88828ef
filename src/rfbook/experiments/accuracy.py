"""How often a network is right."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def share_right(network: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Share (0..1) of the images (n, 3, side, side) whose largest logit is their class (n,)."""
    right: Tensor | int = 0  # counted where the images are; it is read once
    total = 0
    with torch.inference_mode():
        for images, classes in batches:
            right += (network(images).argmax(1) == classes).sum()
            total += len(classes)
    return int(right) / total
