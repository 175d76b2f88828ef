"""`python -m rfbook look` as a whole process, beside one that asks rfa-toolbox 1.7.0 for the fields.

Processor seconds, imports included, best of the repeats. RFBOOK_PEERS names the folder that holds the
peer, see benchmarks/receptive_field.py.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

from benchmarks.receptive_field import peer

NETWORK = "resnet101"
TARGET = 3
"""Seconds, at most, on an idle core."""
PEER = f"""
from benchmarks.receptive_field import peer
from torchvision import models
with peer() as largest:
    largest(models.{NETWORK}().eval())
"""


def measure(quick: bool = False) -> list[dict]:
    """The whole process and the peer's, one after the other; `quick` leaves the peer out."""
    repeats = 1 if quick else 4
    ours = min(
        _seconds("-m", "rfbook", "look", f"torchvision:{NETWORK}", "--side", "32")
        for _ in range(repeats)
    )
    with peer() as installed:
        theirs = _seconds("-c", PEER) if installed and not quick else None
    return [
        {
            "metric": f"rfbook look, {NETWORK}",
            "quantity": "CPU seconds, whole process",
            "ours": ours,
            "peer": theirs,
            "ratio": theirs and theirs / ours,
            "target": TARGET,
            "equal": None,
            "note": "ours also prices every layer and four choices; rfa-toolbox 1.7.0 gives fields",
        }
    ]


def _seconds(*words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, *words], env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
