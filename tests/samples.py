"""Runs and records for the tests: runs that train in a moment, records that nobody measured."""

import json
from dataclasses import replace

from hypothesis import settings

from rfbook.experiments.digest import digest
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.records import stages
from rfbook.records.record import Record

repeatable = settings(deadline=None, derandomize=True, database=None)
"""For `given`: the same examples every time, and no file of earlier ones."""

SESSION = {
    "commit": "0123456789abcdef" * 2 + "01234567+changes",
    "made": "2020-01-02T03:04:05+00:00",
    "processor": "a slow one",
    "cores": 4,
    "threads": 2,
    "system": "a system",
    "versions": {"torch": "2.0"},
}
PROVENANCE = {
    "training": {"minutes": 1.5, "sessions": [SESSION | {"first_epoch": 1}]},
    "measuring": SESSION | {"minutes": 0.25},
}


def at_version(measure, version):
    """The measure's row as it would be at another version."""
    return replace(stages.MEASURES[measure], version=version)


def tiny(seed=0, epochs=2, name="vgg11", width=0.125, **data):
    """A network of width 1/8 on 64 handwritten digits."""
    seen = {"name": "digits", "side": 32, "images": 64, "test_images": 64} | data
    recipe = Recipe(epochs=epochs, batch=32) if epochs else Recipe(epochs=0)
    return Run(model=Model(name=name, width=width), data=Data(**seen), recipe=recipe, seed=seed)


def record(run=None, measure="accuracy", values=None, arrays=None, provenance=None):
    """A record with the values given; by default an accuracy of one half."""
    values = {"accuracy": 0.5} if values is None else values
    return Record.made(run or tiny(), measure, values, arrays or {}, provenance or PROVENANCE)


def records(run=None, **values):
    """The records of one run by measure: `records(accuracy={"accuracy": 0.5})`."""
    return {name: record(run, name, held) for name, held in values.items()}


def sealed(text, **changes):
    """The record's JSON with changed parts and a checksum that agrees; None removes a part."""
    body = json.loads(text) | changes
    body = {name: value for name, value in body.items() if value is not None or name not in changes}
    del body["sha256"]
    return json.dumps(body | {"sha256": digest(body, length=64)})


def augmented(view, pixels, generator):
    """Images as training shows them, with what the generator draws."""
    return view.augmented(pixels, view.draws(len(pixels), generator))
