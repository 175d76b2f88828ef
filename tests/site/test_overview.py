"""The front page, the list of claims and the index, as a browser opens them from the disk."""

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.site import browser

ROOT = Path(__file__).parents[2]
HTML = ROOT / "build/published/_build/html"
NODE = shutil.which("node")
PHONE = 400

needs_node = pytest.mark.skipif(NODE is None, reason="no node on this machine")
needs_site = pytest.mark.skipif(
    not (HTML / "book/index-of-numbers.html").exists(),
    reason="the published book is not built: make book",
)
needs_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="no chromium on this machine")

DOTS = "document.querySelectorAll('.rf-dot').length"
LINES = "document.querySelectorAll('.rf-claims tbody tr:not([hidden])').length"
WIDTH = "document.documentElement.scrollWidth"
RESULTS = "[...document.querySelectorAll('#search-results li a')].map((link) => link.href)"
SETTLED = "document.querySelectorAll('#search-results li a').length > 0"


def call(function, cases):
    """What a function of the list's script returns for each list of arguments."""
    program = (
        "const [path, name] = process.argv.slice(1);"
        "const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(cases.map((given) => require(path)[name](...given))));"
    )
    command = [NODE, "-e", program, str(ROOT / "book/_static/claims.js"), function]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@needs_node
def test_a_line_is_shown_if_it_is_of_all_that_a_reader_chose():
    line = {"verdict": "open", "paper": "Size Matters", "page": "a/b"}
    chosen = [{}, {"verdict": ""}, {"verdict": "open", "page": "a/b"}, {"verdict": "open", "page": "c"}]
    assert call("fits", [[line, one] for one in chosen]) == [True, True, True, False]


@needs_node
def test_a_filter_offers_each_value_once():
    lines = [{"page": name} for name in ("b", "a", "b")]
    assert call("values", [[lines, "page"]]) == [["b", "a"]]


@needs_site
def test_every_record_that_a_page_names_is_a_file_of_the_site():
    for page in HTML.rglob("*.html"):
        for up, key in re.findall(r'href="((?:\.\./)*)records/(\w+)\.json"', page.read_text()):
            assert (page.parent / up / "records" / f"{key}.json").is_file(), (page, key)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with browser.chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def claims():
    """Claim -> its page, as the site itself lists them."""
    with (HTML / "registry.csv").open() as file:
        return {row["id"]: row["page"] for row in csv.DictReader(file)}


def page(name):
    return (HTML / f"book/{name}.html").as_uri()


@needs_site
@needs_browser
def test_the_first_screen_shows_the_picture_whole(reader, claims):
    bottom = """Math.max(...[...document.querySelectorAll('.rf-dot')]
      .map((dot) => dot.getBoundingClientRect().bottom))"""
    visit = reader.visit(page("index"), width=1280, ask=(DOTS, bottom))
    assert visit.answers[DOTS] == len(claims)
    assert visit.answers[bottom] <= 900
    assert visit.external == [] and visit.errors == []


@needs_site
@needs_browser
def test_every_dot_leads_to_a_line_that_is_there(reader):
    hrefs = "[...document.querySelectorAll('.rf-dot')].map((dot) => dot.href.split('#')[1])"
    ids = "[...document.querySelectorAll('.rf-claims tbody tr')].map((row) => row.id)"
    dots = reader.visit(page("index"), ask=(hrefs,)).answers[hrefs]
    assert sorted(dots) == sorted(reader.visit(page("claims"), ask=(ids,)).answers[ids])


@needs_site
@needs_browser
def test_a_dot_is_reached_by_the_keyboard_and_says_what_it_stands_for(reader):
    focused = """(() => {
      const dot = document.querySelector('.rf-dot');
      dot.focus({focusVisible: true});
      return [document.activeElement === dot, dot.ariaLabel, getComputedStyle(dot, '::after').content];
    })()"""
    reader.runner.run(reader.session.send("Emulation.setFocusEmulationEnabled", enabled=True))
    there, name, shown = reader.visit(page("index"), ask=(focused,)).answers[focused]
    assert there and re.match(r"[A-Z]{2}-\S+, [a-z ]+: .+", name)
    assert name[:20] in shown


@needs_site
@needs_browser
@pytest.mark.parametrize("dark", [False, True])
def test_signs_have_a_contrast_of_three_with_the_page(reader, dark):
    colours = """['reproduced', 'partly', 'not-reproduced', 'open', 'not-tested'].map((name) =>
      getComputedStyle(document.querySelector(`.rf-legend .rf-${name}`)).color)
      .concat(getComputedStyle(document.body).backgroundColor)"""
    *signs, ground = reader.visit(page("index"), dark=dark, ask=(colours,)).answers[colours]
    assert len(set(signs)) == 5
    assert min(contrast(sign, ground) for sign in signs) >= 3


def contrast(one, other):
    first, second = sorted(map(luminance, (one, other)))
    return (second + 0.05) / (first + 0.05)


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@needs_site
@needs_browser
@pytest.mark.parametrize("name", ["index", "claims", "index-of-numbers"])
def test_a_narrow_screen_is_not_moved_sideways(reader, name):
    assert reader.visit(page(name), width=PHONE, ask=(WIDTH,)).answers[WIDTH] <= PHONE


@needs_site
@needs_browser
def test_the_filter_shows_the_claims_that_are_chosen(reader, claims):
    choose = """(() => {
      const form = document.getElementById('claims-filter');
      form.elements.page.value = 'size_matters/border-layer';
      form.dispatchEvent(new Event('change'));
      return [...document.querySelectorAll('.rf-claims tbody tr')]
        .filter((row) => row.offsetParent).map((row) => row.id);
    })()"""
    shown = reader.visit(page("claims"), ask=(LINES, choose)).answers
    assert shown[LINES] == len(claims)
    there = {name for name, of in claims.items() if of == "size_matters/border-layer"}
    assert set(shown[choose]) == there


@needs_site
@needs_browser
def test_without_scripts_every_claim_is_listed_and_no_filter_is_shown(reader, claims):
    form = "document.getElementById('claims-filter').offsetParent"
    visit = reader.visit(page("claims"), scripts=False, ask=(LINES, form))
    assert visit.answers == {LINES: len(claims), form: None}


@needs_site
@needs_browser
def test_who_comes_from_the_list_to_a_claim_on_its_page_finds_it_unfolded(reader):
    to_page = "document.querySelector('[id=\"SM-3.4-after\"] a').href"
    address = reader.visit(page("claims"), ask=(to_page,)).answers[to_page]
    unfolded = "document.querySelector('[id=\"SM-3.4-after\"] details').open"
    assert reader.visit(address, ask=(unfolded,)).answers[unfolded]


@needs_site
@needs_browser
def test_a_number_in_the_list_leads_to_the_records_behind_it(reader):
    to_records = "document.querySelector('[id=\"SM-3.4-after\"] [data-label=ours] a').href"
    address = reader.visit(page("claims"), ask=(to_records,)).answers[to_records]
    row = """[...document.getElementById('SM-3.4-after').closest('tr')
      .querySelectorAll('a[href$=".json"]')].map((link) => link.href)"""
    records = reader.visit(address, ask=(row,)).answers[row]
    assert records
    for record in records:
        assert Path(record.removeprefix("file://")).is_file(), record


@needs_site
@needs_browser
@pytest.mark.parametrize("asked", ["84.64", "SM-3.4-border", "sm-3.4-border"])
def test_a_printed_number_and_a_claims_id_lead_from_the_search_to_a_record(reader, asked):
    search = f"{(HTML / 'search.html').as_uri()}?q={asked}"
    first = reader.visit(search, ask=(RESULTS,), settle=SETTLED).answers[RESULTS][0]
    assert "/book/index-of-numbers.html#" in first
    row = f"""[...document.getElementById({first.split("#")[1]!r}).closest('tr')
      .querySelectorAll('a[href$=".json"]')].map((link) => link.href)"""
    records = reader.visit(first, ask=(row,)).answers[row]
    assert records
    for address in records:
        assert Path(address.removeprefix("file://")).is_file(), address
