"""A page as a lesson sees it: its question, its answer, its figure, its verdicts, its exercises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from rfbook.backmatter.front import minutes_to_read
from rfbook.backmatter.summary import Summary
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.architecture import titled
from rfbook.pages import sources
from rfbook.pages.executed import executed, left
from rfbook.pages.exercises import Exercise, of_page
from rfbook.pages.sources import PUBLISHED
from rfbook.pages.tables.standard import WORDS, deciding
from rfbook.site.execution import PageError
from rfbook.teaching.figures import Drawn, figures, shown

_CARD = re.compile(
    r"^:{4,}\{admonition\} Predict\n:class: predict\n(?P<question>.+?)\n+(?=:::\{dropdown\})"
    r"(?P<options>.+?)^:{4,}\s*$",
    re.MULTILINE | re.DOTALL,
)
_ANSWER = re.compile(
    r"^:::\{admonition\} Answer\n:class: answer\n(.+?)^:::\s*$", re.MULTILINE | re.DOTALL
)
_GOAL = re.compile(r"^After this page you (.+?\.)(?=\s|$)", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"^:::\{dropdown\} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Judged:
    """One line of the verdicts of a page. number: what decides, as every table of the book writes it."""

    claim: str
    says: str
    sign: str
    word: str
    network: str = ""
    number: str = ""
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Taught:
    """A page. question, answer and options are Markdown; reads: minutes."""

    page: str
    title: str
    section: str
    reads: int
    question: str
    options: Sequence[str]
    answer: str
    figures: Sequence[Drawn]
    verdicts: Sequence[Judged]
    exercises: Sequence[Exercise]
    goal: str


def taught(page: str, title: str, root: Path) -> Taught:
    """A page as it was executed for the published book. Raises PageError if it was not, or not so."""
    part = left(page, PUBLISHED, root)
    if part is None:
        raise PageError(
            f"{page}: it was not executed as it is now. Make the book first: make book. Notebooks for "
            f"students and exercises need no book if you name their pages: python -m rfbook teach {page}"
        )
    notebook = nbformat.read(executed(page, PUBLISHED, root), nbformat.NO_CONVERT)
    text = "\n".join(shown(notebook))
    card, answer = _CARD.search(text), _ANSWER.search(text)
    if card is None or answer is None:
        raise PageError(f"{page}: it shows no question with options, or no answer")
    about: dict[str, Any] = sources.matter(sources.find(page, root))["rfbook"]
    return Taught(
        page, title, about["section"], minutes_to_read()[page], " ".join(card["question"].split()),
        _OPTION.findall(card["options"]), " ".join(answer[1].split()), list(figures(notebook)),
        [judged(verdict) for verdict in _verdicts(Summary(part))], list(of_page(page, root).values()),
        _goal(page, root),
    )  # fmt: skip


def _goal(page: str, root: Path) -> str:
    """What one can do after the page, as the part on its exercises says: "can compute …"."""
    texts = [cell.source for cell in sources.shared(page, root).cells if cell.cell_type == "markdown"]
    match = _GOAL.search("\n".join(texts))
    return " ".join(match[1].split()) if match else ""


def _verdicts(summary: Summary) -> list[Verdict]:
    return summary.verdicts if summary.part("asked") else []


def judged(verdict: Verdict) -> Judged:
    """A verdict as one line."""
    line = verdict.claim.id, verdict.claim.says, WORDS[verdict.word], verdict.told
    if not verdict.estimates:
        return Judged(*line)
    estimate = deciding(verdict)
    return Judged(*line, titled(estimate.network), estimate.sure, estimate)
