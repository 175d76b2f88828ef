"""What compares the arms of an experiment, as a table of the paper: its ratios beside ours."""

from __future__ import annotations

from collections.abc import Mapping

from rfbook.claims.amounts import quoted
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import estimate, paired
from rfbook.pages.estimates import Estimates
from rfbook.pages.outcomes import by_network
from rfbook.pages.page import Page
from rfbook.pages.tables.standard import Table

NOT_RUN = "not run"
Headed = Mapping[str, Claim]
"""What was done to the images -> the claim that compares these arms and holds the printed numbers."""


def estimates(page: Page, claim: Claim) -> Estimates:
    """What a claim compares, for every network that was run in its arms, judged at this tier or not."""
    needed = set(claim.measured.measures)
    able = [outcome for outcome in page.outcomes if needed <= outcome.records.keys()]
    held = {name: [one.records for one in seeds] for name, seeds in by_network(able).items()}
    samples = paired(claim.arms, held)
    return Estimates(estimate(claim.measured, name, seeds) for name, seeds in samples.items())


def ratios(page: Page, sets: Mapping[str, Headed], caption: str) -> Table:
    """One row a network and data set, as in Size Matters, Table 1: original, ours, n and interval.

    sets: data set -> heading -> claim.
    """
    headings = list(next(iter(sets.values())))
    parts = ("original", "ours", "n", "95 % interval")
    columns = ["network", "data", *(f"{head}, {part}" for head in headings for part in parts)]
    rows = [row for data, claims in sets.items() for row in _rows(page, data, claims)]
    unit = next(iter(sets.values()))[headings[0]].measured.unit
    return Table(f"{caption} ({unit}; {page.scaled()})", columns, rows)


def _rows(page: Page, data: str, claims: Headed) -> list[list[str]]:
    found = {heading: estimates(page, claim) for heading, claim in claims.items()}
    printed = [name for claim in claims.values() for name in claim.printed]
    named = [*printed, *(one.network for held in found.values() for one in held)]
    return [
        [name, data]
        + [cell for head, claim in claims.items() for cell in _cells(name, claim, found[head])]
        for name in dict.fromkeys(named)
    ]


def _cells(name: str, claim: Claim, held: Estimates) -> list[str]:
    original = quoted(claim.printed.get(name))
    if name not in held:
        return [original, NOT_RUN, "0", ""]
    one = held[name]
    return [original, str(one.value), str(one.n), one.around]
