"""Verdicts: what records say of a claim.

A claim names a quantity, a comparison and a margin that was fixed before the runs. It is judged per
network: over its seeds, by whether the whole 95 % interval of the mean is on the claim's side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rfbook.ledger.claims import Claim
from rfbook.ledger.obtain import Records
from rfbook.ledger.quantity import Quantity, Undefined
from rfbook.metrics.resampling import interval_of_mean

Word = Literal["reproduced", "partly", "not reproduced", "not tested"]
Outcomes = Mapping[str, Sequence[Records]]
"""The records of each network's runs, one a seed. A network run in several arms is "network arm"."""

COMPARISONS: dict[str, Callable[[float, float, float | None], bool]] = {
    "below": lambda value, margin, printed: value < margin,
    "above": lambda value, margin, printed: value > margin,
    "near": lambda value, margin, printed: printed is not None and abs(value - printed) <= margin,
}

FLOOR = 2.0
"""Points that two trainings may differ by for their seed alone (background/data-and-training)."""


@dataclass(frozen=True)
class Estimate:
    """A quantity for one network: mean over n seeds with a 95 % interval.

    Where n is 1 there is none, except over the images of a published network, which has no seeds.
    """

    network: str
    mean: float
    n: int
    interval: tuple[float, float] | None
    exact: bool
    published: bool = False

    def holds(self, claim: Claim) -> bool | None:
        """True or False where the seeds agree on it, None where they leave it open.

        A single seed leaves open what holds, and what fails by less than the noise floor.
        """
        compare = COMPARISONS[claim.holds_if]
        printed = claim.printed.get(self.network)
        low, high = self._range(claim.measured.unit)
        # Near may fail at both ends of a wide interval and yet hold inside it.
        inside = low if printed is None else min(max(printed, low), high)
        answers = {compare(value, claim.margin, printed) for value in (low, inside, high)}
        if len(answers) == 2 or (answers == {True} and self.interval is None and not self.exact):
            return None
        return answers.pop()

    def _range(self, unit: str) -> tuple[float, float]:
        if self.interval is not None and not self.exact:
            return self.interval
        in_points = unit.startswith(("%", "points"))
        floor = FLOOR if in_points and not (self.exact or self.published) else 0.0
        return self.mean - floor, self.mean + floor


@dataclass(frozen=True)
class Verdict:
    """What the records say of a claim, and from which estimates."""

    claim: Claim
    word: Word
    why: str
    estimates: tuple[Estimate, ...] = ()


def judge(claim: Claim, outcomes: Outcomes, tier: str) -> Verdict:
    """The verdict from the records of each network's seeds.

    A network for which the quantity is undefined has no say; the reason is part of the verdict's.
    """
    reason = claim.untested or claim.untested_at.get(tier, "")
    chosen = {} if reason else _chosen(claim, outcomes)
    if not chosen:
        return Verdict(claim, "not tested", reason or "none of its networks was run")
    estimates, undefined = [], {}
    for network, samples in chosen.items():
        try:
            estimates.append(estimate(claim.measured, network, samples))
        except Undefined as error:
            undefined[network] = str(error)
    without = [f"{network}: {said}" for network, said in undefined.items()]
    if not estimates:
        return Verdict(claim, "not tested", "; ".join(without))
    answers = [one.holds(claim) for one in estimates]
    absent = [network for network in _named(claim) if network not in chosen]
    missing = [f"not run: {', '.join(absent)}"] if absent else []
    why = "; ".join([_why(answers, estimates), *without, *missing])
    return Verdict(claim, _word(answers), why, tuple(estimates))


def _chosen(claim: Claim, outcomes: Outcomes) -> dict[str, list[tuple[Records, ...]]]:
    """The samples of each network the claim speaks of."""
    compared = paired(claim.arms, outcomes)
    named = _named(claim)
    return {network: samples for network, samples in compared.items() if not named or network in named}


def _named(claim: Claim) -> tuple[str, ...]:
    """The networks that a claim speaks of, none if it is all."""
    return claim.only or tuple(claim.printed if claim.holds_if == "near" else ())


def paired(arms: Sequence[str], outcomes: Outcomes) -> dict[str, list[tuple[Records, ...]]]:
    """Per network one sample a seed: the run's records, or those of every arm from that seed.

    Arms are those of a network ("resnet18 small"), which is judged once each network, or whole
    networks, which are judged together under the names of all.
    """
    if not arms:
        return {name: [(records,) for records in seeds] for name, seeds in outcomes.items()}
    if all(arm in outcomes for arm in arms):
        return {" vs ".join(arms): _by_seed([outcomes[arm] for arm in arms])}
    first = f" {arms[0]}"
    networks = [name.removesuffix(first) for name in outcomes if name.endswith(first)]
    found = {network: [outcomes.get(f"{network} {arm}") for arm in arms] for network in networks}
    return {network: _by_seed(held) for network, held in found.items() if all(held)}


def _by_seed(arms: Sequence[Sequence[Records]]) -> list[tuple[Records, ...]]:
    seeds = [{next(iter(one.values())).run.seed: one for one in arm} for arm in arms]
    return [tuple(arm[seed] for arm in seeds) for seed in seeds[0] if all(seed in a for a in seeds)]


def estimate(measured: Quantity, network: str, samples: Sequence[tuple[Records, ...]]) -> Estimate:
    """Mean of a quantity over seeds, with Student's 95 % interval where there are two or more.

    A published network is the same from every seed: its interval is that over its images.
    Raises Undefined if the quantity has no value for one of them, or there is no common seed.
    """
    if not samples:
        raise Undefined("no seed was run in every arm")
    values = [float(measured.function(*sample)) for sample in samples]
    mean, n = float(np.mean(values)), len(values)
    published = all(record.run.published for held in samples[0] for record in held.values())
    interval = interval_of_mean(values) if n > 1 else None
    if published and measured.interval:
        interval = measured.interval(*samples[0])
    return Estimate(network, mean, n, interval, measured.exact, published)


def _word(answers: Sequence[bool | None]) -> Word:
    if all(answers):
        return "reproduced"
    return "not reproduced" if all(answer is False for answer in answers) else "partly"


def _why(answers: Sequence[bool | None], estimates: Sequence[Estimate]) -> str:
    """In words: for which networks it holds, fails, or is left open."""
    said = []
    for words, wanted in (("holds", True), ("fails", False), ("open", None)):
        names = [e.network for e, a in zip(estimates, answers, strict=True) if a is wanted]
        if names:
            said.append(f"{words}: {', '.join(names)}")
    bare = [one for one in estimates if one.n == 1 and not one.exact and one.interval is None]
    if None in answers and bare:
        said.append(
            "one network without an interval leaves a claim that holds open"
            if bare[0].published
            else "of a single seed only a clear failure counts"
        )
    return "; ".join(said)
