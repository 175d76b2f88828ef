"""What is read where nothing is named is the checkout's, wherever a process was started."""

from pathlib import Path

import pytest

from rfbook.claims.claim import read_claims
from rfbook.claims.printed_tables import read_paddings, read_sizes, read_skip_ablation
from rfbook.records.store import Store

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("read", [read_claims, read_sizes, read_paddings, read_skip_ablation])
def test_claims_and_printed_tables_are_those_of_the_checkout(read, tmp_path, monkeypatch):
    named = repr(read(REPOSITORY / "claims"))
    monkeypatch.chdir(tmp_path)
    assert repr(read()) == named


def test_records_are_those_of_the_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Store().roots == (REPOSITORY / "results", REPOSITORY / "runs")
