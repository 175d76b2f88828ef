"""Where an image lies in what the network sees: windows on images that are black all around.

A random crop of the padded image and a canvas around it are the same thing, a window that the image
fills not or not quite; one gather makes it for a whole batch.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

EVALUATION_SEED = 0
"""Of the places on the canvas at which images are measured: one draw, the same for every run."""


def window(pixels: Tensor, corners: Tensor, side: int, mirrored: Tensor | None = None) -> Tensor:
    """A square part of every image, black where there is no image.

    pixels: (n, h, w, c) uint8. corners: (n, 2), the row and column of the image that come first in the
    window, negative for a margin before the image. mirrored: (n, 1), whose windows are flipped
    horizontally. All lie on one device. Returns (n, side, side, c) uint8.
    """
    count, height, width, _ = pixels.shape
    steps = torch.arange(side, device=pixels.device)
    # One black row and column on each side stand for all that is outside.
    rows = (corners[:, :1] + steps).clamp(-1, height) + 1
    columns = (corners[:, 1:] + steps).clamp(-1, width) + 1
    if mirrored is not None:
        columns = torch.where(mirrored, columns.flip(1), columns)
    which = torch.arange(count, device=pixels.device).view(count, 1, 1)
    framed = F.pad(pixels, (0, 0, 1, 1, 1, 1))
    return framed[which, rows.unsqueeze(2), columns.unsqueeze(1)]


def places(count: int, room: int, generator: torch.Generator | None = None) -> Tensor:
    """Top-left corners (count, 2), uniform in 0..room inclusive, on a canvas `room` pixels larger.

    Without a generator those of the evaluation: image i has the same place however many are asked for.
    """
    if generator is None:
        generator = torch.Generator().manual_seed(EVALUATION_SEED)
    return torch.randint(room + 1, (count, 2), generator=generator)
