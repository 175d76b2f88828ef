"""Every page has the same parts in the same order, and says what it is about and what it costs."""

import ast
import re
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parents[2] / "notebooks"
PAGES = sorted(ROOT.glob("**/*.md"))
PARTS = [
    "Goals",
    "Parameters",
    "The paper says",
    "Predict",
    "Toy",
    "Run or load",
    "Figure",
    "Original beside ours",
    "Verdicts",
    "What would change if",
    "Exercises",
    "Provenance",
]
TIERS = ["paper", "smoke", "thin"]

each_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda path: path.relative_to(ROOT).with_suffix("").as_posix()
)


def read(path):
    return jupytext.read(path, fmt="md:myst")


def tagged(page, tag):
    cells = read(page).cells
    return [c for c in cells if c.cell_type == "code" and tag in c.metadata.get("tags", [])]


def targets(line):
    """Names that a line of a cell assigns."""
    held = line.targets if isinstance(line, ast.Assign) else []
    return [node.id for one in held for node in ast.walk(one) if isinstance(node, ast.Name)]


def prose(page):
    """The Markdown of a page without its fenced blocks."""
    cells = [cell.source for cell in read(page).cells if cell.cell_type == "markdown"]
    fence = re.compile(r"^(`{3,}|:{3,}).*?^\1\s*$", re.MULTILINE | re.DOTALL)
    return fence.sub("", "\n\n".join(cells))


def headings(page, level):
    return re.findall(rf"^{'#' * level} (.+?)\s*$", prose(page), re.MULTILINE)


def test_there_are_pages():
    assert PAGES


@each_page
def test_the_parts_of_a_page_are_the_fixed_ones_in_the_fixed_order(page):
    assert len(headings(page, 1)) == 1
    assert headings(page, 2) == PARTS


@each_page
def test_an_answer_stands_between_the_title_and_the_goals(page):
    cells = read(page).cells
    goals = next(i for i, cell in enumerate(cells) if "## Goals" in cell.source)
    before = "\n".join(cell.source for cell in cells[: goals + 1]).split("## Goals")[0]
    assert before.strip().splitlines()[1:], "say the answer in one sentence below the title"


@each_page
def test_a_page_says_what_it_is_about_and_how_long_it_takes_to_read(page):
    about = read(page).metadata["rfbook"]
    assert about.keys() - {"planned", "sentences"} == {"section", "tier", "claims", "minutes_to_read"}
    assert about["tier"] in TIERS
    assert about["minutes_to_read"] > 0


@each_page
def test_the_parameters_are_plain_values_one_a_line_and_the_tier_is_among_them(page):
    (cell,) = tagged(page, "parameters")
    assignments = ast.parse(cell.source).body
    assert all(isinstance(line, ast.Assign) for line in assignments)
    assert all(isinstance(line.targets[0], ast.Name) for line in assignments)
    values = {line.targets[0].id: ast.literal_eval(line.value) for line in assignments}
    assert values["tier"] in TIERS


@each_page
def test_no_other_cell_sets_a_parameter(page):
    """A reader who opens the page again in the same kernel would pass it unawares."""
    (parameters,) = tagged(page, "parameters")
    declared = {line.targets[0].id for line in ast.parse(parameters.source).body}
    for cell in read(page).cells:
        if cell.cell_type == "code" and cell.source != parameters.source:
            assigned = {name for line in ast.parse(cell.source).body for name in targets(line)}
            assert not declared & assigned, cell.source


@each_page
def test_a_page_is_opened_by_its_own_name_before_it_runs_or_loads(page):
    first, *_ = tagged(page, "run")
    name = page.relative_to(ROOT).with_suffix("").as_posix()
    assert f'page = Page.open("{name}", globals())' in first.source


@each_page
def test_a_cell_that_runs_shows_nothing(page):
    """A measurement on its last line would show its runs and records as Python prints them."""
    for cell in tagged(page, "run"):
        assert not isinstance(ast.parse(cell.source).body[-1], ast.Expr), cell.source


@each_page
def test_quotations_are_short(page):
    """At most 25 words of the paper stand in one quotation."""
    quoted = re.findall(r"^> (.+(?:\n> .+)*)", prose(page), re.MULTILINE)
    assert all(len(text.replace("\n> ", " ").split()) <= 25 for text in quoted), quoted
