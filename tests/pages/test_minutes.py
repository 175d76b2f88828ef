"""How long a page takes with other values of its parameters is told from the published runs."""

import pytest

from rfbook.pages import minutes
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks
from rfbook.records.store import Store
from tests import skeleton


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The records of the tiny page."""
    skeleton.seem_installed(monkeypatch, skeleton.write(tmp_path))
    skeleton.fill(Store(store_of("thin").roots[:1]), asks(skeleton.PAGE, {}))


def test_what_is_published_takes_seconds_and_more_of_it_what_the_like_took(published):
    assert minutes.expected(skeleton.PAGE) == "seconds"
    assert minutes.expected(skeleton.PAGE, seeds=3).startswith("about ")
    with pytest.raises(LookupError, match="no published run says"):
        minutes.expected(skeleton.PAGE, models="vgg16")
