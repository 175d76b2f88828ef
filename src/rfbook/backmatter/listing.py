"""All claims, one line each: the verdict, what decided it beside what is printed, the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rfbook.backmatter.claims import BEYOND, PAPERS
from rfbook.claims.amounts import quoted
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.architecture import titled
from rfbook.pages import sources
from rfbook.pages.addresses import CLAIMS, page_address
from rfbook.pages.estimates import Estimates
from rfbook.pages.tables.standard import WORDS, condition, deciding, turning

NUMBERS = "book/index-of-numbers"
"""The page that leads from claims and printed numbers to records."""

COLUMNS = ("verdict", "claim", "what it says", "ours", "printed")


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
    name = escape(claim.id)
    cells = [
        f"{sign} {verdict.told}",
        f'<a href="#{name}">{name}</a>',
        f"<details><summary>{escape(claim.says)}</summary>{_details(verdict)}</details>",
        _ours(estimate, len(verdict.estimates)),
        _printed(claim, estimate),
    ]
    labelled = zip(COLUMNS, cells, strict=True)
    body = "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in labelled)
    return f'<tr id="{name}" {told}>{body}</tr>'


def _ours(estimate: Estimate | None, count: int) -> str:
    if estimate is None:
        return ""
    others = f", the least of {count}" if count > 1 else ""
    return escape(f"{estimate.sure}: {titled(estimate.network)}{others}")


def _printed(claim: Claim, estimate: Estimate | None) -> str:
    """The paper's number for the network that decides; without one all that it prints."""
    if estimate is not None:
        return quoted(claim.printed[estimate.network]) if estimate.network in claim.printed else ""
    return escape(", ".join(quoted(value) for value in claim.printed.values()))


def _details(verdict: Verdict) -> str:
    claim = verdict.claim
    written = claim.page in sources.pages(sources.repository())
    there = f"{page_address(claim.page, CLAIMS)}#{claim.id}"
    page = _link(there, claim.page) if written else escape(claim.page)
    records = _link(f"{page_address(NUMBERS, CLAIMS)}#{claim.id}", "its records")
    why = titled(verdict.why)
    said_of_it = [
        claim.where, f"Holds if: {condition(claim)}", f"{why[:1].upper()}{why[1:]}",
        turning(claim, verdict.estimates),
    ]  # fmt: skip
    lines = [f"<p>{escape('. '.join(filter(None, said_of_it)))}. Page: {page}; {records}.</p>"]
    each = [_network(claim, estimate) for estimate in Estimates(verdict.estimates)]
    if each:
        lines.append(f"<ul>{''.join(f'<li>{escape(estimate)}</li>' for estimate in each)}</ul>")
    return "".join(lines)


def _network(claim: Claim, estimate: Estimate) -> str:
    printed = claim.printed.get(estimate.network)
    beside = "" if printed is None else f", printed {quoted(printed)}"
    return f"{titled(estimate.network)}: {estimate.sure}, n = {estimate.n}{beside}"


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'
