"""Data sets as uint8 tensors: read once, put in a canonical order, checked against the catalogue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from rfbook.experiments.cache import in_words, replacing, require_place, require_readable
from rfbook.experiments.catalogue import CATALOGUE, Source
from rfbook.experiments.errors import DataError
from rfbook.experiments.images import Images, Splits, canonical, fingerprint, hold_out
from rfbook.experiments.places import cache_directory
from rfbook.experiments.progress import log

__all__ = ["DataError", "Images", "Splits", "cache_directory", "canonical", "fingerprint", "load"]


@torch.inference_mode(False)
def load(name: str) -> Splits:
    """A data set of the catalogue, from the decoded cache or from its source.

    The images are ordinary tensors, whoever asks for them first: those made in inference mode could
    not be read again where gradients are taken. Raises DataError if it cannot be found or is not what
    the catalogue says, and, before it is decoded, if the cache cannot keep it.
    """
    if name not in CATALOGUE:
        raise DataError(f"{name}: the catalogue has no such data set; it has {', '.join(CATALOGUE)}")
    source, path = CATALOGUE[name], cache_directory() / "data" / f"{name}.safetensors"
    cached = _read(path)
    if cached is not None and not _difference(cached, source):
        return cached
    require_place(path, DataError)
    splits = _identified(_ship(name) if source.shipped else _decode(name, source))
    difference = _difference(splits, source)
    if difference:
        edition = f" (meant are not the hub's images but {source.copy})" if source.copy else ""
        raise DataError(
            f"{name}: {difference}. The copy is damaged or another edition{edition}: fetch it again, or "
            "name another RFBOOK_DATA."
        )
    _write(path, splits)
    return splits


def _difference(splits: Splits, source: Source) -> str:
    """What is not as in the catalogue, in words; empty where all is."""
    if source.pinned:
        stored, wanted = splits.pixels, source.fingerprint
        difference = f"the fingerprint is {stored[:16]}, the catalogue has {wanted[:16]}"
    else:
        stored = len(splits.train), len(splits.test), len(splits.train.labels.unique())
        wanted = source.train, source.test, source.classes
        difference = f"training images, test images and classes are {stored}, the catalogue has {wanted}"
    return "" if stored == wanted else difference


def _read(path: Path) -> Splits | None:
    """What the cache holds; a missing or damaged file is as good as an outdated one.

    Raises DataError for a file that is not ours to read.
    """
    with in_words(path, DataError):
        try:
            require_readable(path)
            stored = load_file(path)
            train, test = (
                Images(stored[f"{split}.pixels"], stored[f"{split}.labels"])
                for split in ("train", "test")
            )
        except (FileNotFoundError, SafetensorError, KeyError, DataError):
            return None
    return _identified(Splits(train, test))


def _identified(splits: Splits) -> Splits:
    return replace(splits, pixels=fingerprint(splits))


def _write(path: Path, splits: Splits) -> None:
    named = {"train": splits.train, "test": splits.test}
    tensors = {f"{s}.pixels": images.pixels.contiguous() for s, images in named.items()}
    tensors |= {f"{s}.labels": images.labels.contiguous() for s, images in named.items()}
    with replacing(path, DataError) as partial:
        save_file(tensors, partial)


def _decode(name: str, source: Source) -> Splits:
    from rfbook.experiments.decode import decode

    log.info("%s: decoding once, then kept in %s", name, cache_directory() / "data")
    return decode(name, source)


def _ship(name: str) -> Splits:
    from rfbook.experiments.shipped import digits, photos

    return hold_out(canonical({"digits": digits, "photos": photos}[name]()), CATALOGUE[name].test_share)
