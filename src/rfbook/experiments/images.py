"""Images, in memory or mapped: uint8 tensors with labels, their one order, and what identifies them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

from rfbook.experiments.errors import DataError
from rfbook.experiments.mapped import chunks


@dataclass(frozen=True)
class Images:
    """pixels: (n, side, side, 3 or 1) uint8; labels: (n,) int64. Raises DataError for any others."""

    pixels: Tensor
    labels: Tensor

    def __post_init__(self) -> None:
        """Their bytes are hashed, so that labels of another type would be another set."""
        pixels, labels = self.pixels, self.labels
        kinds = [f"{tuple(tensor.shape)} of {tensor.dtype}" for tensor in (pixels, labels)]
        right = pixels.dtype == torch.uint8 and labels.dtype == torch.int64
        if not (right and pixels.dim() == 4 and labels.shape == pixels.shape[:1]):
            raise DataError(
                "images need pixels (n, side, side, 3 or 1) of torch.uint8 and labels (n,) of "
                f"torch.int64; given were pixels {kinds[0]} and labels {kinds[1]}. Convert them, as by "
                "labels.long()."
            )

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int | None) -> Images:
        """The first `count` images in canonical order (all for None).

        Raises DataError when there are fewer.
        """
        if count is not None and count > len(self):
            raise DataError(f"images={count}: this split holds {len(self)}; ask for at most that")
        return Images(self.pixels[:count], self.labels[:count])


@dataclass(frozen=True)
class Splits:
    """The training and the test images of one data set, or a part of them.

    pixels: the fingerprint of the whole set they were loaded from; empty where nobody loaded them.
    """

    train: Images
    test: Images
    pixels: str = ""


def digests(images: Images) -> list[bytes]:
    """The SHA-256 of each image's pixels and label."""
    labels = images.labels.numpy()
    return [
        hashlib.sha256(pixels.tobytes() + label.tobytes()).digest()
        for pixels, label in zip(images.pixels.numpy(), labels, strict=True)
    ]


def order(images: Images) -> Tensor:
    """(n,): the places of the images by the hash of pixels and label, one order for every source."""
    keys = digests(images)
    return torch.tensor(sorted(range(len(keys)), key=keys.__getitem__), dtype=torch.int64)


def canonical(images: Images) -> Images:
    """The same images in their order."""
    places = order(images)
    return Images(images.pixels[places], images.labels[places])


def hold_out(images: Images, share: float) -> Splits:
    """The last `share` of the order as test images."""
    kept = len(images) - round(len(images) * share)
    return Splits(images.first(kept), Images(images.pixels[kept:], images.labels[kept:]))


def fingerprint(splits: Splits) -> str:
    """SHA-256 over shapes, pixels and labels of both splits."""
    total = hashlib.sha256()
    for images in (splits.train, splits.test):
        total.update(str(tuple(images.pixels.shape)).encode())
        for tensor in (images.pixels, images.labels):
            for part in chunks(tensor):
                total.update(part)
    return total.hexdigest()
