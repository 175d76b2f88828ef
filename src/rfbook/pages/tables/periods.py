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
        [network, str(len(seeds)), *(_around(found, network) for found in columns)]
        for network, seeds in by_network(able).items()
    ]
    heads = ("network", "n", *(f"classes mod {p}" for p in RANGES), *(f"wave of {p}" for p in WAVES))
    said = f"% of the mean, 95 % intervals over seeds; {page.only(able).scaled()}"
    return Table(f"Range of the classes and wave of each period ({said})", heads, rows)


def _with_fields(page: Page) -> list[Outcome]:
    return [one for one in page.outcomes if "effective_field" in one.records]


def _around(found: Estimates, network: str) -> str:
    if network in found.undefined:
        return found.undefined[network]
    one = found[network]
    return f"{one.value} ({one.around})" if one.interval else str(one.value)


def judged_by_period(page: Page, claim: str) -> dict[int, Verdict]:
    """Period -> what a claim on a pattern would come to with the range of the classes of that period.

    At its own period it is judged by its own quantity. The comparison and the margin stay. Raises
    LookupError if the page has no such claim.
    """
    stated = {one.id: one for one in page.claims()}[claim]
    held = {n: [o.records for o in seeds] for n, seeds in by_network(_with_fields(page)).items()}
    return {
        period: judge(
            stated if OWN[str(stated.quantity)] == period
            else stated.model_copy(update={"quantity": quantity}),
            held, page.tier,
        )
        for period, quantity in RANGES.items()
    }  # fmt: skip


def by_period(page: Page, *claims: str) -> Table:
    """One row a claim on a pattern: its verdict at each period, and the numbers that it rests on.

    The one that counts is that of the claim's own period; the others are for the reader.
    """
    rows = []
    for claim, found in ((name, judged_by_period(page, name)) for name in claims):
        stated = next(one for one in page.claims() if one.id == claim)
        decides = f"{stated.holds_if} {quoted(stated.margin)} %, mod {OWN[str(stated.quantity)]}"
        rows.append([claim, decides, *(_verdict(one) for one in found.values())])
    columns = ("claim", "what decides", *(f"mod {period}" for period in RANGES))
    return Table("The claims by the classes of each period (% of the mean)", columns, rows)


def _verdict(verdict: Verdict) -> str:
    ranges = ", ".join(f"{one.value} in {one.network}" for one in Estimates(verdict.estimates))
    return f"{WORDS[verdict.word]} {verdict.word}" + (f": {ranges}" if ranges else "")
