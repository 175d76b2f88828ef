"""Prose is Markdown that the notebook's own variables fill, and what cannot be said stops the page."""

from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from rfbook.pages import narrative
from rfbook.pages.estimates import Estimates
from rfbook.pages.narrative import NarrativeError, captioned, filled, plain
from rfbook.pages.template_cells import filled_in


def test_a_sentence_shows_the_numbers_of_the_notebook():
    text = "The probes gain {{ gain }} points in {{ count }} networks."
    assert filled(text, {"gain": 3.25, "count": 4}) == "The probes gain 3.25 points in 4 networks.\n"


def test_a_condition_on_a_line_of_its_own_does_not_end_the_paragraph():
    text = "First.\n{% if border %}\nSecond.\n{% else %}\nOther.\n{% endif %}\nThird."
    assert filled(text, {"border": True}) == "First.\nSecond.\nThird.\n"


NAMES = {
    "page": SimpleNamespace(name="a/page"), "gain": 1.0, "nothing": None, "never": float("nan"),
    "empty": Estimates([]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It gains {{ gian }}.", "a/page, “It gains {{ gian }}.”: 'gian' is undefined"),
        ("It gains {{ gain.most }}.", "has no attribute 'most'"),
        ("It gains {{ empty.high }}.", "a/page, .* no network has this quantity"),
        ("It gains {{ nothing }}.", "None in a sentence"),
        ("It gains {{ never }}.", "nan in a sentence"),
        ("It gains {{ gain ", "line 1"),
    ],
)
def test_what_cannot_be_said_is_named(text, said):
    with pytest.raises(NarrativeError, match=said):
        filled(text, NAMES)


def made_of(markdown):
    """The cells in place of one, each as (type, what it shows)."""
    made = filled_in(new_markdown_cell(markdown, metadata={"author": "me"}))
    nbformat.validate(nbformat.v4.new_notebook(cells=made))
    assert all(cell.metadata["author"] == "me" for cell in made)
    texts = [cell.source.split('r"""')[-1].split('"""')[0].strip() for cell in made]
    return list(zip((cell.cell_type for cell in made), texts, strict=True))


@pytest.mark.parametrize(
    ("markdown", "cells"),
    [
        ("# Title\n\nText.", [("markdown", "# Title\n\nText.")]),
        ("It gains {{ gain }}.", [("code", "It gains {{ gain }}.")]),
        ("# Title\n\nIt {{ gains }}.\n\n## Goals\n\n- One.",
         [("markdown", "# Title"), ("code", "It {{ gains }}."), ("markdown", "## Goals"),
          ("markdown", "- One.")]),
        ("Text.\n\nMore.\n\n{% if a %}\nOne.\n\nTwo.\n{% endif %}\n\nLast.",
         [("markdown", "Text.\n\nMore."), ("code", "{% if a %}\nOne.\n\nTwo.\n{% endif %}"),
          ("markdown", "Last.")]),
        (":::{admonition} Said\n:class: dropdown\n\nIt {{ gains }}.\n:::\n\nLast.",
         [("code", ":::{admonition} Said\n:class: dropdown\n\nIt {{ gains }}.\n:::"),
          ("markdown", "Last.")]),
        ("Text.\n\n:::{caption} fig-a-b\n:alt: It rises.\n\nWhat is drawn.\n:::",
         [("markdown", "Text."), ("code", ":alt: It rises.\n\nWhat is drawn.")]),
    ],
)  # fmt: skip
def test_what_is_filled_becomes_a_cell_of_its_own_and_the_rest_stays_markdown(markdown, cells):
    assert made_of(markdown) == cells


def test_a_cell_that_fills_shows_no_code_and_a_cell_of_code_is_left_alone():
    (sentence,) = filled_in(new_markdown_cell("It gains {{ gain }}.", metadata={"tags": ["mine"]}))
    assert sentence.metadata["tags"] == ["mine", "remove-input"]
    code = new_code_cell("{{1}}")
    assert filled_in(code) == [code]


def test_a_caption_becomes_what_a_figure_takes_under_its_name():
    text = ":::{caption} fig-a-b\n:alt: It rises\nby {{ 1 }}.\n\nA\nline.\n:::"
    (cell,) = filled_in(new_markdown_cell(text))
    namespace = {}
    exec(cell.source, namespace)
    assert namespace["fig_a_b"] == {"alt": "It rises by 1.", "caption": "A line.", "name": "fig-a-b"}
    assert cell.metadata["tags"] == ["remove-cell"]
    with pytest.raises(NarrativeError, match="fig-a-b: a caption begins with `:alt:"):
        captioned("fig-a-b", "A line.", {})


def test_the_cell_shows_myst_on_the_site_and_plain_words_in_jupyter(monkeypatch):
    shown = []
    monkeypatch.setattr(narrative, "display", lambda forms, raw: shown.append(forms))
    narrative.render("The {term}`border layer` is conv{{ number }}.", {"number": 9})
    assert shown[0]["text/markdown"] == "The {term}`border layer` is conv9.\n"
    assert shown[0]["text/html"] == "<p>The border layer is conv9.</p>\n"


@pytest.mark.parametrize(
    ("myst", "words"),
    [
        ("{doc}`../background/probes`", "*probes*"),
        ("{doc}`the probes <../background/probes>`", "the probes"),
        ("{cite:p}`richter2021size`", "[richter2021size]"),
        ("$x^2$", "$x^2$"),
    ],
)
def test_a_role_is_plain_words_where_nobody_knows_it(myst, words):
    assert plain(myst) == words
