"""The table of contents holds every page there is, once, and no other."""

from pathlib import Path

import yaml

from rfbook.pages import sources

ROOT = Path(__file__).parents[2]


def listed():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    yield toc["root"]
    for part in toc["parts"]:
        yield from (chapter["file"] for chapter in part["chapters"])


def test_the_contents_list_exactly_the_pages_that_exist():
    files = [*ROOT.glob("book/*.md"), *ROOT.glob("notebooks/**/*.md")]
    there = {path.relative_to(ROOT).with_suffix("").as_posix() for path in files}
    waiting = {sources.document(page) for page in sources.planned(ROOT)}
    assert sorted(listed()) == sorted(there - waiting)
