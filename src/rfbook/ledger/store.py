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

from filelock import FileLock

from rfbook.experiments.digest import digest
from rfbook.experiments.places import repository
from rfbook.experiments.spec import Run
from rfbook.ledger.record import Record, RecordError, record_key, run_key


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
            if path.exists():
                return read(path)
        return None

    def add(self, record: Record) -> Record:
        """Keeps the record; one that is already there stays as it is and is returned instead."""
        text, packed = record.encode()
        path = self.roots[-1] / place(record.run, record.measure)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without a lock, two processes could leave the arrays of one beside the JSON of the other.
        with FileLock(self.roots[-1] / ".lock"):
            held = self.find(record.run, record.measure)
            if held is not None:
                return held
            if packed is not None:
                write_atomically(path.with_suffix(".npz"), packed)
            write_atomically(path, text.encode())
        return record

    def paths(self, pattern: str = "*.json") -> Iterator[Path]:
        """Every record's JSON file of that name pattern, in all roots."""
        for root in self.roots:
            yield from sorted(root.glob(f"*/{pattern}"))


def read(path: Path) -> Record:
    """The record in a file. Raises RecordError if it is damaged or lies under a wrong name."""
    arrays = path.with_suffix(".npz")
    packed = arrays.read_bytes() if arrays.exists() else None
    record = Record.decode(path.read_bytes(), packed, str(path))
    own = _own_place(record)
    if path.parts[-2:] != own.parts:
        raise RecordError(f"{path}: it holds record {record.key}; move it to its own name, {own}")
    return record


def _own_place(record: Record) -> Path:
    """Where a record lies below its root, by the versions it was made with: a stale one stays there."""
    made_from = {
        name: value
        for name, value in record.description.items()
        if name not in ("measure", "measure_version")
    }
    weights = digest(made_from | {"run": record.run.weights().canonical()})
    return Path(f"{record.run.slug()}-{weights}") / f"{record.measure}-{record.key}.json"


def take_over(source: Path, store: Store) -> list[tuple[Record, Record]]:
    """Checks every record below `source`, then adds all of them: all or, on damage, none.

    Returns each with the one that the store now holds: itself, or one that was there before it.
    Raises RecordError for a damaged or stale record, FileNotFoundError where there is no record.
    """
    records = [read(path) for path in sorted(source.glob("**/*-*.json"))]
    if not records:
        raise FileNotFoundError(f"{source}: no records (folders of *.json) below this directory")
    stale = [f"{record.run.slug()} {record.measure}" for record in records if not record.current]
    if stale:
        raise RecordError(
            f"{source}: made by other versions of the stages than those here: {', '.join(stale)}. "
            "Make these records again with this code, or take the directory over without them."
        )
    for record in records:
        store.find(record.run, record.measure)  # a damaged one of ours stops it before any is added
    return [(record, store.add(record)) for record in records]


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
