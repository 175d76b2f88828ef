"""From stored uint8 images to what a network sees: crop and flip or canvas, resize, normalise.

The order is the papers': augmentation first, resize last (Size Matters, 2.6), then normalisation.
Cropped-in borders and the canvas are black pixels, as they are when that is done to the image itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from rfbook.experiments.catalogue import (
    CATALOGUE,
    EFFICIENTNET_MEAN,
    EFFICIENTNET_SD,
    IMAGENET_MEAN,
    IMAGENET_SD,
)
from rfbook.experiments.data import Images
from rfbook.experiments.placement import places, window
from rfbook.experiments.spec import Data


class View:
    """How the images of a `Data` are prepared for the network.

    `plain` and `augmented` take pixels (n, h, w, c) uint8 and return (n, 3, side, side) float32 in
    channels-last memory. room: how much larger a canvas is than the image; None without a canvas.
    mean, sd: what the channels in 0..1 are normalised with.
    """

    def __init__(self, data: Data) -> None:
        source = CATALOGUE[data.name]
        mean, sd = {
            "own": (source.mean, source.sd),
            "imagenet": (IMAGENET_MEAN, IMAGENET_SD),
            "efficientnet": (EFFICIENTNET_MEAN, EFFICIENTNET_SD),
        }[data.normalisation]
        self.side = data.side
        self.sides = (data.detail, data.side) if data.detail else (data.side,)
        self.room = data.side - source.side if data.placement == "canvas" else None
        self.padding, self.mirrored = source.crop_padding, source.mirrored
        self.mean, self.sd = torch.tensor(mean), torch.tensor(sd)

    def plain(self, pixels: Tensor, first: int = 0) -> Tensor:
        """Resized and normalised, nothing random.

        first: the number of the first image in its split, which fixes the places on a canvas.
        """
        if self.room is not None:
            corners = places(first + len(pixels), self.room)[first:]
            pixels = window(pixels, -corners, self.side)
        return self._shown(pixels)

    def augmented(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """As `plain`, after a random crop of the zero-padded image, or at a random place of the canvas,
        and a random flip."""
        count, side = len(pixels), pixels.shape[1]
        if self.room is not None:
            side, corners = self.side, -places(count, self.room, generator)
        else:
            drawn = torch.randint(2 * self.padding + 1, (2, count), generator=generator)
            corners = drawn.T - self.padding
        flips = torch.rand((count, 1), generator=generator) < 0.5 if self.mirrored else None
        return self._shown(window(pixels, corners, side, flips))

    def _shown(self, pixels: Tensor) -> Tensor:
        images = pixels.permute(0, 3, 1, 2).float().div_(255)
        for side in self.sides:
            if images.shape[-1] != side:
                images = F.interpolate(images, (side, side), mode="bilinear", antialias=True)
        mean, sd = (c.to(images.device).view(1, 3, 1, 1) for c in (self.mean, self.sd))
        return ((images - mean) / sd).contiguous(memory_format=torch.channels_last)


def in_order(
    images: Images, view: View, batch: int, device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """All images once, in their own order, without augmentation: for every measurement."""
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        yield view.plain(images.pixels[part].to(device), start), images.labels[part].to(device)


def shuffled(count: int, batch: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Index batches of one epoch: every image once, the last batch possibly smaller."""
    return torch.randperm(count, generator=generator).split(batch)
