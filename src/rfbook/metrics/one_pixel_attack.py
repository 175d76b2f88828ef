"""One-pixel attack by random search: does a chosen set of pixels make it easier?

Su, Vargas and Sakurai (2019) change one pixel of an image so that the predicted class changes; Dead
Pixel Test, section 5, argues that strong pixels are the ones to try. Their search is differential
evolution; this one is random, with the same number of tries for every image and every set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from rfbook.metrics.finite import require_finite_array
from rfbook.metrics.finite_tensors import require_finite
from rfbook.metrics.logits import class_logits, require_evaluation, require_images


@dataclass(frozen=True)
class Attack:
    """What the best of all tries did to each image.

    changed: (n,), whether any try changed the predicted class.
    fall: (n,), largest fall of the margin, which is the predicted class's logit minus the largest
        other one; at or above the margin itself where `changed` holds.
    """

    changed: Bool[np.ndarray, " n"]
    fall: Float[np.ndarray, " n"]


def one_pixel_attack(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor | None]],
    candidates: Int[Tensor, "p 2"],
    colours: Float[Tensor, "k c"],
    tries: int,
    seed: int = 0,
) -> Attack:
    """Sets one pixel of each image to one colour, `tries` times with new draws.

    batches: pairs of normalised images and labels, which are not used: what counts is the class
        that the network predicts.
    candidates: (p, 2), row and column of the pixels that may be drawn. colours: (k, c), normalised.
    Equal seeds and equally many candidates draw the same places in the list and the same colours, so
    that two lists, of which entry i of one lies near entry i of the other, are compared in pairs.
    Raises ValueError for a model in training mode, no images, a candidate outside the image, and for
    images, colours or logits that are not finite.
    """
    require_evaluation(model)
    require_finite(colours, "colours", ("colour", "channel"), "normalise them as the images are")
    generator = torch.Generator().manual_seed(seed)
    margins = []
    with torch.inference_mode():
        for images, _ in batches:
            require_images(images)
            _require_inside(candidates, images)
            before = model(images.clone())  # which a network may normalise in place
            predicted = before.argmax(1)
            margin = _margin(before, predicted)
            least = margin
            for attempt in _attempts(images, candidates, colours, tries, generator):
                least = torch.minimum(least, _margin(model(attempt), predicted))
            margins.append(torch.stack([margin, least]).cpu())
    if not margins:
        raise ValueError("one_pixel_attack needs at least one image, got none: check `batches`")
    margin, least = torch.cat(margins, 1).double().numpy()
    return Attack(least < 0, margin - least)


def strong_and_weak(
    classes: Float[np.ndarray, "k k"], side: int, share: float = 0.25
) -> tuple[Int[Tensor, "p 2"], Int[Tensor, "p 2"]]:
    """Two lists of pixels: those whose residue class has the largest values, and the smallest.

    classes: (k, k), a mean for each class of (row mod k, column mod k), such as
        `imbalance.residue_means`. share: of the classes in each list, at most one half.
    Both lists have the same length and go through the image tile by tile, k x k pixels each, so that
    entry i of one lies in the same tile as entry i of the other. What is left over at the right and
    the bottom of the image is not used. Raises ValueError if no class or no tile is left, or if a class
    is not finite.
    """
    require_finite_array(classes, "classes", ("row", "column"), "were they made of finite gradients?")
    period = len(classes)
    count, tiles = int(share * classes.size), side // period
    if not (1 <= count <= classes.size // 2 and tiles):
        raise ValueError(
            f"share={share} of {classes.size} classes at side={side}: each list needs one class at "
            "least and half of them at most, and the side at least one period"
        )
    order = np.argsort(classes, axis=None, kind="stable")
    corners = period * np.stack(np.indices((tiles, tiles)), -1).reshape(-1, 1, 2)
    chosen = [np.stack(np.unravel_index(o, classes.shape), -1) for o in (order[-count:], order[:count])]
    strong, weak = (torch.from_numpy((corners + pixels).reshape(-1, 2)) for pixels in chosen)
    return strong, weak


def _attempts(
    images: Tensor, candidates: Tensor, colours: Tensor, tries: int, generator: torch.Generator
) -> Iterator[Tensor]:
    """The images with one pixel each in another colour, `tries` times."""
    everyone = torch.arange(len(images))
    for _ in range(tries):
        places = torch.randint(len(candidates), (len(images),), generator=generator)
        painted = torch.randint(len(colours), (len(images),), generator=generator)
        rows, columns = candidates[places].unbind(1)
        attempt = images.clone()
        attempt[everyone, :, rows, columns] = colours[painted].to(images)
        yield attempt


def _margin(logits: Tensor, predicted: Tensor) -> Tensor:
    """Logit of the class that was predicted minus the largest other logit."""
    others = logits.scatter(1, predicted[:, None], -torch.inf).amax(1)
    return class_logits(logits, predicted) - others


def _require_inside(candidates: Tensor, images: Tensor) -> None:
    limits = torch.tensor(images.shape[2:])
    if not len(candidates) or candidates.min() < 0 or (candidates >= limits).any():
        raise ValueError(
            f"candidates must be pixels of images of {tuple(images.shape[2:])}, at least one: rows and "
            "columns are counted from 0"
        )
