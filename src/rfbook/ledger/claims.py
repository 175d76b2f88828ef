"""Claims of the papers as data, and the verdicts that records give on them.

A claim names a quantity, a comparison and a margin that was fixed before the runs. It is judged per
network: over its seeds, by whether the whole 95 % interval of the mean is on the claim's side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from rfbook.ledger.obtain import Records
from rfbook.ledger.quantities import QUANTITIES, Undefined

CLAIMS = Path("claims")
Word = Literal["reproduced", "partly", "not reproduced", "not tested"]
COMPARISONS: dict[str, Callable[[float, float, float | None], bool]] = {
    "below": lambda value, margin, printed: value < margin,
    "above": lambda value, margin, printed: value > margin,
    "near": lambda value, margin, printed: printed is not None and abs(value - printed) <= margin,
}
"""What `holds_if` may say: below or above the margin; at most the margin away from what is printed."""


class ClaimError(Exception):
    """A claims file is not well formed."""


class Claim(BaseModel):
    """One falsifiable statement. printed: the paper's own number for each network, where it has one.

    quantity: a name in `quantities.QUANTITIES`, None for a claim that cannot be tested here.
    untested: why; untested_at: why not at a tier. paper: "size-matters" or "dead-pixel".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    paper: str
    where: str
    says: str
    page: str
    quantity: str | None = None
    holds_if: Literal["below", "above", "near"] | None = None
    margin: float = 0.0
    printed: dict[str, float] = {}
    only: tuple[str, ...] = ()
    untested: str = ""
    untested_at: dict[str, str] = {}


@dataclass(frozen=True)
class Estimate:
    """A quantity for one network: mean over n seeds with a 95 % interval, None where n is 1."""

    network: str
    mean: float
    n: int
    interval: tuple[float, float] | None
    exact: bool

    def holds(self, claim: Claim) -> bool | None:
        """True or False where the seeds agree on it, None where they leave it open."""
        compare = COMPARISONS[claim.holds_if]
        printed = claim.printed.get(self.network)
        low, high = (self.mean,) * 2 if self.exact or self.interval is None else self.interval
        # Near may fail at both ends of a wide interval and yet hold inside it.
        inside = low if printed is None else min(max(printed, low), high)
        answers = {compare(value, claim.margin, printed) for value in (low, inside, high)}
        if len(answers) == 2 or (answers == {True} and self.interval is None and not self.exact):
            return None
        return answers.pop()


@dataclass(frozen=True)
class Verdict:
    """What the records say of a claim, and from which estimates."""

    claim: Claim
    word: Word
    why: str
    estimates: tuple[Estimate, ...] = ()


def read_claims(directory: Path = CLAIMS) -> list[Claim]:
    """Every claim of both papers. Raises ClaimError, naming the row, for an ill-formed one."""
    rows = [row for path in sorted(directory.glob("*.yml")) for row in _rows(path)]
    claims = [_claim(row) for row in rows]
    double = {claim.id for claim in claims if sum(c.id == claim.id for c in claims) > 1}
    if double:
        raise ClaimError(f"claim ids must be unique; twice: {', '.join(sorted(double))}")
    return claims


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        held = yaml.safe_load(path.read_text()) or []
    except yaml.YAMLError as error:
        raise ClaimError(f"{path}: {error}") from error
    wrong = [row for row in held if not isinstance(row, dict)]
    if wrong:
        raise ClaimError(f"{path}: a row is a mapping that begins with `- id:`, not {wrong[0]!r}")
    return [row | {"paper": path.stem.replace("_", "-")} for row in held]


def _claim(row: dict[str, Any]) -> Claim:
    try:
        claim = Claim.model_validate(row)
    except ValidationError as error:
        raise ClaimError(f"claim {row.get('id', '?')}: {error}") from error
    if claim.quantity is None and not claim.untested:
        raise ClaimError(f"claim {claim.id}: name a quantity, or say under `untested` why there is none")
    if claim.quantity is not None and claim.quantity not in QUANTITIES:
        known = ", ".join(QUANTITIES)
        raise ClaimError(f"claim {claim.id}: no quantity {claim.quantity!r}; there are {known}")
    if claim.quantity is not None and claim.holds_if is None:
        raise ClaimError(f"claim {claim.id}: `holds_if` must be one of {', '.join(COMPARISONS)}")
    if claim.holds_if == "near" and not claim.printed:
        raise ClaimError(f"claim {claim.id}: `near` needs the paper's numbers under `printed`")
    return claim


def judge(claim: Claim, outcomes: Mapping[str, Sequence[Records]], tier: str) -> Verdict:
    """The verdict from the records of each network's seeds: network -> one `Records` a seed."""
    reason = claim.untested or claim.untested_at.get(tier, "")
    chosen = {n: s for n, s in outcomes.items() if not claim.only or n in claim.only}
    if claim.holds_if == "near":
        chosen = {network: seeds for network, seeds in chosen.items() if network in claim.printed}
    if reason or not chosen:
        return Verdict(claim, "not tested", reason or "none of its networks was run")
    try:
        estimates = tuple(estimate(claim.quantity, n, seeds) for n, seeds in chosen.items())
    except Undefined as undefined:
        return Verdict(claim, "not tested", str(undefined))
    answers = [one.holds(claim) for one in estimates]
    return Verdict(claim, _word(answers), _why(answers, estimates), estimates)


def estimate(quantity: str, network: str, seeds: Sequence[Records]) -> Estimate:
    """Mean of a quantity over seeds, with Student's 95 % interval where there are two or more."""
    known = QUANTITIES[quantity]
    values = [float(known.function(records)) for records in seeds]
    mean, n = float(np.mean(values)), len(values)
    return Estimate(network, mean, n, _interval(values) if n > 1 else None, known.exact)


def _interval(values: Sequence[float]) -> tuple[float, float]:
    from scipy.stats import t

    half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - half), float(np.mean(values) + half)


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
    alone = None in answers and any(one.n == 1 and not one.exact for one in estimates)
    return "; ".join(said) + ("; a single seed leaves a claim that holds open" if alone else "")
