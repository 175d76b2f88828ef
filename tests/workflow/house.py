"""A checkout with one page whose runs a workflow engine makes: untrained networks, and a pretraining."""

import os
import shutil
import sys
from pathlib import Path

from tests import skeleton
from tests.skeleton import LESS, OTHER

ROOT = Path(__file__).parents[2]
UNTRAINED = 4
COMMANDS = (
    "sbatch", "sacct", "squeue", "srun", "sinfo", "scancel", "sacctmgr", "scontrol", "sshare",
)  # fmt: skip
RUN = 'outcomes = page.measure(page.runs(["vgg11"]), "receptive_field")'
RUNS = """
from rfbook.pages import starts

outcomes = page.measure(page.runs(["vgg11"], recipe="untrained"), "receptive_field")
tuned = page.runs(
    ["resnet18"], data="caltech101", side=32, recipe="finetune200", thin={"recipe": {"epochs": 1}}
)[:1]
page.part().measure(starts(tuned), "accuracy")
page.measure(tuned, "accuracy")
"""


def build(root: Path, data: Path) -> dict[str, str]:
    """Writes the checkout; returns the environment in which its commands work on the data there."""
    made = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", root / "src", ignore=made)
    shutil.copytree(ROOT / "workflow", root / "workflow")
    skeleton.write(root)
    assert RUN in LESS
    page = LESS.replace(RUN, RUNS).replace('tier = "thin"', f'tier = "thin"\nseeds = {UNTRAINED}')
    (root / f"notebooks/{OTHER}.md").write_text(page.replace("tier: paper", "tier: thin"))
    (root / "notebooks/size_matters/tiny.md").unlink()
    return os.environ | {
        "PYTHONPATH": str(root / "src"),
        "RFBOOK_CACHE": str(root / "cache"),
        "RFBOOK_DATA": str(data),
        "RFBOOK_EDITIONS": "caltech101 imagenette",
        "HF_DATASETS_CACHE": str(root / "huggingface"),
        "OMP_NUM_THREADS": "1",
    }


def stand_in_for_slurm(root: Path, environment: dict[str, str]) -> Path:
    """Puts the commands of SLURM in front of PATH; returns the folder where submitted jobs are noted."""
    commands, books = root / "bin", root / "jobs"
    commands.mkdir()
    books.mkdir()
    stub = Path(__file__).with_name("stub_slurm.py")
    for name in COMMANDS:
        (commands / name).write_text(f"#!{sys.executable}\n{stub.read_text()}")
        (commands / name).chmod(0o755)
    environment["PATH"] = f"{commands}:{environment['PATH']}"
    environment["STUB_SLURM"] = str(books)
    return books
