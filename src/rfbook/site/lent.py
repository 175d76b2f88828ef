"""A device that is lent for minutes: does it agree with published records, how fast is it, then runs.

All that comes of it lies in one folder, to be brought home: records for `import`, and the weights of a
training that the time did not suffice for.
"""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rfbook.backmatter.census import in_book
from rfbook.backmatter.registry import rows
from rfbook.experiments.errors import DataError, TrainingError
from rfbook.experiments.spec import Run
from rfbook.measures.obtain import merged, obtain
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks, declared
from rfbook.pages.sources import PUBLISHED, repository
from rfbook.records.expected import Pace, time_in_words
from rfbook.records.provenance import here
from rfbook.records.store import Store

Lines = Iterator[tuple[str, bool]]
"""What is said, line by line, and whether it is good."""
CHECKED = 0.25
"""Share of the time that the comparison with published records may take."""
UNDECIDED = ("open", "not tested")


class TimeUp(BaseException):
    """The time is up; not an error that any code below could mend."""


def made_there(device: str, minutes: float, images: int, into: Path) -> Lines:
    """Compares, times, then makes runs, for so many minutes in all; see the functions below.

    images: of an epoch that is timed. into: the folder to bring home.
    """
    from rfbook.experiments.train import accelerator_for  # it imports torch, as what follows does
    from rfbook.measures import devices

    end = time.monotonic() + 60 * minutes
    there = accelerator_for(device).device
    into.mkdir(parents=True, exist_ok=True)
    agrees = True
    for line, good in devices.agreement(store_of(PUBLISHED).published, device, CHECKED * 60 * minutes):
        agrees = agrees and good
        yield line, good
    if not agrees:
        yield "no run is made on a device that does not agree with the published records", False
        return
    timed = list(devices.speeds(there, images))
    report = {"provenance": here(there), "rows": timed}
    (into / "speed.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    for row in timed:
        yield "{network} {precision}: {rate:,.0f} images a second, {share:.0%} of the peak".format(
            **row
        ), True
    yield from runs(device, into, end)
    yield f"to take the records over: python -m rfbook import {into / 'records'}", True


def runs(device: str, into: Path, end: float) -> Lines:
    """Makes runs of tier paper, those first that may decide most claims a minute, until `end`."""
    store = Store((store_of(PUBLISHED).roots[0], into / "records"))
    for run, measures in first_most_telling(store):
        left = end - time.monotonic()
        if left < 1:
            return
        started = time.monotonic()
        try:
            with only(left):
                obtain(run, measures, store, device)
        except TimeUp:
            yield _stopped(run, into), True
            return
        except (DataError, TrainingError) as error:
            yield f"{run.slug()}: left out: {error}", True
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
    signal.setitimer(signal.ITIMER_REAL, seconds)
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
