"""What every test has: a cache and settings of its own, and a small repository to stand in."""

import os
from pathlib import Path

import matplotlib
import pytest
from matplotlib import pyplot

from rfbook.pages.page import store_of
from rfbook.pages.plan import asks, replay
from rfbook.records.store import Store
from tests import skeleton


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def own_settings():
    """Figures leave neither settings nor windows behind."""
    with matplotlib.rc_context():
        yield
    pyplot.close("all")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one run of the tests share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Root of the small repository, without any record."""
    skeleton.seem_installed(monkeypatch, skeleton.write(tmp_path))
    return tmp_path


@pytest.fixture
def page(repository):
    """The tiny page after its run cells, from records that lie in `results/`."""
    skeleton.fill(Store(store_of("thin").roots[:1]), asks(skeleton.PAGE, {}))
    return replay(skeleton.PAGE, {})
