"""`python -m rfbook look`: what it prints, draws and keeps, and what it answers to a mistake."""

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from packaging.requirements import Requirement
from PIL import Image
from torch import nn

from rfbook.__main__ import main
from rfbook.look.images import measured

ROOT = Path(__file__).parents[2]
NET = """
from torch import nn

def build():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 5, 2, 2), nn.ReLU(),
        nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(8, 2),
    )

def sized(width):
    return build()

def nothing():
    return 3

def broken():
    raise KeyError("width")
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    """A file with a small network, in the folder that is worked in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    return "net.py:build"


@pytest.fixture
def look(net, capsys):
    """Runs the command; returns its exit status and what it said on both streams."""

    def call(*words):
        status = main(["look", *words])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return call


@pytest.fixture
def images(tmp_path):
    """Two classes of eight images each: bright above, or bright below."""
    draw = np.random.default_rng(0)
    for name, rows in (("above", slice(0, 8)), ("below", slice(8, 16))):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(8):
            pixels = draw.integers(0, 60, (16, 16, 3), dtype=np.uint8)
            pixels[rows] += 150
            Image.fromarray(pixels).save(tmp_path / "images" / name / f"{number}.png")
    return "images"


# What it answers


def test_the_table_marks_the_border_layer_and_what_comes_after(look, net):
    status, said, _ = look(net, "--side", "16")
    lines = said.splitlines()
    (border,) = (line.split() for line in lines if line.startswith("=  "))
    assert status == 0
    assert border[:4] == ["=", "7", "28", "4"]
    assert "Border layer: 7, the first convolution that reads from one which sees more" in said
    assert "1 of 4 convolutions does." in said


def test_what_the_papers_say_stands_beside_the_advice_with_its_verdict(look, net):
    _, said, _ = look(net, "--side", "16")
    held = json.loads((ROOT / "src/rfbook/look/findings.json").read_text())
    (after,) = (one for one in held if one["claim"] == "SM-3.4-after")
    assert f'"{after["says"]}" ({after["verdict"]}; {after["why"]}; {after["claim"]} on' in said


def test_json_holds_the_same_and_what_is_infinite_as_null(look, net):
    status, said, _ = look(net, "--side", "16", "--json")
    held = json.loads(said)
    assert (status, held["border"], held["side"]) == (0, "7", 16)
    assert [layer["field"] for layer in held["layers"]][-1] == [None, None]
    assert held["sides"]["every_layer_sees_something_new_from"] == 20
    assert held["totals"]["all"]["parameters"] == sum(layer["parameters"] for layer in held["layers"])
    assert held["strided"]["uneven"][0]["name"] == "3"


def test_the_picture_shows_every_layer_in_its_state(look, net, tmp_path):
    status, _, _ = look(net, "--side", "16", "--svg", "net.svg")
    root = ElementTree.parse(tmp_path / "net.svg").getroot()
    boxes = [one.get("class") for one in root.iter("{http://www.w3.org/2000/svg}rect")]
    layers = [kind for kind in boxes if kind in ("before", "border", "after", "readout")][4:]
    assert status == 0
    assert layers == ["before"] * 4 + ["border", "readout", "readout"]
    assert "border layer 7" in root.get("aria-label")
    assert "prefers-color-scheme: dark" in (tmp_path / "net.svg").read_text()


def test_a_name_in_the_picture_cannot_break_it(look, tmp_path):
    (tmp_path / "odd.py").write_text(NET.replace("def build", "def b").replace("build()", "b()"))
    Path("a<b&c.py").write_text((tmp_path / "odd.py").read_text())
    assert look("a<b&c.py:b", "--side", "16", "--svg", "odd.svg")[0] == 0
    ElementTree.parse(tmp_path / "odd.svg")


def test_a_package_module_names_a_network_too(look, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "own").mkdir()
    (tmp_path / "own/__init__.py").touch()
    (tmp_path / "own/nets.py").write_text(NET)
    assert look("own.nets:build", "--side", "16")[0] == 0


def test_the_help_names_every_argument(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["look", "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(name in said for name in ("--side", "--channels", "--json", "--svg", "--images"))
    assert "your own code runs with your rights" in " ".join(said.split())


# Mistakes: one sentence, status 2, nothing written


@pytest.mark.parametrize(
    "words, said",
    [
        (["torchvision:resnet5"], "torchvision has no network 'resnet5': did you mean resnet50"),
        (["timm:resnet50"], "timm:NAME needs the package timm, which is not installed"),
        (["resnet50"], "names no network: write torchvision:NAME"),
        (["missing.py:build"], "missing.py: there is no such file"),
        (["net.py:biuld"], "net.py has no callable 'biuld': did you mean build?"),
        (["net.py:sized"], "net.py:sized needs arguments (missing a required argument: 'width')"),
        (["net.py:nothing"], "net.py:nothing returns a int: let it return a torch.nn.Module"),
        (["net.py:broken"], "net.py:broken ended with KeyError: 'width'"),
        (["no.such.package:build"], "no.such.package ended with ModuleNotFoundError"),
        (["net.py:build", "--channels", "4"], "an image of 4 x 16 x 16 cannot pass: '0' cannot work"),
        (["net.py:build", "--svg", "nowhere/net.svg"], "name a file in a folder that exists"),
        (["net.py:build", "--layer", "3"], "add --images FOLDER"),
        (["net.py:build", "--images", "nowhere"], "--images nowhere: there is no such folder"),
        (["net.py:build", "--images", "."], "--images .: it holds no images"),
        (["net.py:build", "--weights", "nowhere.pt"], "--weights nowhere.pt: there is no such file"),
        (["net.py:build", "--weights", "net.py"], "does not hold the weights of this network"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(look, tmp_path, words, said):
    before = set(tmp_path.iterdir())
    status, shown, error = look(
        *words, "--side", "16", *([] if "--svg" in words else ["--svg", "a.svg"])
    )
    assert (status, shown) == (2, "")
    assert said in error and "Traceback" not in error
    assert {path for path in tmp_path.iterdir() if path.name != "__pycache__"} == before


@pytest.mark.parametrize("side", ["0", "-3", "3.5", "many", "70000"])
def test_a_side_that_no_image_has_is_refused(look, net, side):
    with pytest.raises(SystemExit) as ended:
        look(net, "--side", side)
    assert ended.value.code == 2


def test_weights_of_another_network_are_refused_and_its_own_are_taken(look, net, tmp_path):
    torch.save(nn.Conv2d(3, 3, 3).state_dict(), tmp_path / "other.pt")
    status, _, error = look(net, "--side", "16", "--weights", "other.pt")
    assert status == 2 and "Missing key(s)" in error
    scope = {}
    exec(NET, scope)
    torch.save(scope["build"]().state_dict(), tmp_path / "own.pt")
    assert look(net, "--side", "16", "--weights", "own.pt")[0] == 0


# On images


def test_on_images_it_adds_fields_saturation_and_probes(look, net, images):
    status, said, error = look(net, "--side", "16", "--images", images, "--layer", "5", "--json")
    held = json.loads(said)["images"]
    assert status == 0, error
    assert held["images"] == 16
    assert held["effective_fields"].keys() == {"output", "5"}
    field = held["effective_fields"]["output"]
    assert np.load(field["array"]).shape == (16, 16)
    assert field["area_ratio"].keys() == {"0.2", "0.3", "0.5", "0.99"}
    assert held["saturation"].keys() == held["probes"].keys() == {"0", "3", "5", "7", "10"}
    assert held["probes"]["0"] == {"accuracy": 1.0, "converged": True, "test_images": 4}


def test_probes_say_how_many_images_are_held_out_and_how_good_guessing_is(look, net, images):
    """Of the larger class four images, of the other two: guessing is right for four of six."""
    for number in range(8):
        shown = Path("images/below") / f"{number}.png"
        shown.with_name(f"again {number}.png").write_bytes(shown.read_bytes())
    words = net, "--side", "16", "--images", images
    status, said, error = look(*words)
    assert status == 0, error
    assert "accuracy of a probe on 6 held-out images (guessing the most frequent class: 66.7 %):" in said
    assert json.loads(look(*words, "--json")[1])["images"]["guessing"] == 4 / 6


def test_what_was_measured_is_found_again_and_another_layer_alone_is_made(
    look, net, images, monkeypatch
):
    look(net, "--side", "16", "--images", images)
    made = []
    monkeypatch.setattr(measured, "_saturation", lambda *_: made.append("saturation"))
    monkeypatch.setattr(measured, "_probe", lambda *_: made.append("probe"))
    take = measured.effective_field

    def noted(model, batches, layer):
        made.append(layer)
        return take(model, batches, layer)

    monkeypatch.setattr(measured, "effective_field", noted)
    status, _, error = look(net, "--side", "16", "--images", images, "--layer", "3")
    assert status == 0, error
    assert made == ["3"]


def test_other_images_are_measured_anew(look, net, images, tmp_path, monkeypatch):
    look(net, "--side", "16", "--images", images)
    before = set((tmp_path / "cache/look").iterdir())
    (tmp_path / "images/above/0.png").unlink()
    look(net, "--side", "16", "--images", images)
    assert set((tmp_path / "cache/look").iterdir()) > before


def test_images_without_classes_have_no_probes(look, net, images):
    _, said, _ = look(net, "--side", "16", "--images", f"{images}/above", "--json")
    assert "probes" not in json.loads(said)["images"]


def test_a_layer_that_is_not_there_is_named_with_the_nearest(look, images):
    status, _, error = look(
        "torchvision:resnet18", "--side", "32", "--images", images, "--layer", "layer5"
    )
    assert status == 2
    assert "--layer layer5: the network has no such layer: did you mean layer" in error


def test_a_file_that_is_no_image_is_named(look, net, images, tmp_path):
    (tmp_path / "images/above/0.png").write_text("no image")
    status, _, error = look(net, "--side", "16", "--images", images)
    assert status == 2
    assert "0.png: it cannot be read as an image" in error


def test_a_stop_leaves_what_was_finished(look, net, images, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(measured, "_saturation", stop)
    status, shown, error = look(net, "--side", "16", "--images", images)
    assert (status, shown) == (130, "")
    assert "found again" in error
    assert len(list((tmp_path / "cache/look").glob("*.json"))) == 1


# Without the packages of the book

ALONE = """
import sys
from importlib.machinery import PathFinder

find = PathFinder.find_spec

def absent(name, *where):
    return None if name.partition(".")[0] in {names} else find(name, *where)

PathFinder.find_spec = staticmethod(absent)
from rfbook.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def names_of_the_book():
    """Modules that the book's extra declares and that the core does not bring."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    book = {Requirement(text).name for text in project["optional-dependencies"]["book"]}
    core = {"filelock", "jinja2", "scipy", "setuptools"}  # torch and lmfit bring these
    owners = metadata.packages_distributions()
    return {module for module, owned in owners.items() if {one.lower() for one in owned} & (book - core)}


@pytest.mark.parametrize(
    "words, status, said",
    [
        (["look", "net.py:build", "--side", "16"], 0, ""),
        (["book"], 2, "this command needs the packages of the book"),
    ],
)
def test_look_needs_none_of_the_packages_of_the_book(net, tmp_path, words, status, said):
    names = names_of_the_book()
    assert {"pydantic", "matplotlib", "papermill", "yaml"} <= names
    program = ALONE.format(names=repr(names))
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
