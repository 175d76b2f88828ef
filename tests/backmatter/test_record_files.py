"""Every record that a page shows stands beside the site under its key, and nothing else does."""

import json

from rfbook.backmatter import record_files
from rfbook.backmatter.census import census


def test_the_json_of_a_record_stands_under_its_key(page):
    folder = record_files.link("published")
    for one in page.outcomes:
        for record in one.records.values():
            held = json.loads((folder / f"{record.key}.json").read_bytes())
            assert (held["key"], held["measure"]) == (record.key, record.measure)
            assert held["values"] == record.values


def test_only_what_a_page_asks_for_and_what_is_there_stands_there(page):
    keys = {one.record.key for one in census("published") if one.record}
    folder = record_files.link("published")
    assert {path.stem for path in folder.iterdir()} == keys
    assert len(keys) == 16


def test_a_record_that_is_gone_is_gone_the_next_time(page):
    folder = record_files.link("published")
    one = page.outcomes[0].records["accuracy"]
    next(record_files.store_of("thin").paths(f"accuracy-{one.key}.json")).unlink()
    record_files.link("published")
    assert not (folder / f"{one.key}.json").exists()
