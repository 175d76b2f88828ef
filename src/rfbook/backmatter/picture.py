"""The picture on the front page: both papers as rows of sections, every claim a dot that leads to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rfbook.backmatter.claims import BEYOND, PAPERS
from rfbook.backmatter.findings import FRONT
from rfbook.backmatter.sections import section, topic
from rfbook.claims.verdicts import Verdict
from rfbook.pages.addresses import claim_address
from rfbook.pages.tables.standard import WORDS

SHAPES: Mapping[str, str] = {
    "reproduced": '<circle cx="8" cy="8" r="7" fill="currentColor"/>',
    "partly": '<circle cx="8" cy="8" r="6" class="rf-line"/>'
    '<path d="M8 2a6 6 0 0 0 0 12z" fill="currentColor"/>',
    "not reproduced": '<circle cx="8" cy="8" r="5.3" class="rf-line rf-thick"/>',
    "open": '<path d="M8 1.7l6.3 6.3-6.3 6.3-6.3-6.3z" class="rf-line"/>',
    "not tested": '<circle cx="8" cy="8" r="5" class="rf-line rf-dotted"/>',
}
"""Verdict -> its sign in `WORDS`, drawn in a square of 16: no colour and no special font is needed."""

QUESTIONS = "The book's own questions"
ABOUT = {BEYOND: "both together"}

Row = tuple[str, str]
"""A section and what it is about."""


def rows(verdicts: Iterable[Verdict]) -> dict[str, dict[Row, list[Verdict]]]:
    """Paper -> section -> its verdicts in order; the book's own questions are a group of their own."""
    groups: dict[str, dict[Row, list[Verdict]]] = {
        title: defaultdict(list) for name, title in PAPERS.items() if name != BEYOND
    } | {QUESTIONS: defaultdict(list)}
    for verdict in verdicts:
        paper = verdict.claim.paper
        if verdict.claim.own:
            groups[QUESTIONS]["", ABOUT.get(paper, f"on {PAPERS[paper]}")].append(verdict)
        else:
            name = section(verdict.claim)
            groups[PAPERS[paper]][name, topic(paper, name)].append(verdict)
    return {title: dict(sorted(sections.items())) for title, sections in groups.items() if sections}


@dataclass(frozen=True)
class Picture:
    """Every claim as a dot, with its verdict and what it says for who hears of it or points at it."""

    verdicts: Sequence[Verdict]

    def _repr_html_(self) -> str:
        groups = "".join(_group(title, sections) for title, sections in rows(self.verdicts).items())
        shapes = "".join(_symbol(word) for word in SHAPES)
        legend = "".join(f"<span>{_sign(word)} {word}</span> " for word in WORDS)
        return (
            f'<svg class="rf-symbols" aria-hidden="true">{shapes}</svg>'
            f'<div class="rf-papers">{groups}</div><p class="rf-legend">{legend}</p>'
        )


def _group(title: str, sections: Mapping[Row, Sequence[Verdict]]) -> str:
    lines = "".join(_row(*row, verdicts) for row, verdicts in sections.items())
    name = escape(title)
    return f'<div class="rf-paper" role="group" aria-label="{name}"><p>{name}</p><ul>{lines}</ul></div>'


def _row(name: str, about: str, verdicts: Iterable[Verdict]) -> str:
    number = f"<b>{escape(name)}</b> " if name else ""
    dots = "".join(_dot(verdict) for verdict in verdicts)
    return f'<li><span class="rf-row">{number}{escape(about)}</span><span>{dots}</span></li>'


def _dot(verdict: Verdict) -> str:
    claim = verdict.claim
    says = escape(f"{claim.id}, {verdict.told}: {claim.says}")
    link = f'<a class="rf-dot" href="{claim_address(claim.id, FRONT)}" aria-label="{says}">'
    return f"{link}{_sign(verdict.word)}</a>"


def _sign(word: str) -> str:
    name = f"rf-{_name(word)}"
    return f'<svg class="{name}" viewBox="0 0 16 16" aria-hidden="true"><use href="#{name}"/></svg>'


def _symbol(word: str) -> str:
    return f'<symbol id="rf-{_name(word)}" viewBox="0 0 16 16">{SHAPES[word]}</symbol>'


def _name(word: str) -> str:
    return word.replace(" ", "-")
