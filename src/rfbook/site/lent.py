"""A device that is lent for minutes: does it agree with published records, how fast is it, then runs.

All that comes of it lies in one folder, to be brought home: records for `import`, and the weights of a
training that the time did not suffice for.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rfbook.backmatter.census import in_book
from rfbook.backmatter.registry import rows
from rfbook.experiments.errors import DataError, TrainingError
from rfbook.experiments.progress import log
from rfbook.experiments.spec import Run
from rfbook.measures.obtain import merged, obtain
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks, declared
from rfbook.pages.sources import PUBLISHED, repository
from rfbook.records.expected import Pace, time_in_words
from rfbook.records.provenance import here
from rfbook.records.store import Store
from rfbook.site.commands import Lines

if TYPE_CHECKING:
    import torch

CHECKED = 0.25
"""Share of the time that the comparison with published records may take."""
UNDECIDED = ("open", "not tested")


class TimeUp(BaseException):
    """The time is up; not an error that any code below could mend."""


def lent(arguments: argparse.Namespace) -> Lines:
    """try a device that is lent for minutes, and make runs of tier paper there until the time is up"""
    from rfbook.experiments.train import accelerator_for  # it imports torch, as what follows does
    from rfbook.measures import devices

    seconds, into = 60 * arguments.minutes, arguments.into
    end, device = time.monotonic() + seconds, accelerator_for(arguments.device).device
    into.mkdir(parents=True, exist_ok=True)
    published, alike = store_of(PUBLISHED).published, True
    for compared in devices.agreement(published, device.type, CHECKED * seconds):
        alike = alike and not compared.differs
        yield compared.said, not (compared.differs or compared.failed)
    if not alike:
        yield "no run is made on a device that differs from the published records", False
        return
    yield from timed(device, arguments.images, into, end)
    yield from runs(device.type, into, end)
    yield f"to take the records over: python -m rfbook import {into / 'records'}", True


def timed(device: torch.device, images: int, into: Path, end: float) -> Lines:
    """Says how fast the device trains, and keeps it in `speed.json`; nothing of it if time runs out."""
    from rfbook.measures import devices

    try:
        with only(end - time.monotonic()):
            speeds = list(devices.speeds(device, images))
    except TimeUp:
        yield "the time is up before trainings were timed", True
        return
    report = {"provenance": here(device), "rows": speeds}
    (into / "speed.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    line = "{network} {precision}: {rate:,.0f} images a second, {share:.0%} of the peak"
    yield from ((line.format(**row), True) for row in speeds)


def runs(device: str, into: Path, end: float) -> Lines:
    """Makes runs of tier paper, those first that may decide most claims a minute, until `end`.

    One that fails is noted, and the next begins.
    """
    store = Store((store_of(PUBLISHED).roots[0], into / "records"))
    for run, measures in first_most_telling(store):
        started = time.monotonic()
        if end - started < 1:
            return
        try:
            with only(end - started):
                obtain(run, measures, store, device)
        except TimeUp:
            yield _stopped(run, into), True
            return
        except (DataError, TrainingError) as error:
            yield f"{run.slug()}: left out: {error}", True
        except Exception as error:  # such as an operation that this device does not have
            log.exception("%s: a fault of ours, or too little memory", run.slug())
            yield f"{run.slug()}: failed: {type(error).__name__}: {error}", False
        else:
            yield f"{run.slug()}: made in {time_in_words((time.monotonic() - started) / 60)}", True


def _stopped(run: Run, into: Path) -> str:
    from rfbook.records.weights import Checkpoints

    begun = Checkpoints(run).path
    if not begun.exists():
        return f"{run.slug()}: the time is up; nothing of it is kept"
    (into / "weights").mkdir(exist_ok=True)
    shutil.copyfile(begun, into / "weights" / begun.name)
    return (
        f"{run.slug()}: the time is up; what is trained of it is in {into / 'weights'}. In the folder "
        "weights of RFBOOK_CACHE it goes on from there"
    )


@contextmanager
def only(seconds: float) -> Iterator[None]:
    """Raises TimeUp inside when so many seconds have passed; in the main thread."""

    def stop(*_: object) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3))  # 0 would be for ever
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def first_most_telling(store: Store) -> Iterator[tuple[Run, list[str]]]:
    """The runs of tier paper whose records are missing, page by page: undecided claims a minute."""
    undecided = [row["page"] for row in _claims() if row["verdict"] in UNDECIDED]
    pace = Pace(store_of(PUBLISHED).published)
    pages = []
    for page in in_book(repository()):
        missing = _missing(page, store)
        minutes = [pace.minutes(run, names) for run, names in missing.items()]
        if minutes and None not in minutes:
            pages.append((undecided.count(page) / sum(minutes), missing))
    pages.sort(key=lambda page: -page[0])
    for _, missing in pages:
        yield from ((run, names) for run, names in missing.items() if not _there(run, names, store))


def _claims() -> list[dict[str, object]]:
    """One row a claim of the registry."""
    return list({row["id"]: row for row in rows(PUBLISHED)}.values())


def _missing(page: str, store: Store) -> dict[Run, list[str]]:
    values = {"tier": "paper"} if "tier" in declared(page) else {}
    asked = merged(asks(page, values))
    return {run: names for run, names in asked.items() if not _there(run, names, store)}


def _there(run: Run, measures: list[str], store: Store) -> bool:
    return all(store.find(run, name) is not None for name in measures)
