"""Every page as students and instructors have it, executed."""

import pytest

from tests.teaching import reader
from tests.teaching.test_notebooks import PAGES, judge

pytestmark = pytest.mark.torture


@pytest.mark.parametrize("page", [page for page in reader.PAGES if page not in PAGES])
def test_in_an_instructor_s_notebook_every_check_passes_and_in_a_student_s_only_the_checks_fail(page):
    judge(page)
