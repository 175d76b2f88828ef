"""Lessons, reading paths and the index of exercises: which pages they take, and how long each is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rfbook.backmatter.census import links
from rfbook.backmatter.front import minutes_to_read
from rfbook.experiments.files import looked_at, read_yaml
from rfbook.pages import sources
from rfbook.pages.exercises import LEVELS, Exercise, of_page
from rfbook.pages.tables.table import Table

PLAN = "book/lessons.yml"
"""Which pages are taken, and what no page says of itself."""

SHORT, LONG = 45, 90
"""Minutes of a lesson on one page, and of one on two pages."""

OPENING, PREDICT, TALK, BREAK, HAND_IN = 2, 4, 1, 5, 3
"""Minutes for what a page does not say the length of; TALK is for the solution of a check."""

LEAST = 5
"""Minutes that a discussion has at least."""


@dataclass(frozen=True)
class Step:
    """What is done from one minute to another. page: the one that it is about, empty if none."""

    begins: int
    ends: int
    kind: str
    page: str = ""


def plan(root: Path) -> dict[str, Any]:
    """What `book/lessons.yml` holds."""
    looked_at.add(str(root / PLAN))
    return read_yaml(root / PLAN)


def parts(root: Path) -> dict[str, list[str]]:
    """The parts of the book that have exercises, as the contents name them, with their pages."""
    toc = read_yaml(root / "_toc.yml")
    chapters = {
        part["caption"]: [chapter["file"].removeprefix("notebooks/") for chapter in part["chapters"]]
        for part in toc.get("parts", [])
    }
    return {part: pages for part, pages in chapters.items() if not pages[0].startswith("book/")}


def minutes(exercise: Exercise) -> int:
    """How long an exercise takes: its "2 min" or "1 h"."""
    number, unit = exercise.time.split()
    return int(number) * {"min": 1, "h": 60}[unit]


def steps(pages: Sequence[str], length: int, root: Path) -> list[Step]:
    """The steps of a lesson on these pages, minute by minute; what is left is for discussions.

    length: minutes. Raises ValueError where a discussion would be shorter than `LEAST`.
    """
    reading = minutes_to_read()
    asked: list[tuple[str, int | None, str]] = [("open", OPENING, "")]
    for number, page in enumerate(pages):
        check, change, _ = of_page(page, root).values()
        if number:
            asked.append(("break", BREAK, ""))
        asked += [
            ("predict", PREDICT, page), ("look", reading[page], page),
            ("check", minutes(check) + TALK, page), ("discuss", None, page),
            ("change", minutes(change), page),
        ]  # fmt: skip
    asked.append(("hand in", HAND_IN, ""))
    left = length - sum(long or 0 for _, long, _ in asked)
    if left < LEAST * len(pages):
        raise ValueError(f"{', '.join(pages)}: {length} minutes leave {left} for discussions")
    shares = [left // len(pages) + (number < left % len(pages)) for number in range(len(pages))]
    return list(_timed(asked, iter(shares)))


def _timed(asked: Sequence[tuple[str, int | None, str]], shares: Iterator[int]) -> Iterator[Step]:
    now = 0
    for kind, long, page in asked:
        ends = now + (next(shares) if long is None else long)
        yield Step(now, ends, kind, page)
        now = ends


def index() -> Table:
    """The exercises of every page, by level, in the order of the contents."""
    root, rows = sources.repository(), []
    for page, (title, address) in links().items():
        exercises = {exercise.level: exercise for exercise in of_page(page, root).values()}
        if exercises:
            cells = [(exercises[level].time, f"{address}#{exercises[level].label}") for level in LEVELS]
            rows.append([(title, address), *cells])
    return Table(f"{len(rows)} exercises of each level", ("page", *LEVELS), rows)


def path(pages: Sequence[str]) -> Table:
    """Pages to read one after another, each with its minutes and how many they are by then."""
    leads, reading, rows, total = links(), minutes_to_read(), [], 0
    of = {page: part for part, chapters in parts(sources.repository()).items() for page in chapters}
    for page in pages:
        total += reading[page]
        rows.append([leads[page], of[page], str(reading[page]), str(total)])
    return Table(f"{total} minutes", ("page", "part", "minutes", "by then"), rows)


def course(root: Path) -> Table:
    """The six lessons: page, what to predict, what to run, what to hand in."""
    lessons, leads, rows = plan(root), links(), []
    for number, page in enumerate(lessons["course"], 1):
        told = lessons["pages"][page]
        _, change, _ = of_page(page, root).values()
        run = f"its notebook, then the change ({change.time})"
        rows.append([str(number), leads[page], told["predict"], run, told["hand_in"]])
    caption = f"{len(rows)} lessons of {SHORT} minutes"
    return Table(caption, ("lesson", "page", "predict", "run", "hand in"), rows)
