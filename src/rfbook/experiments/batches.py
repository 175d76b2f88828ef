"""From stored uint8 images to what a network sees: crop and flip by one gather, resize, normalise.

The order is the papers': augmentation first, resize last (Size Matters, 2.6), then normalisation.
Cropped-in borders are black pixels, as they are when the crop works on the image itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from rfbook.experiments.catalogue import CATALOGUE, IMAGENET_MEAN, IMAGENET_SD
from rfbook.experiments.data import Images
from rfbook.experiments.spec import Data


class View:
    """How the images of a `Data` are prepared for the network.

    `plain` and `augmented` take pixels (n, h, w, c) uint8 and return (n, 3, side, side) float32 in
    channels-last memory.
    """

    def __init__(self, data: Data) -> None:
        source = CATALOGUE[data.name]
        own = data.normalisation == "own"
        self.side = data.side
        self.padding, self.mirrored = source.crop_padding, source.mirrored
        self.mean = torch.tensor(source.mean if own else IMAGENET_MEAN)
        self.sd = torch.tensor(source.sd if own else IMAGENET_SD)

    def plain(self, pixels: Tensor) -> Tensor:
        """Resized and normalised, nothing random."""
        images = pixels.permute(0, 3, 1, 2).float().div_(255)
        if images.shape[-1] != self.side:
            size = (self.side, self.side)
            images = F.interpolate(images, size, mode="bilinear", antialias=True)
        mean, sd = (c.to(images.device).view(1, 3, 1, 1) for c in (self.mean, self.sd))
        return ((images - mean) / sd).contiguous(memory_format=torch.channels_last)

    def augmented(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """As `plain`, after a random crop of the zero-padded image and a random flip."""
        n, height, width, _ = pixels.shape
        pad = self.padding
        padded = F.pad(pixels, (0, 0, pad, pad, pad, pad))
        top, left = torch.randint(2 * pad + 1, (2, n, 1), generator=generator)
        rows, columns = top + torch.arange(height), left + torch.arange(width)
        if self.mirrored:
            flip = torch.rand((n, 1), generator=generator) < 0.5
            columns = torch.where(flip, columns.flip(1), columns)
        chosen = torch.arange(n).view(n, 1, 1), rows.unsqueeze(2), columns.unsqueeze(1)
        return self.plain(padded[tuple(index.to(pixels.device) for index in chosen)])


def in_order(
    images: Images, view: View, batch: int, device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """All images once, in their own order, without augmentation: for every measurement."""
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        yield view.plain(images.pixels[part].to(device)), images.labels[part].to(device)


def shuffled(count: int, batch: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Index batches of one epoch: every image once, the last batch possibly smaller."""
    return torch.randperm(count, generator=generator).split(batch)
