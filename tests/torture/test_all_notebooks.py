"""Every page as students and instructors have it, executed."""

import pytest

from tests.teaching import reader
from tests.teaching.test_notebooks import PAGES, judge, kernels

assert kernels  # a fixture
pytestmark = pytest.mark.torture


@pytest.mark.parametrize("page", [page for page in reader.PAGES if page not in PAGES])
def test_an_instructor_s_checks_all_pass_and_in_a_student_s_notebook_only_they_fail(page, kernels):
    judge(page, kernels)
