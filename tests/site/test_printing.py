"""The book and the report as PDF: with page numbers, and linked only where they are."""

import shutil

import pytest

from rfbook.site import printing
from rfbook.site.execution import PageError

HTML = "build/published/_build/html"
PDF = b"""%PDF-1.4
1 0 obj
<</Type /Page
/Parent 4 0 R>>
endobj
2 0 obj
<</Length 3>> stream
abc
endstream
endobj
3 0 obj
<</Type /Page
/Parent 5 0 R>>
endobj
7 0 obj
<</Type /Page
/Parent 5 0 R>>
endobj
4 0 obj
<</Type /Pages
/Kids [5 0 R 1 0 R]>>
endobj
5 0 obj
<</Type /Pages
/Kids [7 0 R 3 0 R]>>
endobj
6 0 obj
<</a-b [3 0 R /XYZ 6 826.1 0]
/a-b--c [1 0 R /XYZ 6 8 0]>>
endobj
8 0 obj
<</Type /Catalog
/Pages 4 0 R
/Dests 6 0 R>>
endobj
"""
MARKED = "<footer><!--printed--><!--/printed--></footer>"

with_a_browser = pytest.mark.skipif(
    not any(map(shutil.which, printing.PROGRAMS)), reason="no chromium on this machine"
)


def test_where_something_begins_is_read_from_the_tree_of_pages():
    assert printing.leaves(PDF) == [7, 3, 1]
    assert printing.begins(PDF) == {"a-b": 2, "a-b--c": 3}


def test_without_a_browser_it_is_said_how_to_get_one(built, monkeypatch):
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    with pytest.raises(PageError, match="apt-get install chromium"):
        printing.print_all("published", built)


def test_without_a_site_there_is_nothing_to_print(tiny):
    with pytest.raises(PageError, match="make book TIER=published"):
        printing.print_all("published", tiny)


def test_a_site_that_was_not_printed_links_to_no_file(built):
    page = (built / HTML / "book/index.html").read_text()
    assert MARKED.removeprefix("<footer>").removesuffix("</footer>") in page
    assert "book.pdf" not in page and "report.pdf" not in page


def test_a_printed_file_is_linked_from_every_page_by_its_own_way(tmp_path):
    pages = [tmp_path / "search.html", tmp_path / "notebooks/a/b.html"]
    for page in pages:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(MARKED)
    for _ in range(2):
        printing._link(tmp_path, ["book.pdf"])
    assert [page.read_text().count("book.pdf") for page in pages] == [1, 1]
    assert 'href="book.pdf"' in pages[0].read_text()
    assert 'href="../../book.pdf"' in pages[1].read_text()


@with_a_browser
def test_the_whole_book_is_printed_with_the_page_of_every_chapter(built, tmp_path):
    root = shutil.copytree(built, tmp_path / "copy", symlinks=True)
    (path,) = printing.print_all("published", root)
    pdf = path.read_bytes()
    places = printing.begins(pdf)
    parts = ["book-index", "notebooks-size_matters-plain", "notebooks-size_matters-toy"]
    starts = [places[part] for part in parts]
    assert starts == sorted(set(starts)) and starts[-1] <= len(printing.leaves(pdf))
    assert {page.name for page in path.parent.glob("*.html")} == {
        page.name for page in (built / HTML).glob("*.html")
    }
    assert 'href="../book.pdf"' in (path.parent / "book/index.html").read_text()
