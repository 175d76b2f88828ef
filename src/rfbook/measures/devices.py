"""Whether a device agrees with published records, and how fast it trains."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import torch

from rfbook.experiments.errors import DataError, TrainingError
from rfbook.experiments.images import Images
from rfbook.experiments.progress import log
from rfbook.experiments.recipe import Recipe
from rfbook.experiments.spec import Data, Model, Run
from rfbook.experiments.train import Training, accelerator_for, deterministic
from rfbook.measures.obtain import made
from rfbook.metrics.cost import multiply_adds
from rfbook.records.agreement import allowed, difference
from rfbook.records.record import Record
from rfbook.records.stages import MEASURES
from rfbook.records.store import Store, read

TIMED = ("resnet18", "vgg16")
"""Networks at full width whose training on 32 pixels is timed."""
OPERATIONS = 6
"""Floating point operations of a training step for each multiply-add: two forwards, four backwards."""


class Compared(NamedTuple):
    """What came of a measure on a device, in words; whether it differs, or could not be taken."""

    said: str
    differs: bool = False
    failed: bool = False


def agreement(published: Store, device: str, seconds: float) -> Iterator[Compared]:
    """Each measure on the device, beside a published record of it on a network that is not trained.

    The quickest come first; what is left after so many seconds is not compared.
    """
    until = time.monotonic() + seconds
    quickest = _untrained(published)
    for kept in sorted(quickest.values(), key=_minutes):
        if time.monotonic() > until:
            yield Compared(f"{kept.measure}: not compared, for want of time")
        else:
            yield _compared(kept, device)
    for measure in MEASURES:
        if measure not in quickest:
            yield Compared(f"{measure}: no published record of a network that is not trained")


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


def _compared(kept: Record, device: str) -> Compared:
    name = f"{kept.run.slug()} {kept.measure}"
    try:
        again = made(kept.run, kept.measure, device)
    except (DataError, TrainingError) as error:
        return Compared(f"{name}: not compared: {error}")
    except Exception as error:  # such as an operation that this device does not have
        log.exception("%s: a fault of ours, or too little memory", name)
        return Compared(f"{name}: failed: {type(error).__name__}: {error}", failed=True)
    differs, limit = difference(kept, again), allowed(kept.measure)
    words = f"{name}: differs by {differs:.2g} of the largest number, allowed is {limit:g}"
    return Compared(words, differs=differs > limit)


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
    side = 8192 if device.type == "cuda" else 512
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    factors = [torch.ones(side, side, dtype=kind, device=device) for _ in range(2)]
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        (factors[0] @ factors[1])[0, 0].item()  # which waits for it
        seconds.append(time.perf_counter() - started)
    return 2 * side**3 / min(seconds)
