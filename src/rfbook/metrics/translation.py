"""Translation: how far the output moves when the image is moved by a few pixels.

Dead Pixel Test, section 5, argues that an image moved by one pixel is another image to a network
whose pixels have different weights. It measures nothing of the kind; this does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from rfbook.metrics.finite_tensors import require_finite
from rfbook.metrics.logits import require_evaluation, require_images

AXES = (2, 3)
"""Axes of an image batch along which it is moved: down, then right."""


SAFE = 2.0**-40, 2.0**50
"""Logits whose largest is between these are compared in their own precision, others in double."""


@dataclass(frozen=True)
class Translations:
    """What moving each image did. The first axis is the direction: down, then right.

    change: (2, n, s), mean absolute change of the logits, over the standard deviation of the
        unmoved image's logits.
    flipped: (2, n, s), whether the predicted class is another one.
    """

    change: Float[np.ndarray, "2 n s"]
    flipped: Bool[np.ndarray, "2 n s"]


def translations(
    model: nn.Module, batches: Iterable[tuple[Tensor, Tensor | None]], shifts: Sequence[int]
) -> Translations:
    """Moves every image by each shift, in pixels, and compares the logits with those of no shift.

    batches: pairs of normalised images and labels, which are not used.
    Every image first gets a frame as wide as the largest shift, of the value 0, the mean colour. All
    shifts then move the same content over the same ground: nothing leaves the image, nothing new
    comes in, and what is compared differs in place alone.
    Raises ValueError for a model in training mode, no images, a shift below 1, a frame that leaves
    nothing of the image, for images or logits that are not finite, and where all logits are equal.
    """
    require_evaluation(model)
    compared = []
    with torch.inference_mode():
        for images, _ in batches:
            require_images(images)
            ground = framed(images, max(shifts))
            before = model(ground.clone())  # which a network may normalise in place
            moved = [[model(ground.roll(s, axis)) for s in shifts] for axis in AXES]
            compared.append(_compare(before, torch.stack([torch.stack(logits) for logits in moved])))
    if not compared:
        raise ValueError("translations needs at least one image, got none: check `batches`")
    change, flipped = (np.concatenate(parts, 1) for parts in zip(*compared, strict=True))
    return Translations(change, flipped)


def framed(images: Float[Tensor, "n c h w"], margin: int) -> Float[Tensor, "n c h w"]:
    """The images with their outermost `margin` pixels set to 0.

    Raises ValueError if nothing would be left, or the margin is below 1.
    """
    height, width = images.shape[2:]
    if not 1 <= margin < min(height, width) / 2:
        raise ValueError(
            f"the largest shift must be from 1 to less than half of the side, got {margin} for "
            f"{height} x {width}: leave out larger shifts"
        )
    ground = torch.zeros_like(images)
    inside = slice(margin, height - margin), slice(margin, width - margin)
    ground[..., inside[0], inside[1]] = images[..., inside[0], inside[1]]
    return ground


def _compare(before: Tensor, moved: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """(2, n, s) change and flips, from logits (n, classes) and (2, s, n, classes)."""
    for logits in (before, *moved.flatten(0, 1)):
        require_finite(logits, "logits", ("image", "class"), "has training failed?")
    largest = before.abs().amax()
    if not SAFE[0] < largest < SAFE[1]:  # the squares in a deviation leave single precision
        before, moved = before.double(), moved.double()
    change = (moved - before).abs().mean(-1) / before.std(-1)
    advice = "logits of the image that are all equal have no deviation to compare with"
    require_finite(change, "changes", ("direction", "shift", "image"), advice)
    flipped = moved.argmax(-1) != before.argmax(-1)
    return change.transpose(1, 2).cpu().double().numpy(), flipped.transpose(1, 2).cpu().numpy()
