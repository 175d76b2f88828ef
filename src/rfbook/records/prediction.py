"""Whether a record that was made elsewhere says what ours say.

What architecture decides, and weights that are not trained, are the same everywhere: such records agree
within `agreement.allowed`. A training on another processor is another training, as one from another seed
is: one number of its record has to lie inside the 95 % prediction interval of ours. The spread is pooled
over all networks that were trained in the same way: with this width, on these data, by this recipe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rfbook.experiments.spec import Run
from rfbook.records.agreement import allowed, difference
from rfbook.records.record import Record
from rfbook.records.stages import MEASURES
from rfbook.statistics.pooled import LEAST_DEGREES, left_out, pooled


@dataclass(frozen=True)
class Answer:
    """In words, and whether the record is where ours are; None where we have nothing that decides."""

    said: str
    inside: bool | None


def number_of(record: Record) -> float:
    """The number of a record that is compared between seeds: a mean, without signs, of a part of it.

    Raises LookupError for a measure that no seed changes.
    """
    name = MEASURES[record.measure].number
    if not name:
        raise LookupError(f"no seed changes the {record.measure.replace('_', ' ')}")
    if name == "arrays":
        return float(np.mean([np.abs(array).mean() for array in record.arrays.values()]))
    part = record.arrays.get(name)
    if part is None:
        part = record.values
        for step in name.split("."):
            part = part[step]
    return float(np.abs(np.asarray(part, dtype=float)).mean())


def judged(record: Record, ours: Iterable[Record]) -> Answer:
    """What our records of its measure say of a record that was made elsewhere."""
    beside = [other for other in ours if other.measure == record.measure]
    seeds = [other for other in beside if _but_seed(other.run) == _but_seed(record.run)]
    same = [other for other in seeds if other.run == record.run]
    if not seeds:
        return Answer("no published record is of such a run", None)
    if not MEASURES[record.measure].number:
        return _agrees(record, seeds[0])
    if record.run.recipe.epochs == 0 and same:
        return _agrees(record, same[0])
    return _predicted(record, seeds, beside)


def _agrees(record: Record, kept: Record) -> Answer:
    found_difference, limit = difference(kept, record), allowed(record.measure)
    answer = f"differs by {found_difference:.2g} of the largest number, allowed is {limit:g}"
    return Answer(answer, found_difference <= limit)


def _predicted(record: Record, seeds: Sequence[Record], beside: Sequence[Record]) -> Answer:
    spread = pooled(_alike([other for other in beside if _way(other.run) == _way(record.run)]))
    interval = spread.of_next([number_of(seed) for seed in seeds])
    if interval is None:
        least = f"ours have {spread.degrees} degrees of freedom, and {LEAST_DEGREES} are needed"
        return Answer(f"no interval: {least}", None)
    value, (low, high) = number_of(record), interval
    inside = low <= value <= high
    answer = f"{value:.4g} is {'inside' if inside else 'outside'} {low:.4g} to {high:.4g}"
    of = f"{len(seeds)} of ours, {spread.degrees} degrees of freedom"
    return Answer(f"{answer} (95 % prediction interval; {of})", inside)


def coverage(ours: Iterable[Record], lower: float = 0.0) -> dict[str, list[bool]]:
    """By measure: our records, each left out in turn, and whether the rest predicts it.

    lower: by how much its number is lowered before. Where fewer than four degrees of freedom are left,
    or no other seed, a record is not asked.
    """
    ways: dict[tuple[str, object], list[Record]] = defaultdict(list)
    for record in ours:
        if MEASURES[record.measure].number and not record.run.published:
            ways[record.measure, _way(record.run)].append(record)
    answers_of: dict[str, list[bool]] = defaultdict(list)
    for (measure, _), records in ways.items():
        answers_of[measure] += left_out(_alike(records), lower)
    return {measure: answers for measure, answers in answers_of.items() if answers}


def _alike(records: Iterable[Record]) -> list[list[float]]:
    """The numbers of records, those of one network together."""
    groups: dict[Run, list[float]] = defaultdict(list)
    for record in records:
        groups[_but_seed(record.run)].append(number_of(record))
    return list(groups.values())


def _but_seed(run: Run) -> Run:
    return run.model_copy(update={"seed": 0})


def _way(run: Run) -> tuple[object, ...]:
    return run.model.width, run.data, run.recipe
