"""Every kind of file of a checkout is damaged in every way: it is named, and nothing else is changed.

Weights and decoded data, which are a cache, are damaged in `tests/records/test_weights.py` and
`tests/experiments/test_data.py`, and single bytes of a record in `tests/records/test_record.py`.
"""

import shutil

import pytest

from rfbook.claims import sealed
from rfbook.records.store import LOCK
from tests.cli.test_commands import fits, published, repository, rfbook, whole  # noqa: F401
from tests.skeleton import PAGE

pytestmark = pytest.mark.torture

SEALED = {
    "a record": "results/vgg11-*-s0-*/accuracy-*.json",
    "the arrays of a record": "results/vgg11-*-s0-*/saturation-*.npz",
    "the benchmarks": "results/benchmarks.json",
    "the records made again": "results/recomputed.json",
    "the faults": "results/torture.json",
    "the fits of others": "results/openerf.json",
    "a printed table": "claims/tables/table_1.yml",
    "the claims": "claims/size_matters.yml",
    "what decides the claims": "claims/fixed.csv",
}
SOURCES = {
    "a page": f"notebooks/{PAGE}.md",
    "the contents": "_toc.yml",
    "a page of the book": "book/index.md",
}
"""Files that a reader may change, so that not every change is damage."""
KINDS = SEALED | SOURCES


def replaced(path, content):
    path.unlink()
    path.write_bytes(content)


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_link_to_nowhere(path):
    path.unlink()
    path.symlink_to(path.parent / "gone")


HARMS = {
    "emptied": lambda path: replaced(path, b""),
    "cut": lambda path: replaced(path, path.read_bytes()[: path.stat().st_size // 2 + 1]),
    "zeros": lambda path: replaced(path, bytes(path.stat().st_size)),
    "of another encoding": lambda path: replaced(path, b"\xff\xfe" + path.read_bytes()),
    "another file": lambda path: replaced(path, b'{"rows": [1], "- id": {a: b}}\n'),
    "gone": lambda path: path.unlink(),
    "a folder": a_folder,
    "a link to nowhere": a_link_to_nowhere,
}  # fmt: skip
ABSENT = "gone", "a link to nowhere"
"""What is no damage to a report that nobody has to have made."""
COMMANDS = [("verify",), ("why", PAGE), ("plan", PAGE, "--tier", "thin")]


def contents(root, damaged):
    """Every file but the damaged one, with what it holds."""
    files = [path for path in root.rglob("*") if path.is_file() and path.name != LOCK]
    return {path: path.read_bytes() for path in files if path != damaged and "cache" not in path.parts}


@pytest.fixture
def fixed(whole, tmp_path):  # noqa: F811
    """The small repository, whose claim on accuracies says when its test was fixed."""
    path = tmp_path / KINDS["the claims"]
    dated = path.read_text().replace("  margin: 50\n", "  margin: 50\n  fixed: 2020-01-02T03:00:00Z\n")
    path.write_text(dated)
    sealed.write(path.parent)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_named_and_no_other_is_changed(kind, harm, rfbook, fixed, tmp_path):  # noqa: F811
    path = next(tmp_path.glob(KINDS[kind]))
    sound = path.read_bytes()
    HARMS[harm](path)
    before = contents(tmp_path, path)
    answers = {}
    for words in COMMANDS:
        try:
            answers[words] = rfbook(*words)
        except Exception as error:
            pytest.fail(f"{' '.join(words)} ends in a fault of ours: {type(error).__name__}: {error}")
    assert contents(tmp_path, path) == before, "a command changed another file than the damaged one"
    status, lines, errors = answers["verify",]
    if kind in SEALED and not (kind == "the faults" and harm in ABSENT):
        assert status != 0, f"verify does not see it: {lines}"
        named = path.parent.name if kind == "the claims" and harm == "gone" else path.stem
        said = [*lines, errors]
        assert any(named in line for line in said), f"verify does not name it: {said}"
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.write_bytes(sound)
    assert rfbook("verify")[0] == 0, "restored, it is still damaged"
