"""One published record is exchanged for another valid one: who notices?"""

import shutil
from pathlib import Path

import pytest

from rfbook.records.record import Record
from rfbook.records.store import Store, read
from rfbook.pages import sources
from rfbook.pages import tables
from rfbook.pages.sources import tier_of
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks, replay
from tests import skeleton

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    for name in ("notebooks", "claims", "results"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "_toc.yml").touch()
    skeleton.seem_installed(monkeypatch, tmp_path)
    return tmp_path


def published(root):
    """Pages whose records are all there, with the (run, measure) pairs each asks for."""
    found = {}
    for page in sources.pages(root):
        tier = tier_of(page, "published", root)
        asked = {(run, name) for run, names in asks(page, {"tier": tier}) for name in names}
        if all(store_of(tier).find(run, name) for run, name in asked):
            found[page] = asked
    return found


def verdict_tables(pages, root):
    shown = {}
    for page in pages:
        made = replay(page, {"tier": tier_of(page, "published", root)})
        shown[page] = tables.verdicts(made)._repr_html_()
    return shown


def test_a_reversed_saturation_curve_changes_the_pages_that_judge_it_and_no_other(copy):
    pages = published(copy)
    path = next(copy.glob("results/vgg16-w0.25-cifar10-32px-e30-s0-*/saturation-*.json"))
    record = read(path)
    before = verdict_tables(pages, copy)
    layers = record.values["layers"]
    values = {name: held[::-1] for name, held in record.values.items()} | {"layers": layers}
    arrays = {name: record.arrays[other] for name, other in zip(layers, layers[::-1], strict=True)}
    path.unlink()
    other = Record.made(record.run, "saturation", values, arrays, record.provenance)
    Store((copy / "results",)).add(other)

    after = verdict_tables(pages, copy)

    changed = {page for page in pages if before[page] != after[page]}
    asking = {page for page in pages if (record.run, "saturation") in pages[page]}
    assert changed == asking & {
        "background/saturation",
        "size_matters/tail-pattern",
        "size_matters/tail-in-training",
        "size_matters/border-layer",
        "together/what-if",
    }
    assert "size_matters/tail-pattern" in changed
    assert "not reproduced" in after["size_matters/tail-pattern"]
