"""Snakemake makes the runs of a plan: here, as jobs of SLURM, after a kill, and never twice."""

import json
import shutil
import signal
import subprocess
import sys

import pytest

from rfbook.records.agreement import difference
from rfbook.records.store import read
from tests.experiments.test_editions import TEST, TRAIN, photographs
from tests.workflow import house

SNAKEMAKE = shutil.which("snakemake")
LOOK_OFTEN = [
    "--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1"
]  # fmt: skip
pytestmark = pytest.mark.skipif(SNAKEMAKE is None, reason="snakemake is not on PATH: extra [cluster]")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """RFBOOK_DATA: two small sets, one to start from and one to learn."""
    root = tmp_path_factory.mktemp("data")
    for number, name in enumerate(("caltech101", "imagenette")):
        (root / name).mkdir()
        photographs(TRAIN, number).to_parquet(root / name / "train.parquet")
        photographs(TEST, 9 + number).to_parquet(root / name / "test.parquet")
    return root


def planned(root, data):
    """A checkout with its plan, and the environment to work in."""
    environment = house.build(root, data) | {"RFBOOK_PYTHON": sys.executable}
    words = [sys.executable, "-m", "rfbook", "plan", "--json"]
    plan = subprocess.run(words, cwd=root, env=environment, check=True, capture_output=True, text=True)
    (root / "build").mkdir()
    (root / "build/plan.json").write_text(plan.stdout)
    return environment


def engine(root, environment, profile, *words):
    command = [SNAKEMAKE, "-s", "workflow/Snakefile"]
    command += ["--workflow-profile", f"workflow/profiles/{profile}", *LOOK_OFTEN * (profile == "slurm")]
    return subprocess.run(
        [*command, *words], cwd=root, env=environment, capture_output=True, text=True,
        start_new_session=True, check=False,
    )  # fmt: skip


def records(root):
    return {path.relative_to(root).as_posix(): read(path) for path in root.glob("runs/*/*.json")}


@pytest.fixture(scope="module")
def worked(tmp_path_factory, data):
    """The records that `rfbook work` makes of the same plan, in two parts."""
    root = tmp_path_factory.mktemp("worked")
    environment = house.build(root, data)
    for part in ("1/2", "2/2"):
        words = [sys.executable, "-m", "rfbook", "work", "--shard", part]
        subprocess.run(words, cwd=root, env=environment, check=True, capture_output=True)
    return records(root)


def test_an_engine_that_was_killed_goes_on_and_makes_what_work_makes(tmp_path, data, worked):
    environment = planned(tmp_path, data)
    books = house.stand_in_for_slurm(tmp_path, environment)
    plan = json.loads((tmp_path / "build/plan.json").read_text())["jobs"]
    tuned = next(job for job in plan if job["after"])
    first = engine(tmp_path, environment, "slurm", f"build/jobs/{tuned['after'][0]}.done")
    assert first.returncode == 0, first.stderr
    (books / "kill").touch()
    assert engine(tmp_path, environment, "slurm").returncode == -signal.SIGKILL
    again = engine(tmp_path, environment, "slurm")
    assert again.returncode == 0, again.stderr
    submitted = [json.loads(path.read_text())["words"] for path in sorted(books.glob("*.json"))]
    assert len(submitted) == len(plan) == house.UNTRAINED + 2
    assert all("--gpus=1" in words for words in submitted)
    third = engine(tmp_path, environment, "slurm")
    assert third.returncode == 0
    assert len(list(books.glob("*.json"))) == len(plan)

    made = records(tmp_path)
    assert made.keys() == worked.keys()
    assert all(difference(worked[name], record) == 0 for name, record in made.items())


def test_without_a_plan_the_engine_says_how_to_make_it(tmp_path, data):
    environment = house.build(tmp_path, data)
    refused = engine(tmp_path, environment, "local")
    assert refused.returncode == 1
    assert "Make the plan first: python -m rfbook plan --json > build/plan.json" in refused.stderr


def test_a_run_that_cannot_be_made_stops_no_other(tmp_path, data, worked):
    environment = planned(tmp_path, data)
    lost = next(name for name in worked if "-s3-" in name)
    in_the_way = (tmp_path / lost).parent
    in_the_way.parent.mkdir()
    in_the_way.write_text("no folder")
    done = engine(tmp_path, environment, "local")
    assert done.returncode == 1
    assert "The same command goes on where it stopped" in done.stderr
    assert records(tmp_path).keys() == worked.keys() - {lost}
