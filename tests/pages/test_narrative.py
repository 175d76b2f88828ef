"""Prose is Markdown that the notebook's own variables fill, and what cannot be said stops the page."""

import nbformat
import pytest

from rfbook.pages import narrative, sources
from rfbook.pages.narrative import NarrativeError, filled, plain


def test_a_sentence_shows_the_numbers_of_the_notebook():
    text = "The probes gain {{ gain }} points in {{ count }} networks."
    assert filled(text, {"gain": 3.25, "count": 4}) == "The probes gain 3.25 points in 4 networks.\n"


def test_a_condition_on_a_line_of_its_own_does_not_end_the_paragraph():
    text = "First.\n{% if border %}\nSecond.\n{% else %}\nOther.\n{% endif %}\nThird."
    assert filled(text, {"border": True}) == "First.\nSecond.\nThird.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It gains {{ gian }}.", "'gian' is undefined, in the sentence: It gains"),
        ("It gains {{ nothing }}.", "None in a sentence"),
        ("It gains {{ never }}.", "nan in a sentence"),
        ("It gains {{ gain ", "line 1"),
    ],
)
def test_what_cannot_be_said_is_named(text, said):
    with pytest.raises(NarrativeError, match=said):
        filled(text, {"gain": 1.0, "nothing": None, "never": float("nan")})


def test_a_text_without_expressions_stays_a_markdown_cell_and_another_becomes_one_that_renders(tmp_path):
    page = tmp_path / "notebooks/a/b.md"
    page.parent.mkdir(parents=True)
    matter = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n  language: python\n---\n"
    code = "```{code-cell} ipython3\ngain = 2\n```"
    page.write_text(f"{matter}\n# Title\n\n{code}\n\nIt gains {{{{ gain }}}}.\n")
    title, code, sentence = sources.read("a/b", tmp_path).cells
    assert (title.cell_type, code.cell_type, sentence.cell_type) == ("markdown", "code", "code")
    assert "It gains {{ gain }}." in sentence.source
    assert sentence.metadata["tags"] == ["remove-input"]
    nbformat.validate(nbformat.v4.new_notebook(cells=[sentence]))


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
