"""Data sets as uint8 tensors: read once, put in a canonical order, checked against the catalogue."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError

from rfbook.experiments import mapped
from rfbook.experiments.cache import in_words, replacing, require_place, require_readable
from rfbook.experiments.catalogue import CATALOGUE, TITLES, Source
from rfbook.experiments.description import Edition
from rfbook.experiments.errors import DataError
from rfbook.experiments.files import parsed_once
from rfbook.experiments.images import Images, Splits, canonical, fingerprint, hold_out
from rfbook.experiments.places import cache_directory, data_directory
from rfbook.experiments.progress import log

__all__ = [
    "DataError", "Images", "Splits", "at_hand", "cache_directory", "canonical", "fetched", "fingerprint",
    "load",
]  # fmt: skip


@torch.inference_mode(False)
def load(name: str, edition: Edition | None = None) -> Splits:
    """A data set of the catalogue, from the decoded cache or from its source.

    edition: another than that of the published records.

    The images are ordinary tensors, whoever asks for them first: those made in inference mode could
    not be read again where gradients are taken. Raises DataError if it cannot be found or is not what
    the catalogue says, and, before it is decoded, if the cache cannot keep it.
    """
    if name not in CATALOGUE:
        raise DataError(f"{name}: the catalogue has no such data set; it has {', '.join(CATALOGUE)}")
    source, path = CATALOGUE[name], _place(name, edition)
    cached = _read(path)
    if cached is not None and not _difference(cached, edition or source):
        return cached
    if source.copy and edition is None and data_directory() is None:
        raise DataError(
            f"{name}: published records were made from {source.copy}, which the hub does not have: "
            f"set RFBOOK_DATA to a directory with a folder {name} of parquet files or of images, or "
            f"take what the hub has. {_as_it_is(name)}"
        )
    require_place(path, DataError)
    splits = _from_source(name)
    difference = _difference(splits, edition or source)
    if difference:
        meant = f" (meant are not the hub's images but {source.copy})" if source.copy else ""
        raise DataError(
            f"{name}: {difference}. The copy is damaged or another edition{meant}: fetch it again, "
            f"name another RFBOOK_DATA, or take it as it is. {_as_it_is(name)}"
        )
    _write(path, splits)
    return splits


def _as_it_is(name: str) -> str:
    return (
        f"For that set RFBOOK_EDITIONS={name}: its records then have keys of their own, and figures say "
        f"that they show another edition of {TITLES.get(name, name)}."
    )


def at_hand(name: str) -> Edition | None:
    """The edition of a set that is in RFBOOK_DATA or else on the hub; None if it is the published one.

    It is read when first asked for, and then noted in the cache: see `fetched`.
    """
    note = _note(name)
    with in_words(note, DataError):
        try:
            noted = json.loads(note.read_bytes())
            if noted["from"] == _origin(name):
                return None if noted["edition"] is None else Edition.model_validate(noted["edition"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass
    return fetched(name)


@torch.inference_mode(False)
def fetched(name: str) -> Edition | None:
    """Reads a set from its source, whatever the cache holds, and says which edition it is, as `at_hand`.

    Raises DataError if it cannot be had.
    """
    splits = _from_source(name)
    edition = None
    if _difference(splits, CATALOGUE[name]):
        classes = int(splits.train.labels.max()) + 1
        edition = Edition(
            fingerprint=splits.pixels, train=len(splits.train), test=len(splits.test), classes=classes
        )
    _write(_place(name, edition), splits)
    noted = {"from": _origin(name), "edition": edition and edition.model_dump()}
    with replacing(_note(name), DataError) as partial:
        partial.write_text(json.dumps(noted))
    return edition


def _origin(name: str) -> str:
    root = data_directory()
    return f"hub {CATALOGUE[name].hub}" if root is None else str(root / name)


def _note(name: str) -> Path:
    return cache_directory() / "data" / f"{name}.edition.json"


def _place(name: str, edition: Edition | None) -> Path:
    """Where the cache keeps an edition of a set."""
    suffix = f"-{edition.fingerprint[:16]}" if edition else ""
    return cache_directory() / "data" / f"{name}{suffix}.safetensors"


def _from_source(name: str) -> Splits:
    source = CATALOGUE[name]
    return _identified(_ship(name) if source.shipped else _decode(name, source))


def _difference(splits: Splits, source: Source | Edition) -> str:
    """What is not as in the catalogue, or in the edition that is meant, in words; empty where all is."""
    if source.pinned:
        stored, wanted = splits.pixels, source.fingerprint
        of = "the run names" if isinstance(source, Edition) else "the catalogue has"
        difference = f"the fingerprint is {stored[:16]}, {of} {wanted[:16]}"
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
            return _mapped(path)
        except (FileNotFoundError, SafetensorError, KeyError, DataError):
            return None


@parsed_once
def _mapped(path: Path) -> Splits:
    """What a file holds, mapped, with its fingerprint: computed once in a process."""
    stored = mapped.read(path)
    train, test = (
        Images(stored[f"{split}.pixels"], stored[f"{split}.labels"]) for split in ("train", "test")
    )
    return _identified(Splits(train, test))


def _identified(splits: Splits) -> Splits:
    return replace(splits, pixels=fingerprint(splits))


def _write(path: Path, splits: Splits) -> None:
    named = {"train": splits.train, "test": splits.test}
    tensors = {f"{s}.pixels": images.pixels for s, images in named.items()}
    tensors |= {f"{s}.labels": images.labels for s, images in named.items()}
    with replacing(path, DataError) as partial:
        mapped.write(partial, tensors)


def _decode(name: str, source: Source) -> Splits:
    from rfbook.experiments.decode import decode

    log.info("%s: decoding once, then kept in %s", name, cache_directory() / "data")
    return decode(name, source)


def _ship(name: str) -> Splits:
    from rfbook.experiments.shipped import digits, photos

    return hold_out(canonical({"digits": digits, "photos": photos}[name]()), CATALOGUE[name].test_share)
