"""The pages of a site in one document: every id once, every address one that holds there."""

import re

import pytest
from bs4 import BeautifulSoup

from rfbook.site.one_document import chapters, joined

FIRST = """<html><h1>Not the page's</h1><article class="bd-article">
<section id="start"><h1>The first<a class="headerlink" href="#start">#</a></h1>
<a href="../notebooks/a/second.html">page</a><a href="../notebooks/a/second.html#part">part</a>
<a href="other.html">no chapter</a><a href="https://elsewhere.org/x">elsewhere</a>
<img src="../_images/x.svg"><svg><clipPath id="clip"/><g clip-path="url(#clip)"/></svg>
<details><summary>more</summary></details></section></article></html>"""
SECOND = """<article class="bd-article"><section id="start">
<h1><span class="section-number">2. </span>The second<a class="headerlink" href="#start">#</a></h1>
<p id="part"><a href="#start">up</a><a href="../../book/index.html">first</a></p></section></article>"""
NAMES = ["book/index", "notebooks/a/second"]


@pytest.fixture
def html(tmp_path):
    for name, text in zip(NAMES, (FIRST, SECOND), strict=True):
        path = tmp_path / f"{name}.html"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def document(html):
    parts = chapters(html, NAMES)
    return BeautifulSoup(joined("A book", parts, {"book-index": 3}), "html.parser")


def test_a_chapter_has_the_title_of_its_page(html):
    assert [part.title for part in chapters(html, NAMES)] == ["The first", "2. The second"]


def test_every_id_is_there_once_and_every_address_inside_leads_to_one(document):
    ids = [tag["id"] for tag in document.find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))
    inside = [tag["href"][1:] for tag in document.find_all("a", href=re.compile("^#"))]
    assert inside and set(inside) <= set(ids)
    assert document.find("a", string="part")["href"] == "#notebooks-a-second--part"
    assert document.find("a", string="page")["href"] == "#notebooks-a-second"


def test_other_addresses_count_from_the_root_of_the_site(document):
    assert document.find("img")["src"] == "_images/x.svg"
    assert document.find("a", string="no chapter")["href"] == "book/other.html"
    assert document.find("a", string="elsewhere")["href"] == "https://elsewhere.org/x"


def test_what_a_picture_refers_to_inside_itself_it_still_finds(document):
    assert document.find("g")["clip-path"] == "url(#book-index--clip)"
    assert document.find(id="book-index--clip")


def test_nothing_is_folded(document):
    assert all(fold.has_attr("open") for fold in document.find_all("details"))


def test_the_contents_name_every_chapter_and_the_pages_that_are_known(document):
    entries = [entry.get_text("|") for entry in document.select("nav li")]
    assert entries == ["The first|3", "2. The second"]


def test_a_page_without_an_article_is_named(html):
    (html / "book/index.html").write_text("<p>nothing</p>")
    with pytest.raises(LookupError, match=r"index\.html has no article"):
        chapters(html, NAMES)
