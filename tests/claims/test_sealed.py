"""A test of a claim cannot change unseen after it was fixed."""

import pytest

from rfbook.claims import sealed
from rfbook.claims.claim import ClaimError, read_claims

ROW = """
- {id: X-1, where: "1", says: so, page: a/page, quantity: accuracy, holds_if: above, margin: %g,
   only: [%s], fixed: %s}
"""
FIRST, LATER = "2020-01-02T03:00:00Z", "2020-01-03T03:00:00Z"


@pytest.fixture
def folder(tmp_path):
    fill(tmp_path)
    sealed.write(tmp_path)
    return tmp_path


def fill(folder, margin=50, only="vgg11", fixed=FIRST):
    (folder / "size_matters.yml").write_text(ROW % (margin, only, fixed))


def said(folder):
    return list(sealed.wrong(read_claims(folder), folder))


def test_what_was_fixed_and_is_the_same_is_right(folder):
    assert said(folder) == []


@pytest.mark.parametrize(
    "change, told",
    [
        ({"margin": 40}, "margin is '40' and was '50'"),
        ({"only": "vgg13"}, "only is 'vgg13' and was 'vgg11'"),
    ],
)
def test_a_test_that_changes_while_its_date_stays_is_refused_and_not_written(folder, change, told):
    before = (folder / sealed.FILE).read_text()
    fill(folder, **change)
    (fault,) = said(folder)
    assert told in fault and "under `fixed`" in fault and "changelog" in fault
    with pytest.raises(ClaimError, match=told):
        sealed.write(folder)
    assert (folder / sealed.FILE).read_text() == before


def test_a_test_that_changes_with_its_date_is_written_again(folder):
    fill(folder, margin=40, fixed=LATER)
    (fault,) = said(folder)
    assert "was fixed at another time" in fault
    sealed.write(folder)
    assert said(folder) == []


@pytest.mark.parametrize("margin", [50, 40])
def test_a_date_that_goes_back_is_refused_with_another_margin_or_the_same(folder, margin):
    fill(folder, margin=margin, fixed="2020-01-01T03:00:00Z")
    (fault,) = said(folder)
    assert "which is earlier" in fault
    with pytest.raises(ClaimError, match="which is earlier"):
        sealed.write(folder)


def test_the_same_moment_in_another_zone_is_the_same(folder):
    fill(folder, fixed="2020-01-02T05:00:00+02:00")
    assert said(folder) == []


def test_a_new_claim_and_one_that_is_gone_are_named(folder):
    (folder / "size_matters.yml").write_text((ROW % (50, "vgg11", FIRST)).replace("X-1", "X-2"))
    assert [fault.split(": ")[1].split()[0] for fault in said(folder)] == ["X-1", "X-2"]


@pytest.mark.parametrize("left", [None, "", "id,fixed\nX-1,now\n", "\xff"])
def test_a_file_that_is_gone_or_cut_is_one_fault(folder, left):
    path = folder / sealed.FILE
    path.unlink() if left is None else path.write_text(left, encoding="latin-1")
    (fault,) = said(folder)
    assert str(path) in fault and "git checkout" in fault
