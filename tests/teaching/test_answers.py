"""On some pages, with their published records: right answers pass, wrong ones fail and learn why.

`tests/torture/test_all_answers.py` does the same on all pages.
"""

import pytest

from rfbook.pages import check
from rfbook.pages.checking import NotYet, difference, solved
from tests.teaching import reader

PAGES = [
    "background/receptive-field", "size_matters/border-layer", "size_matters/object-size",
    "dead_pixel/checkerboard", "together/what-if",
]  # fmt: skip
"""With toys, records, the package's arithmetic, and answers of every form."""


@pytest.mark.parametrize("page", PAGES)
def test_right_answers_pass_and_wrong_ones_fail_with_the_reason(page):
    judge(page)


def judge(page):
    """Answers each check and change of a page: rightly, by every slip, not at all, beside the point."""
    names = reader.memory(page)
    for exercise in reader.of(page)[:2]:
        right, slips = solved(exercise.solution, names)
        assert slips, exercise.label
        assert check(exercise.label, names | {"answer": right}).data == "**Right.**"
        for reason, wrong in slips.items():
            assert difference(wrong, right), (
                f"{exercise.label}: {reason} This slip gives the right answer."
            )
            refused(exercise.label, names, wrong, reason)
        refused(exercise.label, names, ..., "there is no answer yet")
        refused(exercise.label, names, object(), next(iter(slips)))


def refused(label, names, answer, reason):
    with pytest.raises(NotYet) as error:
        check(label, names | {"answer": answer})
    assert reason in str(error.value)
