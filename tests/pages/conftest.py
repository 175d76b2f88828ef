"""A small repository in place of the real one, and its page as a notebook would open it."""

import pytest

from rfbook.pages.notebook import asks, replay, store_of
from tests.pages import skeleton


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Root of the small repository, without any record."""
    skeleton.seem_installed(monkeypatch, skeleton.write(tmp_path))
    return tmp_path


@pytest.fixture
def page(repository):
    """The tiny page after its run cells, from records that lie in `results/`."""
    skeleton.fill(type(store_of("thin"))(store_of("thin").roots[:1]), asks(skeleton.PAGE, {}))
    return replay(skeleton.PAGE, {})
