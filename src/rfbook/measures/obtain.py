"""Records for runs: found in the store, or made now. The only place where looking up meets making."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import Timeout

from rfbook.experiments.locks import Lock
from rfbook.experiments.progress import log
from rfbook.experiments.spec import Run
from rfbook.records import requirements, stages
from rfbook.records.record import Record, RecordError, Records, description
from rfbook.records.store import Store, folder, read

LOCKS = ".locks"
"""The folder, in the directory that is written, of a file for each run that was ever made there."""
POLL = 1.0
"""Seconds between two looks at a run that another process makes."""


class Busy(Exception):
    """Another process trains or measures the run now."""


def obtain(
    run: Run, measures: Sequence[str], store: Store, device: str = "auto", wait: bool = True
) -> Records:
    """The run's records; what the store does not hold is trained and measured, then kept.

    One process makes the records of a run: others wait for it and find them, or, without `wait`, get
    Busy. Raises RecordError for a damaged record, DataError or TrainingError if it cannot be made.
    """
    records = {name: store.find(run, name) for name in measures}
    if None in records.values():
        with _claimed(run, store, wait):
            records = {name: store.find(run, name) for name in measures}
            missing = [name for name, record in records.items() if record is None]
            records |= _make(run, missing, store, device) if missing else {}
    return records


@contextmanager
def _claimed(run: Run, store: Store, wait: bool) -> Iterator[None]:
    """Inside, no other process makes records of the run. A process that dies leaves no claim behind."""
    path = store.roots[-1] / LOCKS / f"{folder(run)}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = Lock(path, poll_interval=POLL)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        if not wait:
            raise Busy(f"{run.slug()}: another process makes it") from None
        log.info("%s: waiting for the process that makes it", run.slug())
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def made(run: Run, measure: str, device: str = "auto") -> Record:
    """The record made now, whatever the stores hold; it is kept in none.

    Weights come from the cache if they are there: an empty cache has them trained again. Raises as
    `obtain` does.
    """
    from rfbook.measures.measure import measure as measured
    from rfbook.records.weights import trained

    return measured(trained(run, device), measure)


def _make(run: Run, measures: Sequence[str], store: Store, device: str) -> Records:
    # Torch is imported only here: a page whose records exist is built without it.
    from rfbook.measures.measure import measure
    from rfbook.records.weights import require_every_class, trained

    if any(requirements.images_of_every_class in stages.MEASURES[name].needs for name in measures):
        require_every_class(run)
    log.info("%s: to be made: %s", run.slug(), ", ".join(measures))
    ready = trained(run, device)
    return {name: store.add(measure(ready, name)) for name in measures}


@dataclass(frozen=True)
class Status:
    """Whether a record is there. nearest: what separates it from the closest record that is."""

    run: Run
    measure: str
    found: bool
    nearest: str


def status(run: Run, measure: str, store: Store) -> Status:
    """Looks a record up and, if it is missing, says by which component: see `why`."""
    record = store.find(run, measure)
    reason = "" if record else why(run, measure, store)
    return Status(run, measure, record is not None, reason)


def why(run: Run, measure: str, store: Store) -> str:
    """Why a record is not there: never made, or stale and by which component of its key.

    Stale is a record of this very run, made by another version of a stage or from other data. Of what
    was never made, the nearest record is named if it differs in no more than two components.
    """
    wanted = description(run, measure)
    others = _descriptions(store.paths(f"{measure}-*.json"))
    same = [_differences(wanted, other) for other in others if other["run"] == wanted["run"]]
    if same:
        return "stale: " + "; ".join(min(same, key=len))
    nearest = min((_differences(wanted, other) for other in others), key=len, default=[])
    if not 0 < len(nearest) <= 2:
        return "missing: never made"
    return "missing: never made; of the nearest record, " + "; ".join(nearest)


def _descriptions(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Those of the records that can be read: a damaged one of another run is none to compare with."""
    descriptions = []
    for path in paths:
        with suppress(RecordError):
            descriptions.append(read(path).description)
    return descriptions


def _differences(wanted: dict[str, Any], other: dict[str, Any]) -> list[str]:
    mine, theirs = _flat(wanted), _flat(other)
    return [
        f"{name} is {theirs.get(name, 'the default')}, needed {mine.get(name, 'the default')}"
        for name in sorted(mine.keys() | theirs.keys())
        if mine.get(name) != theirs.get(name)
    ]


def _flat(nested: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in nested.items():
        full = f"{prefix}{name}"
        flat |= _flat(value, f"{full}.") if isinstance(value, dict) else {full: value}
    return flat


def merged(asked: Iterable[tuple[Run, Sequence[str]]]) -> dict[Run, list[str]]:
    """All measures that are asked of each run, in the order of first mention."""
    union: dict[Run, list[str]] = {}
    for run, measures in asked:
        wanted = union.setdefault(run, [])
        wanted += [name for name in measures if name not in wanted]
    return union
