"""Every committed record lies under the name that its run is given today."""

from pathlib import Path

import pytest

from rfbook.experiments.digest import digest
from rfbook.ledger.record import description
from rfbook.ledger.store import folder, read

RESULTS = Path(__file__).parents[2] / "results"
RECORDS = sorted(RESULTS.glob("*/*-*.json"))


def test_there_are_records():
    assert len(RECORDS) > 50


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_record_keeps_its_key_and_its_folder(path):
    """A measure may have a newer version since, which makes its records stale; nothing else may."""
    record = read(path)
    made_with = {"measure_version": record.description["measure_version"]}
    assert digest(description(record.run, record.measure) | made_with) == record.key
    assert path.parent.name == folder(record.run)
