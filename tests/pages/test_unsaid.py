"""A number without a value is said to be missing, wherever a page would show it."""

import dataclasses

import numpy as np
import pytest
from matplotlib import pyplot

from rfbook.claims.amounts import number
from rfbook.pages.figures import style
from rfbook.pages.outcomes import QUANTITIES, means
from rfbook.pages.tables.standard import Table
from rfbook.pages.unsaid import NO_VALUE, UNSAID, finite
from rfbook.statistics.undefined import Undefined
from tests.pages.test_tables_standard import shown


@pytest.mark.parametrize("text", ["", "Banana infers 3.5 points.", "Info: no day; Nancy.", "1.0 (nano)"])
def test_words_and_numbers_stay_as_they_are(text):
    assert finite(text) == text


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_sentence_with_a_number_that_has_no_value_is_replaced_and_the_others_stay(value):
    said = finite(f"It gains 2.5 points. It is {value:.1f} (VGG16; {value:+.0f} %). Verdicts: 1 open.")
    assert said == f"It gains 2.5 points. {UNSAID} Verdicts: 1 open."
    assert finite(f"{value}") == UNSAID
    assert finite(f"It is {value}. It is {value} again.") == UNSAID


def test_captions_tables_and_numbers_show_none(monkeypatch):
    displayed = []
    monkeypatch.setattr(style, "display", lambda forms, raw: displayed.append(forms))
    style.show(pyplot.figure(), None, f"It falls by {np.nan} points.", f"Falls by {np.inf}.", "fig-none")
    table = shown(Table("A table", ["name", "value"], [["one", f"{np.nan:.1f}"]]))
    assert displayed[0]["text/html"].count(UNSAID) == 2
    assert NO_VALUE in table.text
    assert number(np.nan) == number(np.inf) == NO_VALUE


@pytest.mark.parametrize("value", [np.nan, np.inf, None])
def test_a_network_without_a_finite_mean_is_left_out_and_no_sentence_about_it_is_shown(
    page, monkeypatch, value
):
    def quantity(records):
        if records["accuracy"].run.model.name == "vgg11":
            return 1.0
        if value is None:
            raise Undefined("no value")
        return value

    monkeypatch.setitem(QUANTITIES, "accuracy", QUANTITIES["accuracy"]._replace(function=quantity))
    found = means(page.outcomes, "accuracy")
    assert found == {"vgg11": 1.0}
    assert finite(f"It is {found['vgg13']:.1f}.") == UNSAID


def test_arms_that_are_one_run_decide_nothing(page):
    """At tier smoke a side of 224 and one of 1024 are both 64."""
    claim = page.claims()[1].model_copy(update={"arms": ("large", "small"), "margin": -1.0})
    page.outcomes = [
        dataclasses.replace(one, arm=arm) for arm in ("large", "small") for one in page.outcomes
    ]
    verdict = page._judged(claim)
    assert verdict.word == "not tested"
    assert verdict.why == "vgg11 large and vgg11 small are the same run here"
    for one in page.outcomes[4:]:
        object.__setattr__(one, "run", one.run.model_copy(update={"seed": one.run.seed + 7}))
    assert "same run" not in page._judged(claim).why
