"""From the files of a data set, local or on the hub, to its images at the catalogue's side."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import datasets
import numpy as np
import torch
from PIL import Image

from rfbook.experiments import tiny_imagenet
from rfbook.experiments.catalogue import Source
from rfbook.experiments.errors import DataError
from rfbook.experiments.images import Images, Splits, canonical, hold_out
from rfbook.experiments.progress import track

HELD_OUT = ("validation", "valid", "val", "test")
"""Splits to test on, the first there is: where a set has both, its test labels are secret."""


def decode(name: str, source: Source) -> Splits:
    """All images of a data set, in canonical order. Raises DataError if they are not to be had."""
    datasets.disable_progress_bars()
    local = os.environ.get("RFBOOK_DATA")
    opened = _open_folder(Path(local), name, source) if local else _open_hub(name, source)
    held_out = next((split for split in HELD_OUT if split in opened), None)
    for split in filter(None, ("train", held_out)):
        _require_columns(f"{name}, {split}", opened[split], source)
    train = canonical(_images(opened["train"], source))
    if held_out is None:
        return hold_out(train, source.test_share)
    return Splits(train, canonical(_images(opened[held_out], source)))


def _open_folder(root: Path, name: str, source: Source) -> dict[str, datasets.Dataset]:
    """RFBOOK_DATA/<name>: parquet files named after their split, or images in <split>/<class>/."""
    folder, files = root / name, {}
    for path in sorted(folder.rglob("*.parquet")):
        files.setdefault(path.stem.partition("-")[0], []).append(str(path))
    try:
        if "train" in files:
            return datasets.load_dataset("parquet", data_files=files)
        if (folder / "train").is_dir():
            return datasets.load_dataset("imagefolder", data_dir=str(folder))
    except Exception as error:
        cause = error.__cause__ or error
        raise DataError(
            f"{name}: the files in {folder} cannot be read ({type(cause).__name__}: {cause}). "
            "Put whole ones there."
        ) from error
    online = source.hub is not None and not source.copy
    raise DataError(
        f"{name}: RFBOOK_DATA is {root}, which has no folder {name} with train*.parquet or "
        f"train/<class>/. Put it there{', or unset RFBOOK_DATA to download from the hub' * online}. "
        f"{source.access}".rstrip()
    )


def _open_hub(name: str, source: Source) -> dict[str, datasets.Dataset]:
    where = f"set RFBOOK_DATA to a directory with a folder {name} of parquet files or of images"
    if source.hub is None:
        raise DataError(f"{name}: the hub does not have it. {source.access} Then {where}.")
    if source.copy:
        raise DataError(
            f"{name}: published records were not made from the hub's images but from {source.copy}: "
            f"{where}."
        )
    try:
        return datasets.load_dataset(source.hub)
    except Exception as error:
        raise DataError(
            f"{name}: {source.hub} could not be downloaded ({type(error).__name__}). "
            f"{source.access or 'Connect to the network.'} Or {where}."
        ) from error


def _require_columns(where: str, rows: datasets.Dataset, source: Source) -> None:
    """Raises DataError, before anything is decoded, unless there are images and numbers for labels."""
    kinds = dict(rows.features)
    image, label = (
        next((kinds[column] for column in columns if column in kinds), None)
        for columns in (("image", source.image), ("label", source.label))
    )
    numbered = isinstance(label, datasets.ClassLabel) or "int" in getattr(label, "dtype", "")
    if not (isinstance(image, datasets.Image) and numbered):
        raise DataError(
            f"{where}: needed are a column `image` of images and a column `label` of whole numbers; "
            f"there are {', '.join(f'{column} ({kind})' for column, kind in kinds.items())}. Rename or "
            "convert them."
        )


def _images(rows: datasets.Dataset, source: Source) -> Images:
    if source.part:
        return tiny_imagenet.chosen(_stack(tiny_imagenet.rows_of_the_part(rows), source))
    return _stack(rows, source)


def _stack(rows: Iterable[dict[str, object]], source: Source) -> Images:
    pixels, labels = [], []
    for row in track(rows, "decoding"):
        pixels.append(_square(row.get("image", row.get(source.image)), source))
        labels.append(row.get("label", row.get(source.label)))
    return Images(torch.from_numpy(np.stack(pixels)), torch.tensor(labels))


def _square(image: Image.Image, source: Source) -> np.ndarray:
    """The centre square of an image at the data set's side: (side, side, 3), or 1 channel if grey."""
    image, side = image.convert("L" if source.grey else "RGB"), source.side
    factor = side / min(image.size)
    size = [max(side, round(edge * factor)) for edge in image.size]
    if image.size != tuple(size):
        image = image.resize(size, Image.BILINEAR)
    left, top = ((edge - side) // 2 for edge in size)
    pixels = np.asarray(image.crop((left, top, left + side, top + side)))
    return pixels.reshape(side, side, -1)
