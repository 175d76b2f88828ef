"""What `rfbook run` says while it makes what a page asks for."""

import pytest

from rfbook.experiments.spec import Data, Model, Run
from rfbook.site import making
from tests import skeleton

CIFAR = Data(name="cifar10", side=32)


def run(network, seed=0):
    return Run(model=Model(name=network), data=CIFAR, seed=seed)


@pytest.fixture
def minutes(tmp_path, monkeypatch):
    """Network -> minutes that a published run took, and that making one takes on the test's clock."""
    skeleton.seem_installed(monkeypatch, skeleton.write(tmp_path))
    clock, takes = [0.0], {}
    monkeypatch.setattr(making.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(making.Pace, "minutes", lambda self, one, *rest: takes[one.model.name][0])

    def obtain(one, measures, store, device):
        clock[0] += 60 * takes[one.model.name][1]

    monkeypatch.setattr(making, "obtain", obtain)
    return takes


def said(*runs):
    return list(making.made({"thin": [(one, ("accuracy",)) for one in runs]}, "cpu"))


def test_the_remaining_time_follows_from_the_published_runs_and_this_machine(minutes):
    minutes |= {"vgg11": (10, 20), "vgg13": (12, 24)}
    first, one, two, *_ = said(run("vgg11"), run("vgg13"))
    assert first == "runs asked for: 2; there: 0; to be made: 2, about 22 minutes"
    assert one.endswith("s0: made in 20 minutes; to go: about 24 minutes")
    assert two.endswith("s0: made in 24 minutes")


def test_a_network_that_nobody_published_is_said_to_have_no_estimate(minutes):
    minutes |= {"vgg11": (10, 10), "vgg13": (None, 5), "vgg16": (None, 5)}
    assert said(run("vgg13"))[0].endswith(f"1, {making.UNKNOWN}")
    first, one, *_ = said(run("vgg11"), run("vgg13"), run("vgg16"))
    assert first.endswith(f"3, about 10 minutes, and 2 more of which {making.UNKNOWN}")
    assert one.endswith(f"to go: {making.UNKNOWN}")


def test_at_the_end_it_is_said_where_the_records_are(minutes, tmp_path):
    minutes |= {"vgg11": (10, 10)}
    assert said(run("vgg11"))[-1] == f"the new records are in {tmp_path / 'runs'}"


def test_a_page_without_runs_has_nothing_to_say(minutes):
    assert said() == []
