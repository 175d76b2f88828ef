"""From the files of a data set, local or on the hub, to its images at the catalogue's side."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from errno import EDQUOT, ENOSPC, EROFS
from itertools import chain
from pathlib import Path

import datasets
import numpy as np
import pyarrow
import pyarrow.parquet
import torch
from datasets.packaged_modules.imagefolder.imagefolder import ImageFolder
from PIL import Image

from rfbook.experiments import tiny_imagenet
from rfbook.experiments.cache import in_words
from rfbook.experiments.catalogue import Source
from rfbook.experiments.errors import DataError
from rfbook.experiments.images import Images, Splits, digests, hold_out, order
from rfbook.experiments.mapped import CHUNK, scratch
from rfbook.experiments.places import cache_directory, data_directory
from rfbook.experiments.progress import track

HELD_OUT = ("validation", "valid", "val", "test")
"""Splits to test on, the first there is: where a set has both, its test labels are secret."""
SPLIT = re.compile(f"({'|'.join(('train', *HELD_OUT))})(?![A-Za-z])")
"""How the name of a parquet file begins."""
NAMES = "train.parquet, train_0.parquet, train-00000-of-00002.parquet"
EIGHT_BITS = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB")
"""Modes of Pillow whose values have a known range."""
CONVERTED = "refs/convert/parquet"
"""The branch with what the hub makes of a set whose author left a program in place of files."""
LARGEST = 89_478_485
"""Pixels that an image may have, read or resized: Pillow warns of a decompression bomb above it."""


def decode(name: str, source: Source) -> Splits:
    """All images of a data set, in canonical order.

    Raises DataError if they are not to be had, or if a row or file of them is not as needed. Columns
    and labels are checked before any image is decoded.
    """
    datasets.disable_progress_bars()
    root = data_directory()
    opened = _open_folder(root, name, source) if root else _open_hub(name, source)
    splits = ["train", *[split for split in HELD_OUT if split in opened][:1]]
    labels = {split: _labels(f"{name}, {split}", opened[split], source) for split in splits}
    train, *held_out = (
        _ordered(_images(f"{name}, {split}", opened[split], source, labels[split])) for split in splits
    )
    return Splits(train, *held_out) if held_out else hold_out(train, source.test_share)


def _ordered(images: Images) -> Images:
    """The images in canonical order, on the disk."""
    places, folder = order(images), cache_directory()
    with in_words(folder, DataError):
        pixels = scratch((images.pixels[part].numpy() for part in places.split(CHUNK)), folder)
    return Images(pixels, images.labels[places])


def _open_folder(root: Path, name: str, source: Source) -> dict[str, datasets.Dataset]:
    """RFBOOK_DATA/<name>: parquet files named after their split, or images in <split>/<class>/."""
    folder, files = root / name, {}
    for path in sorted(folder.rglob("*.parquet")):
        if split := SPLIT.match(path.stem):
            files.setdefault(split[1], []).append(str(path))
    try:
        if "train" in files:
            _require_same_columns(name, list(chain.from_iterable(files.values())))
            return datasets.load_dataset("parquet", data_files=files)
        if (folder / "train").is_dir():
            _require_class_folders(name, folder)
            return datasets.load_dataset("imagefolder", data_dir=str(folder), drop_labels=False)
    except DataError:
        raise
    except Exception as error:
        _require_room(name, error)
        cause = error.__cause__ or error
        paths = chain.from_iterable(files.values())
        damaged = next(filter(_is_damaged, paths), f"the files in {folder}")
        reason = " ".join(str(cause).split())
        raise DataError(
            f"{name}: {damaged} cannot be read ({type(cause).__name__}: {reason}). Put whole ones there."
        ) from error
    online = source.hub is not None
    raise DataError(
        f"{name}: RFBOOK_DATA is {root}, which has no folder {name} with {NAMES} or "
        f"train/<class>/. Put it there{', or unset RFBOOK_DATA to download from the hub' * online}. "
        f"{source.access}".rstrip()
    )


def _require_same_columns(name: str, paths: list[str]) -> None:
    columns = {path: sorted(pyarrow.parquet.read_schema(path).names) for path in paths}
    for path, names in columns.items():
        if names != columns[paths[0]]:
            raise DataError(
                f"{name}: the columns of {path} are {', '.join(names)}, those of {paths[0]} are "
                f"{', '.join(columns[paths[0]])}. Give all files the same."
            )


def _is_damaged(path: str) -> bool:
    """Whether a parquet file cannot be read to its end."""
    try:
        for _ in pyarrow.parquet.ParquetFile(path).iter_batches():
            pass
    except (OSError, pyarrow.ArrowException):
        return True
    return False


def _require_class_folders(name: str, folder: Path) -> None:
    """Raises DataError for an image that lies elsewhere than in <split>/<class>/."""
    for split in ("train", *HELD_OUT):
        images = [
            path for path in sorted((folder / split).rglob("*"))
            if path.suffix.lower() in ImageFolder.EXTENSIONS and not path.name.startswith(".")
        ]  # fmt: skip
        astray = [path for path in images if path.parents[1] != folder / split]
        if astray or (split == "train" and not images):
            there = f"{astray[0]} is not" if astray else f"{folder / split} holds none"
            raise DataError(
                f"{name}, {split}: needed are images in {split}/<class>/, one folder a class; {there}. "
                "Move them there."
            )


def _require_room(name: str, error: Exception) -> None:
    """Raises DataError if what failed is keeping the converted files, and not the files themselves."""
    kept, cause = datasets.config.HF_DATASETS_CACHE, error
    while cause is not None:
        full = getattr(cause, "errno", None) in (ENOSPC, EDQUOT, EROFS) or "disk space" in str(cause)
        if isinstance(cause, OSError) and (full or str(kept) in str(cause)):
            raise DataError(
                f"{name}: Hugging Face's cache {kept} cannot be written ({cause}). Make room there, or "
                "name another directory in HF_DATASETS_CACHE."
            ) from error
        cause = cause.__cause__ or cause.__context__


def _open_hub(name: str, source: Source) -> dict[str, datasets.Dataset]:
    where = f"set RFBOOK_DATA to a directory with a folder {name} of parquet files or of images"
    if source.hub is None:
        raise DataError(f"{name}: the hub does not have it. {source.access} Then {where}.")
    options = {"revision": CONVERTED, "data_dir": source.folder} if source.folder else {}
    try:
        return datasets.load_dataset(source.hub, **options)
    except Exception as error:
        _require_room(name, error)
        raise DataError(
            f"{name}: {source.hub} could not be downloaded ({type(error).__name__}). "
            f"{source.access or 'Connect to the network.'} Or {where}."
        ) from error


def _column(rows: datasets.Dataset, *names: str) -> str | None:
    """The first of these columns that there is."""
    return next((name for name in names if name in rows.features), None)


def _require_columns(where: str, rows: datasets.Dataset, source: Source) -> None:
    """Raises DataError, before anything is decoded, unless there are images and numbers for labels."""
    kinds = dict(rows.features)
    image, label = (
        kinds.get(_column(rows, *names)) for names in (("image", source.image), ("label", source.label))
    )
    numbered = isinstance(label, datasets.Value) and label.dtype.lstrip("u").startswith("int")
    named = isinstance(label, datasets.ClassLabel)
    if not (isinstance(image, datasets.Image) and (named or (numbered and not source.part))):
        raise DataError(
            f"{where}: needed are a column `image` of images and a column `label` of "
            f"{'classes with names' if source.part else 'whole numbers'}; "
            f"there are {', '.join(f'{column} ({kind})' for column, kind in kinds.items())}. Rename or "
            "convert them."
        )


def _labels(where: str, rows: datasets.Dataset, source: Source) -> dict[int, int]:
    """The label of each row that is wanted, by the row's number from 0.

    Raises DataError for other columns, no rows, and labels that are no classes.
    """
    _require_columns(where, rows, source)
    column = _column(rows, "label", source.label)
    labels = dict(enumerate(rows[column]))
    classes = rows.features[column].num_classes if source.part else source.classes
    wrong = [row for row, label in labels.items() if label is None or not 0 <= label < classes]
    if wrong:
        raise DataError(
            f"{where}, row {wrong[0]} (from 0): the label is {labels[wrong[0]]}, needed is a class from "
            f"0 to {classes - 1}; {len(wrong)} of {len(labels)} rows have no such label. Give each its "
            "class (-1 stands for one that is kept secret), or leave the rows out."
        )
    wanted = tiny_imagenet.labels_of_the_part(rows) if source.part else labels
    if not wanted:
        raise DataError(f"{where}: there are no rows of the classes that are needed. Fetch it again.")
    return wanted


def _images(where: str, rows: datasets.Dataset, source: Source, labels: dict[int, int]) -> Images:
    """The images of the rows that have a label here. Raises DataError that names the row or file."""
    column = _column(rows, "image", source.image)
    stored = rows.select_columns(column).cast_column(column, datasets.Image(decode=False))

    def decoded() -> Iterator[np.ndarray]:
        cells = track(stored.select(labels), "decoding", len(labels))
        for row, cell in zip(labels, cells, strict=True):
            try:
                yield _decoded(cell[column], source)[None]
            except DataError as error:
                raise DataError(f"{where}, {_place(row, cell[column])}: {error}") from error

    with warnings.catch_warnings(), in_words(folder := cache_directory(), DataError):
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        pixels = scratch(decoded(), folder)
    images = Images(pixels, torch.tensor(list(labels.values())))
    return part_of(images) if source.part else images


def part_of(images: Images) -> Images:
    """Those of the images that are in the part of TinyImageNet, in the order they come in."""
    places = torch.tensor(tiny_imagenet.chosen(digests(images)), dtype=torch.int64)
    return Images(images.pixels[places], images.labels[places])


def _place(row: int, image: dict[str, object] | None) -> str:
    """How an image is named to the reader: by its file, or by its row in the split."""
    if image and image["bytes"] is None and image["path"]:
        return f"file {image['path']}"
    return f"row {row} (from 0)"


def _decoded(image: dict[str, object] | None, source: Source) -> np.ndarray:
    if image is None:
        raise DataError("there is no image. Put one there, or leave the row out.")
    try:
        if image["bytes"] is None and Path(image["path"]).is_file():  # Pillow leaves a broken one open
            image = image | {"bytes": Path(image["path"]).read_bytes()}
        return _square(datasets.Image().decode_example(image), source)
    except DataError:
        raise
    except Exception as error:  # Pillow's plugins raise whatever they stumble over
        raise DataError(
            f"the image cannot be read ({type(error).__name__}: {error}). Fetch it again, or put a "
            f"whole one of at most {LARGEST:,} pixels in its place."
        ) from error


def _square(image: Image.Image, source: Source) -> np.ndarray:
    """The centre square of an image at the data set's side: (side, side, 3), or 1 channel if grey."""
    image, side = _of_eight_bits(image).convert("L" if source.grey else "RGB"), source.side
    factor = side / min(image.size)
    size = [max(side, round(edge * factor)) for edge in image.size]
    if size[0] * size[1] > LARGEST:
        raise DataError(
            f"an image of {image.width} x {image.height} would be {size[0]} x {size[1]} pixels with the "
            f"shorter side at {side}, more than {LARGEST:,}. Cut it to its middle."
        )
    if image.size != tuple(size):
        image = image.resize(size, Image.BILINEAR)
    left, top = ((edge - side) // 2 for edge in size)
    pixels = np.asarray(image.crop((left, top, left + side, top + side)))
    return pixels.reshape(side, side, -1)


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """The same image with values up to 255 and nothing to see through; of 16 bits the upper eight.

    Raises DataError for what has no one such image: unknown ranges, transparency, animations.
    """
    if getattr(image, "is_animated", False) and image.format != "MPO":  # whose others are previews
        raise DataError(
            f"it is an animation of {image.n_frames} images. Put the one that is meant in its place."
        )
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) // 256).astype(np.uint8))
    if image.mode not in EIGHT_BITS:
        raise DataError(
            f"its mode is {image.mode}, whose values have no known range. Save it with 8 bits a "
            f"channel, as one of {', '.join(EIGHT_BITS)}."
        )
    if not image.has_transparency_data:
        return image
    seen = image.convert("RGBA")
    if seen.getextrema()[3][0] < 255:
        raise DataError("parts of it are transparent. Put it on the ground it is meant for (mode RGB).")
    return seen
