"""Data sets as uint8 tensors: read once, put in a canonical order, checked against a fingerprint."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from rfbook.experiments.catalogue import CATALOGUE, Source
from rfbook.experiments.errors import DataError
from rfbook.experiments.progress import log, track


@dataclass(frozen=True)
class Images:
    """pixels: (n, side, side, 3 or 1) uint8; labels: (n,) int64."""

    pixels: Tensor
    labels: Tensor

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
    """The training and the test images of one data set."""

    train: Images
    test: Images


def cache_directory() -> Path:
    """Where decoded data and weights are kept: RFBOOK_CACHE, or `.cache` in the working directory."""
    return Path(os.environ.get("RFBOOK_CACHE", ".cache"))


def canonical(images: Images) -> Images:
    """The same images ordered by the hash of their pixels and label: one order for every source."""
    labels = images.labels.numpy()
    keys = [
        hashlib.sha256(pixels.tobytes() + label.tobytes()).digest()
        for pixels, label in zip(images.pixels.numpy(), labels, strict=True)
    ]
    order = torch.tensor(sorted(range(len(keys)), key=keys.__getitem__))
    return Images(images.pixels[order], images.labels[order])


def fingerprint(splits: Splits) -> str:
    """SHA-256 over shapes, pixels and labels of both splits."""
    total = hashlib.sha256()
    for images in (splits.train, splits.test):
        total.update(str(tuple(images.pixels.shape)).encode())
        total.update(images.pixels.numpy().tobytes())
        total.update(images.labels.numpy().tobytes())
    return total.hexdigest()


def load(name: str) -> Splits:
    """A data set of the catalogue, from the decoded cache or from its source.

    Raises DataError if it cannot be found or its fingerprint is not the catalogue's.
    """
    source, path = CATALOGUE[name], cache_directory() / "data" / f"{name}.safetensors"
    cached = _read(path)
    if cached is not None and fingerprint(cached) == source.fingerprint:
        return cached
    splits = _ship(name) if source.hub is None else _decode(name, source)
    found = fingerprint(splits)
    if found != source.fingerprint:
        raise DataError(
            f"{name}: the fingerprint is {found[:16]}, the catalogue has {source.fingerprint[:16]}. "
            "The copy is damaged or another edition (Caltech-101 is re-encoded at 160 pixels here, not "
            "the hub's originals): fetch it again, or name another RFBOOK_DATA."
        )
    _write(path, splits)
    return splits


def _read(path: Path) -> Splits | None:
    """What the cache holds; a missing or unreadable file is as good as an outdated one."""
    try:
        held = load_file(path)
        train, test = (Images(held[f"{s}.pixels"], held[f"{s}.labels"]) for s in ("train", "test"))
        return Splits(train, test)
    except (FileNotFoundError, SafetensorError, KeyError):
        return None


def _write(path: Path, splits: Splits) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    named = {"train": splits.train, "test": splits.test}
    tensors = {f"{s}.pixels": images.pixels.contiguous() for s, images in named.items()}
    tensors |= {f"{s}.labels": images.labels.contiguous() for s, images in named.items()}
    save_file(tensors, partial)
    partial.replace(path)


def _open(name: str, source: Source) -> dict[str, Iterable[dict[str, object]]]:
    """The splits as Hugging Face data sets: from RFBOOK_DATA/<name>, else from the hub."""
    import datasets

    datasets.disable_progress_bars()
    local = os.environ.get("RFBOOK_DATA")
    if local:
        files: dict[str, list[str]] = {}
        for path in sorted((Path(local) / name).rglob("*.parquet")):
            files.setdefault(path.stem.partition("-")[0], []).append(str(path))
        if "train" not in files:
            raise DataError(
                f"{name}: RFBOOK_DATA is {local}, which has no folder {name} with train*.parquet. Put "
                "it there, or unset RFBOOK_DATA to download from the hub."
            )
        return datasets.load_dataset("parquet", data_files=files)
    try:
        return datasets.load_dataset(source.hub)
    except Exception as error:
        raise DataError(
            f"{name}: {source.hub} could not be downloaded ({type(error).__name__}). Connect to the "
            f"network, or set RFBOOK_DATA to a directory with a folder {name} of parquet files."
        ) from error


def _decode(name: str, source: Source) -> Splits:
    log.info("%s: decoding once, then kept in %s", name, cache_directory() / "data")
    opened = _open(name, source)
    splits = {split: _stack(opened[split], source) for split in opened}
    if "test" in splits:
        return Splits(canonical(splits["train"]), canonical(splits["test"]))
    return _hold_out(canonical(splits["train"]), source.test_share)


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


def _hold_out(images: Images, share: float) -> Splits:
    """The last `share` of the canonical order as test images."""
    kept = len(images) - round(len(images) * share)
    return Splits(images.first(kept), Images(images.pixels[kept:], images.labels[kept:]))


def _ship(name: str) -> Splits:
    from rfbook.experiments.shipped import digits, photos

    return _hold_out(canonical({"digits": digits, "photos": photos}[name]()), CATALOGUE[name].test_share)
