"""What each measure computes, pinned on two tiny untrained networks.

The networks are VGG11 on 64 handwritten digits and ResNet18 on 8 photographs of 64 pixels, both of
width 1/8 and from seed 0; nothing is downloaded. A failure means that the stage does not compute
what it computed for the records that exist. If that is meant, raise its version in
`ledger/stages.py`, which makes exactly those records stale, and pin the new numbers and the version
here.

Tolerances are those of float32 on another processor: one image for an accuracy, 1e-3 of a gradient
or an eigenvalue, 1e-2 for a fitted Gaussian or the loss of a probe; counts and fields are exact.
"""

import numpy as np
import pytest
import torch

from rfbook.experiments.spec import Data, Run
from rfbook.ledger import field_measures, measures, probe_measures, stages
from rfbook.ledger.measures import MEASURES, measure
from rfbook.ledger.record import Record
from rfbook.ledger.weights import Trained, trained
from tests.ledger.samples import tiny

PINNED_AT = {
    "accuracy": 1, "saturation": 1, "probes": 2, "probes_global": 2, "position_probes": 2,
    "receptive_field": 1, "effective_field": 1, "field_recipe": 1, "kernel_padding": 1,
}  # fmt: skip
"""The versions of the stages whose numbers stand in this file."""

CONVOLUTIONS = [f"features.{number}" for number in (0, 4, 8, 11, 15, 18, 22, 25)]
RECORDED = [*CONVOLUTIONS, "classifier"]
ON_PHOTOS = {"kernel_padding", "effective_field", "field_recipe"}
ONE_IMAGE = 1 / 64


def image_shares(values):
    return pytest.approx(values, abs=ONE_IMAGE)


def close(values):
    return pytest.approx(values, rel=1e-3)


def fitted(values):
    return pytest.approx(values, rel=1e-2)


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """The two networks, by whether they see photographs."""
    photos = Run(
        model=tiny(name="resnet18").model,
        data=Data(name="photos", side=64, images=16, test_images=8),
        recipe=tiny(epochs=0).recipe,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RFBOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        ready = {False: trained(tiny(epochs=0), "cpu"), True: trained(photos, "cpu")}
        assert [len(one.data.test) for one in ready.values()] == [64, 8]  # loaded into this cache
        return ready


@pytest.fixture(scope="module")
def found(networks):
    """The record of every measure, as it is made."""
    return {name: measure(networks[name in ON_PHOTOS], name) for name in MEASURES}


def test_every_measure_has_a_version_and_every_version_a_measure():
    assert MEASURES.keys() == stages.MEASURES.keys()


def test_the_numbers_in_this_file_are_those_of_the_versions_in_force():
    assert stages.MEASURES == PINNED_AT


# The numbers.


def test_accuracy(found):
    assert found["accuracy"].values == {
        "accuracy": image_shares(6 / 64),
        "test_images": 64,
        "training_loss": [],
        "training_accuracy": [],
    }


def test_saturation(found):
    values = found["saturation"].values
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


def test_saturation_keeps_every_eigenvalue(found):
    spectra = found["saturation"].arrays
    assert [len(spectra[name]) for name in RECORDED] == [8, 16, 32, 32, 64, 64, 64, 64, 10]
    assert all((np.diff(spectrum) <= 0).all() for spectrum in spectra.values())
    sums = [12.9646, 10.6110, 10.2695, 8.49141, 12.6900, 14.3186, 17.7696, 10.7184, 3.55432e-4]
    assert [spectra[name].sum() for name in RECORDED] == close(sums)


def test_receptive_field(found):
    """Owner: Size Matters, equations 1 and 2, by hand: 3x3 convolutions, four 2x2 poolings."""
    assert found["receptive_field"].values == {
        "layers": CONVOLUTIONS,
        "field": [3, 8, 18, 26, 46, 62, 102, 134],
        "jump": [1, 2, 4, 4, 8, 8, 16, 16],
        "border": "features.18",
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
            "probes_global",
            [0.203125, 0.4375, 0.65625, 0.6875, 0.65625, 0.71875, 0.78125, 0.859375, 0.421875],
        ),
    ],
)
def test_probes(found, name, accuracies):
    values = found[name].values
    assert values["layers"] == RECORDED
    assert values[name] == image_shares(accuracies)
    assert values["converged"] == [True] * 9
    assert values["training_images"] == 64


def test_the_loss_at_which_probes_end(found):
    losses = [0.131451, 0.0606622, 0.0335186, 0.0323481, 0.0194797, 0.0197866, 0.0623026]
    assert found["probes"].values["loss"] == pytest.approx([*losses, 0.0668488, 1.05348], rel=1e-2)


def test_position_probes(found):
    record = found["position_probes"]
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


def test_kernel_padding(found):
    values = found["kernel_padding"].values
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
def test_effective_field(found, target, numbers):
    record = found["effective_field"]
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


def test_field_recipe(found):
    values = found["field_recipe"].values
    assert values["images"] == 8
    assert values["batch_difference"] < 1e-5
    assert values["order_correlation"] == close(0.821216)
    assert values["order_mass"] == close(0.397552)
    # The jump of layer4 is 32, its unit (0, 0) is centred at 0, and the middle of 2 units is the
    # second: by the same arithmetic 96 at 224 pixels.
    assert values["unit_center"] == 32
    fit = [values[name] for name in ("sigma_x", "sigma_y", "centre_x", "centre_y", "r_squared")]
    assert fit == fitted([21.3385, 22.9471, 28.5163, 28.2316, 0.262019])


# What holds for every measure.


@pytest.mark.parametrize("name", stages.MEASURES)
def test_a_record_that_was_just_made_is_the_one_that_is_read_again(found, name):
    """No tuple, no whole-number key and no number that is none may get into the values."""
    made = found[name]
    read = Record.decode(*made.encode(), "here")
    assert read.values == made.values
    assert read.provenance == made.provenance
    assert read.arrays.keys() == made.arrays.keys()
    for array, again in zip(made.arrays.values(), read.arrays.values(), strict=True):
        np.testing.assert_array_equal(array, again, strict=True)


@pytest.mark.parametrize("name", stages.MEASURES)
def test_a_record_says_how_it_was_trained_and_where_it_was_measured(found, name):
    provenance = found[name].provenance
    assert provenance["training"] == {"minutes": 0, "sessions": []}
    assert provenance["measuring"]["minutes"] > 0
    assert provenance["measuring"].keys() >= {"commit", "made", "processor", "threads"}


def test_measuring_leaves_the_networks_as_they_were(found, networks):
    for ready in networks.values():
        fresh = trained(ready.run, "cpu").network.state_dict()
        for name, tensor in ready.network.state_dict().items():
            torch.testing.assert_close(tensor, fresh[name], rtol=0, atol=0, msg=name)
        for module in ready.network.modules():
            assert not module.training and not module._forward_hooks


def test_how_many_images_pass_at_once_changes_nothing(found, networks, monkeypatch):
    """Seven at once leave a last batch of one; memory for one layer makes as many passes."""
    for module in (measures, probe_measures, field_measures):
        monkeypatch.setattr(module, "BATCH", 7)
    monkeypatch.setattr(probe_measures, "MEMORY", 1)
    again = {
        name: measure(networks[name in ON_PHOTOS], name)
        for name in ("accuracy", "saturation", "probes", "effective_field")
    }
    assert again["accuracy"].values == found["accuracy"].values
    assert again["saturation"].values == found["saturation"].values
    assert again["probes"].values["probes"] == image_shares(found["probes"].values["probes"])
    for target, field in found["effective_field"].arrays.items():
        other = again["effective_field"].arrays[target]
        np.testing.assert_allclose(other, field, atol=1e-5 * field.max())


def test_probes_at_positions_are_fitted_on_the_first_images_only(networks, monkeypatch):
    monkeypatch.setattr(probe_measures, "POSITION_IMAGES", 32)
    values, _ = MEASURES["position_probes"](networks[False])
    assert values["training_images"] == 32


def test_kernel_padding_refuses_a_side_at_which_maps_would_shrink(networks):
    ready = networks[True]
    run = ready.run.model_copy(update={"data": Data(name="photos", side=48)})
    odd = Trained(run, ready.network, ready.trace)
    with pytest.raises(ValueError, match=r"side=48.*multiple of 32"):
        MEASURES["kernel_padding"](odd)


def test_a_field_without_a_peak_has_no_gaussian():
    assert field_measures._fit(np.ones((8, 8)), offset=False) is None
