"""The rules on the spread of others, tried on the published records: how often their intervals hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rfbook.claims.borrowed import GUARD, OF_ACCURACIES, tried
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.experiments.architecture import RESNETS, VGGS, Model
from rfbook.experiments.spec import Run
from rfbook.experiments.tiers import scale
from rfbook.pages.page import Page
from rfbook.records.prediction import coverage
from rfbook.records.record import Record, Records
from rfbook.records.store import read
from rfbook.statistics.undefined import Undefined

__all__ = ["GUARD", "MEANT", "NEAR", "OF_ACCURACIES", "Trial", "borrowed", "left_out"]

MEANT, NEAR = 95, 2
"""Percent of the intervals that should hold what they speak of, and by how many fewer may."""

Groups = Mapping[Run, Sequence[Records]]
"""A run without its seed -> the records of each of its seeds."""


@dataclass(frozen=True)
class Trial:
    """Intervals that were tried. answers: what they are of -> whether each of them holds."""

    answers: Mapping[str, Sequence[bool]]

    @property
    def tried(self) -> int:
        """How many intervals."""
        return sum(map(len, self.answers.values()))

    @property
    def held(self) -> int:
        """How many of them hold the value that was left out."""
        return sum(map(sum, self.answers.values()))

    @property
    def share(self) -> float:
        """The same in percent. Raises ZeroDivisionError where none was tried."""
        return 100 * self.held / self.tried

    @property
    def kept(self) -> bool:
        """Whether the intervals hold as often as is meant, or oftener."""
        return self.share >= MEANT - NEAR

    @property
    def most(self) -> int:
        """How many intervals were tried of what was tried most often."""
        return max(map(len, self.answers.values()))

    @property
    def never(self) -> list[str]:
        """Of what no interval holds."""
        return [name for name, answers in self.answers.items() if not any(answers)]


def left_out(page: Page) -> Trial:
    """By measure: each published record of a training, left out, against the prediction of the rest."""
    return Trial(coverage(_published(page)))


def borrowed(page: Page) -> Trial:
    """By quantity: each run at full width as if it were the only one, by the spread of thin networks.

    What it should hold is the mean of its other seeds. The spread is pooled over the thin networks of
    its family that were trained as it was, none of them changed. Claims pool over those that they speak
    of, which may be fewer.
    """
    groups = _groups(_published(page))
    answers: dict[str, list[bool]] = defaultdict(list)
    for run, seeds in groups.items():
        if run.model == Model(name=run.model.name) and run.recipe.epochs and len(seeds) > 1:
            for name, inside in _of_network(seeds, _lenders(run, groups)).items():
                answers[name] += inside
    return Trial(answers)


def _of_network(seeds: Sequence[Records], lenders: Iterable[Sequence[Records]]) -> dict[str, list[bool]]:
    """By quantity, of those that every seed has."""
    thin, by_quantity = list(lenders), {}
    for name, quantity in QUANTITIES.items():
        whole = [(records,) for records in seeds if records.keys() >= set(quantity.measures)]
        able = [[(r,) for r in group if r.keys() >= set(quantity.measures)] for group in thin]
        try:
            answers = [] if quantity.exact else tried(quantity, able, whole)
        except Undefined:
            continue
        if answers:
            by_quantity[name] = answers
    return by_quantity


def _lenders(run: Run, groups: Groups) -> list[Sequence[Records]]:
    family = next((names for names in (VGGS, RESNETS) if run.model.name in names), (run.model.name,))
    alike = [run.model_copy(update={"model": Model(name=name)}) for name in family]
    return [groups[thin] for thin in (scale(value, "thin") for value in alike) if thin in groups]


def _published(page: Page) -> list[Record]:
    return [read(path) for path in page.store.published.paths()]


def _groups(records: Iterable[Record]) -> Groups:
    by_run: dict[Run, dict[str, Record]] = defaultdict(dict)
    for record in records:
        by_run[record.run][record.measure] = record
    groups: dict[Run, list[Records]] = defaultdict(list)
    for run, numbers in by_run.items():
        groups[run.model_copy(update={"seed": 0})].append(numbers)
    return groups
