"""PDF of the whole book and of the report: a browser prints what is rendered, without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rfbook.backmatter.census import contents
from rfbook.pages import sources
from rfbook.pages.sources import folder_of
from rfbook.site.execution import PageError
from rfbook.site.one_document import Chapter, chapters, joined

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--no-pdf-header-footer", "--generate-pdf-document-outline", "--virtual-time-budget=600000",
)  # fmt: skip
"""The last: formulas are drawn by a script, whose time is not counted against a clock."""

REPORT = "book/report"
BOOK_PDF, REPORT_PDF = "book.pdf", "report.pdf"
LINKS = {BOOK_PDF: "The whole book as PDF", REPORT_PDF: "The report on ten pages as PDF"}
PLACE = re.compile(r"(<!--printed-->).*?(<!--/printed-->)", re.DOTALL)
"""Where a page's footer names what was printed: see `extra_footer` in `_config.yml`."""


def print_all(tier: str, root: Path | None = None) -> list[Path]:
    """The PDF of the book, and that of the report, in the rendered site, which then links to them.

    Raises PageError if the site is not built or there is no browser.
    """
    root = root or sources.repository()
    html = folder_of(tier, root) / "_build/html"
    documents = [document for document in contents(root) if (html / f"{document}.html").exists()]
    if not documents:
        raise PageError(f"{html}: there is no site to print. Build it: make book TIER={tier}")
    program, parts = browser(), chapters(html, documents)
    paths = [_print_whole(program, html, parts)]
    report = [part for part in parts if part.document == REPORT]
    paths += [print_chapter(program, html, part, html / REPORT_PDF) for part in report]
    _link(html, [path.name for path in paths])
    return paths


def browser() -> str:
    """The path of a Chromium. Raises PageError that says how to get one."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise PageError(
            f"printing needs Chromium or Chrome, and none of {', '.join(PROGRAMS)} is on the PATH. "
            "Install one, for example: apt-get install chromium"
        )
    return program


def _print_whole(program: str, html: Path, parts: Sequence[Chapter]) -> Path:
    """Twice: only what is printed tells on which page a chapter begins."""
    title = parts[0].title
    path = _print(program, html, joined(title, parts, {}), html / BOOK_PDF)
    pages = begins(path.read_bytes())
    return _print(program, html, joined(title, parts, pages), path)


def print_chapter(program: str, html: Path, part: Chapter, path: Path) -> Path:
    """The PDF of one page of the site, without title page and contents. Raises PageError."""
    text = joined(part.title, [part], {}).replace('class="bd-content"', 'class="bd-content alone"')
    return _print(program, html, text, path)


def _print(program: str, html: Path, text: str, path: Path) -> Path:
    # Beside the pages, whose pictures it shows, under a name that no other printing has.
    with (
        tempfile.TemporaryDirectory() as profile,
        tempfile.NamedTemporaryFile("w", dir=html, suffix=".html", encoding="utf-8") as source,
    ):
        source.write(text)
        source.flush()
        own = [f"--user-data-dir={profile}", f"--print-to-pdf={path}", Path(source.name).as_uri()]
        done = subprocess.run([program, *FLAGS, *own], capture_output=True, text=True, check=False)
    if done.returncode or not path.exists():
        raise PageError(f"{program} did not print {path}: {done.stderr.strip()[-500:]}")
    return path


def _link(html: Path, names: Sequence[str]) -> None:
    """Names in the footer of every page what was printed, so that no link is there without its file."""
    for page in html.rglob("*.html"):
        up = "../" * len(page.relative_to(html).parent.parts)
        links = " · ".join(f'<a href="{up}{name}">{LINKS[name]}</a>' for name in names)
        text = page.read_text(encoding="utf-8")
        linked = PLACE.sub(rf"\g<1>{links}\g<2>", text)
        if linked != text:
            page.write_text(linked, encoding="utf-8")


def begins(pdf: bytes) -> dict[str, int]:
    """The number of the page on which each named destination of a PDF by Chromium lies."""
    numbers = {page: number for number, page in enumerate(leaves(pdf), start=1)}
    named = re.search(rb"/Dests (\d+) 0 R", pdf)
    if named is None:
        return {}
    names = _objects(pdf)[int(named[1])]
    places = re.findall(rb"/(\S+) \[(\d+) 0 R /XYZ", names)
    return {name.decode(): numbers[int(page)] for name, page in places}


def leaves(pdf: bytes) -> list[int]:
    """The object numbers of the pages of a PDF by Chromium, in order."""
    objects = _objects(pdf)
    root = re.search(rb"/Type /Catalog\s*/Pages (\d+) 0 R", pdf)
    return list(_below(int(root[1]), objects)) if root else []


def _below(number: int, objects: Mapping[int, bytes]) -> Iterator[int]:
    kids = re.search(rb"/Kids \[([^\]]*)\]", objects[number])
    if kids is None:
        yield number
        return
    for kid in re.findall(rb"(\d+) 0 R", kids[1]):
        yield from _below(int(kid), objects)


def _objects(pdf: bytes) -> dict[int, bytes]:
    """The dictionaries of a PDF by object number: what stands before a stream, or all."""
    objects = re.finditer(rb"^(\d+) 0 obj\n(<<.*?)(?:stream\n|endobj)", pdf, re.MULTILINE | re.DOTALL)
    return {int(name[1]): name[2] for name in objects}
