"""What a browser does with the site when it is opened from the disk."""

from pathlib import Path

import pytest

from tests.site import browser

ROOT = Path(__file__).parents[2]
WIDTH = "document.documentElement.scrollWidth"
EQUATIONS = "document.querySelectorAll('mjx-container svg').length"
RESULTS = "document.querySelectorAll('#search-results li a').length"
DARK = "document.documentElement.dataset.theme"
PHONE = 400

pytestmark = pytest.mark.skipif(browser.PROGRAM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with browser.chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def toy(built):
    return (built / "build/published/_build/html/notebooks/size_matters/toy.html").as_uri()


def test_a_page_is_drawn_without_a_request_to_anywhere(reader, toy):
    visit = reader.visit(toy, ask=(EQUATIONS,))
    assert visit.external == []
    assert visit.errors == []
    assert visit.answers[EQUATIONS] == 3


def test_the_search_finds_words_of_a_page(reader, built):
    page = (built / "build/published/_build/html/search.html").as_uri()
    visit = reader.visit(f"{page}?q=toy", ask=(RESULTS,), settle=f"{RESULTS} > 0")
    assert visit.answers[RESULTS] >= 1
    assert visit.external == []


def test_a_narrow_screen_is_not_moved_sideways(reader, toy):
    assert reader.visit(toy, width=PHONE, ask=(WIDTH,)).answers[WIDTH] <= PHONE


def test_what_is_wider_than_its_box_can_be_reached_with_the_keyboard(reader, toy):
    wide = "[...document.querySelectorAll('.rf-table')].map((t) => [t.scrollWidth > 400, t.tabIndex])"
    settle = "document.querySelector('.rf-table').tabIndex == 0"
    assert reader.visit(toy, width=PHONE, ask=(wide,), settle=settle).answers[wide] == [[True, 0]]


def test_a_reader_who_prefers_dark_gets_dark(reader, toy):
    assert reader.visit(toy, dark=True, ask=(DARK,)).answers[DARK] == "dark"


def test_without_scripts_the_text_the_figure_and_the_formula_are_there(reader, toy):
    text = "document.querySelector('article').innerText"
    height = "document.querySelector('figure svg').getBoundingClientRect().height"
    visit = reader.visit(toy, scripts=False, ask=(text, height))
    assert "At tier thin" in visit.answers[text]
    assert r"\(r_l\)" in visit.answers[text]
    assert visit.answers[height] > 100


@pytest.mark.parametrize("tier", ["smoke", "published"])
def test_no_page_of_a_built_book_asks_for_anything_from_elsewhere(reader, tier):
    html = ROOT / f"build/{tier}/_build/html"
    if not html.exists():
        pytest.skip(f"the {tier} book is not built: make book TIER={tier}")
    for page in [*sorted(html.glob("book/*.html")), *sorted(html.glob("notebooks/*/*.html"))]:
        visit = reader.visit(page.as_uri(), width=PHONE, ask=(WIDTH,))
        assert visit.external == [], page
        assert visit.errors == [], page
        assert visit.answers[WIDTH] <= PHONE, page
