"""What pages ask for and what of it is there; looking makes nothing."""

import pytest

from rfbook.ledger import measures
from rfbook.ledger.store import Store
from rfbook.pages import notebook
from rfbook.pages.census import census, link, minutes, opened
from rfbook.pages.notebook import store_of
from rfbook.pages.plan import asks
from tests.pages import skeleton


@pytest.fixture
def idle(monkeypatch):
    """A record that is missing must not be made."""

    def refuse(*_):
        raise AssertionError("something was made")

    monkeypatch.setattr(notebook, "obtain", refuse)


def test_every_measure_of_every_page_is_listed_at_the_tier_of_its_page(repository, idle):
    listed = [(one.page, one.tier, one.run.slug(), one.measure) for one in census("published")]
    expected = [
        (page, tier, run.slug(), measure)
        for page, tier in ((skeleton.OTHER, "paper"), (skeleton.PAGE, "thin"))
        for run, measures in asks(page, {"tier": tier})
        for measure in measures
    ]
    assert listed == expected
    assert {one.tier for one in census("smoke")} == {"smoke"}


def test_a_record_is_found_once_it_is_there(repository, idle):
    assert all(one.record is None for one in census("published"))
    skeleton.fill(Store(store_of("thin").roots[:1]), asks(skeleton.PAGE, {}))
    there = {one.page for one in census("published") if one.record}
    assert there == {skeleton.PAGE}


def test_a_page_opens_only_if_nothing_has_to_be_made_for_it(page, monkeypatch):
    made = []
    monkeypatch.setattr(measures, "measure", lambda *asked: made.append(asked))
    found = opened(census("published"))
    assert found[skeleton.PAGE].outcomes == page.outcomes
    assert found[skeleton.OTHER] is None and not made


def test_a_link_leads_from_the_book_to_the_page():
    assert link("size_matters/tiny") == (
        "size_matters/tiny",
        "../notebooks/size_matters/tiny.html",
    )


@pytest.mark.parametrize(
    "value, text",
    [(0, "0"), (0.004, "below 0.1"), (0.05, "0.1"), (1.26, "1.3"), (12.4, "12"), (1234.5, "1234")],
)
def test_a_little_time_is_not_taken_for_none(value, text):
    assert minutes(value) == text
