"""Lessons fit into their minutes, paths add up, and the index has every exercise once."""

from itertools import pairwise
from pathlib import Path

import pytest

from rfbook.backmatter import lessons
from rfbook.backmatter.front import minutes_to_read
from rfbook.pages import sources
from rfbook.pages.exercises import LEVELS, of_page
from tests.reading import rows

ROOT = Path(__file__).parents[2]
PLAN = lessons.plan(ROOT)
PAGES = [page for page in sources.pages(ROOT) if not page.startswith("book/")]
PLANNED = [
    (lesson[name], length)
    for lesson in PLAN["lessons"]
    for name, length in (("short", lessons.SHORT), ("long", lessons.LONG))
]
each_lesson = pytest.mark.parametrize(("pages", "length"), PLANNED)


def test_every_part_with_pages_has_a_lesson():
    parts = lessons.parts(ROOT)
    assert [lesson["part"] for lesson in PLAN["lessons"]] == list(parts)
    assert sorted(page for held in parts.values() for page in held) == sorted(PAGES)


@each_lesson
def test_a_lesson_fills_its_minutes_without_a_gap(pages, length):
    steps = lessons.steps(pages, length, ROOT)
    assert steps[0].begins == 0 and steps[-1].ends == length
    assert all(one.ends == other.begins for one, other in pairwise(steps))


@each_lesson
def test_every_page_of_a_lesson_is_predicted_looked_at_checked_discussed_and_changed(pages, length):
    steps = lessons.steps(pages, length, ROOT)
    for page in pages:
        kinds = [one.kind for one in steps if one.page == page]
        assert kinds == ["predict", "look", "check", "discuss", "change"]


def test_a_page_is_looked_at_as_long_as_it_says_and_its_change_takes_what_the_exercise_says():
    (page,) = PLAN["lessons"][0]["short"]
    long = {one.kind: one.ends - one.begins for one in lessons.steps([page], lessons.SHORT, ROOT)}
    _, change, _ = of_page(page, ROOT).values()
    assert long["look"] == minutes_to_read()[page]
    assert f"{long['change']} min" == change.time


def test_a_lesson_that_leaves_no_time_to_discuss_is_refused():
    with pytest.raises(ValueError, match=r"20 minutes leave -?\d+ for discussions"):
        lessons.steps(PLAN["course"][:1], 20, ROOT)


def test_lessons_and_course_have_something_to_predict_discuss_and_hand_in():
    used = {page for pages, _ in PLANNED for page in pages} | set(PLAN["course"])
    assert used <= PLAN["pages"].keys()
    assert all(
        one["predict"] and len(one["discuss"]) > 1 and one["hand_in"] for one in PLAN["pages"].values()
    )


def test_both_papers_are_read_in_an_hour():
    table = lessons.path(PLAN["hour"])
    said = rows(table)
    assert [int(one["minutes"]) for one in said] == [minutes_to_read()[page] for page in PLAN["hour"]]
    total = sum(int(one["minutes"]) for one in said)
    assert table.caption == f"{total} minutes" and said[-1]["by then"] == str(total)
    assert 45 <= total <= 60
    assert {one["part"] for one in said} >= {"Size Matters", "Dead Pixel"}


def test_the_course_has_six_lessons_and_says_of_each_what_to_do():
    said = rows(lessons.course(ROOT))
    assert len(said) == 6
    assert all(one["predict"] and one["run"] and one["hand in"] for one in said)


@pytest.mark.parametrize("level", LEVELS)
def test_the_index_has_one_exercise_of_each_level_of_every_page_with_its_place(level):
    table = lessons.index()
    assert len(table.rows) == len(PAGES)
    places = [row[table.columns.index(level)] for row in table.rows]
    assert all(time in ("2 min", "10 min", "1 h") for time, _ in places)
    assert all(
        address.startswith("../notebooks/") and "#ex-" in address and address.endswith(level)
        for _, address in places
    )
