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
from rfbook.site.one_document import NAME, Chapter, chapters, joined

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
    documents = [one for one in contents(root) if (html / f"{one}.html").exists()]
    if not documents:
        raise PageError(f"{html}: there is no site to print. Build it: make book TIER={tier}")
    program, parts = browser(), chapters(html, documents)
    paths = [_print_whole(program, html, parts)]
    report = [part for part in parts if part.document == REPORT]
    paths += [_print(program, html, _single(report[0]), html / REPORT_PDF)] if report else []
    _link(html, [path.name for path in paths])
    return paths


def browser() -> str:
    """The path of a Chromium. Raises PageError that says how to get one."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise PageError(
            f"printing needs Chromium or Chrome, and none of {', '.join(PROGRAMS)} is on the PATH. "
            "Install one, for example: apt-get install chromium"
        )
    return found


def _print_whole(program: str, html: Path, parts: Sequence[Chapter]) -> Path:
    """Twice: only what is printed tells on which page a chapter begins."""
    title = parts[0].title
    path = _print(program, html, joined(title, parts, {}), html / BOOK_PDF)
    pages = begins(path.read_bytes())
    return _print(program, html, joined(title, parts, pages), path)


def _single(part: Chapter) -> str:
    return joined(part.title, [part], {}).replace('class="bd-content"', 'class="bd-content alone"')


def _print(program: str, html: Path, text: str, path: Path) -> Path:
    source = html / NAME
    source.write_text(text, encoding="utf-8")
    try:
        with tempfile.TemporaryDirectory() as profile:
            own = [f"--user-data-dir={profile}", f"--print-to-pdf={path}", source.as_uri()]
            done = subprocess.run([program, *FLAGS, *own], capture_output=True, text=True, check=False)
    finally:
        source.unlink()
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
    held = _objects(pdf)[int(named[1])]
    found = re.findall(rb"/(\S+) \[(\d+) 0 R /XYZ", held)
    return {name.decode(): numbers[int(page)] for name, page in found}


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
    found = re.finditer(rb"^(\d+) 0 obj\n(<<.*?)(?:stream\n|endobj)", pdf, re.MULTILINE | re.DOTALL)
    return {int(one[1]): one[2] for one in found}
