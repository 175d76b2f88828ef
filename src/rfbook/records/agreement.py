"""Whether a record that is made again says what the kept one says.

Numbers are compared with the largest of their list or array, so a difference is a share of what is
measured; of yes and no, the share that differs counts. The same weights on another processor differ by
rounding: by an image in an accuracy, a direction in a saturation, a step of a solver. Weights trained on
another processor differ by much more, as those of another seed do: see `prediction`.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from rfbook.records.record import Record
from rfbook.records.stages import MEASURES

ON_THE_WAY = {"iterations", "directions", "directions_delve"}
"""Counts by which a solver or a saturation came about: the numbers beside them say what they led to."""


def allowed(measure: str) -> float:
    """The largest difference at which two records of a measure agree, as a share."""
    return MEASURES[measure].may_differ


def difference(kept: Record, again: Record) -> float:
    """The largest difference between two records of one description, as a share.

    Infinite where they do not hold the same names, shapes and words.
    """
    return max(_apart(kept.values, again.values), _apart(kept.arrays, again.arrays))


def _apart(kept: Any, again: Any) -> float:
    if isinstance(kept, dict):
        if not isinstance(again, dict) or kept.keys() != again.keys():
            return inf
        compared = kept.keys() - ON_THE_WAY
        return max((_apart(kept[name], again[name]) for name in compared), default=0.0)
    first, second = np.asarray(kept), np.asarray(again)
    if first.shape != second.shape:
        return inf
    if first.dtype.kind not in "biuf" or second.dtype.kind not in "biuf":
        return 0.0 if np.array_equal(first, second) else inf
    if first.dtype.kind == second.dtype.kind == "b":
        return float(np.mean(first != second)) if first.size else 0.0
    return _of_largest(first.astype(float), second.astype(float))


def _of_largest(kept: np.ndarray, again: np.ndarray) -> float:
    if not np.array_equal(np.isfinite(kept), np.isfinite(again)):
        return inf
    known = np.isfinite(kept)
    if np.array_equal(kept[known], again[known]):
        return 0.0
    largest = float(np.abs(kept[known]).max())
    return float(np.abs(kept[known] - again[known]).max()) / largest if largest else inf
