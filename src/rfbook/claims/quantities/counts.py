"""How many test images stand behind a share of them, and how few are too few for a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.records.record import Record, Records
from rfbook.records.stages import MEASURES
from rfbook.statistics.undefined import Undefined

FEWEST = 30
"""Images below which a share of them decides nothing: of fewer, each is over three points of the
share, and margins ask for one to ten. The published records count 200 or more."""

FEWEST_PAIRS = 6
"""Images that tell two treatments apart, below which even if all favour one the exact p is above .05."""


def counted(record: Record) -> int | None:
    """Of how many test images its numbers are shares, as it says itself; None if they are no shares."""
    if not MEASURES[record.measure].shares:
        return None
    data, said = record.run.data, record.values
    return said.get("test_images") or said.get("images") or data.test_images or CATALOGUE[data.name].test


def require_enough(arms: Sequence[Records], measures: Sequence[str]) -> None:
    """Raises Undefined if one of the measures is a share of fewer than `FEWEST` images."""
    shares = [name for name in measures if name in MEASURES and MEASURES[name].shares]
    for record in (held[name] for held in arms for name in shares if name in held):
        images = counted(record)
        if images < FEWEST:
            raise Undefined(
                f"the {record.measure.replace('_', ' ')} is a share of {images} test images, and a "
                f"verdict needs {FEWEST}: use more test_images"
            )
