"""Effective fields that records hold, as the explorer draws them: a grid of cells, one level each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from jaxtyping import Float

from rfbook.experiments.spec import Run
from rfbook.records.record import Record
from rfbook.records.store import Store

MEASURE = "effective_field"
OUTPUT = "output"
CELLS = 32
"""Cells of the grid along one side; of a larger image a cell is the mean of a block of pixels."""

LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Letters for the numbers from 0 to 63."""


def measured_fields(runs: Iterable[Run], store: Store) -> dict[str, list[dict[str, Any]]]:
    """Per network, the mean effective fields of runs that differ only in their seed, by target.

    Of a network with stages those of the middle unit of a stage; of another that of its output.
    Raises RecordError if a record is damaged.
    """
    groups: dict[Run, list[Record]] = {}
    for run in sorted(runs, key=Run.model_dump_json):
        if (record := store.find(run, MEASURE)) and run.data.side % CELLS == 0:
            groups.setdefault(run.model_copy(update={"seed": 0}), []).append(record)
    fields: dict[str, list[dict[str, Any]]] = {}
    for run, seeds in groups.items():
        targets = seeds[0].values["targets"]
        means = {
            target: cells(np.mean([record.arrays[target] for record in seeds], axis=0))
            for target in sorted(targets.keys() - {OUTPUT}) or [OUTPUT]
        }
        shown = {"setting": setting(run), "seeds": len(seeds), "side": run.data.side, "cells": means}
        fields.setdefault(run.model.label, []).append(shown)
    return fields


def cells(field: Float[np.ndarray, "side side"]) -> str:
    """The field as `CELLS` x `CELLS` letters of `LEVELS`, row by row: roots of shares of the largest.

    The side is a multiple of `CELLS`.
    """
    block = len(field) // CELLS
    means = field.reshape(CELLS, block, CELLS, block).mean((1, 3))
    levels = np.rint(np.sqrt(means / means.max()) * (len(LEVELS) - 1)).astype(int)
    return "".join(LEVELS[level] for level in levels.ravel())


def setting(run: Run) -> str:
    """Everything in which two settings of one network may differ, in words."""
    given = run.recipe.canonical() | run.data.canonical()
    others = [f"{key} {given[key]}" for key in sorted(given.keys() - {"epochs", "name", "side"})]
    words = [run.data.name, f"{run.data.side} px", f"width {run.model.width:g}"]
    return ", ".join([*words, f"{run.recipe.epochs} epochs", *others])
