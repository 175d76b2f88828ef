"""Where the work is done: full, not ours to write to, another's, oddly named, without git or a home.

What can be worked in is, as anywhere else. What cannot is said in a sentence; mended, the same command
goes on.
"""

import os
import resource
import shutil

import pytest

from rfbook.records.store import read
from tests.measures.test_order import same
from tests.skeleton import OTHER
from tests.torture import house

pytestmark = pytest.mark.torture

MEASURES = "accuracy", "saturation"
ODD = "an ödd 'place' & \"more\" #1 100% $HOME [x] {y} 你好"
SHUT_OUT = "dac_override", "dac_read_search", "fowner"
"""What lets the superuser read and write in spite of permissions."""
NOBODY = 65534


@pytest.fixture
def root(tmp_path):
    return house.build(tmp_path / "house", measures=MEASURES)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The records that are made where nothing is the matter."""
    root = house.build(tmp_path_factory.mktemp("elsewhere"), measures=MEASURES)
    assert house.work(root).returncode == 0
    return [read(path) for path in house.store(root).paths()]


def check_made(root, done, elsewhere):
    assert done.returncode == 0, done.stderr
    found = [read(path) for path in house.store(root).paths()]
    assert [record.measure for record in found] == [record.measure for record in elsewhere]
    assert all(map(same, found, elsewhere)), "the records are others than those made elsewhere"
    return found


def check_said(done, *words):
    """It ended with a sentence that names the place, and not with a traceback."""
    said = done.stdout + done.stderr
    assert done.returncode in (1, 2), f"status {done.returncode}: {said}"
    assert house.TRACE not in said and "fault of ours" not in said, said
    assert any(word in said for word in words), f"none of {words} is said: {said}"


def test_an_odd_name_of_the_folder_is_like_any_other(tmp_path, elsewhere):
    root = house.build(tmp_path / ODD, measures=MEASURES)
    check_made(root, house.work(root), elsewhere)
    out = tmp_path / "out put.ipynb"
    words = ["-m", "rfbook", "run", OTHER, "-p", "tier", "smoke", "-o", str(out)]
    done = house.python(root, *words, cwd=tmp_path)
    assert done.returncode == 0 and out.exists(), done.stderr


def test_without_git_the_commit_is_unknown_and_all_else_is_the_same(root, elsewhere):
    (root / "bin").mkdir()
    done = house.work(root, env=house.environment(root, PATH=root / "bin"))
    found = check_made(root, done, elsewhere)
    assert {record.provenance["measuring"]["commit"] for record in found} == {"unknown"}


@pytest.mark.parametrize("home", [None, "/nowhere/at/all"])
def test_without_a_home_all_is_the_same(root, elsewhere, home):
    env = house.environment(root, HOME=home, RFBOOK_CACHE=None)
    check_made(root, house.work(root, env=env), elsewhere)
    assert (root / ".cache/weights").exists(), "without another word the cache is in the checkout"


def limited_to(size):
    """Lets a process write no file beyond so many bytes, as a disk does that fills up."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("size", [0, 30_000, 500_000])
def test_a_disk_that_fills_up_is_said_and_with_room_it_goes_on(root, elsewhere, size):
    done = house.work(root, preexec_fn=limited_to(size))
    check_said(done, "File too large", "Make room", "No usable temporary directory")
    for path in house.store(root).paths():
        read(path)  # what is kept is whole
    check_made(root, house.work(root), elsewhere)


def shut_out():
    """What starts a process that permissions hold for, whoever we are."""
    if os.geteuid():
        return []
    dropped = ",".join(f"-{one}" for one in SHUT_OUT)
    return ["setpriv", f"--inh-caps={dropped}", f"--bounding-set={dropped}"]


def closed(path, mode):
    """The folder or file can be used so far only; what nobody may use is another user's."""
    path.chmod(mode)
    if mode == ANOTHERS and not os.geteuid():
        os.chown(path, NOBODY, NOBODY)


def made_ours(path):
    if not os.geteuid():
        os.chown(path, 0, 0)
    path.chmod(0o755)


READ_ONLY, ANOTHERS = 0o555, 0


@pytest.mark.parametrize(
    "place, mode",
    [
        ("cache", READ_ONLY), ("cache/weights", ANOTHERS),
        ("build/smoke/records", READ_ONLY), ("build/smoke/records", ANOTHERS),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_ours_is_said_and_once_it_is_ours_it_goes_on(root, elsewhere, place, mode):
    (root / place).mkdir(parents=True)
    closed(root / place, mode)
    done = house.work(root, before=shut_out())
    made_ours(root / place)
    check_said(done, "Permission denied", "not yours to write to")
    check_made(root, house.work(root), elsewhere)


@pytest.mark.parametrize("pattern", ["cache/weights/*.safetensors", "build/smoke/records/*/*.json"])
def test_a_file_of_another_user_is_said_and_not_made_again(root, elsewhere, pattern):
    assert house.work(root).returncode == 0
    if "weights" in pattern:
        shutil.rmtree(root / "build")
    path = next(root.glob(pattern))
    before = path.read_bytes()
    closed(path, ANOTHERS)
    done = house.work(root, before=shut_out())
    made_ours(path)
    check_said(done, "Permission denied")
    assert path.read_bytes() == before, "another's file was written over"
    check_made(root, house.work(root), elsewhere)
