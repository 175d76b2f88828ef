"""What a page has of its runs: as planned, and with the records that were asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np

from rfbook.claims.quantities.layers import convolution_curve
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.experiments.architecture import titled
from rfbook.experiments.spec import Run
from rfbook.records.record import Records
from rfbook.statistics.undefined import Undefined


@dataclass(frozen=True)
class Planned:
    """A run as this page makes it, and as the paper made it.

    arm: which arm of a comparison it belongs to, empty on a page that compares networks only.
    departs: what is not as in the paper at any tier, in words.
    """

    run: Run
    paper: Run
    arm: str = ""
    departs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A planned run with the records that were asked of it."""

    run: Run
    paper: Run
    records: Records
    arm: str = ""
    departs: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The network's name, followed by the arm's if it has one."""
        return f"{self.run.model.label} {self.arm}".strip()


def starts(planned: Sequence[Planned]) -> list[Planned]:
    """Each run from whose weights one of these starts, once."""
    runs = dict.fromkeys(asked.run.source for asked in planned if asked.run.source is not None)
    return [Planned(run, run, departs=("starts from Imagenette (paper ImageNet)",)) for run in runs]


def by_network(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each network and arm, one a seed, in the order of first mention.

    A network that was run at several sides counts as several, and its name says which. Raises
    ValueError if runs that differ in more than their seed would be taken for one network's seeds.
    """
    sides: dict[str, set[int]] = {}
    for outcome in outcomes:
        sides.setdefault(outcome.label, set()).add(outcome.run.data.side)
    grouped: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        several = len(sides[outcome.label]) > 1
        name = f"{outcome.label}@{outcome.run.data.side}px" if several else outcome.label
        grouped.setdefault(name, []).append(outcome)
    for name, group in grouped.items():
        if len({outcome.run.model_copy(update={"seed": 0}) for outcome in group}) > 1:
            raise ValueError(f"{name}: runs that differ in more than their seed; name them as arms")
    return grouped


class Means(dict[str, float]):
    """Network -> mean. One without a mean is left out, and is nan to a sentence that asks for it.

    Such a sentence is not shown (`unsaid.finite`).
    """

    def __missing__(self, network: str) -> float:
        return nan


def means(outcomes: Sequence[Outcome], quantity: str) -> Means:
    """Mean of a quantity over the seeds of each network that has a finite one."""
    result = Means()
    for name, seeds in by_network(outcomes).items():
        try:
            mean = float(np.mean(of_seeds(quantity, seeds)))
        except Undefined:
            continue
        if isfinite(mean):
            result[name] = mean
    return result


def of_seeds(quantity: str, seeds: Sequence[Outcome]) -> list[float]:
    """A quantity, one value a seed. Raises Undefined where one of them has none."""
    return [QUANTITIES[quantity].function(outcome.records) for outcome in seeds]


def mean_field(
    seeds: Sequence[Outcome], target: str = "output", pixels: int | None = None
) -> np.ndarray:
    """(h, w): R_xy of a target, averaged over seeds, each relative to its mean.

    pixels: the side of the part in the middle that is wanted, None for all. It begins at a multiple of
    eight, so that a pattern of period two, four or eight lies in it as it lies in the whole.
    """
    maps = [outcome.records["effective_field"].arrays[target] for outcome in seeds]
    whole = np.mean([seed_map / seed_map.mean() for seed_map in maps], axis=0)
    if pixels is None:
        return whole
    start = (len(whole) - pixels) // 2 // 8 * 8
    return whole[start : start + pixels, start : start + pixels]


def curves_of(seeds: Sequence[Outcome], measure: str) -> np.ndarray:
    """(seeds, convolutions): a measure per convolution of one network."""
    return np.array([convolution_curve(seed.records, measure) for seed in seeds])


def guessing(outcome: Outcome) -> float:
    """In how many percent of the images a guess among the classes is right."""
    return 100 / outcome.run.data.held.classes


def hardly_learnt(outcomes: Sequence[Outcome], points: float = 10) -> dict[str, int]:
    """Network and arm, as the papers write it -> trainings less than `points` above guessing.

    A network and arm of which all learnt more is not there.
    """
    counts: dict[str, int] = {}
    for outcome in outcomes:
        if 100 * outcome.records["accuracy"].values["accuracy"] < guessing(outcome) + points:
            name = titled(outcome.label)
            counts[name] = counts.get(name, 0) + 1
    return counts
