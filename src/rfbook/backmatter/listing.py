"""All claims, one line each: the verdict, its test, and what decided it beside what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rfbook.backmatter.claims import BEYOND, PAPERS, UNTESTED
from rfbook.claims.amounts import quoted
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.architecture import titled
from rfbook.pages import sources
from rfbook.pages.addresses import CLAIMS, page_address
from rfbook.pages.tables.standard import WORDS, condition, deciding

NUMBERS = "book/index-of-numbers"
"""The page that leads from claims and printed numbers to records."""

COLUMNS = ("verdict", "claim", "what it says", "test", "ours", "printed")


@dataclass(frozen=True)
class Listing:
    """The claims of a paper, or the book's own ones, as lines with their ids as anchors."""

    verdicts: Sequence[Verdict]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
        body = "".join(map(_line, self.verdicts))
        return (
            f'<div class="rf-claims"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )


def of_paper(verdicts: Iterable[Verdict], paper: str) -> Listing:
    """What the paper says, without our own questions about it; of `BEYOND` all of these."""
    return Listing([
        verdict for verdict in verdicts
        if verdict.claim.own == (paper == BEYOND) and paper in (BEYOND, verdict.claim.paper)
    ])  # fmt: skip


def _line(verdict: Verdict) -> str:
    claim, estimate = verdict.claim, deciding(verdict) if verdict.estimates else None
    paper = PAPERS[BEYOND] if claim.own else PAPERS[claim.paper]
    data = {"verdict": verdict.told, "paper": paper, "page": claim.page}
    told = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    sign = f'<span class="rf-{verdict.word.replace(" ", "-")}">{WORDS[verdict.word]}</span>'
    cells = [
        f"{sign} {verdict.told}",
        _id(claim),
        escape(claim.says),
        escape(condition(claim) if claim.quantity else ""),
        _ours(verdict, estimate),
        _printed(claim, estimate),
    ]
    labelled = zip(COLUMNS, cells, strict=True)
    body = "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in labelled)
    return f'<tr id="{escape(claim.id)}" {told}>{body}</tr>'


def _id(claim: Claim) -> str:
    """The id, as a link to the claim on the page that tests it."""
    if claim.page not in sources.pages(sources.repository()):
        return escape(claim.id)
    return _link(f"{page_address(claim.page, CLAIMS)}#{claim.id}", claim.id)


def _ours(verdict: Verdict, estimate: Estimate | None) -> str:
    """The number that decides, as a link to the records behind it; or why there is none."""
    if estimate is None:
        return escape(f"{verdict.told}: {titled(verdict.why)}" if verdict.word == UNTESTED else "")
    count = len(verdict.estimates)
    others = f", of {count}" if count > 1 else ""
    records = f"{page_address(NUMBERS, CLAIMS)}#{verdict.claim.id}"
    return _link(records, f"{estimate.sure}: {titled(estimate.network)}{others}")


def _printed(claim: Claim, estimate: Estimate | None) -> str:
    """The paper's number for the network that decides; without one all that it prints."""
    if estimate is not None:
        return quoted(claim.printed[estimate.network]) if estimate.network in claim.printed else ""
    return escape(", ".join(quoted(value) for value in claim.printed.values()))


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'
