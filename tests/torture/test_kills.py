"""kill -9 at fifteen moments of one piece of work: what is kept is whole, and the end is the same.

Each kill is triggered by a file: a checkpoint or a record that has just been kept, the arrays of a
record whose JSON is not there yet, or a file that has just been begun. Then the same command starts
again.
"""

import subprocess
import sys
import time
from contextlib import suppress

import pytest
from safetensors.torch import load_file

from rfbook.records.store import read
from tests.measures.test_order import same
from tests.skeleton import OTHER
from tests.torture import house

pytestmark = pytest.mark.torture

MEASURES = "accuracy", "saturation", "probes", "effective_field", "saliency"
"""The last two take gradients."""


def weights(seed):
    return f"cache/weights/*-s{seed}-*.safetensors"


def begun(seed, measure):
    return f"build/smoke/records/*-s{seed}-*/.{measure}-*"


def arrays(seed, measure):
    return f"build/smoke/records/*-s{seed}-*/{measure}-*.npz"


def record(seed, measure):
    return f"build/smoke/records/*-s{seed}-*/{measure}-*.json"


MOMENTS = [
    (weights(0),),
    (weights(0), "cache/weights/*-s0-*.partial"),
    (begun(0, "accuracy"), record(0, "accuracy")),
    (record(0, "accuracy"),),
    (arrays(0, "saturation"),),
    (record(0, "saturation"),),
    (begun(0, "probes"), record(0, "probes")),
    (arrays(0, "effective_field"),),
    (record(0, "effective_field"),),
    (begun(0, "saliency"), arrays(0, "saliency")),
    (record(0, "saliency"), weights(1)),
    (weights(1),),
    (record(1, "accuracy"), begun(1, "saturation")),
    (record(1, "probes"),),
    (begun(1, "effective_field"), arrays(1, "effective_field")),
]  # fmt: skip
"""Patterns of files in the order of the work. A moment is over when a later one came before the kill."""


def state(root, patterns):
    """The files of these patterns, and when each was last changed."""
    found = {}
    for pattern in patterns:
        for path in root.glob(pattern):
            with suppress(FileNotFoundError):  # a file that was begun is gone when it is kept
                found[path] = path.stat().st_mtime_ns
    return found


def killed_when_one_changes(root, patterns):
    """Whether the work was killed at a change; it may have ended before."""
    before = state(root, patterns)
    command = [sys.executable, "-m", "rfbook", "work", "--tier", "smoke", OTHER]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=root, env=house.environment(root), **quiet) as process:
        while process.poll() is None:
            if state(root, patterns).items() - before.items():
                process.kill()
                return True
            time.sleep(0.001)
    return False


def kept(root):
    """Every whole record by its name."""
    return {path.relative_to(root): read(path) for path in house.store(root).paths()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    root = house.build(tmp_path_factory.mktemp("undisturbed"), "resnet18", 2, MEASURES)
    done = house.work(root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """One repository for all kills: each process goes on from what the one before it left."""
    return house.build(tmp_path_factory.mktemp("attacked"), "resnet18", 2, MEASURES)


@pytest.mark.parametrize("number", range(len(MOMENTS)))
def test_what_a_killed_process_leaves_is_whole_and_as_of_one_that_was_not(number, undisturbed, attacked):
    patterns = [pattern for moment in MOMENTS[number:] for pattern in moment]
    assert killed_when_one_changes(attacked, patterns), "the work ended before its moment came"
    wanted = kept(undisturbed)
    for name, found in kept(attacked).items():
        assert same(found, wanted[name]), f"{name} is another after {number + 1} kills"


def test_the_work_that_is_left_alone_ends_as_if_there_had_been_no_kill(undisturbed, attacked):
    done = house.work(attacked)
    assert done.returncode == 0, f"it does not go on from what the kills left: {done.stderr}"
    found, wanted = kept(attacked), kept(undisturbed)
    assert found.keys() == wanted.keys(), "a record is missing, or one is there that was not asked for"
    assert [name for name in wanted if not same(found[name], wanted[name])] == []
    for path in undisturbed.glob("cache/weights/*.safetensors"):
        ours, theirs = load_file(attacked / path.relative_to(undisturbed)), load_file(path)
        assert ours.keys() == theirs.keys()
        same_weights = all(ours[name].equal(held) for name, held in theirs.items())
        assert same_weights, f"other weights: {path.name}"
