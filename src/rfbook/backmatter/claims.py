"""The verdict on every claim, which were not tested for which reason, and what those lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rfbook.backmatter.summary import Summary
from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.verdicts import Verdict, named
from rfbook.experiments.spec import NETWORKS
from rfbook.pages import sources
from rfbook.pages.page import Page
from rfbook.pages.tables.standard import Table, command

BEYOND = "together"
"""The file of claims that stand in neither paper."""

PAPERS = {
    "size-matters": "Size Matters", "dead-pixel": "Dead Pixel",
    BEYOND: "both papers together, which neither of them makes",
}  # fmt: skip
UNTESTED = "not tested"
NO_RECORDS = "its records are not there yet"
NO_PAGE = "its page is not written yet"


def verdicts(pages: Mapping[str, Summary | None]) -> list[Verdict]:
    """A verdict on every claim in `claims/`, from the summaries of `census.opened`.

    No record is made for it: a claim whose page is not written, or has not all its records, is not
    tested.
    """
    able = [page for page in pages.values() if page is not None]
    judged = {verdict.claim.id: verdict for page in able for verdict in page.verdicts}
    root = sources.repository()
    written = [*sources.pages(root), *sources.planned(root)]
    return [
        judged.get(claim.id) or Verdict(claim, UNTESTED, _reason(claim, written))
        for claim in read_claims(sources.repository() / "claims")
    ]


def _reason(claim: Claim, written: Sequence[str]) -> str:
    return claim.untested or (NO_RECORDS if claim.page in written else NO_PAGE)


def untested(judged: Iterable[Verdict]) -> Table:
    """One row a reason for which claims were not tested, with these claims."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for verdict in judged:
        if verdict.word == UNTESTED:
            reasons[verdict.why].append(verdict.claim.id)
    rows = [[why, str(len(ids)), ", ".join(ids)] for why, ids in reasons.items()]
    return Table("Not tested", ("reason", "claims", "which"), rows or [["none", "0", ""]])


def not_run(page: Page) -> Table:
    """One row a network that claims of the page speak of and that was not run: which claims, and how."""
    needs: dict[str, list[str]] = {}
    for claim in page.claims():
        if not claim.untested and page.tier not in claim.untested_at:
            for network in _lacking(page, claim):
                needs.setdefault(network, []).append(claim.id)
    asked = page.values["models"]
    rows = [
        [network, ", ".join(claims), command(page, {"models": " ".join([*asked, network])})]
        for network, claims in needs.items()
    ]
    columns = ("network", "claims", "command")
    return Table("Networks that were not run", columns, rows or [["none", "", ""]])


def _lacking(page: Page, claim: Claim) -> list[str]:
    """The networks without the claim's records among those it names; arms of one are no networks."""
    needed = set(claim.measured.measures)
    held = {one.label for one in page.outcomes if needed <= one.records.keys()}
    asked = claim.arms or named(claim)
    bases = [label.partition(" ")[0].partition("-")[0] for label in asked if label not in held]
    return [name for name in dict.fromkeys(bases) if name in NETWORKS]
