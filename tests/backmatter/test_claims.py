"""Every claim is listed with the verdict of the records, and no claim is lost."""

from pathlib import Path

from rfbook.backmatter import claims as claim_tables
from rfbook.backmatter.census import opened
from rfbook.pages import page as notebook
from rfbook.pages.page import store_of
from rfbook.records.store import Store
from tests import skeleton

ROOT = Path(__file__).parents[2]


def judged():
    return {one.claim.id: one for one in claim_tables.verdicts(opened("published"))}


def test_another_record_gives_another_verdict(page):
    before = judged()["SM-1-border"]
    record = page.outcomes[0].records["receptive_field"]
    store = Store(store_of("thin").roots[:1])
    next(store.paths(f"receptive_field-{record.key}.json")).unlink()
    store.add(skeleton.made(record.run, record.measure, border="conv2"))
    assert (before.word, before.why) == ("reproduced", "holds: vgg11, vgg13")
    assert judged()["SM-1-border"].word == "partly"


def test_claims_of_a_page_without_records_are_listed_and_nothing_is_made(repository, monkeypatch):
    monkeypatch.setattr(notebook, "obtain", lambda *_: 1 / 0)
    found = {name: one.why for name, one in judged().items()}
    assert list(found) == ["SM-1-border", "SM-1-accuracy", "SM-1-never", "SM-2-field"]
    assert found["SM-1-border"] == claim_tables.NO_RECORDS
    assert found["SM-1-never"] == "ImageNet is not at hand"


def test_a_claim_whose_page_is_not_written_says_so(page, repository):
    path = repository / "claims/size_matters.yml"
    path.write_text(path.read_text().replace(f"page: {skeleton.OTHER}", "page: later/on"))
    assert judged()["SM-2-field"].why == claim_tables.NO_PAGE


def test_every_file_of_claims_has_a_title():
    papers = {path.stem.replace("_", "-") for path in (ROOT / "claims").glob("*.yml")}
    assert papers == claim_tables.PAPERS.keys()
