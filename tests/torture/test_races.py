"""Many processes work on one plan: each training is one run's, each measurement one record's."""

import pytest

from rfbook.records.store import Store, read
from tests import racing

MEASURES = "accuracy", "saturation", "saliency"
RUNS = [f"vgg11-w0.125-digits-32px-n64-e2-s{seed}" for seed in range(4)]
FEW = 'data="digits", images=64, test_images=8'

pytestmark = pytest.mark.torture


@pytest.mark.parametrize("count", [2, 6])
def test_as_many_trainings_as_runs_and_as_many_measurements_as_records(count, tmp_path, monkeypatch):
    page = racing.page_of(FEW, MEASURES)
    with racing.at_the_start(tmp_path, page, count, monkeypatch) as started:
        racing.check_made_once(racing.raced(started), RUNS, MEASURES)
    records = [read(path) for path in Store((tmp_path / "build/smoke/records",)).paths()]
    assert len(records) == len(RUNS) * len(MEASURES), "a record is missing, or there is one too many"
    sessions = {len(record.provenance["training"]["sessions"]) for record in records}
    assert sessions == {1}, "more than one process trained a network"
