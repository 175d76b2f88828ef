"""When a test was fixed is told by the records that decide it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rfbook.claims.claim import Claim, ClaimError, read_claims
from rfbook.claims.fixed import when

CLAIMS = read_claims(Path(__file__).parents[2] / "claims")
ROW = "- {id: X-1, where: '1', says: so, page: a/page, untested: so, fixed: %s}\n"


def claim(hour):
    fixed = None if hour is None else datetime(2020, 1, 2, hour, tzinfo=UTC)
    return Claim(id="X-1", paper="size-matters", where="1", says="so", page="a/page", fixed=fixed)


def made(begun, measured):
    """Trained from one hour on, and measured in another; nothing is trained where it never began."""
    hour = "2020-01-02T{:02}:00:00+00:00".format
    sessions = [] if begun is None else [{"made": hour(begun)}, {"made": hour(measured - 1)}]
    return {"training": {"sessions": sessions}, "measuring": {"made": hour(measured)}}


TWO = [made(5, 8), made(9, 12)]


@pytest.mark.parametrize(
    "hour, said",
    [(4, "before"), (5, "between"), (6, "between"), (10, "between"), (12, "between"), (13, "after")],
)
def test_before_is_before_the_first_training_began_and_after_is_when_all_was_measured(hour, said):
    assert when(claim(hour), TWO) == said


def test_random_weights_are_known_when_they_are_measured():
    assert when(claim(7), [made(None, 8)]) == "before"
    assert when(claim(9), [made(None, 8)]) == "after"


@pytest.mark.parametrize("hour, records", [(None, TWO), (4, [])])
def test_without_a_date_or_without_records_nothing_is_said(hour, records):
    assert when(claim(hour), records) is None


def test_every_claim_with_a_test_says_when_it_was_fixed():
    assert [one.id for one in CLAIMS if one.quantity and one.fixed is None] == []
    assert [one.id for one in CLAIMS if one.fixed and not one.quantity] == []


def test_a_date_without_a_zone_is_refused(tmp_path):
    (tmp_path / "size_matters.yml").write_text(ROW % "2020-01-02T03:04:05Z")
    assert read_claims(tmp_path)[0].fixed == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    (tmp_path / "size_matters.yml").write_text(ROW % "2020-01-02T03:04:06")
    with pytest.raises(ClaimError, match=r"(?s)X-1.*fixed"):
        read_claims(tmp_path)
