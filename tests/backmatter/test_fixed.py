"""The claims by when they were fixed, from what the pages left."""

from dataclasses import asdict
from pathlib import Path

import pytest

from rfbook.backmatter import fixed
from rfbook.backmatter.summary import Summary
from rfbook.claims.claim import read_claims
from rfbook.claims.verdicts import Estimate
from rfbook.records.record import Record
from tests.samples import PROVENANCE, SESSION, tiny

CLAIMS = {one.id: one for one in read_claims(Path(__file__).parents[2] / "claims")}
NAME = "SM-3.4-before"


def page(begun, measured, network="vgg11"):
    """A page with one claim, decided by one record that was made at these times."""
    run, measure = tiny(), "probes"
    made = PROVENANCE | {
        "training": {"minutes": 1.0, "sessions": [SESSION | {"first_epoch": 1, "made": begun}]},
        "measuring": SESSION | {"minutes": 1.0, "made": measured},
    }
    key = Record.made(run, measure, {}, {}, made).key
    row = {
        "claim": NAME, "word": "reproduced", "why": "",
        "estimates": [asdict(Estimate(network, 40.0, 3, (39.0, 41.0), False))],
        "keys": {"vgg11": [key]},
    }  # fmt: skip
    parts = {"asked": [["thin", run.model_dump(mode="json"), measure]], "provenance": [made]}
    return Summary((parts | {"verdicts": [row]}).__getitem__)


@pytest.mark.parametrize(
    "begun, measured, said",
    [
        ("2999-01-01T00:00:00+00:00", "2999-01-02T00:00:00+00:00", "before"),
        ("2001-01-01T00:00:00+00:00", "2999-01-02T00:00:00+00:00", "between"),
        ("2001-01-01T00:00:00+00:00", "2001-01-02T00:00:00+00:00", "after"),
    ],
)
def test_a_claim_was_fixed_before_between_or_after_the_records_behind_it(begun, measured, said):
    pages = {"a/page": page(begun, measured), "planned": None}
    assert fixed.times(pages) == {NAME: said}
    rows = {row[0]: row[1:3] for row in fixed.table(pages).rows}
    assert rows.pop(fixed.WHEN[said]) == ["1", "1"]
    assert all(row == ["0", ""] for row in rows.values())


def test_a_claim_that_no_record_decides_has_no_time():
    pages = {"a/page": page("2001-01-01T00:00:00+00:00", "2001-01-02T00:00:00+00:00", network="vgg19")}
    assert fixed.times(pages) == {}
