"""What is left of the verdicts when all their tests are taken together: Holm's correction.

A verdict asks whether a 95 % interval lies on one side of a margin, which is a test at 5 %. Of hundreds
of such tests some find what is not there. After Holm's correction, of all tests together, the chance of
a single false finding is 5 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict, Word, word_of
from rfbook.statistics.significance import ALPHA, holm


def is_test(estimate: Estimate) -> bool:
    """Whether an estimate has an interval over seeds or images, and so a test."""
    return estimate.interval is not None and not (estimate.exact or estimate.borrowed)


def p_value(estimate: Estimate, claim: Claim) -> float:
    """Two-sided p of the hypothesis that the number lies at the nearest margin of its claim.

    Below .05 just where the whole interval is on one side. Over seeds it is that of Student's t; of an
    interval over images, of which only the ends are kept, that of a normal number. Where all seeds are
    alike it is 0, or 1 at the margin itself.
    """
    from scipy.stats import norm, t

    distance = min(abs(estimate.mean - edge) for edge in _edges(estimate, claim))
    # An end that was cut at what is possible is nearer than the other.
    half = max(estimate.mean - estimate.interval[0], estimate.interval[1] - estimate.mean)
    if half == 0:
        return float(distance == 0)
    law = t(estimate.n - 1) if estimate.n > 1 else norm()
    return float(2 * law.sf(distance / half * law.ppf(1 - ALPHA / 2)))


def _edges(estimate: Estimate, claim: Claim) -> tuple[float, ...]:
    margin = float(claim.margin)
    if claim.holds_if == "within":
        return -margin, margin
    if claim.holds_if == "near":
        printed = claim.printed.get(estimate.network, np.inf)
        return printed - margin, printed + margin
    return (margin,)


def all_tests(verdicts: Iterable[Verdict]) -> list[tuple[Verdict, Estimate]]:
    """Every test behind the verdicts: one a claim and network, without those of identities."""
    asked = (verdict for verdict in verdicts if not verdict.claim.identity)
    return [
        (verdict, estimate) for verdict in asked for estimate in verdict.estimates if is_test(estimate)
    ]


def after_holm(verdicts: Sequence[Verdict]) -> dict[str, Word]:
    """Claim -> its word if all tests are corrected together; only claims with a test are in it.

    A network whose test is not significant any more is left open. What has no test stays as it is.
    """
    every = all_tests(verdicts)
    adjusted = holm(np.array([p_value(estimate, verdict.claim) for verdict, estimate in every]))
    lost = {
        (verdict.claim.id, estimate.network)
        for (verdict, estimate), p in zip(every, adjusted, strict=True) if p >= ALPHA
    }  # fmt: skip
    return {
        verdict.claim.id: word_of([
            None if (verdict.claim.id, estimate.network) in lost else estimate.holds(verdict.claim)
            for estimate in verdict.estimates
        ])
        for verdict in verdicts if all_tests([verdict])
    }  # fmt: skip
