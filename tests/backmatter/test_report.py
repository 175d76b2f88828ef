"""The report: at most ten pages, and no number in it that no record stands behind."""

import csv
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rfbook.backmatter import report
from rfbook.backmatter.census import Asked
from rfbook.backmatter.findings import Finding
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.pages import sources
from rfbook.site import printing
from rfbook.site.one_document import chapters
from tests import skeleton
from tests.notebooks.test_templates import FILL, typed
from tests.reading import rows
from tests.samples import record, tiny

ROOT = Path(__file__).parents[2]
PAGE = "book/report"
SITE = ROOT / "build/published/_build/html"
MOST = 10

of_the_built_book = pytest.mark.skipif(
    not (SITE / f"{PAGE}.html").exists(), reason="the published book is not built: make book"
)


def cells():
    return sources.read(PAGE, ROOT).cells


def chosen():
    source = next(cell.source for cell in cells() if "chosen = [" in cell.source)
    return re.findall(r'"([A-Z]{2}-[^"]+)"', source.partition("chosen = [")[2])


def verdict(word="reproduced", *estimates, why="why"):
    claim = Claim(
        id="X-1", paper="size-matters", where="1", says="so", page="x/y", quantity="accuracy",
        holds_if="above", margin=0.0,
    )  # fmt: skip
    return Verdict(claim, word, why, estimates)


def test_no_number_of_the_report_is_typed():
    prose = [
        cell.source for cell in cells()
        if cell.cell_type == "markdown" or cell.source.startswith(FILL)
    ]  # fmt: skip
    texts = [re.sub(r"95 % interval", "", text) for text in prose]
    assert {text[:60]: typed(text) for text in texts if typed(text)} == {}


def test_it_has_the_sections_that_reproducibility_venues_ask_for():
    heads = re.findall(r"^## (.+)$", (ROOT / f"{PAGE}.md").read_text(), re.MULTILINE)
    assert heads == [
        "Scope of reproducibility", "Methodology", "Results", "What was easy", "What was hard",
        "What is not tested, and why",
    ]  # fmt: skip


def test_it_has_ten_findings_and_five_figures():
    assert len(set(chosen())) == 10
    source = "\n".join(cell.source for cell in cells())
    assert len(re.findall(r"report\.figure\(", source)) == 5


def test_a_finding_names_every_network_with_its_interval():
    first = Estimate("vgg11", 3.4, 3, (2.8, 4.0), False, unit="points")
    second = Estimate("vgg16", 1.2, 3, (0.8, 1.6), False, unit="points")
    said = report.measured(Finding(verdict("partly", first, second)))
    assert said == "accuracy 3.4 points (2.8 to 4.0) in VGG11 and 1.2 points (0.8 to 1.6) in VGG16"


def test_a_finding_that_nothing_was_measured_for_says_why():
    assert report.measured(Finding(verdict("not tested", why="no data"))) == "nothing: no data"


def test_reasons_for_which_claims_are_not_tested_come_with_the_most_frequent_first():
    held = [verdict("not tested", why=why) for why in ("rare", "often", "often")]
    assert rows(report.untested([*held, verdict()])) == [
        {"reason": "often", "claims": "2"}, {"reason": "rare", "claims": "1"},
    ]  # fmt: skip


def test_a_run_counts_once_with_its_data_and_its_recipe():
    asked = [Asked("a/b", "thin", tiny(seed), name, record(tiny(seed))) for seed in (0, 1)
             for name in ("accuracy", "probes")]  # fmt: skip
    (used,) = rows(report.data(asked))
    assert (used["data set"], used["runs"]) == (tiny(0).data.name, "2")
    (recipe,) = rows(report.recipes(asked))
    assert (recipe["epochs"], recipe["runs"]) == (str(tiny(0).recipe.epochs), "2")


def test_recipes_of_as_many_runs_stand_in_the_order_of_the_pages():
    runs = [tiny(0, epochs=epochs) for epochs in (5, 1, 4, 2, 3, 9, 7)]
    asked = [Asked("a/b", "thin", run, "accuracy", record(run)) for run in runs]
    assert [row["epochs"] for row in rows(report.recipes(asked))] == list("5142397")


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """A page that was executed and shows two figures; returns what is displayed of it again."""
    skeleton.seem_installed(monkeypatch, skeleton.write(tmp_path))
    texts = ["words", ":::::{figure} x\n:name: fig-one\n:::::", ":::::{figure} x\n:name: fig-two\n:::::"]
    outputs = [new_output("display_data", data={"text/markdown": text}) for text in texts]
    path = tmp_path / f"build/thin/executed/{skeleton.PAGE}.ipynb"
    path.parent.mkdir(parents=True)
    notebook = new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("x", outputs=outputs)])
    nbformat.write(notebook, path)
    found = []
    monkeypatch.setattr(report, "display", lambda forms, raw: found.append(forms))
    return found


def test_the_first_figure_of_a_page_is_shown_again_under_another_name(shown):
    report.figure(skeleton.PAGE, "thin")
    assert shown == [{"text/markdown": ":::::{figure} x\n:name: fig-report-one\n:::::"}]


def test_a_page_that_was_not_executed_has_no_figure_to_show(shown):
    with pytest.raises(LookupError, match="was not executed at paper"):
        report.figure(skeleton.PAGE, "paper")


@of_the_built_book
def test_every_number_of_a_finding_stands_in_the_registry():
    held = {}
    for row in csv.DictReader((SITE / "registry.csv").read_text().splitlines()):
        held.setdefault(row["id"], []).append(row)
    page = BeautifulSoup((SITE / f"{PAGE}.html").read_text(), "html.parser")
    items = [item.get_text(" ", strip=True) for item in page.select("#results ol > li")]
    assert len(items) == len(chosen())
    for name, item in zip(chosen(), items, strict=True):
        for row in (one for one in held[name] if one["value"]):
            for column in ("value", "low", "high"):
                if row[column]:
                    written = {f"{float(row[column]):z.{digits}f}" for digits in range(4)}
                    numbers = set(re.findall(r"-?\d+(?:\.\d+)?", item))
                    assert written & numbers, (name, column, row[column], item)


@of_the_built_book
@pytest.mark.skipif(
    not any(map(shutil.which, printing.PROGRAMS)), reason="no chromium on this machine"
)
def test_it_has_at_most_ten_pages(tmp_path):
    (part,) = chapters(SITE, [PAGE])
    path = printing.print_chapter(printing.browser(), SITE, part, tmp_path / "report.pdf")
    assert 5 <= len(printing.leaves(path.read_bytes())) <= MOST
