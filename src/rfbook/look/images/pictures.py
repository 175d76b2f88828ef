"""A folder of images as a network takes them, with a label for each sub-folder if there are any."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from rfbook.experiments.catalogue import IMAGENET_MEAN, IMAGENET_SD
from rfbook.look.networks import LookError

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
MODES = {1: "L", 3: "RGB"}


@dataclass(frozen=True)
class Pictures:
    """The files of a folder, in the order of their names. labels: None without sub-folders.

    classes: names of the sub-folders, the label being the place in it.
    """

    files: tuple[Path, ...]
    labels: tuple[int, ...] | None
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.files)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the files and their labels: other images have other results."""
        total = hashlib.sha256(repr(self.labels).encode())
        for path in self.files:
            total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()


def pictures(folder: Path) -> Pictures:
    """The images of a folder, or of its sub-folders, each a class. Raises LookError for none."""
    if not folder.is_dir():
        raise LookError(f"--images {folder}: there is no such folder")
    inside = sorted(entry for entry in folder.iterdir() if entry.is_dir() and _images(entry))
    if not inside:
        files = _images(folder)
        if not files:
            raise LookError(
                f"--images {folder}: it holds no images. Name a folder of image files ("
                f"{', '.join(sorted(SUFFIXES))}), or one with a sub-folder of them for each class"
            )
        return Pictures(tuple(files), None, ())
    labelled = [
        (path, label)
        for label, folder_of_class in enumerate(inside)
        for path in _images(folder_of_class)
    ]
    files, labels = zip(*labelled, strict=True)
    return Pictures(files, labels, tuple(folder_of_class.name for folder_of_class in inside))


def _images(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()
    )


def batches(
    files: tuple[Path, ...], side: int, channels: int, size: int
) -> Iterator[tuple[Tensor, None]]:
    """The images, normalised, (n, channels, side, side), in batches of this size.

    Each is resized as a whole, so that its proportions may change. Three channels are normalised by
    ImageNet's mean and deviation, one by 0.5 and 0.5. Raises LookError for a file that cannot be read.
    """
    for start in range(0, len(files), size):
        yield torch.stack([_read(path, side, channels) for path in files[start : start + size]]), None


def _read(path: Path, side: int, channels: int) -> Tensor:
    try:
        with Image.open(path) as image:
            shown = image.convert(MODES[channels]).resize((side, side), Image.Resampling.BILINEAR)
    except (OSError, UnidentifiedImageError) as error:
        raise LookError(
            f"{path}: it cannot be read as an image ({error}). Mend it or take it away"
        ) from error
    pixels = torch.from_numpy(np.array(shown, dtype=np.float32) / 255).reshape(side, side, channels)
    mean, deviation = (IMAGENET_MEAN, IMAGENET_SD) if channels == 3 else ((0.5,), (0.5,))
    return ((pixels - torch.tensor(mean)) / torch.tensor(deviation)).permute(2, 0, 1)
