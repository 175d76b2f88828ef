"""What runs elsewhere: every command in the workflows exists, and nothing in them needs a secret."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from rfbook.__main__ import parser
from rfbook.site import planned

ROOT = Path(__file__).parents[2]
ACTIONS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PROFILES = sorted((ROOT / "workflow/profiles").glob("*/config.yaml"))
SNAKEFILE = (ROOT / "workflow/Snakefile").read_text()
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
OURS = re.compile(r"-m rfbook ([^|>&\n)]*)")
LISTED = {"steps", "needs", "github", "matrix", "inputs"}
"""What an expression may read; `secrets` is not among it."""

each_action = pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.stem)


def workflow(path):
    return yaml.safe_load(path.read_text())


def steps(path):
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def scripts(path):
    return [step["run"] for step in steps(path) if "run" in step]


def parsed(words):
    """The words of a command of ours as it would take them; SystemExit if it would not."""
    return parser().parse_args(words)


def test_there_are_three_workflows_and_two_profiles():
    assert [path.stem for path in ACTIONS] == ["checks", "publish", "runs"]
    assert [path.parent.name for path in PROFILES] == ["local", "slurm"]


@each_action
def test_a_workflow_has_what_github_asks_of_it(path):
    held = workflow(path)
    assert held.keys() == {"name", True, "permissions", "jobs"}, "YAML reads `on` as true"
    for job in held["jobs"].values():
        assert {"runs-on", "steps"} <= job.keys()
        assert set(shlex.split(str(job.get("needs", "")))) <= held["jobs"].keys()
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1"))


@each_action
def test_every_command_of_ours_exists(path):
    for script in scripts(path):
        for words in OURS.findall(EXPRESSION.sub("3", script)):
            parsed(shlex.split(words))


@each_action
def test_every_target_of_make_exists(path):
    for script in scripts(path):
        for words in re.findall(r"^make (.*)$", script, re.MULTILINE):
            done = subprocess.run(
                ["make", "--dry-run", *shlex.split(words)], cwd=ROOT, capture_output=True, check=False
            )
            assert done.returncode == 0, words


@each_action
def test_every_script_is_one_that_bash_reads(path):
    for script in scripts(path):
        done = subprocess.run(["bash", "-n"], input=EXPRESSION.sub("3", script), text=True, check=False)
        assert done.returncode == 0, script


@each_action
def test_no_workflow_needs_a_secret_and_every_expression_reads_what_is_there(path):
    text, held = path.read_text(), workflow(path)
    assert "secrets" not in text
    named = {step["id"] for step in steps(path) if "id" in step}
    for expression in EXPRESSION.findall(text):
        for place in re.findall(r"\b[a-z]+(?:\.[\w-]+)+", expression):
            kind, *names = place.split(".")
            assert kind in LISTED, place
            if kind == "steps":
                assert names[0] in named, place
            elif kind == "needs":
                assert names[2] in held["jobs"][names[0]]["outputs"], place
            elif kind == "matrix":
                assert any(names[0] in job.get("strategy", {}).get("matrix", {})
                           for job in held["jobs"].values())  # fmt: skip
            elif kind == "inputs":
                assert names[0] in held[True]["workflow_dispatch"]["inputs"], place


def test_only_pages_may_be_written_to():
    for path in ACTIONS:
        held = workflow(path)
        assert set(held["permissions"].values()) == {"read"}
        granted = [job["permissions"] for job in held["jobs"].values() if "permissions" in job]
        assert granted == [{"pages": "write", "id-token": "write"}] * (path.stem == "publish")


def test_a_change_from_elsewhere_runs_on_our_machines_only_behind_a_label():
    held = workflow(ROOT / ".github/workflows/runs.yml")
    assert held[True]["pull_request"] == {"types": ["labeled"]}
    assert "github.event.label.name == 'runs'" in held["jobs"]["plan"]["if"]
    owned = [name for name, job in held["jobs"].items() if "self-hosted" in job["runs-on"]]
    assert owned == ["work"]
    assert held["jobs"]["work"]["needs"] == "plan"


def test_the_parts_are_as_many_as_the_runs_that_are_missing_and_at_most_256():
    script = next(text for text in scripts(ROOT / ".github/workflows/runs.yml") if "jq" in text)
    assert "[256, ([.jobs[] | select(.missing != [])] | length)] | min" in script
    assert "range(1; $count + 1)" in script


def test_the_engine_reads_what_the_plan_holds_and_calls_commands_that_exist():
    fields = set(re.findall(r'(?:job|\[wildcards\.key\])\["(\w+)"\]', SNAKEFILE))
    assert fields == {"key", "missing", "after", "minutes", "memory"}
    assert fields <= planned.Job.__dataclass_fields__.keys()
    calls = [words.strip('" ') for words in re.findall(r"-m rfbook (.*)$", SNAKEFILE, re.MULTILINE)]
    for words in calls:
        named = re.sub(r"\{[a-z.]+\}", "x", words.replace("{tier}", "thin"))
        parsed(shlex.split(named.split(" > ")[0]))
    assert len(calls) == 4


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.parent.name)
def test_a_profile_resumes_and_leaves_staleness_to_our_keys(path):
    held = yaml.safe_load(path.read_text())
    kept = {name: held[name] for name in ("keep-going", "rerun-incomplete", "rerun-triggers", "nolock")}
    assert kept == {
        "keep-going": True, "rerun-incomplete": True, "rerun-triggers": ["mtime"], "nolock": True
    }  # fmt: skip


def test_on_kubernetes_every_part_is_worked_on_once_and_on_the_files_that_all_share(tmp_path):
    job = yaml.safe_load((ROOT / "workflow/kubernetes.yaml").read_text())["spec"]
    (container,) = job["template"]["spec"]["containers"]
    given = {variable["name"]: variable["value"] for variable in container["env"]}
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    parts = []
    for index in range(job["completions"]):
        around = given | {"JOB_COMPLETION_INDEX": str(index), "PATH": "/bin:/usr/bin"}
        said = subprocess.run(
            container["command"], cwd=tmp_path, env=around, capture_output=True, text=True, check=True
        ).stdout
        module, name, *words = shlex.split(said)
        assert (module, name) == ("-m", "rfbook")
        parts.append(parsed(words).shard)
    assert parts == [(part, len(parts)) for part in range(1, len(parts) + 1)]
    (volume,) = container["volumeMounts"]
    assert container["workingDir"].startswith(volume["mountPath"])
    assert given["RFBOOK_CACHE"].startswith(volume["mountPath"])
