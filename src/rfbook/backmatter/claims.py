"""The verdict on every claim; of one that was not tested, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rfbook.backmatter.summary import Summary
from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.verdicts import Verdict
from rfbook.pages import sources

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
