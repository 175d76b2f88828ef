"""What compares the arms of an experiment, as a table of the paper: its ratios beside ours."""

from __future__ import annotations

from collections.abc import Mapping

from rfbook.claims.amounts import quoted
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import estimate, paired
from rfbook.experiments.architecture import titled
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
    samples = {name: [outcome.records for outcome in seeds] for name, seeds in by_network(able).items()}
    samples = paired(claim.arms, samples)
    return Estimates(estimate(claim.measured, name, seeds) for name, seeds in samples.items())


def ratios(page: Page, sets: Mapping[str, Headed], caption: str) -> Table:
    """One row a network and data set, as in Size Matters, Table 1: n, original, and ours with interval.

    sets: data set -> heading -> claim.
    """
    headings = list(next(iter(sets.values())))
    parts = ("original", "ours")
    columns = ["network", "data", "n", *(f"{head}, {part}" for head in headings for part in parts)]
    rows = [row for data, claims in sets.items() for row in _rows(page, data, claims)]
    unit = next(iter(sets.values()))[headings[0]].measured.unit
    return Table(f"{caption} ({unit}, with 95 % intervals; {page.badge()})", columns, rows)


def _rows(page: Page, data: str, claims: Headed) -> list[list[str]]:
    columns = {heading: estimates(page, claim) for heading, claim in claims.items()}
    printed = [name for claim in claims.values() for name in claim.printed]
    named = [*printed, *(estimate.network for estimates in columns.values() for estimate in estimates)]
    return [
        [titled(name), data, _count(name, columns)]
        + [cell for head, claim in claims.items() for cell in _cells(name, claim, columns[head])]
        for name in dict.fromkeys(named)
    ]


def _count(name: str, columns: Mapping[str, Estimates]) -> str:
    counts = dict.fromkeys(
        str(estimates[name].n) if name in estimates else "0" for estimates in columns.values()
    )
    return ", ".join(counts)


def _cells(name: str, claim: Claim, estimates: Estimates) -> list[str]:
    original = quoted(claim.printed.get(name))
    if name not in estimates:
        return [original, NOT_RUN]
    return [original, f"{estimates[name].value} ({estimates[name].around})"]
