"""The published book is built from committed records: none may be missing, stale or damaged."""

from pathlib import Path

import pytest

from rfbook.records.store import Store, read
from rfbook.pages import sources
from rfbook.pages.sources import tier_of
from rfbook.pages.plan import asks

ROOT = Path(__file__).parents[2]
PUBLISHED = Store((ROOT / "results",))
PAGES = [page for page in sources.pages(ROOT) if not page.startswith("book/")]


@pytest.mark.parametrize("page", PAGES)
def test_every_record_that_a_page_shows_is_published(page):
    asked = asks(page, {"tier": tier_of(page, "published", ROOT)})
    missing = [
        f"{run.slug()} {name}"
        for run, names in asked
        for name in names
        if PUBLISHED.find(run, name) is None
    ]
    assert missing == []


def test_every_published_record_is_whole_and_current():
    records = [read(path) for path in PUBLISHED.paths()]
    assert records
    assert all(record.current for record in records)


def test_every_published_record_says_which_commit_made_it():
    for path in PUBLISHED.paths():
        commit = read(path).provenance["measuring"]["commit"]
        assert len(commit) == 40, f"{path}: made from {commit}"


def test_the_published_records_stay_small():
    sizes = [path.stat().st_size for path in (ROOT / "results").rglob("*") if path.is_file()]
    assert max(sizes) < 2**20
    assert sum(sizes) < 60 * 2**20
