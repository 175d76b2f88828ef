"""`python -m rfbook teach`: everything for a teacher, from the executed pages, into `build/teach/`.

Of pages that are named, what each of them has; students' notebooks and exercises need no executed page.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from rfbook.backmatter import lessons
from rfbook.backmatter.census import in_book, links, title
from rfbook.pages import sources
from rfbook.pages.executed import current
from rfbook.pages.exercises import LEVELS, Exercise, of_page
from rfbook.pages.sources import PUBLISHED, folder_of
from rfbook.site.execution import PageError
from rfbook.teaching.figures import write_zip
from rfbook.teaching.markup import document
from rfbook.teaching.notebooks import instructor, student
from rfbook.teaching.pages import Taught, taught

LENGTHS = {lessons.SHORT: "short", lessons.LONG: "long"}
"""Minutes of a lesson -> what `book/lessons.yml` calls it."""


def teach(arguments: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """write notebooks for students and instructors, slides, lesson plans and figures into build/teach"""
    root = sources.repository()
    folder = root / "build/teach"
    if arguments.pages:
        yield from ((line, True) for line in hand_out(arguments.pages, root, folder))
        return
    for path in write(root, folder):
        yield f"written: {path}", True
    yield f"all of it, with links: {folder / 'index.html'}", True


def write(root: Path, folder: Path) -> Iterator[Path]:
    """Writes everything for a teacher, and yields each file or folder when it is whole.

    Raises PageError for a page that was not executed as it is now; then nothing has been changed.
    """
    titles = {page: str(cell[0]) for page, cell in links().items()}
    parts = {
        part: [taught(page, titles[page], root) for page in pages]
        for part, pages in lessons.parts(root).items()
    }
    shutil.rmtree(folder, ignore_errors=True)
    site = f"../{folder_of(PUBLISHED, root).name}/_build/html"
    pages = [page for chapters in parts.values() for page in chapters]
    yield from _notebooks(pages, root, folder)
    drawn = [(page.page, page.title, figure) for page in pages for figure in page.figures]
    count = write_zip(drawn, folder / "figures.zip")
    yield folder / "figures.zip"
    names = {part: part.lower().replace(" ", "-") for part in parts}
    for part, chapters in parts.items():
        text = document("deck", part=part, pages=chapters)
        yield _written(folder / f"slides/{names[part]}.html", text)
    yield from _plans(parts, names, root, folder, f"../{site}")
    text = document("exercises", levels=LEVELS, pages=pages, up="")
    yield _written(folder / "exercises.html", text)
    shown = {page.page: page.title for page in pages}
    text = document("index", names=names, lengths=LENGTHS, titles=shown, figures=count, site=site)
    yield _written(folder / "index.html", text)


def _notebooks(pages: Sequence[Taught], root: Path, folder: Path) -> Iterator[Path]:
    for name, made in {"student": student, "instructor": instructor}.items():
        for page in pages:
            _notebook(made, page.page, root, folder / name)
        yield folder / name


def _notebook(made: Callable[[str, Path], NotebookNode], page: str, root: Path, folder: Path) -> Path:
    path = folder / f"{page}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made(page, root), path)
    return path


def _plans(
    parts: dict[str, list[Taught]], names: dict[str, str], root: Path, folder: Path, site: str
) -> Iterator[Path]:
    plan = lessons.plan(root)
    for lesson in plan["lessons"]:
        part = lesson["part"]
        of = {page.page: page for page in parts[part]}
        for length, name in LENGTHS.items():
            steps = lessons.steps(lesson[name], length, root)
            text = document(
                "plan", part=part, length=length, steps=steps, of=of, plan=plan, site=site,
                pages=[of[page] for page in lesson[name]], slides=names[part],
            )  # fmt: skip
            yield _written(folder / f"plans/{names[part]}-{length}.html", text)


@dataclass(frozen=True)
class Exercised:
    """A page as the list of exercises sees it: its source is enough."""

    page: str
    title: str
    exercises: Sequence[Exercise]


def hand_out(pages: Sequence[str], root: Path, folder: Path) -> Iterator[str]:
    """Writes what single pages have for a lesson, each in files of its own, and says what.

    The other files of the folder stay. A page that was not executed as it is now has no results to show:
    the notebook for instructors and the slides are left out, and that is said.
    Raises UnknownPage, or PageError for a page without exercises; then nothing has been written.
    """
    for asked in [_exercised(page, root) for page in dict.fromkeys(pages)]:
        name, above = asked.page, "../" * (1 + asked.page.count("/"))
        yield f"written: {_notebook(student, name, root, folder / 'student')}"
        text = document("exercises", levels=LEVELS, pages=[asked], up=above)
        yield f"written: {_written(folder / f'exercises/{name}.html', text)}"
        if not current(name, PUBLISHED, root):
            yield (
                f"{name}: left out: notebook for instructors and slides, since it was not executed as "
                f"it is now. To have them: make book, then python -m rfbook teach {name}"
            )
            continue
        yield f"written: {_notebook(instructor, name, root, folder / 'instructor')}"
        text = document("deck", part=asked.title, pages=[taught(name, asked.title, root)])
        yield f"written: {_written(folder / f'slides/{name}.html', text)}"


def _exercised(page: str, root: Path) -> Exercised:
    exercises = list(of_page(page, root).values())
    if not exercises:
        raise PageError(
            f"{page}: it has no exercises, so there is nothing to hand out. Name a page of "
            f"notebooks/, such as {in_book(root)[0]}"
        )
    return Exercised(page, title(page, root), exercises)


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
