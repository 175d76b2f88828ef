"""A checkout of its own for processes that are killed, starved and shut out: small pages, this code."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rfbook.records.store import Store
from tests import skeleton
from tests.skeleton import OTHER, PAGE

ROOT = Path(__file__).parents[2]
MEASURED = 'page.measure(page.runs(["vgg11"]), "receptive_field")'
"""What the page `OTHER` of the small repository asks for."""
FEW = 'data="digits", images=64, test_images=16'
"""So that a network is trained in a second."""
TRACE = "Traceback (most recent call last)"
"""How the message begins that a user should never see."""


def build(root, network="vgg11", seeds=1, measures=("receptive_field",), recipe="sgd30"):
    """A small repository with a copy of this code in it, whose page `OTHER` asks for these records."""
    skeleton.write(root)
    (root / f"notebooks/{PAGE}.md").unlink()
    path = root / f"notebooks/{OTHER}.md"
    runs = f'page.runs(["{network}"], recipe="{recipe}", {FEW})'
    asked = f"page.measure({runs}, {', '.join(map(repr, measures))})"
    text = path.read_text()
    assert MEASURED in text
    path.write_text(text.replace(MEASURED, asked).replace('"thin"\n', f'"smoke"\nseeds = {seeds}\n', 1))
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    return root


def environment(root, **more):
    """The surroundings of a process whose package, cache and home are below `root`. None removes one."""
    (root / "home").mkdir(exist_ok=True)
    own = {"PYTHONPATH": root / "src", "RFBOOK_CACHE": root / "cache", "HOME": root / "home"}
    given = os.environ | {"OMP_NUM_THREADS": "1"} | own | more
    return {name: str(value) for name, value in given.items() if value is not None}


def python(root, *words, before=(), cwd=None, env=None, **options):
    """Python with these words, to its end; `before` is what starts it."""
    command = [*before, sys.executable, *words]
    return subprocess.run(
        command, cwd=cwd or root, env=env or environment(root), check=False, capture_output=True,
        text=True, **options,
    )  # fmt: skip


def work(root, **options):
    """`python -m rfbook work` on the page, at tier smoke."""
    return python(root, "-m", "rfbook", "work", "--tier", "smoke", OTHER, **options)


def store(root):
    """The records that processes keep there."""
    return Store((root / "build/smoke/records",))
