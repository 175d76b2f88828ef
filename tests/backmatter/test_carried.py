"""What `look` prints of the book's findings is what the book's records say now."""

import pytest

from rfbook.backmatter import carried
from rfbook.look.findings import FILE, SHOWN, finding


def test_the_copy_that_travels_with_look_holds_the_verdicts_of_the_registry():
    written = FILE.read_text(encoding="utf-8")
    assert written == carried.text(), "write it anew: see the head of src/rfbook/backmatter/carried.py"


@pytest.mark.parametrize("claim", SHOWN)
def test_every_finding_that_is_shown_is_there_with_its_reason_and_its_page(claim):
    one = finding(claim)
    assert one.verdict in ("reproduced", "partly", "not reproduced", "open", "not tested")
    assert one.why and one.page in str(one)
