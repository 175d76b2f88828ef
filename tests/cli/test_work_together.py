"""Two processes work on one plan: each network is made once, and each measurement taken once."""

import subprocess
import sys

import pytest

from rfbook.records.store import Store
from tests import skeleton
from tests.skeleton import LESS, OTHER

PAGE = LESS.replace('tier = "thin"', 'tier = "thin"\nseeds = 4').replace(
    'page.measure(page.runs(["vgg11"]), "receptive_field")',
    'page.measure(page.runs(["vgg11"], recipe="untrained"), "receptive_field", "accuracy")',
)
RUNS = [f"vgg11-w0.125-digits-32px-n512-e0-s{seed}" for seed in range(4)]
WORKER = f"""
import sys
from rfbook.__main__ import main
from rfbook.measures import measure as measures
from rfbook.records import weights
from rfbook.pages import sources

sources.__file__ = sys.argv[1] + "/src/rfbook/pages/sources.py"
done = []


def noted(function):
    def call(made_of, name):
        done.append(f"{{getattr(made_of, 'run', made_of).slug()}} {{name}}")
        return function(made_of, name)

    return call


measures.measure, weights.trained = noted(measures.measure), noted(weights.trained)
print("ready", flush=True)
sys.stdin.readline()
status = main(["work", "--tier", "smoke", "{OTHER}"])
print(*done, sep="\\n")
sys.exit(status)
"""


@pytest.fixture
def workers(tmp_path, monkeypatch):
    """Two processes that have imported all they need, and begin when they are told to."""
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path / "cache"))
    skeleton.write(tmp_path)
    (tmp_path / f"notebooks/{OTHER}.md").write_text(PAGE)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": tmp_path}
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    started = [subprocess.Popen(command, **pipes) for _ in range(2)]
    assert [one.stdout.readline() for one in started] == ["ready\n"] * 2
    yield started
    for one in started:
        one.kill()
        one.communicate()


def test_each_network_is_made_once_and_each_measurement_taken_once(workers, tmp_path):
    for one in workers:
        one.stdin.write("go\n")
        one.stdin.flush()
    shown = [one.communicate()[0].splitlines() for one in workers]
    assert [one.returncode for one in workers] == [0, 0]
    done = sorted(line for lines in shown for line in lines if not line.endswith(": done"))
    made = [f"{run} {what}" for run in RUNS for what in ("auto", "receptive_field", "accuracy")]
    assert done == sorted(made)
    for lines in shown:  # whoever made it
        assert sorted(set(lines) - set(done)) == [f"{run}: done" for run in RUNS]
    assert len(list(Store((tmp_path / "build/smoke/records",)).paths())) == 8
