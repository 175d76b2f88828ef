"""When trainings first exceed the level of Dead Pixel, Table 4, beside what it prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rfbook.claims.amounts import Amount, number
from rfbook.experiments.architecture import titled
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.tables.table import Table
from rfbook.statistics import survival
from rfbook.statistics.shares import standard_error
from rfbook.statistics.survival import Arrival

Arms = Mapping[str, Sequence[Arrival]]
"""Label of a network -> the arrival of each of its trainings, one a seed."""
PRINTED = "5"
"""Trainings behind each mean of Table 4."""


@dataclass(frozen=True)
class Median:
    """The epoch in which half of the trainings are above the level; None if not within `last`."""

    epoch: float | None
    last: int

    def __str__(self) -> str:
        return f"not within {self.last} epochs" if self.epoch is None else f"in epoch {self.epoch:g}"


@dataclass(frozen=True)
class Crossings:
    """Trainings that were above the level, and those of them that fell back in a later epoch."""

    above: int
    back: int


def arrivals(outcomes: Sequence[Outcome]) -> dict[str, list[Arrival]]:
    """Of each network's trainings."""
    return {
        network: [survival.arrival(_curve(outcome)) for outcome in seeds]
        for network, seeds in by_network(outcomes).items()
    }


def medians(outcomes: Sequence[Outcome]) -> dict[str, Median]:
    """Of each network's trainings, by Kaplan and Meier's estimate."""
    last = max(len(_curve(outcome)) for outcome in outcomes)
    arms = arrivals(outcomes).items()
    return {network: Median(survival.median_epoch(arm), last) for network, arm in arms}


def crossings(outcomes: Sequence[Outcome]) -> Crossings:
    """Over all trainings."""
    curves = [(survival.arrival(_curve(outcome)), _curve(outcome)) for outcome in outcomes]
    after = [min(curve[arrival.epoch - 1 :]) for arrival, curve in curves if arrival.reached]
    return Crossings(len(after), sum(lowest <= survival.LEVEL for lowest in after))


def error(images: int) -> Amount:
    """Standard error of an accuracy at the level, points."""
    return Amount(float(standard_error(100 * survival.LEVEL, images)), "points")


def _curve(outcome: Outcome) -> list[float]:
    return outcome.records["learning_curve"].values["test_accuracy"]


def first_epochs(page: Page, outcomes: Sequence[Outcome], printed: Mapping[str, float]) -> Table:
    """One row a network: its epochs, their median, and the mean that Table 4 takes.

    printed: network -> the paper's mean, in rows of their own, as its epochs have another length.
    """
    rows = [
        [f"{titled(label)} (paper)", PRINTED, "", "", "", "", number(mean)]
        for label, mean in printed.items()
    ]
    steps = outcomes[0].records["learning_curve"].values["steps"]
    middle = medians(outcomes)
    for label, arm in arrivals(outcomes).items():
        epoch = middle[label].epoch
        half = ["not reached"] * 2 if epoch is None else [number(epoch), number(epoch * steps)]
        epochs = ", ".join(str(arrival.epoch) if arrival.reached else "never" for arrival in arm)
        reached, mean = sum(arrival.reached for arrival in arm), number(survival.mean_epoch(arm))
        rows.append([titled(label), str(len(arm)), str(reached), epochs, *half, mean])
    columns = ["network", "n", "reached", "epoch of each seed", "median epoch", "median update",
               "mean, never = last epoch"]  # fmt: skip
    return Table(f"First epoch above 90 % ({page.badge()})", columns, rows, folded=True)


def differences(
    page: Page, outcomes: Sequence[Outcome], pairs: Sequence[tuple[str, str]],
    printed: Mapping[str, float],
) -> Table:  # fmt: skip
    """One row a pair of networks: epochs that the first needs more, and the log-rank test.

    From the seeds that both have. printed: "first - second" -> the paper's difference.
    """
    arms = arrivals(outcomes)
    rows = [[f"{name} (paper)", PRINTED, number(mean), "", "", ""] for name, mean in printed.items()]
    rows += [_difference(pair, arms) for pair in pairs]
    columns = ["difference", "n", "of the means", "seed by seed", "95 % interval", "log-rank p"]
    return Table(f"Epochs that the first needs more ({page.badge()})", columns, rows, folded=True)


def _difference(pair: tuple[str, str], arms: Arms) -> list[str]:
    shared = min(len(arms[label]) for label in pair)
    first, second = (arms[label][:shared] for label in pair)
    difference = survival.paired_difference(first, second)
    ends = difference.interval if difference else None
    return [
        " - ".join(map(titled, pair)), str(len(first)),
        number(survival.mean_epoch(first) - survival.mean_epoch(second)),
        number(difference.mean) if difference else "some never arrive",
        f"{number(ends[0])} to {number(ends[1])}" if ends else "none",
        f"{survival.log_rank(first, second):.2g}",
    ]  # fmt: skip
