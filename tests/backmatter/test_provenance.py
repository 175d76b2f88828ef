"""What pages miss of their records, and what they changed against their papers."""

from rfbook.backmatter import departures, provenance
from rfbook.backmatter.census import census, opened
from tests import skeleton
from tests.reading import row, rows


def test_it_is_said_which_records_of_a_page_are_missing(page):
    assert rows(provenance.missing(census("published"))) == [
        {"page": skeleton.OTHER, "run": "vgg11-w1-cifar10-32px-e30-s0", "measure": "receptive_field",
         "tier": "paper"},
    ]  # fmt: skip


def test_that_nothing_is_missing_is_said():
    assert rows(provenance.missing([]))[0]["page"] == "none"


def test_a_planned_page_misses_nothing(page, repository):
    path = repository / f"notebooks/{skeleton.OTHER}.md"
    path.write_text(path.read_text().replace("rfbook: {", "rfbook: {planned: true, "))
    assert rows(provenance.missing(census("published")))[0]["page"] == "none"


def test_a_page_says_what_it_changed_or_that_it_was_not_run(page):
    asked = census("published")
    table = departures.table(asked, opened("published"))
    assert row(table, page=skeleton.PAGE_TITLE)["what differs"] == "width 0.25 (paper 1.0)"
    assert row(table, page=skeleton.OTHER_TITLE) == {
        "page": skeleton.OTHER_TITLE, "tier": "paper", "what differs": "not run yet",
    }  # fmt: skip
