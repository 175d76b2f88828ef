"""Every page has exercises of three levels: two with an answer that can be tested, one with a hint."""

import pytest
from nbformat.v4 import new_markdown_cell

from rfbook.pages import sources
from rfbook.pages.exercises import LEVELS, SLIPS, exercises, parts
from tests.teaching import reader

each_page = pytest.mark.parametrize("page", reader.PAGES)

EXERCISE = "```{exercise}\n:label: ex-one\n**Check (2 min).** How many?\n```\n"
HINT = "```{hint}\n:class: dropdown\nCount\nthem.\n```\n"
SOLUTION = "````{solution-start} ex-one\n:class: dropdown\n````\n\nTwo.\n\n````{solution-end}\n````\n"


@each_page
def test_a_page_has_one_exercise_of_each_level(page):
    assert [one.level for one in reader.of(page)] == list(LEVELS)


@each_page
def test_a_check_and_a_change_say_what_their_answer_is(page):
    check, change, _ = reader.of(page)
    assert check.asked and change.asked


@each_page
def test_a_solution_has_its_slips_after_its_answer(page):
    cells = [one for one in parts(sources.shared(page, reader.ROOT).cells) if one.kind == "solution"]
    for exercise in reader.of(page)[:2]:
        code = [
            one.cell for one in cells if one.label == exercise.label and one.cell.cell_type == "code"
        ]
        tagged = [SLIPS in cell.metadata.get("tags", []) for cell in code]
        assert tagged == [False] * (len(code) - 1) + [True]
        assert "\nanswer = " in f"\n{code[-2].source}"


@each_page
def test_a_challenge_has_a_hint_and_no_solution(page):
    *_, challenge = reader.of(page)
    assert challenge.hint and not challenge.solution


def test_a_page_is_cut_at_the_directives_of_its_exercises():
    cell = new_markdown_cell(f"Before.\n\n{EXERCISE}\n{SOLUTION}\n{HINT}\nAfter.")
    assert [(one.kind, one.label, one.text) for one in parts([cell])] == [
        ("other", "", "Before."),
        ("exercise", "ex-one", "**Check (2 min).** How many?"),
        ("solution", "ex-one", "Two."),
        ("hint", "ex-one", "Count\nthem."),
        ("other", "", "After."),
    ]


def test_an_exercise_knows_its_level_its_time_and_its_hint():
    (one,) = exercises([new_markdown_cell(f"{EXERCISE}\n{HINT}")])
    assert (one.level, one.time, one.text, one.hint) == ("check", "2 min", "How many?", "Count them.")


def test_an_exercise_without_a_level_is_refused_by_its_label():
    with pytest.raises(ValueError, match="ex-one: an exercise begins like"):
        exercises([new_markdown_cell(EXERCISE.replace("**Check (2 min).** ", ""))])
