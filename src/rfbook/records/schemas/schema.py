"""What every schema of a measure is: values with names, types and ranges, and the arrays beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from rfbook.experiments.spec import Run
from rfbook.records.schemas.strict import Strict


@dataclass(frozen=True)
class Array:
    """An array of a record: its dtype, its shape (None: any length from 1 on), its range."""

    dtype: str
    shape: tuple[int | None, ...]
    low: float = -inf
    high: float = inf

    def wrong(self, array: np.ndarray) -> str:
        """What is not so, in words; empty where all is."""
        lengths = zip(array.shape, self.shape, strict=False)
        fits = all(length == wanted if wanted else length > 0 for length, wanted in lengths)
        if array.dtype != self.dtype or array.ndim != len(self.shape) or not fits:
            wanted = tuple(length or "any" for length in self.shape)
            return f"it is {array.dtype} {array.shape}, needed is {self.dtype} {wanted}"
        if not (np.isfinite(array).all() and self.low <= array.min() and array.max() <= self.high):
            return f"its values are not finite and from {self.low:g} to {self.high:g}"
        return ""


Arrays = dict[str, Array]
Restated = dict[str, tuple[Any, Any]]


class Values(Strict):
    """The values of one measure."""

    def follows(self, run: Run) -> dict[str, tuple[object, object]]:
        """What the run decides: name -> (what is stated, what it must be)."""
        return {}

    def arrays(self, run: Run) -> Arrays:
        """The arrays that belong to these values."""
        return {}

    def restated(self, arrays: Mapping[str, np.ndarray]) -> Restated:
        """What the arrays say again: name -> (the value, what follows from the arrays)."""
        return {}


def tested(run: Run) -> int:
    """How many test images the run is measured on."""
    return run.data.test_images or run.data.held.test


def shown(run: Run) -> int:
    """How many training images the run has."""
    return run.data.images or run.data.held.train
