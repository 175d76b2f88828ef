"""One measure taken on one network, as a record with its provenance."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

import numpy as np

from rfbook.experiments.train import deterministic
from rfbook.records.provenance import here
from rfbook.records.record import Record
from rfbook.records.stages import MEASURES
from rfbook.records.weights import Trained

Taken = tuple[dict[str, Any], dict[str, np.ndarray]]
"""The values and the arrays of a record."""


def taken(trained: Trained, name: str) -> Taken:
    """What the function of that measure says of the network."""
    module, function = MEASURES[name].function.split(":")
    return getattr(import_module(f"rfbook.measures.{module}"), function)(trained)


def measure(trained: Trained, name: str) -> Record:
    """The record of one measure on one network, with its provenance."""
    started = time.perf_counter()
    with deterministic():
        values, arrays = taken(trained, name)
    took = {"minutes": (time.perf_counter() - started) / 60, "pixels": trained.pixels}
    provenance = {
        "training": trained.provenance(),
        "measuring": took | here(trained.device),
    }
    return Record.made(trained.run, name, values, arrays, provenance)
