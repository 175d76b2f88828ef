"""Processes that work on one plan at the same moment, and say what each of them made and measured."""

import subprocess
import sys
from contextlib import contextmanager

from tests import skeleton
from tests.skeleton import LESS, OTHER

WORKER = f"""
import sys
from rfbook.__main__ import main
from rfbook.experiments import places
from rfbook.measures import measure as measures
from rfbook.records import weights

places.__file__ = sys.argv[1] + "/src/rfbook/experiments/places.py"
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
for line in done:
    print(line)
sys.exit(status)
"""
"""Works on the page `OTHER` of the repository that it is given, once it is told to."""


def page_of(runs, measures):
    """The page `OTHER`, which asks for these measures of four seeds of a network."""
    measured = 'page.measure(page.runs(["vgg11"]), "receptive_field")'
    assert measured in LESS
    asked = f'page.measure(page.runs(["vgg11"], {runs}), {", ".join(map(repr, measures))})'
    return LESS.replace('tier = "thin"', 'tier = "thin"\nseeds = 4').replace(measured, asked)


@contextmanager
def at_the_start(root, page, count, monkeypatch):
    """Processes that have imported all they need, and begin when `raced` tells them to."""
    monkeypatch.setenv("RFBOOK_CACHE", str(root / "cache"))
    skeleton.write(root)
    (root / f"notebooks/{OTHER}.md").write_text(page)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": root}
    command = [sys.executable, "-c", WORKER, str(root)]
    started = [subprocess.Popen(command, **pipes) for _ in range(count)]
    try:
        assert [one.stdout.readline() for one in started] == ["ready\n"] * count
        yield started
    finally:
        for one in started:
            one.kill()
            one.communicate()


def raced(started):
    """What each process says when all have worked: the runs that are done, then what it made itself."""
    for one in started:
        one.stdin.write("go\n")
        one.stdin.flush()
    shown = [one.communicate()[0].splitlines() for one in started]
    assert [one.returncode for one in started] == [0] * len(started)
    return shown


def check_made_once(shown, runs, measures):
    """Of all processes together each run was made once, each measure taken once, and all know it."""
    done = sorted(line for lines in shown for line in lines if not line.endswith(": done"))
    wanted = sorted(f"{run} {what}" for run in runs for what in ("auto", *measures))
    assert done == wanted, f"a network was made, or a measurement taken, twice or never: {done}"
    for lines in shown:  # whoever made it
        assert sorted(set(lines) - set(done)) == [f"{run}: done" for run in runs]
