"""From stored uint8 images to what a network sees: crop and flip or canvas, resize, normalise.

The order is the papers': augmentation first, resize last (Size Matters, 2.6), then normalisation.
Cropped-in borders and the canvas are black pixels, as they are when that is done to the image itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from rfbook.experiments import micro_object
from rfbook.experiments.catalogue import (
    CATALOGUE,
    EFFICIENTNET_MEAN,
    EFFICIENTNET_SD,
    IMAGENET_MEAN,
    IMAGENET_SD,
)
from rfbook.experiments.images import Images
from rfbook.experiments.placement import places, window
from rfbook.experiments.spec import Data
from rfbook.experiments.warp import warped


class View:
    """How the images of a `Data` are prepared for the network.

    `plain` and `augmented` take pixels (n, h, w, c) uint8 and return (n, 3, side, side) float32 in
    channels-last memory, twice as many images with a micro-object. augmentation: the recipe's. room:
    how much larger a canvas is than the image; None without a canvas. mean, sd: what the channels in
    0..1 are normalised with. squares: the colours of micro-objects (2, 3), normalised; None without.
    """

    def __init__(self, data: Data, augmentation: str = "standard") -> None:
        source = CATALOGUE[data.name]
        mean, sd = {
            "own": (source.mean, source.sd),
            "imagenet": (IMAGENET_MEAN, IMAGENET_SD),
            "efficientnet": (EFFICIENTNET_MEAN, EFFICIENTNET_SD),
        }[data.normalisation]
        self.side, self.augmentation = data.side, augmentation
        self.sides = (data.detail, data.side) if data.detail else (data.side,)
        self.room = data.side - source.side if data.placement == "canvas" else None
        self.padding, self.mirrored = source.crop_padding, source.mirrored
        self.mean, self.sd = torch.tensor(mean), torch.tensor(sd)
        self.squares = None if data.task == "class" else self._squares(data.task)

    def _squares(self, task: str) -> Tensor:
        sd = self.sd.clone()
        if task == "micro-object-authors":
            sd[2] = micro_object.AUTHORS_BLUE_SD
        return (torch.tensor(micro_object.COLOURS) - self.mean) / sd

    @property
    def copies(self) -> int:
        """How often each image is shown."""
        return 1 if self.squares is None else len(self.squares)

    def answers(self, labels: Tensor) -> Tensor:
        """The right answers for what is shown of images with these labels."""
        return labels if self.squares is None else micro_object.answers(len(labels)).to(labels)

    def plain(self, pixels: Tensor, first: int = 0) -> Tensor:
        """Resized and normalised, nothing random.

        first: the number of the first image in its split, which fixes the places on a canvas.
        """
        if self.room is not None:
            corners = places(first + len(pixels), self.room)[first:]
            pixels = window(pixels, -corners, self.side)
        last = first + len(pixels)
        return self._painted(self._shown(pixels), lambda room: places(2 * last, room)[2 * first :])

    def augmented(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """As `plain`, and all that training draws: a random crop of the zero-padded image, or a random
        place on the canvas, and a random flip, or `warp`; and the squares' places."""
        images = self._drawn(pixels, generator)
        return self._painted(images, lambda room: places(2 * len(pixels), room, generator))

    def _drawn(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        if self.augmentation == "none":
            return self._shown(pixels)
        if self.augmentation == "rotated":
            images = pixels.permute(0, 3, 1, 2).float().div_(255)
            return self._normalised(warped(images, self.side, self.mirrored, generator))
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
        return self._normalised(images)

    def _normalised(self, images: Tensor) -> Tensor:
        mean, sd = (c.to(images.device).view(1, 3, 1, 1) for c in (self.mean, self.sd))
        return ((images - mean) / sd).contiguous(memory_format=torch.channels_last)

    def _painted(self, images: Tensor, corners: Callable[[int], Tensor]) -> Tensor:
        """With a square of each colour, if there is a micro-object. corners: for the room there is."""
        if self.squares is None:
            return images
        places = corners(self.side - micro_object.SIDE).view(-1, 2, 2).transpose(0, 1).flatten(0, 1)
        return micro_object.with_squares(images, places, self.squares)


def in_order(
    images: Images, view: View, batch: int, device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """All images once, in their own order, without augmentation: for every measurement."""
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        pixels, labels = images.pixels[part].to(device), images.labels[part].to(device)
        yield view.plain(pixels, start), view.answers(labels)


def shuffled(count: int, batch: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Index batches of one epoch: every image once, the last batch possibly smaller."""
    return torch.randperm(count, generator=generator).split(batch)
