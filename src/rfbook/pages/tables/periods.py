"""Tables of the pattern in effective fields by its period (Dead Pixel, 4)."""

from __future__ import annotations

from rfbook.claims.amounts import quoted
from rfbook.claims.quantities.fields import RANGES, WAVES
from rfbook.claims.verdicts import Verdict, judge
from rfbook.pages.estimates import Estimates
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.tables.standard import WORDS, Table

OWN = {name: period for period, name in RANGES.items()} | {"odd_minus_even": 2}
"""Quantity -> the period of the pattern that it measures."""


def periods(page: Page) -> Table:
    """One row a network: range of the classes and wave of each period in R_xy of the output.

    Each with its 95 % interval over seeds, where there are two or more.
    """
    able = _with_fields(page)
    columns = page.each(*RANGES.values(), *WAVES.values(), outcomes=able)
    rows = [
        [network, str(len(seeds)), *(_around(column, network) for column in columns)]
        for network, seeds in by_network(able).items()
    ]
    heads = ("network", "n", *(f"classes mod {p}" for p in RANGES), *(f"wave of {p}" for p in WAVES))
    caption = f"% of the mean, 95 % intervals over seeds; {page.only(able).badge()}"
    return Table(f"Range of the classes and wave of each period ({caption})", heads, rows)


def _with_fields(page: Page) -> list[Outcome]:
    return [outcome for outcome in page.outcomes if "effective_field" in outcome.records]


def _around(estimates: Estimates, network: str) -> str:
    if network in estimates.undefined:
        return estimates.undefined[network]
    estimate = estimates[network]
    return f"{estimate.value} ({estimate.around})" if estimate.interval else str(estimate.value)


def judged_by_period(page: Page, claim: str) -> dict[int, Verdict]:
    """Period -> what a claim on a pattern would come to with the range of the classes of that period.

    At its own period it is judged by its own quantity. The comparison and the margin stay. Raises
    LookupError if the page has no such claim.
    """
    stated = {registered.id: registered for registered in page.claims()}[claim]
    samples = {n: [o.records for o in seeds] for n, seeds in by_network(_with_fields(page)).items()}
    return {
        period: judge(
            stated if OWN[str(stated.quantity)] == period
            else stated.model_copy(update={"quantity": quantity}),
            samples, page.tier,
        )
        for period, quantity in RANGES.items()
    }  # fmt: skip


def by_period(page: Page, *claims: str) -> Table:
    """One row a claim on a pattern: its verdict at each period, and the numbers that it rests on.

    The one that counts is that of the claim's own period; the others are for the reader.
    """
    rows = []
    for claim, verdicts in ((name, judged_by_period(page, name)) for name in claims):
        stated = next(registered for registered in page.claims() if registered.id == claim)
        decides = f"{stated.holds_if} {quoted(stated.margin)} %, mod {OWN[str(stated.quantity)]}"
        rows.append([claim, decides, *(_verdict(estimates) for estimates in verdicts.values())])
    columns = ("claim", "what decides", *(f"mod {period}" for period in RANGES))
    return Table("The claims by the classes of each period (% of the mean)", columns, rows)


def _verdict(verdict: Verdict) -> str:
    ranges = ", ".join(
        f"{estimate.value} in {estimate.network}" for estimate in Estimates(verdict.estimates)
    )
    return f"{WORDS[verdict.word]} {verdict.word}" + (f": {ranges}" if ranges else "")
