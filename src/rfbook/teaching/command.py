"""`python -m rfbook teach`: everything for a teacher, from the executed pages, into `build/teach/`."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from rfbook.backmatter import lessons
from rfbook.backmatter.census import links
from rfbook.pages import sources
from rfbook.pages.exercises import LEVELS
from rfbook.pages.sources import PUBLISHED, folder_of
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
    text = document("exercises", levels=LEVELS, pages=pages)
    yield _written(folder / "exercises.html", text)
    shown = {page.page: page.title for page in pages}
    text = document("index", names=names, lengths=LENGTHS, titles=shown, figures=count, site=site)
    yield _written(folder / "index.html", text)


def _notebooks(pages: Sequence[Taught], root: Path, folder: Path) -> Iterator[Path]:
    for name, made in {"student": student, "instructor": instructor}.items():
        for page in pages:
            path = folder / name / f"{page.page}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(made(page.page, root), path)
        yield folder / name


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


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
