"""Two processes work on one plan: each network is made once, and each measurement taken once."""

from rfbook.records.store import Store
from tests import racing

MEASURES = "receptive_field", "accuracy"
RUNS = [f"vgg11-w0.125-digits-32px-n512-e0-s{seed}" for seed in range(4)]


def test_each_network_is_made_once_and_each_measurement_taken_once(tmp_path, monkeypatch):
    page = racing.page_of('recipe="untrained"', MEASURES)
    with racing.at_the_start(tmp_path, page, 2, monkeypatch) as started:
        racing.check_made_once(racing.raced(started), RUNS, MEASURES)
    assert len(list(Store((tmp_path / "build/smoke/records",)).paths())) == 8
