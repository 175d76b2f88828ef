"""Several processes work on one plan: each network is made once, and each measurement taken once."""

import json
import os
import subprocess
import sys

import pytest

from rfbook.ledger.store import Store, read
from tests.pages import skeleton

PAGE = skeleton.LESS.replace(
    'page.measure(page.runs(["vgg11"]), "receptive_field")',
    'page.measure(page.runs(["vgg11"], recipe="untrained", seed_count=4), "receptive_field", "cost")',
)
WORKER = """
import sys
from rfbook.ledger import measures, weights
from rfbook.pages import sources

sources.__file__ = sys.argv[1] + "/src/rfbook/pages/sources.py"
done = []


def noted(function):
    def call(first, *rest):
        done.append(getattr(first, "run", first).slug() + " ".join(["", *rest[:1]]))
        return function(first, *rest)
    return call


measures.measure, weights.trained = noted(measures.measure), noted(weights.trained)
from rfbook.__main__ import main

print("ready", flush=True)
sys.stdin.readline()
status = main(["work", "--tier", "smoke"])
print(*done, sep="\\n")
sys.exit(status)
"""
