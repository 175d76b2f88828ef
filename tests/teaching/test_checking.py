"""An answer is compared with what the page's own solution finds, and a wrong one learns why."""

from types import SimpleNamespace

import numpy as np
import pytest

from rfbook.pages import check
from rfbook.pages.checking import NotYet, difference, solved, why
from tests.teaching import reader

SOLUTION = ["print('loud')\ntwice = 2 * base", "answer = twice", 'slips = {"Not doubled.": base}']


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (8, 8), (8.0, 8), (np.int64(8), 8), (0.335, 1 / 3), (1.3, 1.27), (0.0, 0.0), (True, np.True_),
        (" Sum", "sum"), ((1, 2), [1, 2]), (np.array([1, 2]), [1, 2]), ({32, 64}, [32, 64]),
        ({"a": 1}, {"a": 1}),
    ],
)  # fmt: skip
def test_an_answer_may_be_written_in_many_ways(answer, expected):
    assert difference(answer, expected) == ""


@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        (9, 8, "your 9 is too large"),
        (7.99, 8, "your 7.99 is too small"),
        (0.1, 0.125, "your 0.1 is too small"),
        (True, 1, "the answer is a number, and yours is of type bool"),
        (None, 8, "the answer is a number, and yours is nothing"),
        (1, True, "the answer is True or False, and yours is of type int"),
        (False, True, "it is the other way round"),
        ("branch", "sum", "it is not 'branch'"),
        (3, "sum", "the answer is a text, and yours is of type int"),
        ([1, 3], [1, 2], "part 2: your 3 is too large"),
        ([1], [1, 2], "the answer has 2 parts, and yours 1"),
        (1, [1, 2], "the answer has 2 parts, and yours is of type int"),
        ({"a": 2}, {"a": 1}, "a: your 2 is too large"),
        ({"b": 1}, {"a": 1}, "the answer names a, yours b"),
        ([1], {"a": 1}, "the answer names a, and yours is of type list"),
    ],
)
def test_where_an_answer_differs_is_said_without_giving_the_right_one_away(answer, expected, said):
    assert difference(answer, expected) == said


def test_a_known_mistake_is_named_and_of_another_the_direction_and_what_goes_wrong_here():
    slips = {"Not doubled.": 4}
    assert why(8, 8, slips) == ""
    assert why(4, 8, slips) == "Not doubled."
    assert why(9, 8, slips) == "Your 9 is too large. Usual mistakes: Not doubled."
    assert why(..., 8, slips).startswith("there is no answer yet")


def test_a_solution_is_silent_and_leaves_the_reader_s_variables_alone(capsys):
    names = {"base": 4, "answer": 7}
    assert solved(SOLUTION, names) == (8, {"Not doubled.": 4})
    assert names == {"base": 4, "answer": 7}
    assert capsys.readouterr().out == ""


def test_the_solution_goes_by_what_the_page_has_in_memory():
    assert solved(SOLUTION, {"base": 5})[0] == 10


def test_what_jupyter_shows_of_a_wrong_answer_is_one_sentence():
    assert NotYet("Not doubled.")._render_traceback_() == ["Not doubled."]


def test_an_unknown_exercise_is_refused_with_those_that_there_are():
    page = SimpleNamespace(name=reader.PAGES[0])
    with pytest.raises(LookupError, match=r"no exercise 'ex-none': ex-.+-check, ex-"):
        check("ex-none", {"page": page})
