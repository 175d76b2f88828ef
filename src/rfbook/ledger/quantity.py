"""What a quantity is: one number, computed from the records of one run or of several to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Undefined(ValueError):
    """A quantity has no value for this network; the message says why."""


class Quantity(NamedTuple):
    """function: of the records of one run, or of one run per arm. measures: the records it reads.

    unit: of the number. exact: no seed can change it.
    """

    function: Callable[..., float]
    measures: tuple[str, ...]
    unit: str
    exact: bool = False
