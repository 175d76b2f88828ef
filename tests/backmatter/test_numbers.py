"""From a printed number, and from a claim's id, to the records that decided it."""

import json
import re

from rfbook.backmatter import numbers, record_files
from rfbook.backmatter.census import opened
from rfbook.backmatter.claims import verdicts


def rows(markdown):
    """Cells of a Markdown table below its head."""
    lines = markdown.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def tables():
    pages = opened("published")
    judged, held = verdicts(pages), numbers.keys(pages)
    return rows(numbers.printed(judged, held)), rows(numbers.claims(judged, held))


def test_every_printed_number_has_a_row_that_search_knows_by_size(page):
    printed, _ = tables()
    assert [row[:2] for row in printed] == [["{index}`!6`", "VGG11"], ["{index}`!8`", "VGG13"]]
    assert printed[0][2:4] == [
        '<a href="../book/claims.html#SM-1-border">SM-1-border</a>', "conv6 (exact)",
    ]  # fmt: skip


def test_of_rows_with_one_number_search_knows_the_first_which_has_records(page, repository):
    path = repository / "claims/size_matters.yml"
    path.write_text(path.read_text().replace("vgg13: 8", "vgg13: 8, vgg19: 6, alexnet: 6"))
    printed, _ = tables()
    assert [row[0] for row in printed] == ["{index}`!6`", "6", "6", "{index}`!8`"]
    assert [row[1] for row in printed[:3]] == ["VGG11", "alexnet", "VGG19"]
    assert [row[-1] == numbers.NONE for row in printed] == [False, True, True, False]


def test_every_claim_has_a_row_with_its_anchor_that_search_knows(page):
    _, claims = tables()
    ids = ["SM-1-border", "SM-1-accuracy", "SM-1-never", "SM-2-field"]
    assert [row[0] for row in claims] == [
        f'<span id="{one}"></span><a href="../book/claims.html#{one}">{{index}}`!{one}`</a>'
        for one in ids
    ]
    assert claims[2][-1] == numbers.NONE


def test_a_row_leads_to_the_very_records_behind_its_number(page):
    printed, claims = tables()
    folder = record_files.link("published")
    for row in (printed[0], claims[1]):
        keys = re.findall(r'href="\.\./records/(\w+)\.json"', row[-1])
        measures = {json.loads((folder / f"{key}.json").read_bytes())["measure"] for key in keys}
        assert measures == {"receptive_field" if row is printed[0] else "accuracy"}
        assert len(keys) == (2 if row is printed[0] else 4)


def test_a_page_without_its_records_has_no_keys(repository):
    assert numbers.keys(opened("published")) == {}
    printed, claims = tables()
    assert {row[-1] for row in (*printed, *claims)} == {numbers.NONE}
