"""What each measure computes, pinned on two tiny untrained networks.

The networks are VGG11 on 64 handwritten digits and ResNet18 on 8 photographs of 64 pixels, both of
width 1/8 and from seed 0; nothing is downloaded. A failure means that the stage does not compute
what it computed for the records that exist. If that is meant, raise its version in
`records/stages.py`, which makes exactly those records stale, and pin the new numbers and the version
here.

Tolerances are those of float32 on another processor: one image for an accuracy, 1e-3 of a gradient
or an eigenvalue, 1e-2 for a fitted Gaussian or the loss of a probe; counts and fields are exact.
"""

from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
import torch

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.images import Images
from rfbook.experiments.models import build
from rfbook.experiments.spec import RECIPES, Data, Model, Run
from rfbook.experiments.train import Trace
from rfbook.measures import fields as field_measures
from rfbook.measures import layers as layer_measures
from rfbook.measures import padding
from rfbook.measures import perturbations as perturbation_measures
from rfbook.measures import probes as probe_measures
from rfbook.measures.measure import measure, taken
from rfbook.measures.views import shown
from rfbook.records import stages
from rfbook.records.record import Record
from rfbook.records.stages import MEASURES
from rfbook.records.weights import Trained, trained
from tests.samples import tiny

PINNED_AT = {
    "accuracy": 1, "saturation": 1, "probes": 2, "probes_8x8": 1, "probes_global": 2,
    "position_probes": 2, "receptive_field": 1, "effective_field": 1, "field_recipe": 1,
    "kernel_padding": 1, "pixel_response": 1, "saliency": 1, "translation": 1, "one_pixel_attack": 1,
    "learning_curve": 1, "cost": 1, "single_gradients": 1,
    "added_weights": 1,
}  # fmt: skip
"""The versions of the stages whose numbers stand in this file."""

LIMITS_AT = {
    "POSITION_IMAGES": (probe_measures, 20_000),
    "STEP_IMAGES": (perturbation_measures, 100),
    "STEPS": (perturbation_measures, (0.1, 0.03, 0.01, 0.003, 0.001)),
    "SHIFTS": (perturbation_measures, (1, 2, 3, 4, 5, 6, 7, 8, 16, 32)),
    "LARGEST_SHIFT": (perturbation_measures, 7),
    "TRIES": (perturbation_measures, 10),
    "BATCH": (perturbation_measures, 8),
    "IMAGES": (padding, 8),
}
"""Constants of these versions that the small sets here do not reach. An attack draws by batch."""

CONVOLUTIONS = [f"features.{number}" for number in (0, 4, 8, 11, 15, 18, 22, 25)]
RECORDED = [*CONVOLUTIONS, "classifier"]
PERTURBED = {"pixel_response", "saliency", "translation", "one_pixel_attack"}
ON_PHOTOS = {"kernel_padding", "effective_field", "field_recipe", "single_gradients"} | PERTURBED
PADDED = "added_weights"
ONE_IMAGE = 1 / 64


def image_shares(values):
    return pytest.approx(values, abs=ONE_IMAGE)


def close(values):
    return pytest.approx(values, rel=1e-3)


def fitted(values):
    return pytest.approx(values, rel=1e-2)


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """Two networks, by whether they see photographs, and one with fresh padded kernels."""
    photos = Run(
        model=tiny(name="resnet18").model,
        data=Data(name="photos", side=64, images=16, test_images=8),
        recipe=tiny(epochs=0).recipe,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RFBOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        ready = {False: trained(tiny(epochs=0), "cpu"), True: trained(photos, "cpu")}
        fresh = photos.model.model_copy(update={"kernel_padding": "all", "padded_weights": "fresh"})
        ready[PADDED] = trained(photos.model_copy(update={"model": fresh}), "cpu")
        sizes = [len(network.data.test) for network in ready.values()]  # loaded into this cache
        assert sizes == [64, 8, 8]
        return ready


@pytest.fixture(scope="module")
def records(networks):
    """The record of every measure, as it is made."""
    made = {name: measure(networks[name in ON_PHOTOS], name) for name in MEASURES if name != PADDED}
    return made | {PADDED: measure(networks[PADDED], PADDED)}


def test_every_row_leads_to_the_function_of_its_measure():
    for row in MEASURES.values():
        module, function = row.function.split(":")
        assert callable(getattr(import_module(f"rfbook.measures.{module}"), function))


def test_the_numbers_in_this_file_are_those_of_the_versions_in_force():
    assert {name: row.version for name, row in stages.MEASURES.items()} == PINNED_AT
    assert {name: getattr(module, name) for name, (module, _) in LIMITS_AT.items()} == {
        name: value for name, (_, value) in LIMITS_AT.items()
    }


# The numbers.


def test_accuracy(records):
    assert records["accuracy"].values == {
        "accuracy": image_shares(6 / 64),
        "test_images": 64,
        "training_loss": [],
        "training_accuracy": [],
    }


def test_a_learning_curve_is_what_was_watched_and_says_how_many_steps_lie_between(networks):
    seen = tiny(epochs=3, images=40, test_images=8, task="micro-object")
    watched = Trace(loss=[3.0, 2.0, 1.0], watched=[0.5, 0.5, 1.0])
    values, _ = taken(Trained(seen, networks[False].network, watched), "learning_curve")
    assert values == {
        "test_accuracy": [0.5, 0.5, 1.0],
        "training_loss": [3.0, 2.0, 1.0],
        "steps": 2,
        "test_images": 16,
    }


def test_saturation(records):
    values = records["saturation"].values
    directions = [4, 11, 25, 28, 47, 47, 31, 26, 10]
    channels = [8, 16, 32, 32, 64, 64, 64, 64, 10]
    assert values == {
        "layers": RECORDED,
        "directions": directions,
        "directions_delve": [count - 1 for count in directions],
        "saturation": [count / all_ for count, all_ in zip(directions, channels, strict=True)],
        # 64 images at every position of the map.
        "observations": [64 * side**2 for side in (32, 16, 8, 8, 4, 4, 2, 2, 1)],
    }


def test_saturation_keeps_every_eigenvalue(records):
    spectra = records["saturation"].arrays
    assert [len(spectra[name]) for name in RECORDED] == [8, 16, 32, 32, 64, 64, 64, 64, 10]
    assert all((np.diff(spectrum) <= 0).all() for spectrum in spectra.values())
    sums = [12.9646, 10.6110, 10.2695, 8.49141, 12.6900, 14.3186, 17.7696, 10.7184, 3.55432e-4]
    assert [spectra[name].sum() for name in RECORDED] == close(sums)


def test_receptive_field(records):
    """Owner: Size Matters, equations 1 and 2, by hand: 3x3 convolutions, four 2x2 poolings."""
    assert records["receptive_field"].values == {
        "layers": CONVOLUTIONS,
        "field": [3, 8, 18, 26, 46, 62, 102, 134],
        "jump": [1, 2, 4, 4, 8, 8, 16, 16],
        "border": "features.18",
        "side": 32,
    }


def test_cost(records):
    """By hand: 3x3 convolutions with a bias and batch norm, and a readout of 10 classes."""
    channels, sides = [3, 8, 16, 32, 32, 64, 64, 64, 64], [32, 16, 8, 8, 4, 4, 2, 2]
    weights = [9 * a * b for a, b in pairwise(channels)]
    assert records["cost"].values == {
        "parameters": sum(weights) + 3 * sum(channels[1:]) + 64 * 10 + 10,
        "multiply_adds": sum(w * s**2 for w, s in zip(weights, sides, strict=True)) + 64 * 10,
        "side": 32,
    }


@pytest.mark.parametrize(
    "name, accuracies",
    [
        (
            "probes",
            [0.796875, 0.8125, 0.84375, 0.875, 0.875, 0.890625, 0.859375, 0.765625, 0.421875],
        ),
        (
            "probes_8x8",
            [0.8125, 0.8125, 0.859375, 0.859375, 0.875, 0.890625, 0.859375, 0.765625, 0.421875],
        ),
        (
            "probes_global",
            [0.203125, 0.4375, 0.65625, 0.6875, 0.65625, 0.71875, 0.78125, 0.859375, 0.421875],
        ),
    ],
)
def test_probes(records, name, accuracies):
    values = records[name].values
    assert values["layers"] == RECORDED
    assert values[name] == image_shares(accuracies)
    assert values["converged"] == [True] * 9
    assert values["training_images"] == 64


def test_the_loss_at_which_probes_end(records):
    losses = [0.131451, 0.0606622, 0.0335186, 0.0323481, 0.0194797, 0.0197866, 0.0623026]
    assert records["probes"].values["loss"] == pytest.approx([*losses, 0.0668488, 1.05348], rel=1e-2)


def test_position_probes(records):
    record = records["position_probes"]
    assert record.values["layers"] == CONVOLUTIONS
    assert record.values["converged"] == [True] * 8
    grids = [record.arrays[name] for name in CONVOLUTIONS]
    assert [grid.shape for grid in grids] == [(s, s) for s in (32, 16, 8, 8, 4, 4, 2, 2)]
    means = [0.226746, 0.354309, 0.507080, 0.578613, 0.726563, 0.770508, 0.773438, 0.730469]
    assert [grid.mean() for grid in grids] == pytest.approx(means, abs=ONE_IMAGE / 2)
    corners = [0.125, 0.1875, 0.328125, 0.390625, 0.640625, 0.78125, 0.78125, 0.734375]
    middles = [0.34375, 0.421875, 0.671875, 0.734375, 0.828125, 0.8125, 0.8125, 0.765625]
    assert [grid[0, 0] for grid in grids] == image_shares(corners)
    assert [grid[len(grid) // 2, len(grid) // 2] for grid in grids] == image_shares(middles)


STRIDED = ["conv1", *(f"layer{n}.0.{name}" for n in (2, 3, 4) for name in ("conv1", "downsample.0"))]


def test_weights_that_padding_added(records):
    """All of these kernels were drawn afresh, so that both edges are as large but for chance."""
    values = records["added_weights"].values
    assert values["layers"] == STRIDED
    assert values["share"] == close([0.999236, 1.00741, 0.935952, 1.046234, 1.01686, 1.009193, 1.011295])


def test_kernels_that_were_padded_with_zeros_have_added_nothing_before_they_are_trained(networks):
    padded = networks[True].run.model.model_copy(update={"kernel_padding": "all"})
    run = networks[True].run.model_copy(update={"model": padded})
    values, _ = taken(Trained(run, build(padded, 10), Trace()), "added_weights")
    assert values == {"layers": STRIDED, "share": [0.0] * 7}


@pytest.mark.parametrize(
    "kernel, share",
    [
        ([[1, 2], [2, 2]], 2),  # of a 1x1 kernel
        ([[5, 5, 5, 3], [5, 9, 9, 4], [5, 9, 9, 4], [3, 4, 4, 3]], ((3 * 9 + 4 * 16) / 7) ** 0.5 / 5),
        ([[2, 2, 2, 1], [2, 0, 0, 1], [2, 0, 0, 1], [1, 1, 1, 1]], 0.5),
    ],
)
def test_added_weights_are_compared_with_those_of_the_opposite_edges(kernel, share):
    channels = torch.tensor(kernel).float().expand(5, 2, -1, -1)
    assert padding.added_share(channels) == pytest.approx(share)


def test_kernel_padding(records):
    values = records["kernel_padding"].values
    # Dead Pixel, Table 1: ResNet18 has 435; width does not enter.
    assert values["fields"] == {
        "plain": {"layer3": 211, "layer4": 435},
        "convs": {"layer3": 224, "layer4": 464},
        "all": {"layer3": 226, "layer4": 466},
    }
    assert values["sizes"] == {
        arm: {"layer3": 4, "layer4": 2} for arm in ("plain", "convs", "all")
    }
    # 7x7 becomes 8x8, 3x3 becomes 4x4, 1x1 becomes 2x2, times the channels in and out.
    added = 3 * 8 * (64 - 49) + (8 * 16 + 16 * 32 + 32 * 64) * (16 - 9 + 4 - 1)
    assert values["parameters"] == {
        "plain": 176842, "convs": 176842 + added, "all": 176842 + added,
    }  # fmt: skip
    assert values["difference"]["convs"] < 1e-6
    assert values["difference"]["all"] == close(0.144910)
    assert values["operations"] == [
        "conv1", "layer2.0.conv1", "layer2.0.downsample.0", "layer3.0.conv1",
        "layer3.0.downsample.0", "layer4.0.conv1", "layer4.0.downsample.0", "maxpool",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "target, numbers",
    [
        (
            "layer3",
            {
                "mean": 1.89544 / 64**2,
                "imbalance": [3.16049e-4, 5.60412e-4],
                "relative": [0.682974, 1.211037],
                "split_half": [0.480997, 0.881178],
                "fourier": {"2": 0.0978090, "4": 0.1307654, "8": 0.0353861},
                "residues": [[0.903841, 1.033847], [0.900541, 1.161771]],
                "gaussian": (18.9443, 19.3596, 30.8280, 30.8452, 0.321807),
            },
        ),
        (
            "layer4",
            {
                "mean": 1.66423 / 64**2,
                "imbalance": [2.77664e-4, 4.93867e-4],
                "relative": [0.683385, 1.215505],
                "split_half": [0.432052, 0.809966],
                "fourier": {"2": 0.1015450, "4": 0.1536816, "8": 0.0267842},
                "residues": [[0.919451, 1.023859], [0.877459, 1.179231]],
                "gaussian": (21.3385, 22.9471, 28.5163, 28.2316, 0.262019),
            },
        ),
        (
            "output",
            {
                "mean": 2.13689 / 64**2,
                "imbalance": [3.62229e-4, 6.31123e-4],
                "relative": [0.694324, 1.209743],
                "split_half": [0.519451, 0.904960],
                "fourier": {"2": 0.1032753, "4": 0.1060429, "8": 0.0611165},
                "residues": [[0.800480, 1.035532], [0.992970, 1.171019]],
                "gaussian": (30.1450, 34.9627, 13.3501, 14.6837, 0.247221),
            },
        ),
    ],
)
def test_effective_field(records, target, numbers):
    record = records["effective_field"]
    assert record.values["images"] == 8
    values, field = record.values["targets"][target], record.arrays[target]
    assert (field.shape, field.dtype) == ((64, 64), np.float32)
    assert field.mean() == close(numbers["mean"])
    for name in ("imbalance", "relative", "split_half", "fourier"):
        assert values[name] == close(numbers[name]), name
    assert np.array(values["residues"]["2"]) == close(np.array(numbers["residues"]))
    assert [np.shape(values["residues"][p]) for p in ("4", "8")] == [(4, 4), (8, 8)]
    fit = values["gaussian"]
    names = ("sigma_x", "sigma_y", "centre_x", "centre_y", "r_squared")
    assert tuple(fit[name] for name in names) == fitted(numbers["gaussian"])
    assert values["gaussian_with_offset"]["r_squared"] >= fit["r_squared"]


def test_field_recipe(records):
    values = records["field_recipe"].values
    assert values["images"] == 8
    assert values["batch_difference"] < 1e-5
    assert values["order_correlation"] == close(0.821216)
    assert values["order_mass"] == close(0.397552)
    # The jump of layer4 is 32, its unit (0, 0) is centred at 0, and the middle of 2 units is the
    # second: by the same arithmetic 96 at 224 pixels.
    assert values["unit_center"] == 32
    fit = [values[name] for name in ("sigma_x", "sigma_y", "centre_x", "centre_y", "r_squared")]
    assert fit == fitted([21.3385, 22.9471, 28.5163, 28.2316, 0.262019])


def test_single_gradients(records):
    record = records["single_gradients"]
    values, first = record.values, record.arrays["first"]
    assert values["images"] == 8
    assert values["half"] == close(0.175903)
    assert values["half_of_noise"] == close(0.178955)
    assert values["correlation"] == close(0.0240369)
    assert (first.shape, first.dtype) == ((64, 64), np.float32)
    assert first.sum() == close(1.25826)


def test_pixel_response(records):
    record = records["pixel_response"]
    values, arrays = record.values, record.arrays
    assert (values["images"], values["field_images"], values["epsilon"]) == (4, 4, 0.1)
    # Dead Pixel, journal version: pixels (100 to 104) squared of 224; here from 29 of 64 on.
    assert values["pixels"] == [[r, c] for r in range(29, 34) for c in range(29, 34)]
    assert np.mean(values["response"]) == fitted(4.02476e-4)
    assert np.mean(values["gradient"]) == close(1.365011e-3)
    assert np.mean(values["field"]) == close(5.637808e-4)
    assert arrays["changes"].shape == arrays["gradients"].shape == arrays["others"].shape == (4, 25)
    assert arrays["changes"].std() == fitted(5.65173e-4)
    # At the middle pixel, in double precision: the smaller the step, the nearer to the gradient.
    assert values["steps"] == [0.1, 0.03, 0.01, 0.003, 0.001]
    np.testing.assert_allclose(arrays["steps"][:, 0], arrays["changes"][:, 12], atol=1e-6)
    np.testing.assert_allclose(arrays["slopes"], arrays["gradients"][:, 12], rtol=1e-3)
    misses = np.abs(arrays["steps"] / (3 * np.array(values["steps"])) - arrays["slopes"][:, None])
    assert misses[:, -1].mean() < 0.01 * np.abs(arrays["slopes"]).mean() < misses[:, 0].mean()
    assert arrays["others"].std() == close(1.97239e-3)
    assert arrays["absolute"].shape == arrays["positive"].shape == (4, 8, 8)
    assert arrays["absolute"].sum() == close(0.261004)
    assert arrays["positive"].sum() == close(0.139958)


def test_the_pixels_images_and_those_of_the_field_are_the_two_halves(records):
    """What the folded halves hold together is the effective field of the output over all images."""
    halves, whole = records["pixel_response"].arrays, records["saliency"].arrays["field"]
    np.testing.assert_allclose(halves["positive"], whole[1::2], rtol=1e-4)
    field = records["effective_field"].arrays["output"]
    classes = field.reshape(8, 8, 8, 8).mean((0, 2))
    np.testing.assert_allclose(whole.mean(0), classes, rtol=1e-4)


def test_saliency(records):
    record = records["saliency"]
    assert record.values == {"images": 8, "period": 8}
    assert record.arrays["saliency"].shape == record.arrays["field"].shape == (8, 8, 8)
    assert record.arrays["saliency"].sum() == close(1.623769)
    assert record.arrays["field"].sum() == close(0.267111)
    saliency = record.arrays["saliency"].mean(0)
    assert saliency[0, :4] / saliency.mean() == close(np.array([1.18681, 1.14698, 0.922795, 1.11382]))


def test_translation(records):
    record = records["translation"]
    assert record.values["images"] == 4
    assert record.values["shifts"] == [1, 2, 3, 4, 5, 6, 7, 8]  # at most a seventh of 64 pixels
    down, right = record.values["change"]
    assert down[:3] == fitted([0.0677112, 0.0849117, 0.0929245])
    assert right[:3] == fitted([0.0446262, 0.0590437, 0.0857384])
    assert record.values["flipped"] == [[0.0] * 8] * 2
    assert record.arrays["change"].shape == record.arrays["flipped"].shape == (2, 4, 8)
    assert record.arrays["change"].sum() == fitted(6.09861)


def test_one_pixel_attack(records):
    record = records["one_pixel_attack"]
    assert record.values["images"] == 4 and record.values["tries"] == 10
    assert record.values["changed"] == {"strong": 0, "weak": 0} and record.values["p"] == 1
    assert record.values["fall"] == fitted({"strong": 0.0560164, "weak": 0.0325593})
    assert record.arrays["strong_changed"].tolist() == [False] * 4
    assert record.arrays["weak_fall"].sum() == fitted(0.130237)


# A published network, which has classes of its own.


@pytest.fixture(scope="module")
def published(networks):
    """EfficientNet-Lite0 with its ImageNet weights, on the photographs of the other network."""
    data = networks[True].run.data.model_copy(update={"normalisation": "efficientnet"})
    run = Run(model=Model(name="efficientnet_lite0"), data=data, recipe=RECIPES["pretrained"])
    ready = trained(run, "cpu")
    ready.data = networks[True].data
    return ready


def test_the_effective_field_of_a_published_network_is_that_of_the_predicted_class(published):
    values, arrays = taken(published, "effective_field")
    assert values["targets"].keys() == {"output"}
    assert arrays["output"].mean() == close(0.194989)
    output = values["targets"]["output"]
    assert output["relative"] == close([0.627487, 1.021399])
    residues = [[1.072451, 1.099450], [0.906901, 0.921199]]
    assert np.array(output["residues"]["2"]) == close(np.array(residues))


def test_imagenettes_labels_become_imagenets_numbers_and_others_none(published, networks):
    pixels = torch.zeros(3, 224, 224, 3, dtype=torch.uint8)
    images = Images(pixels, torch.tensor([0, 2, 9]))
    imagenette = published.run.data.model_copy(update={"name": "imagenette"})
    known = Trained(
        published.run.model_copy(update={"data": imagenette}), published.network, published.trace
    )
    ((_, labels),) = shown(known, images, 8, "")
    assert labels.tolist() == [0, 482, 701]  # tench, cassette player, parachute
    ((_, labels),) = shown(published, images, 8, "")
    assert labels is None
    ((_, labels),) = shown(networks[True], images, 8, "")
    assert labels.tolist() == [0, 2, 9]


# What holds for every measure.


@pytest.mark.parametrize("name", stages.MEASURES)
def test_a_record_that_was_just_made_is_the_one_that_is_read_again(records, name):
    """No tuple, no whole-number key and no number that is none may get into the values."""
    made = records[name]
    read = Record.decode(*made.encode(), "here")
    assert read.values == made.values
    assert read.provenance == made.provenance
    assert read.arrays.keys() == made.arrays.keys()
    for array, again in zip(made.arrays.values(), read.arrays.values(), strict=True):
        np.testing.assert_array_equal(array, again, strict=True)


def test_a_record_notes_the_fingerprint_of_the_images_it_was_made_from(records):
    assert records["accuracy"].provenance["measuring"]["pixels"] == CATALOGUE["digits"].fingerprint


def test_a_measure_that_needs_no_images_notes_none_and_loads_none(networks):
    unread = Trained(networks[False].run, networks[False].network, Trace())
    assert measure(unread, "receptive_field").provenance["measuring"]["pixels"] == ""
    assert "data" not in vars(unread)


@pytest.mark.parametrize("name", stages.MEASURES)
def test_a_record_that_was_just_made_is_what_its_schema_has(records, name):
    assert records[name].current
    assert records[name].mistake == ""


@pytest.mark.parametrize("name", stages.MEASURES)
def test_a_record_says_how_it_was_trained_and_where_it_was_measured(records, name):
    provenance = records[name].provenance
    assert provenance["training"] == {"minutes": 0, "sessions": []}
    assert provenance["measuring"]["minutes"] > 0
    assert provenance["measuring"].keys() >= {"commit", "made", "processor", "threads"}


def test_measuring_leaves_the_networks_as_they_were(records, networks):
    for ready in networks.values():
        fresh = trained(ready.run, "cpu").network.state_dict()
        for name, tensor in ready.network.state_dict().items():
            torch.testing.assert_close(tensor, fresh[name], rtol=0, atol=0, msg=name)
        for module in ready.network.modules():
            assert not module.training and not module._forward_hooks


def test_how_many_images_pass_at_once_changes_nothing(records, networks, monkeypatch):
    """Seven at once leave a last batch of one; memory for one layer makes as many passes."""
    for module in (layer_measures, probe_measures, field_measures, perturbation_measures):
        monkeypatch.setattr(module, "BATCH", 7)
    monkeypatch.setattr(probe_measures, "MEMORY", 1)
    again = {
        name: measure(networks[name in ON_PHOTOS], name)
        for name in ("accuracy", "saturation", "probes", "effective_field", "saliency", "translation")
    }
    assert again["accuracy"].values == records["accuracy"].values
    assert again["saturation"].values == records["saturation"].values
    assert again["probes"].values["probes"] == image_shares(records["probes"].values["probes"])
    for target, field in records["effective_field"].arrays.items():
        other = again["effective_field"].arrays[target]
        np.testing.assert_allclose(other, field, atol=1e-5 * field.max())
    for name, array in {"saliency": "field", "translation": "change"}.items():
        before = records[name].arrays[array]
        np.testing.assert_allclose(again[name].arrays[array], before, atol=1e-4 * before.max())


def test_probes_at_positions_are_fitted_on_the_first_images_only(networks, monkeypatch):
    monkeypatch.setattr(probe_measures, "POSITION_IMAGES", 32)
    values, _ = taken(networks[False], "position_probes")
    assert values["training_images"] == 32


@pytest.mark.parametrize("side, centre", [(64, 32), (100, 64), (250, 128)])
def test_the_middle_unit_is_that_of_the_map_as_it_is(networks, side, centre):
    """Maps of 2, 4 and 8 units, 32 pixels apart: unit 1, 2, 4."""
    ready = networks[True]
    run = ready.run.model_copy(update={"data": Data(name="photos", side=side, images=16, test_images=8)})
    values, _ = taken(Trained(run, ready.network, ready.trace), "field_recipe")
    assert values["unit_center"] == centre


def test_kernel_padding_refuses_a_side_at_which_maps_would_shrink(networks):
    ready = networks[True]
    run = ready.run.model_copy(update={"data": Data(name="photos", side=48)})
    odd = Trained(run, ready.network, ready.trace)
    with pytest.raises(ValueError, match=r"side=48.*multiple of 32"):
        taken(odd, "kernel_padding")


def test_a_field_without_a_peak_has_no_gaussian():
    assert field_measures._fit(np.ones((8, 8)), offset=False) is None
