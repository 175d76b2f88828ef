"""Every page of the built book against axe's rules for readers who see little, or hear the page."""

import json
from importlib import resources
from pathlib import Path

import pytest

from tests.site import browser

ROOT = Path(__file__).parents[2]
HTML = ROOT / "build/published/_build/html"
BROKEN = """axe.run(document, {resultTypes: ["violations"]}).then((result) => JSON.stringify(
  result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target}`))))"""
TWICE = """JSON.stringify([...document.querySelectorAll("[id]")].map((element) => element.id)
  .filter((id, place, all) => all.indexOf(id) !== place))"""
IN_THE_DARK = ("book/index.html", "book/claims.html", "book/explorer.html",
               "notebooks/size_matters/border-layer.html")  # fmt: skip

pytestmark = [
    pytest.mark.skipif(browser.PROGRAM is None, reason="no chromium on this machine"),
    pytest.mark.skipif(not HTML.exists(), reason="the published book is not built: make book"),
]


@pytest.fixture(scope="module")
def axe():
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8") + ";1"


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with browser.chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


def test_no_page_breaks_a_rule_or_names_two_things_alike(reader, axe):
    folders = ("book", "notebooks/*")
    pages = [page for folder in folders for page in sorted(HTML.glob(f"{folder}/*.html"))]
    faults = {}
    for page in pages:
        visit = reader.visit(page.as_uri(), ask=(axe, BROKEN, TWICE))
        found = json.loads(visit.answers[BROKEN]) + json.loads(visit.answers[TWICE])
        if found:
            faults[page.name] = found
    assert faults == {}


@pytest.mark.parametrize("page", IN_THE_DARK)
def test_in_the_dark_the_same_holds(reader, axe, page):
    visit = reader.visit((HTML / page).as_uri(), dark=True, ask=(axe, BROKEN))
    assert json.loads(visit.answers[BROKEN]) == []
