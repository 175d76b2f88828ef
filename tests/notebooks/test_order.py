"""Every page has the same parts in the same order, and says what it is about and what it costs."""

import ast
import re
from pathlib import Path

import jupytext
import pytest

from rfbook.pages import sources

ROOT = Path(__file__).parents[2] / "notebooks"
PAGES = sorted(ROOT.glob("**/*.md"))
LAST = ["What would change if", "Exercises", "Details"]
"""The last parts of a page; before them come the verdicts and parts with headings of the page's own."""
OPENING = ["parameters", "run", "opening", "predict", "answer", "figure", "verdicts"]
"""What a page begins with."""
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
def test_the_verdicts_come_first_then_the_story_and_last_what_a_reader_can_do_and_the_details(page):
    assert len(headings(page, 1)) == 1
    first, *story, change, exercises, details = headings(page, 2)
    assert [first, change, exercises, details] == ["Verdicts", *LAST]
    assert story, "tell what the paper says, what was found and why, under headings of your own"


def opened(page):
    """Which part of the beginning each of a page's cells is, in order, each once."""
    parts = []
    for cell in sources.shared(page, ROOT.parent).cells:
        tags, text = cell.metadata.get("tags", []), cell.source
        found = [
            ("parameters", "parameters" in tags),
            ("run", "run" in tags),
            ("opening", "tables.opening(page)" in text),
            ("predict", ":class: predict" in text),
            ("answer", ":class: answer" in text),
            ("figure", re.search(r"^(?:figures|conclusion|looking)\.[\w.]*\(.*fig[_-]", text, re.MULTILINE | re.DOTALL)),
            ("verdicts", "tables.verdicts(page)" in text or re.search(r"conclusion.summary|looking.advice", text)),
        ]
        parts += [name for name, there in found if there]
    return list(dict.fromkeys(parts))


@each_page
def test_question_and_answer_come_before_the_figure_and_that_before_the_verdicts(page):
    name = page.relative_to(ROOT).with_suffix("").as_posix()
    assert [part for part in opened(name) if part in OPENING] == OPENING


@each_page
def test_a_question_has_two_to_four_answers_to_choose_from(page):
    """Each opens to what the records say of it."""
    (card,) = re.findall(r"^::::\{admonition\} Predict\n:class: predict\n(.+?)^::::$", page.read_text(),
                         re.MULTILINE | re.DOTALL)  # fmt: skip
    assert 2 <= len(re.findall(r"^:::\{dropdown\} \S", card, re.MULTILINE)) <= 4


@each_page
def test_the_answer_begins_with_one_short_sentence(page):
    """At most 25 words, whichever way the records go."""
    (answer,) = re.findall(r"^:::\{admonition\} Answer\n:class: answer\n(.+?)^:::$", page.read_text(),
                           re.MULTILINE | re.DOTALL)  # fmt: skip
    shown = re.sub(r"\{\{.+?\}\}", "something", answer, flags=re.DOTALL)
    first = re.findall(r"\*\*(.+?)\*\*", shown, re.DOTALL)
    assert first, "the first sentence is bold"
    assert all(len(text.split()) <= 25 for text in first), first


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
