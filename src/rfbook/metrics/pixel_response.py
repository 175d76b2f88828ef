"""One-pixel response: how far the output moves when one pixel of the image is raised.

Dead Pixel Test, section 5, equations 6 to 12: put the effective field R in place of every image's
own gradient, and raising the three channels of pixel (X, Y) by epsilon raises y by 3 epsilon R_XY.
The paper states it; its journal version (Pattern Recognition Letters 167, 2023) measures the mean
absolute change at 25 pixels with epsilon 0.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from rfbook.metrics.logits import class_logits, require_evaluation, require_images

Pixel = tuple[int, int]
"""Row and column of an image, counted from 0."""


def pixel_changes(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor | None]],
    pixels: Sequence[Pixel],
    epsilon: float | Sequence[float] = 0.1,
) -> Float[np.ndarray, "n p"]:
    """y(I + epsilon at the pixel, all channels) - y(I), per image and pixel.

    batches: pairs of images (n, c, h, w) and labels (n,) or None; y is the logit of the label, or
        of the class that is predicted for the image as it is.
    epsilon: in units of the normalised image, as in the journal version; one for all or one a pixel.
    Takes one forward pass per pixel and one more. A change is the difference of two logits, so in
    float32 it is uncertain by about 1e-6 of the logit.
    Raises ValueError for a model in training mode, a pixel outside the image, no images, another number
    of epsilons than of pixels, and for images or logits that are not finite.
    """
    require_evaluation(model)
    sizes = [epsilon] * len(pixels) if isinstance(epsilon, float | int) else epsilon
    rows = []
    with torch.inference_mode():
        for images, labels in batches:
            require_images(images)
            _require_inside(pixels, images)
            logits = model(images.clone())  # which a network may normalise in place
            chosen = logits.argmax(1) if labels is None else labels
            steps = zip(pixels, sizes, strict=True)
            raised = [class_logits(model(_raise(images, *step)), chosen) for step in steps]
            rows.append((torch.stack(raised, 1) - class_logits(logits, chosen)[:, None]).cpu())
    if not rows:
        raise ValueError("pixel_changes needs at least one image, got none: check `batches`")
    return torch.cat(rows).double().numpy()


def pixel_response(changes: Float[np.ndarray, "n p"]) -> Float[np.ndarray, " p"]:
    """Mean over images of the absolute change at each pixel (journal version, Table 5)."""
    return np.abs(changes).mean(0)


def pixel_block(side: int, size: int = 5, start: float = 100 / 224) -> list[Pixel]:
    """A block of neighbouring pixels, row by row: (100 to 104) squared at 224, as in the journal.

    start: of both axes, as a share of the side. Raises ValueError if the block does not fit.
    """
    first = round(start * side)
    if not 0 <= first <= side - size:
        raise ValueError(f"side={side}: no room for {size} pixels from {first} on: use a larger side")
    places = range(first, first + size)
    return [(row, column) for row in places for column in places]


def _raise(images: Tensor, pixel: Pixel, epsilon: float) -> Tensor:
    raised = images.clone()
    raised[:, :, pixel[0], pixel[1]] += epsilon
    return raised


def _require_inside(pixels: Sequence[Pixel], images: Tensor) -> None:
    height, width = images.shape[2:]
    outside = [(r, c) for r, c in pixels if not (0 <= r < height and 0 <= c < width)]
    if outside:
        raise ValueError(
            f"pixel {outside[0]} is outside the image: rows go from 0 to {height - 1}, columns from "
            f"0 to {width - 1}"
        )
