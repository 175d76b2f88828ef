"""Pages whose prose is filled from their variables: no number is typed there, and code is short."""

import re
from pathlib import Path

import pytest

from rfbook.pages import sources

ROOT = Path(__file__).parents[2]
FILL = "from rfbook.pages.narrative import"


def cells(page):
    return sources.read(page, ROOT).cells


def fills(cell):
    return cell.cell_type == "code" and cell.source.startswith(FILL)


FILLED = [
    page
    for page in [*sources.pages(ROOT), *sources.planned(ROOT)]
    if any(fills(cell) for cell in cells(page))
]
each_page = pytest.mark.parametrize("page", FILLED)

MAY_HAVE_DIGITS = (
    r"\{\{(?s:.*?)\}\}|\{%(?s:.*?)%\}",  # what is computed
    r"\{[a-z:]+\}`[^`]*`",  # roles
    r"\[[^\]]*\]\([^)]*\)",  # links
    r"`[^`]*`",
    r"\$[^$]*\$",
    r"\b\d+x\d+\b",  # kernels and grids
    r"^> .*$",  # quotations
    r"^\d+\. ",  # the numbers of a list
    r"\((?:\d+) (?:min|h)\)",
    r"\b(?:[Ff]igure|[Tt]able|[Ss]ection|[Ee]quation|[Ee]rratum|errata,)s? [\d.A-Z]*\d(?: and \d+)?",
    r"\b[A-Za-z][\w-]*\d[\w-]*(?:-\d[\w-]*)*",  # names: VGG16, CIFAR-10, layer4, DP-T3-slightly-18
)


def typed(text):
    """The digits of a text that nobody computed."""
    for pattern in MAY_HAVE_DIGITS:
        text = re.sub(pattern, "", text, flags=re.MULTILINE)
    return re.findall(r"\S*\d\S*", text)


def test_the_pages_that_are_converted_are_known():
    assert {
        "size_matters/border-layer", "together/same-networks", "dead_pixel/size-pretrained",
        "dead_pixel/feature",
    } <= set(FILLED)  # fmt: skip


@each_page
def test_no_number_of_a_filled_sentence_or_caption_is_typed(page):
    filled = [cell.source for cell in cells(page) if fills(cell)]
    texts = [re.search(r'r"""\n(.*)\n"""', source, re.DOTALL)[1] for source in filled]
    assert {text[:60]: typed(text) for text in texts if typed(text)} == {}


@each_page
def test_no_alternative_text_counts_the_sides_of_the_images_in_words(page):
    """The cell tagged `run` lists them, and a reader may add one."""
    lines = [line for cell in cells(page) for line in cell.source.splitlines() if ":alt:" in line]
    assert [line for line in lines if re.search(r"\b(?:two|three|four|five|six) sides\b", line)] == []


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("It gains 3.4 points.", ["3.4"]),
        ("All alike would be 50 %.", ["50"]),
        ("It gains {{ gain + 1 }} in VGG16 ({% if 1 %}3{% endif %}).", ["(3)."]),
        ("As in Figure 4 and section 3.4 of {cite:p}`kim2021`, on CIFAR-10 (errata, E23).", []),
        ("1. First\n2. Second, $x^2$, [E2](page2.html), `conv(3)`, R² of Tables 2 and 3", []),
    ],
)
def test_a_digit_counts_as_typed_unless_it_belongs_to_a_name_or_a_reference(text, digits):
    assert typed(text) == digits


@each_page
def test_no_expression_is_left_for_a_reader_to_see_and_nothing_is_glued(page):
    shown = [cell.source for cell in cells(page) if cell.cell_type == "markdown"]
    assert [text for text in shown if re.search(r"\{\{|\{%|\{glue|:::\{caption", text)] == []
    assert not any("prose.say" in cell.source for cell in cells(page))


@each_page
def test_the_code_of_a_page_is_short(page):
    """Lines that no reader sees, besides the parameters and the runs; what is shown is a lesson."""
    code = [cell for cell in cells(page) if cell.cell_type == "code" and not fills(cell)]
    unseen = [
        cell.source
        for cell in code
        if {"remove-input", "remove-cell"} & set(cell.metadata.get("tags", []))
        and not {"parameters", "run"} & set(cell.metadata["tags"])
    ]
    lines = sum(bool(line.strip()) for source in unseen for line in source.splitlines())
    assert lines <= 40
