"""All claims of a paper as a table, and those that were not tested with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rfbook.ledger.claims import Claim, read_claims
from rfbook.ledger.verdicts import Verdict
from rfbook.pages import sources
from rfbook.pages.census import Asked, by_page, link, opened
from rfbook.pages.tables import WORDS, Table, _test, number

PAPERS = {"size-matters": "Size Matters", "dead-pixel": "Dead Pixel"}
UNTESTED = "not tested"
NO_RECORDS = "its records are not there yet"
NO_PAGE = "its page is not written yet"


def complete(verdicts: Iterable[Verdict], otherwise: str = NO_PAGE) -> list[Verdict]:
    """A verdict on every claim in `claims/`: one that no page has judged is not tested, and why."""
    judged = {verdict.claim.id: verdict for verdict in verdicts}
    return [
        judged.get(claim.id) or Verdict(claim, UNTESTED, claim.untested or otherwise)
        for claim in read_claims(sources.repository() / "claims")
    ]


def from_records(asked: Sequence[Asked]) -> list[Verdict]:
    """A verdict on every claim, from the pages whose records are all there; nothing is made."""
    pages = [page for page in map(opened, by_page(asked).values()) if page is not None]
    return complete([verdict for page in pages for verdict in page.verdicts()], NO_RECORDS)


def of_paper(verdicts: Iterable[Verdict], paper: str) -> Table:
    """One row a claim of the paper: where, what, the test, what is printed, and the verdict."""
    rows = [
        [
            verdict.claim.id, verdict.claim.where, verdict.claim.says, _test(verdict.claim),
            _printed(verdict.claim), f"{WORDS[verdict.word]} {verdict.word}: {verdict.why}",
            _page(verdict.claim),
        ]
        for verdict in verdicts if verdict.claim.paper == paper
    ]  # fmt: skip
    columns = ("claim", "where", "what it says", "holds if", "printed", "verdict", "page")
    return Table(f"Claims of {PAPERS[paper]}", columns, rows)


def _printed(claim: Claim) -> str:
    return ", ".join(f"{name} {number(value)}" for name, value in claim.printed.items())


def _page(claim: Claim) -> str | tuple[str, str]:
    written = claim.page in sources.pages(sources.repository())
    return link(claim.page) if written else claim.page


def untested(verdicts: Iterable[Verdict]) -> Table:
    """One row a reason for which claims were not tested, with these claims."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.word == UNTESTED:
            reasons[verdict.why].append(verdict.claim.id)
    rows = [[why, str(len(ids)), ", ".join(ids)] for why, ids in reasons.items()]
    return Table("Not tested", ("reason", "claims", "which"), rows or [["none", "0", ""]])
