"""What a page takes to be run again, and the commands that say how."""

import re
import shlex
from pathlib import Path

import pytest

from rfbook.__main__ import parser
from rfbook.backmatter import rerunning
from rfbook.backmatter.census import census
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.pages.page import store_of
from rfbook.pages.parameters import PARAMETERS, require_valid
from rfbook.pages.plan import asks, declared
from rfbook.records.store import Store, read
from rfbook.site import commands
from tests import skeleton
from tests.reading import row, rows

ROOT = Path(__file__).parents[2]
RERUN = (ROOT / "book/rerun.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", RERUN, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
COMMANDS = [line for line in LINES if "python -m rfbook" in line]


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The records of the tiny page."""
    skeleton.seem_installed(monkeypatch, skeleton.write(tmp_path))
    skeleton.fill(Store(store_of("thin").roots[:1]), asks(skeleton.PAGE, {}))


def test_a_page_needs_the_minutes_of_its_records_and_room_for_its_images(published):
    found = row(rerunning.needs(census("published")), page=skeleton.PAGE_TITLE)
    assert found["data sets"] == "cifar10"
    assert found["decoded images, MB"] == f"{60_000 * 32 * 32 * 3 / 1e6:.0f}"
    trainings, measures = 4, 16
    made = read(next(Store().paths("accuracy-*.json"))).provenance
    total = trainings * made["training"]["minutes"] + measures * made["measuring"]["minutes"]
    assert float(found["minutes"]) == pytest.approx(total, abs=0.5)


def test_every_parameter_is_described_once_with_what_is_valid():
    table = rerunning.parameters()
    assert [one["parameter"] for one in rows(table)] == list(PARAMETERS)
    seeds = row(table, parameter="seeds")
    assert (seeds["valid"], seeds["meaning"]) == ("1 to 20", PARAMETERS["seeds"].meaning)


def test_a_grey_image_takes_a_third_of_the_room():
    grey = CATALOGUE["mnist"]
    assert rerunning.decoded("mnist") == (grey.train + grey.test) * grey.side**2


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_page_on_rerunning_is_one(line):
    words = shlex.split(line.partition("python -m rfbook ")[2])
    asked = parser().parse_args(words)
    for page in [*getattr(asked, "pages", []), *([asked.page] if hasattr(asked, "page") else [])]:
        declared(page)
    if "parameters" in asked:
        require_valid(
            declared(asked.page), {name: commands._typed(text) for name, text in asked.parameters}
        )


def test_the_first_run_needs_no_data_and_one_seed():
    first = next(line for line in COMMANDS if " run " in line)
    assert "-p tier smoke -p seeds 1" in first
