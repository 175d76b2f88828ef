"""What a run's network is shown while it is measured: images in order, with the classes it knows."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from rfbook.experiments.batches import View, in_order
from rfbook.experiments.images import Images
from rfbook.experiments.progress import track
from rfbook.records.weights import Trained

AT_ONCE = {"cpu": 1, "cuda": 8}
"""How many times the images that a measure takes at once on a CPU; results change by rounding only."""


def shown(
    trained: Trained, images: Images, size: int, label: str
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """All images in order as the network takes them, with their classes, `size` at a time on a CPU.

    Of a published network labels are translated to its own classes. Where the data has others there are
    none, and a measure then takes the class that is predicted.
    """
    size *= AT_ONCE[trained.device.type]
    made = in_order(images, View(trained.run.data, device=trained.device), size)
    known = ((inputs, _classes(trained, labels)) for inputs, labels in made)
    return track(known, f"{trained.run.slug()} {label}", total=-(-len(images) // size))


def _classes(trained: Trained, labels: Tensor) -> Tensor | None:
    if not trained.run.published:
        return labels
    numbers = trained.run.known_classes
    return torch.tensor(numbers, device=labels.device)[labels] if numbers else None


def halves(images: Images) -> tuple[Images, Images]:
    """Images 0, 2, 4, ... and images 1, 3, 5, ...: two disjoint sets of one kind."""
    first, second = (Images(images.pixels[i::2], images.labels[i::2]) for i in (0, 1))
    return first, second
