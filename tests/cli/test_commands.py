"""`python -m rfbook`: what it says, and its status: 0, 1 for a finding, 2 for a mistake to mend."""

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

from rfbook.__main__ import main
from rfbook.claims import published_fields
from rfbook.experiments.errors import DataError, TrainingError
from rfbook.measures import obtain
from rfbook.pages.page import Page, store_of
from rfbook.pages.plan import asks, declared
from rfbook.records import stages
from rfbook.records.expected import Pace
from rfbook.records.record import RecordError
from rfbook.records.reports import COMMANDS, NOT_NEEDED, read_report, write_report
from rfbook.records.store import Store, read
from rfbook.site import commands, upkeep
from rfbook.site.making import UNKNOWN
from tests import skeleton
from tests.left import target
from tests.left import whole as whole_record
from tests.samples import at_version, sealed
from tests.skeleton import OTHER, PAGE

RUNS = [f"{name}-w0.25-cifar10-32px-e30-s{seed}" for name in ("vgg11", "vgg13") for seed in (0, 1)]

ROOT = Path(__file__).parents[2]
BENCHMARK = dict.fromkeys(("ours", "peer", "ratio", "target", "equal", "note"))
ROWS = {
    "benchmarks": BENCHMARK | {"metric": "a metric", "quantity": "seconds"},
    "torture": {"fault": "a kind", "tried": 2, "held": 2, "seconds": 1.5},
    "recomputed": {"record": "a run", "weights": "not trained", "allowed": 0.0, "difference": 0.0},
}
"""A row of each report."""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Root of the small repository, without any record."""
    skeleton.seem_installed(monkeypatch, skeleton.write(tmp_path))
    return tmp_path


@pytest.fixture
def published(repository):
    """The published records of the tiny page."""
    store = Store(store_of("thin").roots[:1])
    skeleton.fill(store, asks(PAGE, {}))
    return store


@pytest.fixture
def fits(monkeypatch):
    """Published arrays are fitted at once."""
    monkeypatch.setattr(published_fields, "read_array", lambda network: np.ones((2, 2)))
    shared = published_fields.Described.model_fields
    fit = {name: value for name, value in target().items() if name in shared}
    monkeypatch.setattr(published_fields, "described", lambda field: fit)


@pytest.fixture
def whole(published, fits):
    """All of `results/`: the records of both pages, and the files that stand beside them."""
    skeleton.fill(published, asks(OTHER, {"tier": "paper"}))
    published_fields.write_fits(published.roots[0])
    for name, row in ROWS.items():
        write_report(name, [row], published.roots[0])
    shutil.copytree(ROOT / "claims/tables", published.roots[0].parent / "claims/tables")
    return published


@pytest.fixture
def rfbook(repository, capsys):
    """Runs a command; returns its exit status and the lines it showed on both streams."""

    def call(*words):
        status = main(words)
        shown = capsys.readouterr()
        return status, shown.out.splitlines(), shown.err

    return call


@pytest.fixture
def making(monkeypatch):
    """Records are made at once and without work; the list says of which runs."""
    done = []

    def make(run, measures, store, device):
        done.append(run.slug())
        return {name: store.add(skeleton.made(run, name)) for name in measures}

    monkeypatch.setattr(obtain, "_make", make)
    return done


@pytest.fixture
def executions(monkeypatch, making):
    """The pages that would be executed, as (page, parameters)."""
    done = []

    def execute(page, tier, parameters):
        done.append((page, parameters))
        path = Path("executed.ipynb")
        path.write_text("a notebook")
        return path

    monkeypatch.setattr(commands, "execute", execute)
    return done


def one_path(store, pattern):
    return next(store.paths(pattern))


def damage(path):
    path.write_text(path.read_text().replace("a slow one", "a fast one"))


# Mistakes that a user can mend.


@pytest.mark.parametrize("command", ["run", "why", "plan", "work", "teach"])
def test_an_unknown_page_is_answered_with_the_nearest_and_all(rfbook, command):
    status, _, said = rfbook(command, "size_matters/tyni")
    assert status == 2
    assert f"did you mean {PAGE!r}?" in said
    assert f"The pages are book/index, {OTHER}, {PAGE}." in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "parameter, said",
    [
        (("wdith", "0.5"), "ParameterError: unknown parameter 'wdith': did you mean 'width'?"),
        (("width", "half"), "ParameterError: width='half': valid is None (the tier's)"),
        (("seeds", "0"), "ParameterError: seeds=0: valid is 1 to 20. It is out of range"),
        (("seeds", "True"), "ParameterError: seeds=True: valid is 1 to 20. It is of type bool"),
        (("models", "vgg16_bn"), "Did you mean 'vgg16'?"),
        (("tier", "thim"), "Did you mean 'thin'?"),
        (("images", "129"), "the last batch would hold one image"),
    ],
)
def test_a_wrong_parameter_is_refused_before_the_page_is_executed(
    rfbook, executions, parameter, said
):
    status, _, error = rfbook("run", PAGE, "-p", *parameter)
    assert status == 2
    assert said in error
    assert "Traceback" not in error
    assert executions == []


@pytest.mark.parametrize(
    "text, value",
    [("1e-1", 0.1), ("2", 2), ("None", None), ("vgg11 vgg13", "vgg11 vgg13"), ("thin", "thin")],
)
def test_a_parameter_on_the_command_line_is_read_as_python_reads_it(text, value):
    assert commands._typed(text) == value


@pytest.mark.parametrize("command", ["why", "plan"])
def test_a_damaged_record_is_named_with_the_remedy(rfbook, published, command):
    path = one_path(published, "accuracy-*.json")
    damage(path)
    status, _, said = rfbook(command, PAGE)
    assert status == 2
    assert said.startswith(f"RecordError: {path}: ")
    assert f"git checkout -- {path}" in said and "delete it" in said


def test_a_record_that_no_longer_validates_is_named_too(rfbook, published):
    path = one_path(published, "accuracy-*.json")
    path.write_text(sealed(path.read_text(), run={"model": {"name": "vgg11", "colour": 1}}))
    status, _, said = rfbook("plan", PAGE)
    assert status == 2
    assert said.startswith(f"RecordError: {path}: its run is not valid any more")


def test_an_ill_formed_claim_is_named_where_the_verdicts_are_made(repository):
    path = repository / "claims/size_matters.yml"
    path.write_text(path.read_text().replace("holds_if: above", "holds_if: larger"))
    with pytest.raises(commands.MENDABLE, match="claim SM-1-accuracy"):
        Page.open(OTHER, declared(OTHER)).verdicts()


@pytest.mark.parametrize(
    "error", [DataError, TrainingError, RecordError, OSError, MemoryError, KeyError]
)
def test_a_run_that_fails_is_noted_and_the_queue_goes_on(rfbook, making, monkeypatch, error, caplog):
    make = obtain._make

    def fail(run, measures, store, device):
        if run.slug() in RUNS[1:3]:
            raise error("what to do")
        return make(run, measures, store, device)

    monkeypatch.setattr(obtain, "_make", fail)
    status, lines, _ = rfbook("work", PAGE)
    assert (status, making) == (1, [RUNS[0], RUNS[3]])
    assert lines[0] == f"{RUNS[0]}: done"
    assert lines[3:] == [f"{RUNS[3]}: done", f"failed: 2 of 4 runs: {RUNS[1]}, {RUNS[2]}"]
    for line, run in zip(lines[1:3], RUNS[1:3], strict=True):
        assert line.startswith(f"{run}: failed: {error.__name__}: ") and "what to do" in line
    assert ("Traceback" in caplog.text) == (error in (MemoryError, KeyError))


@pytest.mark.parametrize(
    "words",
    [
        (), ("publish",), ("why",), ("run", PAGE, "-p", "width"), ("plan", "--tier", "thim"),
        ("import",), ("run", PAGE, "--tier", "thin"),
    ],
)  # fmt: skip
def test_a_command_that_is_not_complete_is_answered_with_how_it_is_used(repository, capsys, words):
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage: python -m rfbook" in capsys.readouterr().err


def test_every_command_is_explained(repository, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    commands = "run why plan work verify recompute compare import book pdf notebooks"
    for command in commands.split():
        assert re.search(rf"\n    {command}\s+\w", shown)


def test_outside_a_repository_it_is_said_where_pages_are_read_from(rfbook, tmp_path, monkeypatch):
    (tmp_path / "_toc.yml").unlink()
    status, _, said = rfbook("verify")
    assert status == 2
    assert said.startswith("FileNotFoundError: no folder with _toc.yml and notebooks/ above")


@pytest.mark.parametrize(
    "stop, status, answer",
    [
        (KeyboardInterrupt(), 130, "stopped; a training goes on from its last whole epoch\n"),
        (PermissionError(13, "Permission denied", "results"), 2, "PermissionError: "),
    ],
)
def test_what_stops_a_command_from_outside_is_one_line(rfbook, monkeypatch, stop, status, answer):
    def halt(asked):
        raise stop

    monkeypatch.setattr(commands, "merged", halt)
    ended, _, said = rfbook("plan")
    assert (ended, said.count("\n")) == (status, 1)
    assert said.startswith(answer)


def test_a_reader_who_goes_away_ends_a_command_without_a_word():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "rfbook", "plan", "size_matters/tail-pattern"]
    done = subprocess.run(
        command, cwd=Path(__file__).parent, check=False, stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("rfbook: {tier: thin", "rfbook: {tier: [thin", "its front matter is not YAML"),
        ("rfbook: {tier: thin, ", "rfbook: {", "its front matter does not name the tier"),
        ("---\n# A tiny page", "--\n# A tiny page", "its front matter is not YAML"),
        (":tags: [parameters]", ":t", "it is no MyST notebook"),
        ("A tiny page", "A tiny \udcff page", "it is no text in UTF-8"),
        ('data="cifar10"', 'data="cifar10", placement="wall"', "Input should be 'resized' or"),
        ('"receptive_field")', '"receptive_feild")', "did you mean receptive_field?"),
    ],
)
def test_a_mistake_in_one_page_is_named_with_the_page(rfbook, repository, old, new, said):
    path = repository / f"notebooks/{PAGE}.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new), errors="surrogateescape")
    status, _, answer = rfbook("plan")
    assert status == 2
    assert PAGE in answer
    assert re.search(said, answer)


@pytest.mark.parametrize(
    "fault, error", [(lambda asked: 1 / 0, ZeroDivisionError), (lambda asked: {}["x"], KeyError)]
)
def test_a_fault_of_ours_shows_where_it_happened(rfbook, monkeypatch, fault, error):
    monkeypatch.setattr(commands, "merged", fault)
    with pytest.raises(error):
        rfbook("plan")


def test_the_module_can_be_run_and_hands_on_its_status(tmp_path, monkeypatch):
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path))
    command = [sys.executable, "-m", "rfbook", "why", "no/such/page"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("UnknownPage: there is no page 'no/such/page'")


# why


def test_why_says_of_each_record_whether_it_is_there(rfbook, published):
    one_path(published, "probes-*.json").unlink()
    status, lines, _ = rfbook("why", PAGE)
    assert status == 0
    assert len(lines) == 16
    missing = [line for line in lines if not line.endswith(": there")]
    assert len(missing) == 1 and missing[0].startswith(f"{RUNS[0]} probes ")
    assert missing[0].endswith(
        "missing: never made; of the nearest record, run.seed is 1, needed the default"
    )


def test_why_names_a_stage_that_was_raised(rfbook, published, monkeypatch):
    before = stages.MEASURES["probes"].version
    monkeypatch.setitem(stages.MEASURES, "probes", at_version("probes", 99))
    _, lines, _ = rfbook("why", PAGE)
    stale = [line for line in lines if not line.endswith(": there")]
    assert [line.split()[0] for line in stale] == RUNS
    assert all(line.endswith(f"stale: measure_version is {before}, needed 99") for line in stale)


def test_why_says_that_nothing_was_ever_made(rfbook):
    status, lines, _ = rfbook("why", PAGE, "--tier", "smoke")
    assert status == 0
    assert len(lines) == 16
    assert all(line.endswith(": missing: never made") for line in lines)
    assert all(line.startswith("vgg1") and "-digits-" in line for line in lines)


def test_why_takes_the_tier_that_the_page_is_published_at(rfbook):
    (line,) = rfbook("why", OTHER)[1]
    assert line.startswith("vgg11-w1-cifar10-")
    (line,) = rfbook("why", OTHER, "--tier", "thin")[1]
    assert line.startswith("vgg11-w0.25-cifar10-")


# plan and work


def test_a_plan_of_all_pages_unites_what_they_ask(rfbook, published):
    """By its record a training took 1.5 minutes, a measure 0.25; four times as wide, 16 times that."""
    one_path(published, "probes-*.json").unlink()
    status, lines, _ = rfbook("plan")
    assert status == 0
    assert lines == [
        "vgg11-w1-cifar10-32px-e30-s0: missing receptive_field; about 28 minutes",
        f"{RUNS[0]}: missing probes; about 2 minutes",
        *(f"{run}: done" for run in RUNS[1:]),
        "runs asked for: 5; there: 3; to be made: 2, about 30 minutes",
    ]


def test_a_plan_says_how_long_each_missing_run_takes_and_all_of_them(rfbook, published, monkeypatch):
    for path in published.paths("accuracy-*.json"):
        path.unlink()
    minutes = {"vgg11": 7.4, "vgg13": 14.0}
    monkeypatch.setattr(Pace, "minutes", lambda self, run, *rest: minutes[run.model.name])
    _, lines, _ = rfbook("plan", PAGE)
    times = [line.rpartition("; ")[2] for line in lines[:-1]]
    assert times == ["about 7 minutes"] * 2 + ["about 14 minutes"] * 2
    assert lines[-1] == "runs asked for: 4; there: 0; to be made: 4, about 43 minutes"


def test_a_plan_names_the_runs_of_which_nothing_says_how_long_they_take(rfbook):
    _, lines, _ = rfbook("plan", PAGE)
    assert all(line.endswith(UNKNOWN) for line in lines) and len(lines) == 5


def test_a_plan_of_what_is_there_has_nothing_to_be_made(rfbook, published):
    *runs, last = rfbook("plan", PAGE)[1]
    assert runs == [f"{run}: done" for run in RUNS]
    assert last == "runs asked for: 4; there: 4; to be made: none"


def test_a_plan_computes_nothing(rfbook, making):
    rfbook("plan")
    assert making == []


def test_work_makes_what_is_missing_run_by_run_and_nothing_twice(rfbook, repository, making):
    status, lines, _ = rfbook("work", PAGE)
    assert (status, lines) == (0, [f"{run}: done" for run in RUNS])
    assert making == RUNS
    assert len(list((repository / "runs").glob("*/*.json"))) == 16
    assert not (repository / "results").exists()
    assert rfbook("work", PAGE)[0] == 0
    assert making == RUNS


def test_work_notes_a_damaged_record_and_leaves_it(rfbook, published, making):
    path = one_path(published, "accuracy-*.json")
    damage(path)
    status, lines, _ = rfbook("work", PAGE)
    assert (status, len(lines), making) == (1, 5, [])
    assert lines[0].startswith(f"{RUNS[0]}: failed: RecordError: {path}: ")


def test_work_leaves_what_another_process_makes_and_comes_back_to_it(rfbook, making, monkeypatch):
    """The other holds the first run until the last is done, and has not made all of it by then."""
    make = obtain._make
    (run, measures), *_ = asks(PAGE, {})
    store = store_of("thin")
    other = obtain._claimed(run, store, wait=False)
    other.__enter__()

    def until(run, measures, store, device):
        made = make(run, measures, store, device)
        if run.slug() == RUNS[3]:
            store.add(skeleton.made(asks(PAGE, {})[0][0], "probes"))
            other.__exit__(None, None, None)
        return made

    monkeypatch.setattr(obtain, "_make", until)
    status, lines, _ = rfbook("work", PAGE)
    assert (status, making) == (0, [*RUNS[1:], RUNS[0]])
    assert lines == [f"{run}: done" for run in making]
    assert all(store.find(run, name) for name in measures)


def test_work_that_was_killed_goes_on_where_it_stopped(rfbook, making, monkeypatch):
    make = obtain._make

    def killed(run, measures, store, device):
        if len(making) == 2:
            raise KeyboardInterrupt
        return make(run, measures, store, device)

    with monkeypatch.context() as patch:
        patch.setattr(obtain, "_make", killed)
        assert rfbook("work", PAGE)[0] == 130
    rfbook("work", PAGE)
    assert making == RUNS


def test_work_can_be_published(rfbook, repository, making):
    rfbook("work", PAGE, "--publish")
    assert len(list((repository / "results").glob("*/*.json"))) == 16
    assert not (repository / "runs").exists()


def test_tiny_runs_are_not_published_and_none_is_made(rfbook, repository, making):
    status, _, said = rfbook("work", PAGE, "--tier", "smoke", "--publish")
    assert status == 2
    assert said.startswith("ParameterError: --publish writes to results/")
    assert "Leave out --publish, or use another tier" in said
    assert making == []
    assert not (repository / "build").exists()


# verify


def test_records_that_are_as_they_were_made_pass(rfbook, whole):
    assert rfbook("verify") == (0, ["17 records checked"], "")


@pytest.mark.parametrize("command", ["verify", "recompute"])
def test_a_check_of_nothing_does_not_pass(rfbook, repository, command):
    status, lines, said = rfbook(command)
    assert (status, lines) == (2, [])
    assert said.startswith(f"FileNotFoundError: {repository / 'results'}: no records")
    assert "git checkout" in said and "python -m rfbook work --publish" in said


def test_a_damaged_record_fails_and_the_others_are_checked_all_the_same(rfbook, whole):
    paths = [one_path(whole, f"{name}-*.json") for name in ("accuracy", "probes")]
    for path in paths:
        damage(path)
    status, lines, _ = rfbook("verify")
    assert status == 1
    assert [line.split(": ")[0] for line in lines] == [*map(str, paths), "17 records checked"]


def test_a_record_that_no_longer_validates_fails_and_the_others_are_checked(rfbook, whole):
    path = one_path(whole, "accuracy-*.json")
    path.write_text(sealed(path.read_text(), run={"colour": "red"}))
    status, lines, _ = rfbook("verify")
    assert status == 1
    assert lines[0].startswith(f"{path}: ")
    assert lines[-1] == "17 records checked"


def test_a_record_that_is_gone_is_named_with_the_pages_that_ask_for_it(rfbook, whole):
    path = one_path(whole, "accuracy-*.json")
    path.unlink()
    status, lines, _ = rfbook("verify")
    assert status == 1
    assert lines[0].startswith(f"{path}: missing: asked for by {PAGE}. ")
    assert lines[0].endswith(f"python -m rfbook work --publish {PAGE}")
    assert lines[1:] == ["16 records checked"]


def test_git_is_offered_for_a_record_that_it_knows_and_for_no_other(rfbook, whole, repository):
    """A record of an arm that somebody adds was never there; a run that was published can come back."""
    lost, never = list(whole.paths("accuracy-*.json"))[:2]
    never.unlink()
    for words in (("init", "--quiet"), ("add", "results")):
        subprocess.run(["git", "-C", repository, *words], check=True, capture_output=True)
    lost.unlink()
    said = dict(line.split(": ", 1) for line in rfbook("verify")[1][:-1])
    asked = f"missing: asked for by {PAGE}. "
    make = f"python -m rfbook work --publish {PAGE}"
    assert said[str(lost)] == f"{asked}Restore it (git checkout -- {lost}), or make it: {make}"
    assert said[str(never)] == f"{asked}Make it: {make}"
    subprocess.run(["git", "-C", repository, "checkout", "--", lost], check=True, capture_output=True)
    assert lost.exists()


def test_a_record_under_another_measure_or_run_is_named_and_so_is_the_gap_it_leaves(rfbook, whole):
    renamed = one_path(whole, "accuracy-*.json")
    as_probes = renamed.rename(renamed.with_name(renamed.name.replace("accuracy", "probes")))
    moved = list(whole.paths("receptive_field-*.json"))[1]
    elsewhere = moved.rename(renamed.parent / moved.name)
    status, lines, _ = rfbook("verify")
    assert status == 1
    said = dict(line.split(": ", 1) for line in lines if ": " in line)
    assert said.keys() == {str(path) for path in (renamed, as_probes, moved, elsewhere)}
    for path, own in ((as_probes, renamed), (elsewhere, moved)):
        assert said[str(path)].endswith(f"move it to its own name, {own.relative_to(whole.roots[0])}")
        assert said[str(own)].startswith("missing: ")


def test_what_a_planned_page_asks_for_is_not_missing(rfbook, whole, repository):
    path = repository / f"notebooks/{OTHER}.md"
    edit(path, lambda text: text.replace("{tier: paper,", "{tier: paper, planned: true,"))
    (wide,) = whole.roots[0].glob("vgg11-w1-*/*.json")
    wide.unlink()
    assert rfbook("verify") == (0, ["16 records checked"], "")


@pytest.mark.parametrize("name", ["openerf", *COMMANDS])
@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_the_files_beside_the_records_are_checked_too(rfbook, whole, name, harm):
    path = whole.roots[0] / f"{name}.json"
    if harm == "gone":
        path.unlink()
    else:
        text = path.read_text()
        path.write_text(text.replace('"commit"', '"comment"') if harm == "changed" else text[:40])
    status, lines, _ = rfbook("verify")
    seen = not (harm == "gone" and name in NOT_NEEDED)
    assert status == seen
    assert [line.startswith(f"{path}: ") for line in lines] == [True] * seen + [False]


@pytest.mark.parametrize(
    "name, changed, said",
    [
        ("benchmarks", {"rows": []}, "rows: List should have at least 1 item"),
        ("benchmarks", {"rows": [{}]}, "rows.0.metric: Field required"),
        ("recomputed", {"rows": [ROWS["recomputed"] | {"difference": "much"}]}, "rows.0.difference"),
        ("torture", {"rows": [ROWS["torture"] | {"tried": 0}]}, "rows.0.tried: Input should be"),
        ("recomputed", {"provenance": {}}, "provenance.commit: Field required"),
        ("recomputed", {"more": 1}, "more: Extra inputs are not permitted"),
        ("openerf", {"fits": {}}, "fits: Dictionary should have at least 4 items"),
        ("openerf", {"source": {}}, "its checksums do not agree with those of the arrays"),
    ],
)
def test_a_sealed_file_of_other_contents_fails(rfbook, whole, name, changed, said):
    path = whole.roots[0] / f"{name}.json"
    path.write_text(sealed(path.read_text(), **changed))
    status, lines, _ = rfbook("verify")
    assert (status, len(lines)) == (1, 2)
    assert lines[0].startswith(f"{path}: ") and said in lines[0]


def test_a_sealed_record_of_other_contents_fails(rfbook, whole):
    path = one_path(whole, "accuracy-*.json")
    values = json.loads(path.read_text())["values"]
    path.write_text(sealed(path.read_text(), values=values | {"accuracy": 1e308}))
    status, lines, _ = rfbook("verify")
    assert (status, len(lines)) == (1, 2)
    assert lines[0].startswith(f"{path}: its values are not those of its measure: accuracy: Input")


def test_a_run_of_tier_smoke_among_the_published_ones_fails(rfbook, whole):
    skeleton.fill(whole, asks(PAGE, {"tier": "smoke"}))
    status, lines, _ = rfbook("verify")
    assert status == 1
    assert len(lines) == 17 and lines[-1] == "33 records checked"
    assert all("tier smoke shows its networks digits" in line for line in lines[:-1])


def edit(path, change):
    path.write_text(change(path.read_text()))


@pytest.mark.parametrize(
    "name, change",
    [
        ("size_matters.yml", lambda text: text[: text.index("- id: SM-1-never")]),
        ("size_matters.yml", lambda text: text[text.index("- id: SM-1-accuracy") :]),
        ("size_matters.yml", lambda text: text.replace("SM-1-never", "SM-1-ever")),
        ("size_matters.yml", lambda text: text.replace(f": {OTHER}", f": {PAGE}")),
        ("size_matters.yml", lambda text: text + text[: text.index("- id: SM-1-accuracy")]),
        ("size_matters.yml", lambda text: ""),
        ("tables/table_1.yml", lambda text: text[: text.index("depth:")]),
        ("tables/table_1.yml", lambda text: text.replace("depth: [18, ", "depth: [")),
        ("tables/table_2.yml", lambda text: text.replace("validation:", "# ")),
        ("tables/table_3.yml", lambda text: text[: text.index("images:")]),
        ("tables/skip_ablation.yml", lambda text: text[: text.rindex("  - [")]),
        ("tables/skip_ablation.yml", lambda text: text[: text.index("t:")]),
    ],
)
def test_claims_that_are_cut_or_changed_in_part_fail(rfbook, whole, repository, name, change):
    edit(repository / "claims" / name, change)
    unfit(rfbook, repository)


@pytest.mark.parametrize(
    "harm",
    [
        lambda claims: (claims / "size_matters.yml").unlink(),
        lambda claims: (claims / "size_matters.yml").write_bytes(b"\xff\xfe\xff"),
        lambda claims: shutil.copyfile(claims / "size_matters.yml", claims / "dead_pixel.yml"),
        lambda claims: (claims / "tables/table_3.yml").unlink(),
        shutil.rmtree,
    ],
)
def test_claims_that_are_gone_or_double_fail(rfbook, whole, repository, harm):
    harm(repository / "claims")
    unfit(rfbook, repository)


def unfit(rfbook, repository):
    """The claims are named, and nothing else is."""
    status, lines, _ = rfbook("verify")
    assert status == 1 and len(lines) > 1
    assert all(line.startswith(("claim", f"{repository / 'claims'}")) for line in lines[:-1])
    assert lines[-1] == "17 records checked"


@pytest.mark.parametrize("harm", ["cut", "gone", "unknown", "double", None])
def test_a_conclusion_has_as_many_sentences_as_its_page_says(rfbook, whole, repository, harm):
    page = repository / f"notebooks/{OTHER}.md"
    page.write_text(page.read_text().replace("{tier: paper,", "{tier: paper, sentences: 2,"))
    path = repository / "claims/tables/conclusion_background.yml"
    rows = ["- says: a\n  claims: [SM-2-field]\n", "- says: b\n  beyond: c\n"]
    rows = {"cut": rows[:1], "gone": [], "double": [rows[0]] * 2}.get(harm, rows)
    text = "".join(rows)
    path.write_text(text.replace("SM-2-field", "SM-9") if harm == "unknown" else text)
    status, lines, _ = rfbook("verify")
    assert (status, len(lines)) == ((1, 2) if harm else (0, 1))
    assert all(line.startswith(f"{path}: ") for line in lines[:-1])


def test_what_a_reader_has_made_is_neither_verified_nor_recomputed(rfbook, whole, repository, again):
    runs = Store((repository / "runs",))
    skeleton.fill(runs, asks(PAGE, {"epochs": 1}))
    damage(one_path(runs, "*.json"))
    again()
    assert rfbook("verify") == (0, ["17 records checked"], "")
    assert len(rfbook("recompute", "--sample", "99")[1]) == 17


@pytest.mark.parametrize("stage, count", [("probes", 4), ("training", 17)])
def test_a_stale_record_fails(rfbook, whole, monkeypatch, stage, count):
    if stage == "training":
        monkeypatch.setattr(stages, "TRAINING", 99)
    else:
        monkeypatch.setitem(stages.MEASURES, stage, at_version(stage, 99))
    status, lines, _ = rfbook("verify")
    assert status == 1
    assert sum(": stale: " in line for line in lines) == count
    assert len(lines) == count + 1


def test_a_record_of_a_measure_that_is_gone_is_stale_and_the_page_that_asks_for_it_wrong(
    rfbook, published, monkeypatch
):
    monkeypatch.delitem(stages.MEASURES, "probes")
    status, lines, said = rfbook("verify")
    assert status == 2
    assert sum(": stale: " in line for line in lines) == 4
    assert said.startswith(f"ParameterError: {PAGE}: there is no measure 'probes'")


# recompute


@pytest.fixture
def again(published, monkeypatch):
    """What a record is when it is made again: as it is kept, but for an accuracy that is given."""

    def make(accuracy=None, processor=None):
        def made(run, measure):
            kept = published.find(run, measure)
            if accuracy is None or measure != "accuracy":
                return kept
            trained = kept.provenance["training"]
            session = trained["sessions"][-1]
            session = session | {"processor": processor or session["processor"]}
            elsewhere = kept.provenance | {"training": trained | {"sessions": [session]}}
            values = kept.values | {"accuracy": accuracy}
            return dataclasses.replace(kept, values=values, provenance=elsewhere)

        monkeypatch.setattr(upkeep, "made", made)

    return make


def test_records_that_come_out_again_pass(rfbook, again):
    again()
    status, lines, _ = rfbook("recompute", "--sample", "16")
    assert status == 0
    assert len(lines) == 16 and all(": differs by 0 of the largest number" in line for line in lines)


def test_a_record_that_comes_out_otherwise_fails_and_is_named(rfbook, again):
    again(accuracy=0.123)
    status, lines, _ = rfbook("recompute", "--sample", "16")
    assert status == 1
    other = [line.split(": ")[0] for line in lines if "differs by 0 of" not in line]
    assert sorted(other) == sorted(f"{run} accuracy" for run in RUNS)


def test_the_outcome_is_kept_only_where_that_is_asked_for(rfbook, again, published):
    again(accuracy=0.123)
    report = published.roots[0] / "recomputed.json"
    rfbook("recompute", "--sample", "16")
    assert not report.exists()
    rfbook("recompute", "--sample", "16", "--keep")
    rows = read_report("recomputed", report.parent)["rows"]
    assert len(rows) == 16
    assert {row["record"].split()[1] for row in rows if row["difference"]} == {"accuracy"}
    assert {row["weights"] for row in rows} == {"trained again"}


def test_the_records_of_one_page_are_made_again_alone(rfbook, again, whole):
    again()
    assert len(rfbook("recompute", "--sample", "99")[1]) == 17
    _, lines, _ = rfbook("recompute", PAGE, "--sample", "99")
    assert sorted({line.split()[0] for line in lines}) == sorted(RUNS) and len(lines) == 16


def test_a_page_without_published_records_has_none_to_make_again(rfbook, again):
    again()
    status, _, said = rfbook("recompute", OTHER)
    assert status == 2
    assert said == f"RecordError: there is no published record of {OTHER} to make again\n"


@pytest.mark.parametrize(
    "accuracy, status, said", [(0.63, 0, "0.63 is inside"), (0.123, 1, "0.123 is outside")]
)
def test_what_was_trained_again_on_another_processor_is_judged_as_another_seed(
    rfbook, again, published, monkeypatch, accuracy, status, said
):
    """The two seeds of VGG11 have 0.60 and 0.62; three networks more lend their spread."""
    lend(published)
    again(accuracy=accuracy, processor="another one")
    only = list(published.roots[0].glob("vgg11-*/accuracy-*.json"))
    monkeypatch.setattr(upkeep, "_paths", lambda store: only)
    found, lines, _ = rfbook("recompute")
    assert (found, len(lines)) == (status, 2)
    assert all("trained again on another processor, as from another seed" in line for line in lines)
    assert all(said in line for line in lines)


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_a_number_of_records_that_is_none_is_refused(rfbook, again, capsys, count):
    again()
    with pytest.raises(SystemExit) as stopped:
        rfbook("recompute", "--sample", count)
    assert stopped.value.code == 2
    assert "a whole number from 1 on" in capsys.readouterr().err


def test_the_same_draw_takes_the_same_records_and_another_draw_others(rfbook, again):
    again()
    drawn = [rfbook("recompute", "--sample", "4", "--draw", draw)[1] for draw in ("0", "0", "1")]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 4


# compare


def lend(store):
    """Two seeds of networks that are trained as the page's are, and vary by a point or two."""
    for name, shares in {"vgg16": (0.5, 0.51), "vgg19": (0.4, 0.43)}.items():
        for seed, share in enumerate(shares):
            store.add(whole_record(run_of(name, seed), "accuracy", accuracy=share))


def run_of(name, seed):
    run = next(run for run, _ in asks(PAGE, {}))
    return run.model_copy(update={"model": run.model.model_copy(update={"name": name}), "seed": seed})


@pytest.fixture
def theirs(published, repository):
    """Where the records of an outsider lie, of the network and the seed that are asked for."""
    lend(published)
    store = Store((repository / "theirs",))

    def make(accuracy, name="vgg11", seed=7):
        store.add(whole_record(run_of(name, seed), "accuracy", accuracy=accuracy))
        return str(store.roots[0])

    return make


@pytest.mark.parametrize("accuracy, status, said", [(0.63, 0, "inside"), (0.5, 1, "outside")])
def test_a_record_of_an_outsider_is_inside_or_outside_the_prediction_interval_of_ours(
    rfbook, theirs, accuracy, status, said
):
    """0.61, give or take 2.776 times the root of (0.0002 + 0.0008 + 0.00005 + 0.00045) / 4, of 3 / 2."""
    found, lines, _ = rfbook("compare", theirs(accuracy))
    assert found == status
    run = "vgg11-w0.25-cifar10-32px-e30-s7"
    assert lines[0].startswith(f"{run} accuracy: {accuracy} is {said} 0.5442 to 0.6758 (95 % prediction")
    assert lines[1] == "1 records compared with ours"


def test_one_record_outside_is_enough_for_a_finding(rfbook, theirs):
    theirs(0.61)
    assert rfbook("compare", theirs(0.1, seed=8))[0] == 1


def test_a_run_that_we_do_not_have_is_no_finding_beside_one_that_we_have(rfbook, theirs):
    theirs(0.61)
    status, lines, _ = rfbook("compare", theirs(0.1, "resnet18"))
    assert status == 0
    assert any(line.endswith("accuracy: no published record is of such a run") for line in lines)


def test_where_nothing_can_be_compared_that_is_a_finding(rfbook, theirs):
    status, lines, _ = rfbook("compare", theirs(0.1, "resnet18"))
    assert (status, lines[-1]) == (1, "0 records compared with ours")


def test_a_directory_without_records_cannot_be_compared(rfbook, published, tmp_path):
    status, _, said = rfbook("compare", str(tmp_path / "nothing"))
    assert status == 2
    assert "no records" in said


# import


@pytest.fixture
def brought(repository, published):
    """A directory of records as another machine made them; here there are none."""
    return published.roots[0].rename(repository / "brought")


SHORTER = {"layers": ["conv1"], "field": [3], "jump": [1], "border": None}


def remade(path, **changed):
    """Another valid record of the same name, with some of its values changed."""
    kept = read(path)
    path.write_text(dataclasses.replace(kept, values=kept.values | changed).encode()[0])


def test_records_are_taken_over_into_the_published_ones(rfbook, brought, repository):
    status, lines, _ = rfbook("import", "brought")
    assert status == 0
    assert sorted(line.split()[0] for line in lines) == sorted(RUNS * 4)
    assert all(line.endswith(": taken") for line in lines)
    assert len(list((repository / "results").glob("*/*.json"))) == 16
    for path in (repository / "results").glob("*/*.json"):
        assert read(path).current


def test_what_is_there_already_is_said_to_be_and_stays(rfbook, brought, repository):
    rfbook("import", "brought")
    path = next(brought.rglob("accuracy-*.json"))
    remade(path, accuracy=read(path).values["accuracy"] * 1.001)
    next((repository / "results").rglob("probes-*.json")).unlink()
    status, lines, _ = rfbook("import", "brought")
    assert status == 0
    assert sorted(line.split(": ")[1] for line in lines) == ["already there"] * 15 + ["taken"]


@pytest.mark.parametrize(
    "measure, changed, said",
    [
        ("accuracy", {"accuracy": 0.9}, "by 0.5 of the largest number, allowed is 0.01"),
        ("receptive_field", SHORTER, "in its names or shapes, allowed is 0"),
    ],
)
def test_a_record_that_says_something_else_is_named_and_not_taken(
    rfbook, brought, repository, measure, changed, said
):
    rfbook("import", "brought")
    path = sorted(brought.rglob(f"{measure}-*.json"))[0]
    stored = repository / "results" / path.relative_to(brought)
    before = stored.read_bytes()
    remade(path, **changed)
    status, lines, _ = rfbook("import", "brought")
    assert status == 1
    (other,) = [line for line in lines if not line.endswith(": already there")]
    assert other.startswith(f"{RUNS[0]} {measure} ")
    assert f": not taken: it differs from the one that is there {said}" in other
    assert stored.read_bytes() == before


def test_a_directory_is_meant_from_where_the_user_is(
    rfbook, brought, tmp_path_factory, monkeypatch
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.move(brought, elsewhere / "mine")
    monkeypatch.chdir(elsewhere)
    assert rfbook("import", "mine")[0] == 0


def test_with_one_damaged_record_none_is_taken_over(rfbook, brought, repository):
    path = sorted(brought.rglob("*.json"))[-1]
    damage(path)
    status, lines, said = rfbook("import", "brought")
    assert (status, lines) == (2, [])
    assert said.startswith(f"RecordError: {path}: ")
    assert not (repository / "results").exists()


def test_stale_records_are_not_taken_over(rfbook, brought, repository, monkeypatch):
    monkeypatch.setitem(stages.MEASURES, "probes", at_version("probes", 99))
    status, _, said = rfbook("import", "brought")
    assert status == 2
    assert "made by other versions of the stages" in said
    assert not (repository / "results").exists()


def test_a_directory_without_records_is_refused(rfbook):
    status, _, said = rfbook("import", "nowhere")
    assert status == 2
    assert "nowhere: no records" in said


# outside


def test_published_arrays_are_fitted_into_the_published_results(rfbook, repository, fits):
    status, lines, _ = rfbook("outside")
    assert (status, lines) == (0, [f"fitted: {repository / 'results/openerf.json'}"])
    kept = published_fields.read_fits(repository / "results")["fits"]
    assert kept.keys() == published_fields.PINNED.keys()


def test_without_the_arrays_it_is_said_where_they_are_published(rfbook, tmp_path, monkeypatch):
    monkeypatch.setenv("RFBOOK_DATA", str(tmp_path))
    status, _, said = rfbook("outside")
    assert status == 2
    assert said.startswith("DataError: ") and published_fields.REPOSITORY in said


# run, book and notebooks


def test_a_page_is_executed_with_what_it_is_passed(rfbook, executions):
    status, lines, _ = rfbook("run", PAGE, "-p", "width", "0.5", "-p", "models", "vgg11 vgg13")
    assert (status, lines[-1]) == (0, "executed: executed.ipynb")
    passed = {"tier": "thin", "width": 0.5, "models": "vgg11 vgg13"}
    assert executions == [(PAGE, passed)]


def test_what_is_missing_is_made_before_the_page_and_each_run_is_said(
    rfbook, executions, published, making, repository
):
    one_path(published, "probes-*.json").unlink()
    status, lines, _ = rfbook("run", PAGE, "-p", "seeds", "2")
    assert (status, making) == (0, RUNS[:1])
    assert lines[0].startswith("runs asked for: 4; there: 3; to be made: 1, ")
    assert lines[1].startswith(f"1 of 1: {RUNS[0]}: made in ")
    assert lines[2:] == [f"the new records are in {repository / 'runs'}", "executed: executed.ipynb"]


def test_where_nothing_is_missing_nothing_is_made(rfbook, executions, published, making):
    _, lines, _ = rfbook("run", PAGE)
    assert making == []
    assert lines == ["runs asked for: 4; there: 4; to be made: none", "executed: executed.ipynb"]


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("SM-1-accuracy, SM-1-never", "SM-1-accuracy", "claim SM-1-never names the page"),
        ("SM-1-never]", "SM-1-never, SM-1-new]", "lists claim SM-1-new, and no row has both"),
    ],
)
def test_a_claim_that_the_page_and_its_row_do_not_both_name_is_said_first_and_the_page_is_run(
    rfbook, executions, published, repository, old, new, said
):
    edit(repository / f"notebooks/{PAGE}.md", lambda text: text.replace(old, new))
    status, lines, _ = rfbook("run", PAGE)
    assert (status, len(executions)) == (0, 1)
    assert any(said in line and PAGE in line for line in lines[:-2])
    assert lines[-2].startswith("runs asked for: 4; there: 4")


def test_of_the_claims_of_another_page_nothing_is_said(rfbook, executions, published, repository):
    edit(repository / f"notebooks/{OTHER}.md", lambda text: text.replace("[SM-2-field]", "[]"))
    assert len(rfbook("run", PAGE)[1]) == 2


def test_a_tier_that_is_passed_replaces_that_of_the_page(rfbook, executions):
    rfbook("run", OTHER)
    rfbook("run", OTHER, "-p", "tier", "smoke")
    assert [parameters["tier"] for _, parameters in executions] == ["paper", "smoke"]


def test_a_page_that_measures_nothing_has_nothing_to_plan_and_can_be_run(rfbook, executions):
    assert rfbook("plan", "book/index") == (0, [], "")
    assert rfbook("why", "book/index") == (0, [], "")
    assert rfbook("run", "book/index")[0] == 0
    assert executions == [("book/index", {})]


@pytest.mark.parametrize(
    "parameter, said",
    [
        (("nonsense", "5"), "unknown parameter 'nonsense': This page has tier."),
        (("teir", "thin"), "unknown parameter 'teir': did you mean 'tier'? This page has tier."),
        (("tier", "thim"), "tier='thim': valid is "),
        (("_hidden", "5"), "unknown parameter '_hidden': This page has tier."),
    ],
)
def test_a_page_that_measures_nothing_refuses_too(
    rfbook, repository, executions, parameter, said
):
    (repository / "book/explorer.md").write_text(
        skeleton.INDEX.replace("1 + 1", ':tags: [parameters]\ntier = "published"')
    )
    status, _, error = rfbook("run", "book/explorer", "-p", *parameter)
    assert status == 2
    assert error.startswith(f"ParameterError: {said}")
    assert executions == []
    for tier in ("published", "smoke"):
        assert rfbook("run", "book/explorer", "-p", "tier", tier)[0] == 0


def test_a_page_without_parameters_says_that_it_has_none(rfbook, executions):
    status, _, error = rfbook("run", "book/index", "-p", "nonsense", "5")
    assert status == 2
    assert error.startswith("ParameterError: unknown parameter 'nonsense': This page has no parameters")
    assert executions == []


def test_the_executed_notebook_goes_where_the_user_says(
    rfbook, executions, tmp_path_factory, monkeypatch
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert rfbook("run", PAGE, "-o", "out.ipynb")[0] == 0
    assert (elsewhere / "out.ipynb").read_text() == "a notebook"


@pytest.mark.parametrize("place", ["missing/out.ipynb", "."])
def test_a_place_where_no_file_can_be_is_refused_before_anything_is_executed(
    place, rfbook, executions
):
    status, _, said = rfbook("run", PAGE, "-o", place)
    assert (status, executions) == (2, [])
    assert said.startswith("ParameterError: -o ") and "name a file in a folder that exists" in said


def test_runs_with_other_parameters_do_not_share_a_file(rfbook, monkeypatch, making):
    tiers = []
    monkeypatch.setattr(commands, "execute", lambda page, tier, passed: tiers.append(tier))
    for width in ("0.5", "0.25", "0.5"):
        rfbook("run", PAGE, "-p", "width", width)
    assert tiers[0] == tiers[2] != tiers[1]


def test_every_page_is_written_as_a_notebook(rfbook, repository):
    status, lines, _ = rfbook("notebooks")
    assert status == 0
    names = [f"{page}.ipynb" for page in ("book/index", OTHER, PAGE)]
    paths = [repository / "build/notebooks" / name for name in names]
    assert lines[:-1] == [f"{path} (without results: `make book` first)" for path in paths]
    # The index opens no page that would refuse what papermill passes to its notebook.
    assert ["require_valid(" in path.read_text() for path in paths] == [True, False, False]


def test_who_has_no_jupyter_is_told_the_extra_that_brings_it(rfbook):
    _, lines, _ = rfbook("notebooks")
    assert '-e ".[lab]"' in lines[-1] and "jupyter lab build/notebooks" in lines[-1]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    names = [Requirement(text).name for text in extras["lab"]]
    assert names == ["jupyterlab", "nbconvert"]


@pytest.mark.parametrize("tier, kept", [("smoke", False), ("thin", True)])
def test_a_book_at_smoke_starts_from_nothing(rfbook, repository, monkeypatch, tier, kept):
    """No record, weights or data of an earlier build may stand in for what no longer works."""
    left = repository / "build" / tier / "records/a-run/accuracy-0.json"
    left.parent.mkdir(parents=True)
    left.touch()
    built = []
    monkeypatch.setattr(commands.build, "build", lambda tier: built.append(tier) or "index.html")
    assert rfbook("book", "--tier", tier) == (0, ["the site is index.html"], "")
    assert built == [tier]
    assert left.exists() == kept
    own = repository / ("cache" if kept else "build/smoke/cache")
    assert Path(os.environ["RFBOOK_CACHE"]) == own


# Data sets.


def test_a_data_set_is_fetched_and_its_edition_named(rfbook, monkeypatch):
    from rfbook.experiments import data
    from rfbook.experiments.description import Edition

    other = Edition(fingerprint="ab" * 32, train=12, test=4, classes=3)
    monkeypatch.setattr(data, "fetched", {"digits": None, "caltech101": other}.get)
    status, lines, _ = rfbook("data", "digits", "caltech101")
    assert status == 0
    assert lines == [
        "digits: the edition of the published records",
        "caltech101: another edition of Caltech-101 than the published records' (12 training and 4 test "
        "images, 3 classes, fingerprint abababababababab). To run pages on it: "
        "RFBOOK_EDITIONS=caltech101",
    ]
