"""The micro-object task: the same image twice, with a black and with a red square (Dead Pixel, 5)."""

from __future__ import annotations

import torch
from torch import Tensor

SIDE = 8
"""Of the square, in pixels."""
COLOURS = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0))
"""Of class A and class B, as red, green and blue in 0..1."""
AUTHORS_BLUE_SD = 1.225
"""What the authors' code divides the square's blue by, in place of .225."""


def with_squares(images: Tensor, corners: Tensor, colours: Tensor) -> Tensor:
    """All images with the first colour, then all with the second: (2n, 3, side, side).

    images: (n, 3, side, side), normalised. corners: (2n, 2), row and column of a square's first pixel.
    colours: (2, 3), normalised as the images are. All lie on one device.
    """
    device = images.device
    offsets = torch.arange(SIDE, device=device)
    rows = (corners[:, :1] + offsets).view(-1, 1, SIDE, 1)
    columns = (corners[:, 1:] + offsets).view(-1, 1, 1, SIDE)
    which = torch.arange(2 * len(images), device=device).view(-1, 1, 1, 1)
    channels = torch.arange(3, device=device).view(1, 3, 1, 1)
    painted = images.repeat(2, 1, 1, 1)
    colour = colours.repeat_interleave(len(images), 0).view(-1, 3, 1, 1)
    painted[which, channels, rows, columns] = colour
    return painted.contiguous(memory_format=torch.channels_last)


def answers(count: int, device: torch.device | str = "cpu") -> Tensor:
    """The classes of `with_squares` for that many images: (2 count,)."""
    return torch.arange(2, device=device).repeat_interleave(count)
