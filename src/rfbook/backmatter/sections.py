"""The sections of both papers, in our words, and which of them a claim belongs to."""

from __future__ import annotations

import re

from rfbook.claims.claim import Claim

TOPICS: dict[str, dict[str, str]] = {
    "size-matters": {
        "2.2": "probes",
        "2.3": "saturation",
        "2.4": "fields",
        "2.6": "training",
        "3.1": "size or detail",
        "3.2": "input size",
        "3.3": "object size",
        "3.4": "border layer",
        "3.5": "residual nets",
        "B": "methods",
        "C": "input size, more",
        "D": "object size, more",
        "E": "border, skips",
        "F": "positions",
    },
    "dead-pixel": {
        "1": "introduction",
        "2": "effective fields",
        "3": "size, accuracy",
        "4": "checkerboard",
        "5": "what follows",
    },
}
"""Paper -> section, or appendix by its letter -> what it is about."""

PLACE = re.compile(r"(?:abstract and |appendix )?(?P<section>[A-F](?=\b)|\d(?:\.\d)?)")
"""The place that a claim names first."""


def section(claim: Claim) -> str:
    """The section in which a claim stands first: "3.4", or the letter of an appendix.

    Raises ValueError for a place that names none.
    """
    match = PLACE.match(claim.where)
    if not match:
        raise ValueError(f"claim {claim.id}: {claim.where!r} begins with no section of a paper")
    return match["section"]


def topic(paper: str, name: str) -> str:
    """What a section is about, empty if nothing is said of it."""
    return TOPICS.get(paper, {}).get(name, "")
