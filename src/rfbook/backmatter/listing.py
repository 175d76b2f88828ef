"""All claims, one line each: the verdict, what decided it beside what is printed, the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rfbook.backmatter.claims import BEYOND, PAPERS
from rfbook.backmatter.front import own, said
from rfbook.claims.amounts import quoted
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.architecture import titled
from rfbook.pages import sources
from rfbook.pages.addresses import CLAIMS, page_address
from rfbook.pages.estimates import Estimates
from rfbook.pages.tables.standard import WORDS, condition

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
        one for one in verdicts
        if (own(one.claim) if paper == BEYOND else one.claim.paper == paper and not own(one.claim))
    ])  # fmt: skip


def deciding(verdict: Verdict) -> Estimate | None:
    """The estimate that is least on the claim's side, None where there is none.

    With it the claim holds for all networks, or fails for one.
    """
    shown = Estimates(verdict.estimates)
    return min(shown, key=lambda one: _support(verdict.claim, one), default=None)


def _support(claim: Claim, one: Estimate) -> float:
    """How far the mean is on the claim's side of the margin."""
    if claim.holds_if == "near":
        return claim.margin - abs(one.mean - claim.printed[one.network])
    return (one.mean - claim.margin) * (1 if claim.holds_if == "above" else -1)


def _line(verdict: Verdict) -> str:
    claim, one = verdict.claim, deciding(verdict)
    paper = PAPERS[BEYOND] if own(claim) else PAPERS[claim.paper]
    data = {"verdict": said(verdict), "paper": paper, "page": claim.page}
    told = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    sign = f'<span class="rf-{verdict.word.replace(" ", "-")}">{WORDS[verdict.word]}</span>'
    name = escape(claim.id)
    cells = [
        f"{sign} {said(verdict)}",
        f'<a href="#{name}">{name}</a>',
        f"<details><summary>{escape(claim.says)}</summary>{_details(verdict)}</details>",
        _ours(one, len(verdict.estimates)),
        _printed(claim, one),
    ]
    labelled = zip(COLUMNS, cells, strict=True)
    body = "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in labelled)
    return f'<tr id="{name}" {told}>{body}</tr>'


def _ours(one: Estimate | None, count: int) -> str:
    if one is None:
        return ""
    others = f", the least of {count}" if count > 1 else ""
    return escape(f"{one.sure}: {titled(one.network)}{others}")


def _printed(claim: Claim, one: Estimate | None) -> str:
    """The paper's number for the network that decides; without one all that it prints."""
    if one is not None:
        return quoted(claim.printed[one.network]) if one.network in claim.printed else ""
    return escape(", ".join(quoted(value) for value in claim.printed.values()))


def _details(verdict: Verdict) -> str:
    claim = verdict.claim
    written = claim.page in sources.pages(sources.repository())
    page = _link(page_address(claim.page, CLAIMS), claim.page) if written else escape(claim.page)
    records = _link(f"{page_address(NUMBERS, CLAIMS)}#{claim.id}", "its records")
    lines = [
        f"<p>{escape(claim.where)}. Holds if: {escape(condition(claim))}. "
        f"{escape(verdict.why)}. Page: {page}; {records}.</p>"
    ]
    each = [_network(claim, one) for one in Estimates(verdict.estimates)]
    if each:
        lines.append(f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in each)}</ul>")
    return "".join(lines)


def _network(claim: Claim, one: Estimate) -> str:
    printed = claim.printed.get(one.network)
    beside = "" if printed is None else f", printed {quoted(printed)}"
    return f"{titled(one.network)}: {one.sure}, n = {one.n}{beside}"


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'
