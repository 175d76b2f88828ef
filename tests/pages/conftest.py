"""A small repository in place of the real one, and its page as a notebook would open it."""

import pytest

from rfbook.ledger.store import Store
from rfbook.pages.notebook import store_of
from rfbook.pages.plan import asks, replay
from tests.pages import skeleton


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
