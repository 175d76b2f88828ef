"""A random part of every image, enlarged, rotated and flipped: how Dead Pixel trains (its section 3).

One sampling of the image does all of it, as its steps would one after another: what the rotation turns
in from outside the part is black.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

AREA, RATIO, DEGREES = (0.8, 1.0), (3 / 4, 4 / 3), 15
"""Share of the image's area, width over height, and the largest angle (the authors' code)."""
ATTEMPTS = 10
"""Parts that are drawn before the whole image is taken, as in torchvision's RandomResizedCrop."""


def parts(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Centres and half sizes (count, 2), as (x, y) in coordinates that run from -1 to 1."""
    low, high = (math.log(r) for r in RATIO)
    drawn = torch.rand((2, count, ATTEMPTS), generator=generator)
    area, ratio = AREA[0] + (AREA[1] - AREA[0]) * drawn[0], (low + (high - low) * drawn[1]).exp()
    sizes = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()], dim=2)
    fits = (sizes <= 1).all(2)
    first = fits.int().argmax(1)
    chosen = torch.where(fits.any(1, keepdim=True), sizes[torch.arange(count), first], 1.0)
    return (2 * torch.rand((count, 2), generator=generator) - 1) * (1 - chosen), chosen


def draws(count: int, mirrored: bool, generator: torch.Generator) -> dict[str, Tensor]:
    """All that is random about a number of images: `centres` and `halves` of their parts (count, 2), and
    the matrix that turns and flips each, `turns` (count, 6)."""
    centres, halves = parts(count, generator)
    drawn = torch.rand((2, count), generator=generator)
    angles = math.radians(DEGREES) * (2 * drawn[0] - 1)
    signs = torch.where(drawn[1] < 0.5, -1.0, 1.0) if mirrored else torch.ones(count)
    cosines, sines, zeros = angles.cos(), angles.sin(), torch.zeros(count)
    turns = torch.stack([signs * cosines, -sines, zeros, signs * sines, cosines, zeros], 1)
    return {"centres": centres, "halves": halves, "turns": turns}


def warped(images: Tensor, side: int, drawn: dict[str, Tensor]) -> Tensor:
    """Images (n, c, h, h), black where there is none, as (n, c, side, side), on one device.

    drawn: what `draws` drew for them.
    """
    count = len(images)
    centres, halves = (drawn[name].view(count, 1, 1, 2) for name in ("centres", "halves"))
    turns = drawn["turns"].view(count, 2, 3)
    seen = F.affine_grid(turns, [count, 1, side, side], align_corners=False)
    outside = (seen.abs() > 1).any(3, keepdim=True)
    grid = torch.where(outside, 3.0, centres + halves * seen)
    return F.grid_sample(images, grid, padding_mode="zeros", align_corners=False)
