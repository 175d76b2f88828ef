"""Verdicts: what records say of a claim.

A claim names a quantity, a comparison and a margin that was fixed before the runs. It is judged per
network: over its seeds, by whether the whole 95 % interval of the mean is on the claim's side. One seed
has no interval and decides nothing, unless it is a run at tier `paper` that borrows one (`borrowed`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rfbook.claims.amounts import Amount, common_decimals, off_zero
from rfbook.claims.borrowed import BORROWED, TIER, guard, lent
from rfbook.claims.claim import Claim
from rfbook.claims.quantities.others import Evidence, Outside
from rfbook.claims.quantities.quantity import Quantity, values_of
from rfbook.claims.regime import in_regime, require_regime
from rfbook.experiments.architecture import titled
from rfbook.records.record import Records
from rfbook.statistics.intervals import interval_of_mean, student
from rfbook.statistics.pooled import Pooled
from rfbook.statistics.undefined import Undefined

Word = Literal["reproduced", "partly", "not reproduced", "open", "not tested"]
Outcomes = Mapping[str, Sequence[Records | Outside]]
"""The records of each network's runs, one a seed; or what others say of it, in place of a single run.

A network run in several arms is "network arm".
"""
Sample = tuple[Records | Outside, ...]
"""What one value of a quantity is computed from: the records of a run, or of every arm from one seed."""

MOST_SEEDS = 50
"""Up to how many seeds it is said that they would decide a claim: nobody trains more of one network."""

COMPARISONS: dict[str, Callable[[float, float, float | None], bool]] = {
    "below": lambda value, margin, printed: value < margin,
    "above": lambda value, margin, printed: value > margin,
    "near": lambda value, margin, printed: printed is not None and abs(value - printed) <= margin,
    "within": lambda value, margin, printed: abs(value) < margin,
}


@dataclass(frozen=True)
class Estimate:
    """A quantity for one network: mean over n seeds with a 95 % interval; `str` shows mean and unit.

    Where n is 1 there is none, except over the images of a published network, which has no seeds.
    decimals: those of the mean and its interval; None for as many as the interval leaves a meaning.
    borrowed: its interval is that of one run, by the spread of thin networks.
    deviation: the standard deviation over the seeds; None where the interval is not over seeds.
    """

    network: str
    mean: float
    n: int
    interval: tuple[float, float] | None
    exact: bool
    published: bool = False
    unit: str = ""
    decimals: int | None = None
    borrowed: bool = False
    deviation: float | None = None

    def __str__(self) -> str:
        return self.value.full

    @property
    def value(self) -> Amount:
        """The mean as it is written."""
        return self._written(self.mean)

    @property
    def name(self) -> str:
        """The network as the papers write it."""
        return titled(self.network)

    @property
    def around(self) -> str:
        """The interval, "2.8 to 4.0", or why there is none."""
        if self.exact:
            return "exact"
        if self.interval is None:
            return "no seeds, no interval" if self.published else "one seed, no interval"
        alike = "all images alike" if self.published else "all seeds alike"
        ends = f"{self.low} to {self.high}" if self.low < self.high else alike
        return f"{ends}; {BORROWED}" if self.borrowed else ends

    @property
    def low(self) -> Amount:
        """The lower end of the interval as it is written; the mean where there is none."""
        return off_zero(self._written(self.interval[0])) if self.interval else self.value

    @property
    def high(self) -> Amount:
        """The upper end."""
        return off_zero(self._written(self.interval[1])) if self.interval else self.value

    @property
    def sure(self) -> str:
        """The mean and how sure it is: "3.4 points (2.8 to 4.0)"."""
        return f"{self} ({self.around})"

    def _written(self, value: float) -> Amount:
        own = common_decimals(self.unit, [self.mean], [self.interval] if self.interval else [])
        return Amount(value, self.unit, own if self.decimals is None else self.decimals)

    @property
    def bare(self) -> bool:
        """Whether it is a single number of which nobody knows how far it may be off."""
        return self.interval is None and not self.exact

    def holds(self, claim: Claim) -> bool | None:
        """True or False where the whole interval says so, None where it reaches across or is missing."""
        if self.bare:
            return None
        low, high = (self.mean, self.mean) if self.exact else self.interval
        # Near and within may fail at both ends of a wide interval and yet hold inside it.
        aim = 0.0 if claim.holds_if == "within" else claim.printed.get(self.network)
        inside = low if aim is None else min(max(aim, low), high)
        answers = {self._agrees(claim, value) for value in (low, inside, high)}
        return answers.pop() if len(answers) == 1 else None

    def seeds_to_decide(self, claim: Claim) -> int | None:
        """How many seeds would decide what these leave open, if mean and deviation stayed as they are.

        None where it is decided, where the interval is not over seeds, and where `MOST_SEEDS` do not.
        """
        if self.deviation is None or self.holds(claim) is not None:
            return None
        for count in range(self.n + 1, MOST_SEEDS + 1):
            interval = student(self.mean, self.deviation / np.sqrt(count), count)
            if replace(self, n=count, interval=interval).holds(claim) is not None:
                return count
        return None

    def leans(self, claim: Claim) -> bool:
        """Whether the mean alone is on the claim's side."""
        return self._agrees(claim, self.mean)

    def _agrees(self, claim: Claim, value: float) -> bool:
        return COMPARISONS[claim.holds_if](value, claim.margin, claim.printed.get(self.network))


LOOKED = "seeds added after a look"
"""What is said of a decided claim whose first seeds had left it open."""

OWN = {"reproduced": "holds", "partly": "holds in part", "not reproduced": "fails"}
"""What is said of a question that no paper asks: only papers are reproduced."""


@dataclass(frozen=True)
class Verdict:
    """What the records say of a claim, and from which estimates."""

    claim: Claim
    word: Word
    why: str
    estimates: tuple[Estimate, ...] = ()

    @property
    def borrowed(self) -> bool:
        """Whether it rests on the interval of one run: such verdicts are counted apart."""
        return any(estimate.borrowed for estimate in self.estimates)

    @property
    def told(self) -> str:
        """Its word for a reader, with what makes it worth less than another such word."""
        word = OWN.get(self.word, self.word) if self.claim.own else self.word
        looked = self.claim.looked and self.word in OWN
        notes = [note for note, said in ((BORROWED, self.borrowed), (LOOKED, looked)) if said]
        return f"{word} ({'; '.join(notes)})" if notes else word

    def networks(self, answer: bool | None) -> list[str]:
        """The names of those for which it holds (True), fails (False) or stays open (None)."""
        return [one.name for one in self.estimates if one.holds(self.claim) is answer]


def judge(claim: Claim, outcomes: Outcomes, tier: str, thin: Outcomes | None = None) -> Verdict:
    """The verdict from the records of each network's seeds.

    thin: what the claim's networks did at tier `thin`; one run at tier `paper` borrows their spread.

    A network for which the quantity is undefined, or that is not trained as far as the claim's regime
    asks, has no say; the reason is part of the verdict's.
    """
    reason = claim.untested or claim.untested_at.get(tier, "")
    chosen = {} if reason else _chosen(claim, outcomes)
    if not chosen:
        return Verdict(claim, "not tested", reason or _unrun(claim, outcomes))
    estimates, undefined = [], {}
    spread = _lent(claim, thin or {}) if tier == TIER else None
    for network, samples in chosen.items():
        try:
            require_regime(claim.regime, samples)
            estimates.append(estimate(claim.measured, network, samples, spread))
        except Undefined as error:
            undefined[network] = str(error)
    without = [f"{network}: {reason}" for network, reason in undefined.items()]
    if not estimates:
        return Verdict(claim, "not tested", "; ".join(without))
    absent = [network for network in named(claim) if network not in chosen]
    missing = [f"not run: {', '.join(absent)}"] if absent else []
    why = "; ".join([_why(claim, estimates), *without, *missing])
    answers = [estimate.holds(claim) for estimate in estimates]
    return Verdict(claim, word_of(answers), why, tuple(estimates))


def _chosen(claim: Claim, outcomes: Outcomes) -> dict[str, list[Sample]]:
    """The samples of each network the claim speaks of."""
    compared = paired(claim.arms, outcomes)
    asked = named(claim)
    return {network: samples for network, samples in compared.items() if not asked or network in asked}


def _lent(claim: Claim, thin: Outcomes) -> Pooled:
    """The spread of the thin networks that the claim speaks of, each as far trained as it asks."""
    able = [estimate for estimate in _chosen(claim, thin).values() if in_regime(claim.regime, estimate)]
    return lent(claim.measured, able)


def _unrun(claim: Claim, outcomes: Outcomes) -> str:
    """Which of the networks or arms that a claim needs are not there."""
    run = {part for name in outcomes for part in (name, name.partition(" ")[2])}
    absent = [name for name in claim.arms or named(claim) if name not in run]
    return f"not run: {', '.join(absent)}" if absent else "no network was run in all that it needs"


def named(claim: Claim) -> tuple[str, ...]:
    """The networks that a claim speaks of, none if it is all."""
    return claim.only or tuple(claim.printed if claim.holds_if == "near" else ())


def paired(arms: Sequence[str], outcomes: Outcomes) -> dict[str, list[Sample]]:
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
    by_arm = {network: [outcomes.get(f"{network} {arm}") for arm in arms] for network in networks}
    return {network: _by_seed(runs) for network, runs in by_arm.items() if all(runs)}


def _by_seed(arms: Sequence[Sequence[Records | Outside]]) -> list[Sample]:
    seeds = [{_seed(records): records for records in arm} for arm in arms]
    return [tuple(arm[seed] for arm in seeds) for seed in seeds[0] if all(seed in a for a in seeds)]


def _seed(records: Records | Outside) -> int:
    """The seed of the run; what others say is of one network each, as from the first seed."""
    first = next(iter(records.values()))
    return 0 if isinstance(first, Evidence) else first.run.seed


def _published(records: Records | Outside) -> bool:
    """Whether they are of a published network, which no seed of ours changes."""
    return all(isinstance(part, Evidence) or part.run.published for part in records.values())


def estimate(
    quantity: Quantity, network: str, samples: Sequence[Sample], spread: Pooled | None = None
) -> Estimate:
    """Mean of a quantity over seeds, with Student's 95 % interval where there are two or more.

    A published network is the same from every seed: its interval is that over its images. spread: what
    the interval of a single run borrows. Of any interval only what is possible is kept
    (`Quantity.within`).
    Raises Undefined if the quantity has no finite value for one of them, if it counts too few images
    (`require_enough`), or there is no common seed.
    """
    if not samples:
        raise Undefined("no seed was run in every arm")
    values = values_of(quantity, samples)
    mean, n = float(np.mean(values)), len(values)
    published = all(_published(records) for records in samples[0])
    interval = interval_of_mean(values) if n > 1 else None
    deviation = float(np.std(values, ddof=1)) if n > 1 else None
    if spread and n == 1 and not (published or quantity.exact):
        interval = spread.around(mean, guard(quantity))
    borrowed = n == 1 and interval is not None
    if published and quantity.interval:
        interval = quantity.interval(*samples[0])
    if not np.isfinite([mean, *(interval or ())]).all():
        raise Undefined("it has no finite value or interval on so few images")
    possible = interval and quantity.within(mean, interval)
    return Estimate(
        network, mean, n, possible, quantity.exact, published, quantity.unit,
        borrowed=borrowed, deviation=deviation,
    )  # fmt: skip


def word_of(answers: Sequence[bool | None]) -> Word:
    """Partly needs a network that supports the claim: to fail for some and hold for none is to fail."""
    if True in answers:
        return "reproduced" if all(answers) else "partly"
    return "not reproduced" if False in answers else "open"


def _why(claim: Claim, estimates: Sequence[Estimate]) -> str:
    """In words: for which networks it holds, fails, or is left open, and where single runs stand."""
    bare = [estimate for estimate in estimates if estimate.bare]
    borrowed = [estimate for estimate in estimates if estimate.borrowed]
    reasons = _decided(
        claim, [estimate for estimate in estimates if not (estimate.bare or estimate.borrowed)]
    )
    if borrowed:
        reasons.append(f"{BORROWED}; {', '.join(_decided(claim, borrowed))}")
    if bare:
        published = any(estimate.published for estimate in bare)
        alone = "a published network without an interval" if published else "a single seed"
        leaning = [(estimate.leans(claim), estimate.network) for estimate in bare]
        sides = _grouped(leaning, {True: "for the claim", False: "against it"})
        reasons.append(f"{alone} decides nothing; {', '.join(sides)}")
    return "; ".join(reasons)


def _decided(claim: Claim, estimates: Sequence[Estimate]) -> list[str]:
    """For which networks it holds, fails, or is left open."""
    answers = [(estimate.holds(claim), estimate.network) for estimate in estimates]
    return _grouped(answers, {True: "holds", False: "fails", None: "open"})


def _grouped(answers: Sequence[tuple[bool | None, str]], words: Mapping[bool | None, str]) -> list[str]:
    """The networks of each answer behind its word."""
    names = {answer: [name for given, name in answers if given is answer] for answer in words}
    return [f"{word}: {', '.join(names[answer])}" for answer, word in words.items() if names[answer]]
