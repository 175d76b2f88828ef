"""Published weights are those that are meant, and enter a network whole or but for its readout."""

import hashlib
from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_sample_images
from torch import nn
from torchvision.models import get_model_weights, resnet18

from rfbook.experiments import pretrained
from rfbook.experiments.batches import View
from rfbook.experiments.data import Images
from rfbook.experiments.errors import TrainingError
from rfbook.experiments.models import build
from rfbook.experiments.pretrained import fill, published_weights, readout_classes, started
from rfbook.experiments.spec import RECIPES, Data, Model, Recipe, Run
from rfbook.experiments.train import train

LITE0 = Model(name="efficientnet_lite0")
PADDED = Model(name="efficientnet_lite0", kernel_padding="convs")
FINE_TUNED = Recipe(epochs=1, batch=8, learning_rate=0.01, start="imagenet")


def run(model: Model = LITE0, recipe: Recipe = RECIPES["pretrained"], **data) -> Run:
    seen = {"name": "imagenette", "side": 64, "normalisation": "efficientnet"} | data
    return Run(model=model, data=Data(**seen), recipe=recipe)


def images(count: int = 2, side: int = 64) -> torch.Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(0))


def logits(network: nn.Module) -> torch.Tensor:
    with torch.no_grad():
        return network.eval()(images())


@pytest.fixture(scope="module")
def published() -> nn.Module:
    return started(run(), 1000)


def test_a_published_network_has_imagenets_classes_and_a_trained_one_its_datas():
    assert readout_classes(run()) == 1000
    assert readout_classes(run(recipe=FINE_TUNED)) == 10
    assert readout_classes(run(recipe=RECIPES["untrained"])) == 10


def test_a_published_network_holds_the_published_weights(published):
    weights = published_weights("efficientnet_lite0")
    state = published.state_dict()
    assert state.keys() >= weights.keys()
    assert all(torch.equal(state[name], weight) for name, weight in weights.items())


@pytest.mark.parametrize(
    "network, photo, name, logit",
    [
        ("efficientnet_lite0", 0, "palace", 8.380749),
        ("efficientnet_lite0", 1, "daisy", 6.981741),
        ("efficientnet_lite1", 0, "palace", 9.489738),
        ("efficientnet_lite1", 1, "daisy", 5.031374),
        ("efficientnet_lite2", 0, "palace", 9.968520),
        ("efficientnet_lite2", 1, "honeycomb", 10.942124),
    ],
)
def test_what_published_networks_see_in_scikit_learns_photographs(network, photo, name, logit):
    """The Summer Palace and a flower, with the normalisation of the published network.

    The logits are our own; the first two of the networks name both photographs, Lite2 not the flower.
    """
    pixels = torch.from_numpy(load_sample_images().images[photo][None, :, 106:533].copy())
    view = View(Data(name="photos", side=224, normalisation="efficientnet"))
    with torch.no_grad():
        logits = started(run(Model(name=network)), 1000).eval()(view.plain(pixels))[0]
    assert get_model_weights("resnet18").IMAGENET1K_V1.meta["categories"][logits.argmax()] == name
    assert float(logits.max()) == pytest.approx(logit, abs=1e-3)


def test_no_seed_changes_a_published_network(published):
    other = started(run().model_copy(update={"seed": 5}), 1000)
    assert torch.equal(logits(other), logits(published))


def test_padded_kernels_compute_what_the_published_ones_do(published):
    torch.testing.assert_close(
        logits(started(run(PADDED), 1000)), logits(published), rtol=0, atol=1e-5
    )


def test_a_network_that_is_to_be_trained_gets_a_readout_from_its_seed(published):
    fresh = started(run(recipe=FINE_TUNED), 10).state_dict()
    seeded = build(LITE0, 10, seed=0).state_dict()
    for name in published.state_dict():
        expected = seeded if name.startswith("_fc") else published.state_dict()
        assert torch.equal(fresh[name], expected[name]), name


def test_training_starts_from_the_published_weights(published):
    """After one step with a rate of nearly zero they are where they were."""

    class Nowhere:
        def load(self):
            return None

        def save(self, state, trace):
            pass

    recipe = FINE_TUNED.model_copy(update={"learning_rate": 1e-12})
    shown = Images(torch.zeros(8, 64, 64, 3, dtype=torch.uint8), torch.zeros(8, dtype=torch.int64))
    network, _ = train(run(recipe=recipe), shown, 10, Nowhere(), "cpu")
    torch.testing.assert_close(network._conv_head.weight, published._conv_head.weight)


def test_weights_of_another_network_are_not_filled_in():
    with pytest.raises(RuntimeError, match="Unexpected key"):
        fill(build(LITE0, 10), resnet18().state_dict())


def test_padded_kernels_are_not_cut_to_fit_a_plain_network():
    with pytest.raises(RuntimeError, match="size mismatch for _conv_stem"):
        fill(build(LITE0, 10), build(PADDED, 10).state_dict())


def test_a_damaged_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"something else")
    with pytest.raises(TrainingError, match=r"SHA-256 begins with .*, meant is 579344248a93e230"):
        pretrained._lite("efficientnet_lite0", path)


@pytest.fixture
def torchvisions(tmp_path, monkeypatch):
    """A file of weights as torchvision used to write them, in its folder and named after its digits."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    state = resnet18().state_dict()
    path = tmp_path / "checkpoints" / "weights.pth"
    path.parent.mkdir()
    torch.save({name: w for name, w in state.items() if "num_batches" not in name}, path)
    digits = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    path = path.rename(path.with_name(f"resnet18-{digits}.pth"))
    entry = type("Entry", (), {"url": f"https://example.org/models/{path.name}"})
    family = type("Weights", (), {"IMAGENET1K_V1": entry})
    monkeypatch.setattr(pretrained, "get_model_weights", lambda name: family)
    return path


def test_torchvisions_weights_fit_a_plain_and_a_padded_resnet(torchvisions):
    torch.manual_seed(1)
    plain = started(run(Model(name="resnet18"), normalisation="own"), 1000)
    torch.manual_seed(1)
    padded = started(run(Model(name="resnet18", kernel_padding="convs"), normalisation="own"), 1000)
    torch.testing.assert_close(logits(padded), logits(plain), rtol=0, atol=1e-4)


def test_a_missing_file_is_downloaded_to_its_place_and_checked(torchvisions, monkeypatch):
    content, asked = torchvisions.read_bytes(), []

    def download(url, place, progress):
        asked.append(url)
        Path(place).write_bytes(content[:-1])

    torchvisions.unlink()
    monkeypatch.setattr(torch.hub, "download_url_to_file", download)
    with pytest.raises(TrainingError, match="Delete it, so that it is downloaded again"):
        published_weights("resnet18")
    assert asked == [f"https://example.org/models/{torchvisions.name}"]


def test_a_file_of_torchvisions_name_with_other_contents_is_never_unpickled(torchvisions, monkeypatch):
    torchvisions.write_bytes(b"something else")
    monkeypatch.setattr(torch, "load", lambda *given, **named: pytest.fail("unpickled"))
    with pytest.raises(TrainingError, match=r"its SHA-256 begins with .* Delete it"):
        published_weights("resnet18")


def test_weights_that_cannot_be_downloaded_say_what_to_do(torchvisions, monkeypatch):
    def download(url, place, progress):
        raise OSError("no network")

    torchvisions.unlink()
    monkeypatch.setattr(torch.hub, "download_url_to_file", download)
    wanted = r"https://example.org/\S+ could not be had \(OSError\)\. Connect .* or put .* into"
    with pytest.raises(TrainingError, match=wanted):
        started(run(Model(name="resnet18"), normalisation="own"), 1000)
