"""The table of all records: one row each, with what was run, where, when and how long it took."""

import csv
import json

from rfbook.backmatter import record_files, record_table
from rfbook.backmatter.census import Asked
from rfbook.experiments.spec import Data, Recipe
from tests import skeleton
from tests.samples import record, tiny


def written():
    with record_table.write("published").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_record_of_the_pages_has_one_row_with_the_key_of_its_json(page):
    keys = [row["key"] for row in written() if row["key"]]
    files = {path.stem for path in record_files.link("published").iterdir()}
    assert len(keys) == len(set(keys)) == 16
    assert set(keys) == files


def test_a_row_says_what_was_run_and_what_the_provenance_of_the_record_says(page):
    one = page.outcomes[0].records["accuracy"]
    (row,) = [row for row in written() if row["key"] == one.key]
    assert [row[name] for name in ("network", "data", "side", "epochs", "seed", "width", "measure")] == [
        "vgg11", "cifar10", "32", "30", "0", "0.25", "accuracy",
    ]  # fmt: skip
    assert (row["training_minutes"], row["measuring_minutes"]) == ("1.5", "0.25")
    held = json.loads((record_files.link("published") / f"{one.key}.json").read_bytes())
    assert row["made"] == held["provenance"]["measuring"]["made"][:10]
    assert row["machine"] == "a slow one, 2 threads"
    assert row["commit"] == "0123456789ab+changes"
    assert row["pages"] == skeleton.PAGE


def test_a_record_that_is_not_there_has_a_row_without_a_key(page):
    (row,) = [row for row in written() if not row["key"]]
    assert (row["run"], row["tier"], row["made"]) == ("vgg11-w1-cifar10-32px-e30-s0", "paper", "")


def asked(*records, page="a/b"):
    return [Asked(page, "thin", one.run, one.measure, one) for one in records]


def test_what_two_pages_show_has_one_row_that_names_both():
    shared = record()
    (row,) = record_table.rows([*asked(shared), *asked(shared, page="c/d")])
    assert row["pages"] == "a/b c/d"


def test_images_are_counted_where_they_are_not_all():
    (row,) = record_table.rows(asked(record(tiny(images=64))))
    assert (row["data"], row["images"]) == ("digits", 64)


def test_runs_that_differ_in_recipe_or_view_can_be_told_apart():
    canvas = tiny().model_copy(update={"data": Data(name="cifar10", side=160, placement="canvas")})
    patient = tiny().model_copy(update={"recipe": Recipe(learning_rate=0.01, precision="bf16")})
    first, second = record_table.rows([*asked(record(canvas)), *asked(record(patient))])
    assert "canvas" in first["run"]
    assert "lr0.01" in second["run"] and "bf16" in second["run"]
