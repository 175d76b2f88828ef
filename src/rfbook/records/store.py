"""Records on disk: content-addressed, atomic, checksummed, never overwritten.

Published records lie in `results/` (committed), those of reruns in `runs/` (not committed). Both are
read, published first; new ones go to the last. One folder a run, one JSON (and NPZ) a record.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rfbook.experiments.digest import digest
from rfbook.experiments.files import looked_at
from rfbook.experiments.locks import Lock
from rfbook.experiments.places import repository
from rfbook.experiments.spec import Run
from rfbook.records.packing import UNPACKED
from rfbook.records.record import Record, RecordError, damaged, record_key, run_key

LARGEST_TEXT = 8 * 2**20
"""Bytes of JSON that are read at all; a training of a thousand epochs leaves a hundredth of it."""
LOCK = ".lock"


def of_checkout() -> tuple[Path, ...]:
    """The published records of the checkout, and those of reruns."""
    return repository() / "results", repository() / "runs"


@dataclass(frozen=True)
class Store:
    """roots: the directories that are read, in this order; the last one is written."""

    roots: tuple[Path, ...] = field(default_factory=of_checkout)

    @property
    def published(self) -> Store:
        """Its first root alone, without what a reader has made."""
        return Store(self.roots[:1])

    def find(self, run: Run, measure: str) -> Record | None:
        """The record, or None if no root holds it.

        Raises RecordError if it is there and damaged: it is never silently made again.
        """
        for root in self.roots:
            path = root / place(run, measure)
            looked_at.add(str(path))
            if path.exists():
                return read(path)
        return None

    def add(self, record: Record) -> Record:
        """Keeps the record; one that is already there stays as it is and is returned instead.

        Raises RecordError for a record that holds what its measure cannot leave.
        """
        if record.mistake:
            raise RecordError(
                f"{record.run.slug()} {record.measure} is not kept: {record.mistake}. Its network may "
                "have diverged; if not, the measure and its schema (records/schemas/) disagree"
            )
        path = self.roots[-1] / place(record.run, record.measure)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without a lock, two processes could leave the arrays of one beside the JSON of the other.
        with Lock(self.roots[-1] / LOCK):
            kept = self.find(record.run, record.measure)
            if kept is not None:
                return kept
            write(record, path)
        return record

    def paths(self, pattern: str = "*.json") -> Iterator[Path]:
        """Every record's JSON file of that name pattern, in all roots."""
        looked_at.update(map(str, self.roots))
        for root in self.roots:
            yield from sorted(root.glob(f"*/{pattern}"))


def read(path: Path) -> Record:
    """The record in a file.

    Raises RecordError if it is damaged, lies under a wrong name, or holds what its measure cannot leave.
    """
    looked_at.add(str(path))
    arrays = path.with_suffix(".npz")
    packed = _content(arrays, UNPACKED) if arrays.exists() else None
    record = Record.decode(_content(path, LARGEST_TEXT), packed, str(path))
    own = _own_place(record)
    if path.parts[-2:] != own.parts:
        raise RecordError(f"{path}: it holds record {record.key}; move it to its own name, {own}")
    if record.mistake:
        raise damaged(str(path), record.mistake)
    return record


def _content(path: Path, limit: int) -> bytes:
    if not path.is_file():
        raise RecordError(f"{path}: it is no file; delete it")
    if path.stat().st_size > limit:
        size = f"it has {path.stat().st_size:,} bytes, no record has more than {limit:,}"
        raise damaged(str(path), size)
    return path.read_bytes()


def write(record: Record, path: Path) -> None:
    """Writes the files of a record, the JSON last: without it there is no record."""
    text, packed = record.encode()
    if packed is not None:
        write_atomically(path.with_suffix(".npz"), packed)
    write_atomically(path, text.encode())


def _own_place(record: Record) -> Path:
    """Where a record lies below its root, by the versions it was made with: a stale one stays there."""
    made_from = {
        name: value
        for name, value in record.description.items()
        if name not in ("measure", "measure_version")
    }
    weights = digest(made_from | {"run": record.run.weights().canonical()})
    return Path(f"{record.run.slug()}-{weights}") / f"{record.measure}-{record.key}.json"


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a whole file or nothing: to a temporary file beside it, then renamed over it."""
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(partial, 0o644)
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def folder(run: Run) -> str:
    """The name of a run's folder: for people first, unique by its key."""
    return f"{run.slug()}-{run_key(run)}"


def place(run: Run, measure: str) -> Path:
    """Where the record of a measure lies below its root."""
    return Path(folder(run)) / f"{measure}-{record_key(run, measure)}.json"
