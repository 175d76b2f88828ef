"""When the test of a claim was fixed: before its first record, in between, or after the last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from rfbook.claims.claim import Claim

When = Literal["before", "between", "after"]
WHEN: dict[When, str] = {
    "before": "before the first record", "between": "between the first and the last",
    "after": "after the last",
}  # fmt: skip
"""In words."""


def when(claim: Claim, made: Iterable[Mapping[str, Any]]) -> When | None:
    """When the claim's comparison was fixed, by the records behind it.

    made: their provenance. Before is before any of the trainings began: nothing could be known of them.
    After is when the last measurement was there. None for a claim without a test of its own, and where
    no record stands behind it.
    """
    times = [_known(provenance) for provenance in made]
    if claim.fixed is None or not times:
        return None
    begun, measured = zip(*times, strict=True)
    if claim.fixed < min(begun):
        return "before"
    return "after" if claim.fixed > max(measured) else "between"


def _known(made: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """When the weights began to be trained, and when they were measured; random ones are not trained."""
    measured = datetime.fromisoformat(made["measuring"]["made"])
    sessions = made["training"]["sessions"]
    begun = datetime.fromisoformat(sessions[0]["made"]) if sessions else measured
    return begun, measured
