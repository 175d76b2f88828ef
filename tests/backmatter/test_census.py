"""What pages ask for and what of it is there; looking makes nothing."""

import pytest

from rfbook.backmatter.census import census, links, minutes, opened
from rfbook.measures import measure as measures
from rfbook.pages import page as notebook
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks
from rfbook.records.store import Store
from tests import skeleton


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
    found = opened("published")
    assert found[skeleton.PAGE].verdicts == page.verdicts()
    assert found[skeleton.OTHER] is None and not made


def plan(root, page):
    """Make a page a planned one."""
    path = root / f"notebooks/{page}.md"
    path.write_text(path.read_text().replace("rfbook: {", "rfbook: {planned: true, "))


def test_links_lead_from_the_book_to_its_pages_and_not_to_planned_ones(repository):
    plan(repository, skeleton.OTHER)
    found = links()
    assert found[skeleton.PAGE] == ("A tiny page", f"../notebooks/{skeleton.PAGE}.html")
    assert skeleton.OTHER not in found


def test_what_a_page_shows_at_a_second_tier_is_listed_at_that_tier(repository, idle):
    path = repository / f"notebooks/{skeleton.OTHER}.md"
    beside = 'part = page.part(tier="thin")\npart.measure(part.runs(["vgg11"]), "accuracy")\n```'
    path.write_text(path.read_text().removesuffix("```\n") + beside)
    listed = [one for one in census("published") if one.page == skeleton.OTHER]
    assert [(one.tier, one.run.model.width, one.measure) for one in listed] == [
        ("paper", 1, "receptive_field"), ("thin", 0.25, "accuracy"),
    ]  # fmt: skip


def test_a_planned_page_comes_last_and_is_not_opened_even_with_all_its_records(page, repository):
    plan(repository, skeleton.PAGE)
    asked = census("published")
    assert [one.planned for one in asked] == [one.page == skeleton.PAGE for one in asked]
    assert asked[-1].page == skeleton.PAGE and asked[-1].record
    assert opened("published")[skeleton.PAGE] is None


@pytest.mark.parametrize(
    "value, text",
    [(0, "0"), (0.004, "below 0.1"), (0.05, "0.1"), (1.26, "1.3"), (12.4, "12"), (1234.5, "1234")],
)
def test_a_little_time_is_not_taken_for_none(value, text):
    assert minutes(value) == text
