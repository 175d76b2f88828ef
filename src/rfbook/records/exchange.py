"""Records that were made elsewhere: which may be published, and how they are taken over, all or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.locks import Lock
from rfbook.experiments.tiers import SCALES
from rfbook.records.record import Record, RecordError
from rfbook.records.store import LOCK, Store, place, read, write

PUBLISHABLE = 2**20
"""Bytes that a published record may have with its arrays: the repository holds hundreds of them."""
BEGUN = ".import"
"""The folder in which records are written before they are moved to their places."""


def unpublishable(path: Path, record: Record) -> str:
    """Why a record that was read from a file cannot be published, in words; empty if it can."""
    files = [path, *([path.with_suffix(".npz")] if record.arrays else [])]
    size = sum(file.stat().st_size for file in files)
    if size > PUBLISHABLE:
        return f"it has {size:,} bytes; a published record has at most {PUBLISHABLE:,}"
    if record.run.data.edition or record.run.recipe.start_edition:
        return "it was made from another edition of its data than published ones. Keep it in runs/"
    data, width, least = record.run.data.name, record.run.model.width, SCALES["thin"].large_width
    if CATALOGUE[data].shipped:
        reason = f"tier smoke shows its networks {data}, which stand in for the sets of the papers"
    elif width < least:
        reason = f"its width is {width:g}, and the narrowest networks of tier thin have {least:g}"
    else:
        return ""
    return f"{reason}: results/ holds no such runs. Make it at tier thin or paper"


def take_over(source: Path, store: Store) -> list[tuple[Record, Record]]:
    """Checks every record below `source`, then adds all of them: all or, on damage, none.

    Returns each with the one that the store now holds: itself, or one that was there before it.
    Raises RecordError for a record that is damaged, stale or not to be published, FileNotFoundError
    where there is no record, OSError, with nothing added, where they cannot be written.
    """
    records = _publishable(source)
    for record in records:
        store.find(record.run, record.measure)  # a damaged one of ours stops it before any is added
    root = store.roots[-1]
    try:
        root.mkdir(parents=True, exist_ok=True)
        with Lock(root / LOCK):
            kept: dict[Path, Record] = {}
            for record in records:
                present = store.find(record.run, record.measure) or record
                kept.setdefault(place(record.run, record.measure), present)
            _install([record for record in kept.values() if any(record is new for new in records)], root)
    except OSError as error:
        why = f"{root}: it cannot be written, and none of the records was taken over ({error.strerror})"
        raise OSError(error.errno, f"{why}. Make room or mend it, then import again") from error
    return [(record, kept[place(record.run, record.measure)]) for record in records]


def brought(source: Path) -> list[tuple[Path, Record]]:
    """All records below a directory, with their files.

    Raises FileNotFoundError if there is none, RecordError for a damaged one, and if one is stale.
    """
    paths = sorted(source.glob("**/*-*.json"))
    if not paths:
        raise FileNotFoundError(f"{source}: no records (folders of *.json) below this directory")
    read_from = [(path, read(path)) for path in paths]
    stale = [f"{record.run.slug()} {record.measure}" for _, record in read_from if not record.current]
    if stale:
        raise RecordError(
            f"{source}: made by other versions of the stages than those here: {', '.join(stale)}. "
            "Make these records again with this code, or take the directory over without them."
        )
    return read_from


def _publishable(source: Path) -> list[Record]:
    """All records below a directory, each of which may be published."""
    read_from = brought(source)
    for path, record in read_from:
        if reason := unpublishable(path, record):
            raise RecordError(f"{path}: {reason}, or take the directory over without it.")
    return [record for _, record in read_from]


def _install(records: Sequence[Record], root: Path) -> None:
    """Writes all records apart, checks them, then moves them to their places; on an error none stays."""
    begun, moved = root / BEGUN, []
    shutil.rmtree(begun, ignore_errors=True)  # of an import that was killed
    try:
        for record in records:
            path = begun / place(record.run, record.measure)
            path.parent.mkdir(parents=True, exist_ok=True)
            write(record, path)
            read(path)
        # Arrays first: without its JSON there is no record.
        for path in sorted(begun.glob("*/*"), key=lambda path: (path.suffix == ".json", path)):
            target = root / path.relative_to(begun)
            moved.append(target)
            target.parent.mkdir(exist_ok=True)
            os.replace(path, target)
    except BaseException:
        _undo(moved)
        raise
    finally:
        shutil.rmtree(begun, ignore_errors=True)


def _undo(moved: Sequence[Path]) -> None:
    for path in moved:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in moved}:
        with suppress(OSError):  # it holds records that were there before
            folder.rmdir()
