"""The errata of `book/errata.md`: each has a number, a class, a place, and mostly a cell to show it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rfbook.pages import sources
from rfbook.pages.tables.standard import Table

KINDS = ("Proved", "Conflict between sources", "Ambiguous")
PAGE = "book/errata"
HEADING = re.compile(r"^\(errata-(e\d+)\)=\n### E\d+ +(.+)$", re.MULTILINE)
CLASS = re.compile(r"\*\*(.+?)\.\*\* (.+?)(?:\n\n|\n*\Z)", re.DOTALL)


class ErrataError(ValueError):
    """An erratum is not written as all are."""


@dataclass(frozen=True)
class Erratum:
    """kind: one of `KINDS`. where: paper and section. runs: whether a cell shows it."""

    number: str
    title: str
    kind: str
    where: str
    runs: bool


def errata() -> list[Erratum]:
    """All errata in the order of the page. Raises ErrataError for one without class or place."""
    text = sources.find(PAGE, sources.repository()).read_text(encoding="utf-8")
    heads = list(HEADING.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [_read(head, text[head.end() : end]) for head, end in zip(heads, ends, strict=True)]


def _read(head: re.Match[str], text: str) -> Erratum:
    number, title = head[1].upper(), head[2]
    match = CLASS.match(text.strip())
    if match is None or match[1] not in KINDS:
        raise ErrataError(
            f"{number}: begin with **{'.**, **'.join(KINDS)}.** and then say where it stands"
        )
    where = " ".join(match[2].split()).removesuffix(".")
    return Erratum(number, title, match[1], where, "```{code-cell}" in text)


def summary() -> Table:
    """One row an erratum, with a link to it: class, whether a cell shows it, place."""
    every = errata()
    rows = [
        [(f"{erratum.number} {erratum.title}", f"#errata-{erratum.number.lower()}"),
         erratum.kind.lower(),
         "by the cell" if erratum.runs else "not run here", erratum.where]
        for erratum in every
    ]  # fmt: skip
    counts = [f"{sum(erratum.kind == kind for erratum in every)} {kind.lower()}" for kind in KINDS]
    return Table(f"Errata: {', '.join(counts)}", ("erratum", "class", "shown", "where"), rows)
