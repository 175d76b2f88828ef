"""On every page, with its published records: right answers pass, wrong ones fail and learn why."""

import pytest

from tests.teaching import reader
from tests.teaching.test_answers import PAGES, judge

pytestmark = pytest.mark.torture


@pytest.mark.parametrize("page", [page for page in reader.PAGES if page not in PAGES])
def test_right_answers_pass_and_wrong_ones_fail_with_the_reason(page):
    judge(page)
