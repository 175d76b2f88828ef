"""From stored uint8 images to what a network sees: crop and flip or canvas, resize, normalise.

The order is the papers': augmentation first, resize last (Size Matters, 2.6), then normalisation.
Cropped-in borders and the canvas are black pixels, as they are when that is done to the image itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from rfbook.experiments import micro_object, warp
from rfbook.experiments.catalogue import (
    CATALOGUE,
    EFFICIENTNET_MEAN,
    EFFICIENTNET_SD,
    IMAGENET_MEAN,
    IMAGENET_SD,
    MOBILENET_MEAN,
    MOBILENET_SD,
)
from rfbook.experiments.feeding import Draws, sent
from rfbook.experiments.images import Images
from rfbook.experiments.placement import places, window
from rfbook.experiments.spec import Data


class View:
    """How the images of a `Data` are prepared for the network.

    `plain` and `augmented` take pixels (n, h, w, c) uint8 and return (n, 3, side, side) float32 in
    channels-last memory, twice as many images with a micro-object. augmentation: the recipe's. device:
    where the pixels are. room: how much larger a canvas is than the image; None without a canvas.
    mean, sd: what the channels in 0..1 are normalised with. squares: the colours of micro-objects
    (2, 3), normalised; None without.
    """

    def __init__(
        self, data: Data, augmentation: str = "standard", device: torch.device | str = "cpu"
    ) -> None:
        source = CATALOGUE[data.name]
        mean, sd = {
            "own": (source.mean, source.sd),
            "imagenet": (IMAGENET_MEAN, IMAGENET_SD),
            "efficientnet": (EFFICIENTNET_MEAN, EFFICIENTNET_SD),
            "mobilenet": (MOBILENET_MEAN, MOBILENET_SD),
        }[data.normalisation]
        self.side, self.augmentation, self.device = data.side, augmentation, torch.device(device)
        self.sides = (data.detail, data.side) if data.detail else (data.side,)
        self.room = data.side - source.side if data.placement == "canvas" else None
        self.padding, self.mirrored = source.crop_padding, source.mirrored
        self.mean, self.sd = (torch.tensor(c, device=device) for c in (mean, sd))
        self.squares = None if data.task == "class" else self._squares(data.task)

    def _squares(self, task: str) -> Tensor:
        sd = self.sd.clone()
        if task == "micro-object-authors":
            sd[2] = micro_object.AUTHORS_BLUE_SD
        return (torch.tensor(micro_object.COLOURS, device=self.device) - self.mean) / sd

    @property
    def copies(self) -> int:
        """How often each image is shown."""
        return 1 if self.squares is None else len(self.squares)

    def answers(self, labels: Tensor) -> Tensor:
        """The right answers for what is shown of images with these labels."""
        return labels if self.squares is None else micro_object.answers(len(labels), self.device)

    def plain(self, pixels: Tensor, first: int = 0) -> Tensor:
        """Resized and normalised, nothing random.

        first: the number of the first image in its split, which fixes the places on a canvas.
        """
        last = first + len(pixels)
        if self.room is not None:
            corners = places(last, self.room)[first:]
            pixels = window(pixels, -corners.to(self.device), self.side)
        images = self._shown(pixels)
        if self.squares is None:
            return images
        return self._painted(images, places(2 * last, self._squares_room)[2 * first :].to(self.device))

    def draws(self, count: int, generator: torch.Generator) -> Draws:
        """All that training draws for that many images: a crop of the zero-padded image, or a place on
        the canvas, and a flip, or what `warp` draws; and the squares' places."""
        drawn: Draws = {}
        if self.augmentation == "rotated":
            drawn |= warp.draws(count, self.mirrored, generator)
        elif self.augmentation == "standard":
            drawn["corners"] = self._corners(count, generator)
            if self.mirrored:
                drawn["flips"] = torch.rand((count, 1), generator=generator) < 0.5
        if self.squares is not None:
            drawn["squares"] = places(2 * count, self._squares_room, generator).view(-1, 2, 2)
        return drawn

    def _corners(self, count: int, generator: torch.Generator) -> Tensor:
        if self.room is not None:
            return -places(count, self.room, generator)
        drawn = torch.randint(2 * self.padding + 1, (2, count), generator=generator)
        return drawn.T - self.padding

    def augmented(self, pixels: Tensor, draws: Draws) -> Tensor:
        """As `plain`, with what was drawn for these images, which lies where they do."""
        if self.augmentation == "rotated":
            images = pixels.permute(0, 3, 1, 2).float().div_(255)
            images = self._normalised(warp.warped(images, self.side, draws))
        else:
            if "corners" in draws:
                side = pixels.shape[1] if self.room is None else self.side
                pixels = window(pixels, draws["corners"], side, draws.get("flips"))
            images = self._shown(pixels)
        return self._painted(images, draws["squares"]) if "squares" in draws else images

    def _shown(self, pixels: Tensor) -> Tensor:
        images = pixels.permute(0, 3, 1, 2).float().div_(255)
        for side in self.sides:
            if images.shape[-1] != side:
                images = F.interpolate(images, (side, side), mode="bilinear", antialias=True)
        return self._normalised(images)

    def _normalised(self, images: Tensor) -> Tensor:
        mean, sd = (c.view(1, 3, 1, 1) for c in (self.mean, self.sd))
        return ((images - mean) / sd).contiguous(memory_format=torch.channels_last)

    @property
    def _squares_room(self) -> int:
        return self.side - micro_object.SIDE

    def _painted(self, images: Tensor, corners: Tensor) -> Tensor:
        """With a square of each colour. corners: of both squares of each image, one image's first."""
        corners = corners.view(-1, 2, 2).transpose(0, 1).flatten(0, 1)
        return micro_object.with_squares(images, corners, self.squares)


def in_order(images: Images, view: View, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """All images once, in their own order, without augmentation: for every measurement."""
    for start in range(0, len(images), batch):
        part = slice(start, start + batch)
        pixels, labels = (sent(t[part], view.device) for t in (images.pixels, images.labels))
        yield view.plain(pixels, start), view.answers(labels)


def shuffled(count: int, batch: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Index batches of one epoch: every image once, the last batch possibly smaller."""
    return torch.randperm(count, generator=generator).split(batch)
