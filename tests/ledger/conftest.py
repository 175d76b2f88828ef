"""No test of the ledger may touch the cache of the repository."""

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path / "cache"))
