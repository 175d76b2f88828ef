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

import torch

from rfbook.backmatter.census import in_book
from rfbook.backmatter.registry import rows
from rfbook.experiments.errors import DataError, TrainingError
from rfbook.experiments.images import Images
from rfbook.experiments.recipe import Recipe
from rfbook.experiments.spec import Data, Model, Run
from rfbook.experiments.train import Training, accelerator_for, deterministic
from rfbook.measures.obtain import made, merged, obtain
from rfbook.metrics.cost import multiply_adds
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks, declared
from rfbook.pages.sources import PUBLISHED, repository
from rfbook.records.agreement import allowed, difference
from rfbook.records.expected import Pace, time_in_words
from rfbook.records.provenance import here
from rfbook.records.record import Record
from rfbook.records.stages import MEASURES
from rfbook.records.store import Store, read
from rfbook.records.weights import Checkpoints

Lines = Iterator[tuple[str, bool]]
"""What is said, line by line, and whether it is good."""
CHECKED = 0.25
"""Share of the time that the comparison with published records may take."""
TIMED = ("resnet18", "vgg16")
"""Networks at full width whose training on 32 pixels is timed."""
OPERATIONS = 6
"""Floating point operations of a training step for each multiply-add: two forwards, four backwards."""
UNDECIDED = ("open", "not tested")


class TimeUp(BaseException):
    """The time is up; not an error that any code below could mend."""


def made_there(device: str, minutes: float, images: int, into: Path) -> Lines:
    """Compares, times, then makes runs, for so many minutes in all; see the functions below.

    images: of an epoch that is timed. into: the folder to bring home.
    """
    end = time.monotonic() + 60 * minutes
    there = accelerator_for(device).device
    into.mkdir(parents=True, exist_ok=True)
    agrees = True
    for line, good in agreement(store_of(PUBLISHED).published, device, CHECKED * 60 * minutes):
        agrees = agrees and good
        yield line, good
    if not agrees:
        yield "no run is made on a device that does not agree with the published records", False
        return
    timed = list(speeds(there, images))
    report = {"provenance": here(there), "rows": timed}
    (into / "speed.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    for row in timed:
        yield "{network} {precision}: {rate:,.0f} images a second, {share:.0%} of the peak".format(
            **row
        ), True
    yield from runs(device, into, end)
    yield f"to take the records over: python -m rfbook import {into / 'records'}", True


def agreement(published: Store, device: str, seconds: float) -> Lines:
    """Each measure on the device, beside a published record of it on a network that is not trained."""
    until = time.monotonic() + seconds
    quickest = _untrained(published)
    for kept in sorted(quickest.values(), key=_minutes):
        if time.monotonic() > until:
            yield f"{kept.measure}: not compared, for want of time", True
        else:
            yield _compared(kept, device)
    for measure in MEASURES.keys() - quickest.keys():
        yield f"{measure}: no published record of a network that is not trained", True


def _untrained(published: Store) -> dict[str, Record]:
    """The record of each measure that took least time, of runs whose weights are there at once."""
    quickest: dict[str, Record] = {}
    for path in published.paths("*-*.json"):
        record = read(path)
        if record.run.recipe.epochs or not record.current:
            continue
        known = quickest.setdefault(record.measure, record)
        if _minutes(record) < _minutes(known):
            quickest[record.measure] = record
    return quickest


def _minutes(record: Record) -> float:
    return record.provenance["measuring"]["minutes"]


def _compared(kept: Record, device: str) -> tuple[str, bool]:
    name = f"{kept.run.slug()} {kept.measure}"
    try:
        again = made(kept.run, kept.measure, device)
    except (DataError, TrainingError) as error:
        return f"{name}: not compared: {error}", True
    differs, limit = difference(kept, again), allowed(kept.measure)
    words = f"{name}: differs by {differs:.2g} of the largest number, allowed is {limit:g}"
    return words, differs <= limit


def speeds(device: torch.device, count: int) -> Iterator[dict[str, object]]:
    """Images a second in training, and their share of what matrix products reach in that precision.

    count: images in an epoch, of noise; the second of two epochs is timed.
    """
    pixels = torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8)
    images = Images(pixels, torch.arange(count) % 10)
    for precision in ("fp32", "bf16"):
        peak = _peak(device, precision)
        for network in TIMED:
            recipe = Recipe(precision=precision)
            run = Run(model=Model(name=network), data=Data(name="cifar10", side=32), recipe=recipe)
            training = Training(run, images, 10, accelerator_for(device.type))
            with deterministic():
                for number in (0, 1):
                    training.epoch(number)
            rate = count / training.trace.seconds[-1]
            operations = OPERATIONS * multiply_adds(training.network.eval(), 32)
            yield {
                "network": network, "precision": precision, "rate": rate,
                "share": rate * operations / peak,
            }  # fmt: skip


def _peak(device: torch.device, precision: str) -> float:
    """Operations a second in products of large matrices, the best of five."""
    side = 8192 if device.type == "cuda" else 1024
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    factors = [torch.ones(side, side, dtype=kind, device=device) for _ in range(2)]
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        (factors[0] @ factors[1])[0, 0].item()  # which waits for it
        seconds.append(time.perf_counter() - started)
    return 2 * side**3 / min(seconds)


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
