"""The effective field is the papers', whatever the batch size, and leaves the model alone."""

import copy
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from captum.attr import Saliency
from jaxtyping import TypeCheckError
from PIL import Image
from scipy.signal import convolve2d
from torch import nn
from torchvision.models import resnet18

from rfbook.metrics.effective_field import effective_field, pixel_gradients

# openerf 0.6.1 (MIT, by the paper's first author), compute_erf on `tiny_net` and `tiny_images`,
# unit (2, 2) of 4 x 4, divided by its sum as openerf does. Made and checked by the test that is
# named after openerf below.
OPENERF_MAP = Path(__file__).parent / "golden" / "openerf_0.6.1_tiny_net.npy"


def tiny_net() -> nn.Module:
    """Two strided convolutions with weights that no random generator decides."""
    layers = [nn.Conv2d(3, 4, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Conv2d(4, 6, 3, 2, 1)]
    model = nn.Sequential(*layers, nn.ReLU()).eval()
    for parameter in model.parameters():
        values = torch.arange(parameter.numel(), dtype=torch.float64).mul(1.7).sin()
        parameter.data = (values.reshape(parameter.shape) / parameter[0].numel() ** 0.5).float()
    return model


def tiny_images() -> np.ndarray:
    """Six 32 x 32 images, uint8, by arithmetic alone."""
    image, row, column, channel = np.indices((6, 32, 32, 3))
    return ((image + 3) * row * 7 + column * column * (channel + 2) + 31 * image).astype(np.uint8)


def normalised(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255 * 4 - 2


@pytest.fixture(scope="module")
def network() -> nn.Module:
    torch.manual_seed(0)
    return resnet18().eval()


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return torch.randn(8, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def labels() -> torch.Tensor:
    return torch.arange(8) * 100


@pytest.fixture(scope="module")
def exact_network(network) -> nn.Module:
    return copy.deepcopy(network).double()


@pytest.mark.parametrize("layer", [None, "layer4", "layer3"])
def test_the_batch_size_does_not_change_a_bit(exact_network, images, labels, layer):
    # In float32 oneDNN picks kernels that round differently for different batch sizes.
    images = images.double()
    one_by_one = zip(images.split(1), labels.split(1), strict=True)
    singly = effective_field(exact_network, one_by_one, layer)
    together = effective_field(exact_network, [(images, labels)], layer)
    np.testing.assert_array_equal(together.mean, singly.mean)
    np.testing.assert_array_equal(together.halves, singly.halves)
    assert together.images == singly.images == 8
    assert together.mean.max() > 0


@pytest.mark.parametrize("layer", [None, "layer4", "layer3"])
def test_the_batch_size_changes_float32_by_rounding_only(network, images, labels, layer):
    one_by_one = zip(images.split(1), labels.split(1), strict=True)
    singly = effective_field(network, one_by_one, layer).mean
    together = effective_field(network, [(images, labels)], layer).mean
    np.testing.assert_allclose(together, singly, rtol=0, atol=1e-5 * singly.max())
    assert together.dtype == np.float64


def test_the_output_target_is_captums_saliency_before_its_absolute_value(network, images, labels):
    saliency = Saliency(network).attribute(
        images.clone().requires_grad_(), target=labels, abs=False
    )
    expected = saliency.mean(1).clamp(min=0).double().mean(0).numpy()
    ours = effective_field(network, [(images, labels)]).mean
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6 * expected.max())


def test_the_unit_target_is_openerfs_map():
    mean = effective_field(tiny_net(), [(normalised(tiny_images()), None)], "4").mean
    golden = np.load(OPENERF_MAP)
    np.testing.assert_allclose(mean / mean.sum(), golden, rtol=0, atol=1e-6 * golden.max())


@pytest.mark.filterwarnings("ignore")
def test_the_golden_map_is_what_openerf_computes_today(monkeypatch, tmp_path):
    if "RFBOOK_PEERS" in os.environ:
        monkeypatch.syspath_prepend(os.environ["RFBOOK_PEERS"])
    openerf = pytest.importorskip(
        "openerf.erf", reason="needs openerf==0.6.1 and timm in the folder named by RFBOOK_PEERS"
    )
    for index, pixels in enumerate(tiny_images()):
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")

    def transform(image):
        return normalised(np.array(image)[None])[0]

    monkeypatch.setattr(openerf, "build_timm_eval_transform", lambda model: (transform, {}))
    computed = openerf.compute_erf(
        tiny_net(), tmp_path, target_layer="4", device="cpu", show_progress=False
    ).erf_map
    golden = np.load(OPENERF_MAP)
    np.testing.assert_allclose(computed, golden, rtol=0, atol=1e-6 * golden.max())


def test_a_linear_network_has_the_field_of_its_convolved_kernels():
    torch.manual_seed(2)
    first, second = nn.Conv2d(3, 4, 5, 2, 2), nn.Conv2d(4, 5, 3, 2, 1)
    inner, outer = first.weight.detach().double().numpy(), second.weight.detach().double().numpy()
    # Averaging over channels commutes with convolution, and one step of the second kernel is two
    # pixels wide. Unit 4 of 8 starts at pixel 4 * 4 - 2 * 1 - 2 = 12.
    spread = np.zeros((4, 5, 5))
    spread[:, ::2, ::2] = outer.mean(0)
    kernel = sum(convolve2d(spread[middle], inner[middle].mean(0)) for middle in range(4))
    expected = np.zeros((32, 32))
    expected[12:21, 12:21] = np.maximum(kernel, 0)

    model = nn.Sequential(first, second).eval()
    field = effective_field(model, [(torch.randn(3, 3, 32, 32), None)], layer="1")
    np.testing.assert_allclose(field.mean, expected, atol=1e-7)


def test_the_positive_part_is_taken_image_by_image(network, images, labels):
    gradients = pixel_gradients(network, images, labels)
    right = effective_field(network, [(images, labels)]).mean
    np.testing.assert_allclose(right, gradients.clamp(min=0).mean(0), atol=1e-6 * right.max())
    wrong = gradients.mean(0).clamp(min=0).numpy()
    assert wrong.sum() < 0.6 * right.sum()


def test_the_halves_are_the_even_and_the_odd_images(network, images, labels):
    whole = effective_field(network, [(images[:3], labels[:3]), (images[3:7], labels[3:7])])
    even = effective_field(network, [(images[:7:2], labels[:7:2])])
    odd = effective_field(network, [(images[1:7:2], labels[1:7:2])])
    # Single precision, and kernels that the library picks by batch size and threads.
    rounding = 1e-5 * whole.mean.max()
    np.testing.assert_allclose(whole.halves, [even.mean, odd.mean], atol=rounding)
    np.testing.assert_allclose(whole.mean, (4 * even.mean + 3 * odd.mean) / 7, atol=rounding)


def test_one_image_has_no_second_half(network, images):
    field = effective_field(network, [(images[:1], None)])
    np.testing.assert_array_equal(field.halves[0], field.mean)
    assert np.isnan(field.halves[1]).all()


def test_without_labels_the_predicted_class_is_used(network, images):
    predicted = network(images).argmax(1)
    expected = pixel_gradients(network, images, predicted)
    torch.testing.assert_close(pixel_gradients(network, images), expected, rtol=0, atol=0)


def all_positive_resnet18() -> nn.Module:
    """ResNet-18's geometry with one channel, positive weights and no dead input."""
    model = resnet18()
    for name, module in list(model.named_modules()):
        parent, _, attribute = name.rpartition(".")
        if isinstance(module, nn.Conv2d):
            convolution = nn.Conv2d(
                1, 1, module.kernel_size, module.stride, module.padding, bias=False
            )
            nn.init.constant_(convolution.weight, 0.5)
            setattr(model.get_submodule(parent), attribute, convolution)
        elif isinstance(module, nn.BatchNorm2d):
            setattr(model.get_submodule(parent), attribute, nn.Identity())
    model.maxpool = nn.AvgPool2d(3, 2, 1)
    return model.double().eval()


def test_the_field_is_435_wide_and_unit_j_looks_at_pixel_32_j():
    # 435 is Dead Pixel Test, Table 1; 32 j is arithmetic on strides and paddings.
    field = effective_field(
        all_positive_resnet18(), [(torch.ones(1, 1, 672, 672).double(), None)], "layer4", (10, 11)
    )
    rows, columns = (np.flatnonzero(field.mean.any(axis)) for axis in (1, 0))
    assert (rows[0], rows[-1]) == (320 - 217, 320 + 217)
    assert (columns[0], columns[-1]) == (352 - 217, 352 + 217)
    np.testing.assert_allclose(field.mean[103:538], field.mean[103:538][::-1], rtol=1e-9)


def test_the_central_unit_of_7_x_7_looks_at_pixel_96():
    model, image = all_positive_resnet18(), torch.ones(1, 1, 224, 224).double()
    field = effective_field(model, [(image, None)], "layer4")
    explicit = effective_field(model, [(image, None)], "layer4", (3, 3))
    np.testing.assert_array_equal(field.mean, explicit.mean)
    near = field.mean[96 - 40 : 96 + 41, 96 - 40 : 96 + 41]
    centre = (near.sum(1) * np.arange(56, 137)).sum() / near.sum()
    assert centre == pytest.approx(96, abs=0.5)


def everything(model: nn.Module) -> list:
    """All that a measurement could have changed on a model."""
    return [
        (name, module.training, [len(v) for k, v in vars(module).items() if "hooks" in k])
        for name, module in model.named_modules()
    ] + [(name, p.requires_grad, p.grad) for name, p in model.named_parameters()]


@pytest.mark.parametrize("layer, unit", [(None, None), ("2", None), ("2", (9, 9))])
def test_the_model_and_the_images_are_left_as_they_were(layer, unit):
    model = nn.Sequential(tiny_net(), nn.Flatten(), nn.Linear(96, 5)).eval()
    model[0][0].weight.requires_grad_(False)
    images, before = normalised(tiny_images()), everything(model)
    try:
        pixel_gradients(model, images, layer=layer and "0." + layer, unit=unit)
    except ValueError:
        assert unit == (9, 9)
    assert everything(model) == before
    assert not images.requires_grad and images.grad is None


def test_layers_after_the_target_are_not_run():
    def forbidden(module, inputs):
        raise AssertionError("ran on")

    model = tiny_net()
    model[3].register_forward_pre_hook(forbidden)
    assert pixel_gradients(model, normalised(tiny_images()), layer="2").abs().sum() > 0


def test_gradients_are_found_where_the_caller_has_switched_them_off(network, images):
    with torch.no_grad():
        assert pixel_gradients(network, images[:1]).abs().sum() > 0


def test_a_network_in_training_mode_is_refused(images):
    model = tiny_net()
    model[2].train()
    with pytest.raises(ValueError, match=r"2 is in training mode.*call model\.eval\(\)"):
        pixel_gradients(model, images, layer="4")


def test_a_unit_outside_the_map_is_refused():
    with pytest.raises(ValueError, match=r"unit=\(4, 0\) is outside.*rows go from 0 to 3"):
        pixel_gradients(tiny_net(), normalised(tiny_images()), layer="4", unit=(4, 0))


def test_a_unit_without_a_layer_is_refused(network, images):
    with pytest.raises(ValueError, match=r"needs the name of a layer: pass layer="):
        pixel_gradients(network, images, unit=(3, 3))


def test_an_unknown_layer_is_refused(network, images):
    with pytest.raises(ValueError, match="layer5"):
        pixel_gradients(network, images, layer="layer5")


def test_a_layer_without_positions_is_refused(network, images):
    with pytest.raises(ValueError, match=r"'fc' puts out \(8, 1000\).*before the flattening"):
        pixel_gradients(network, images, layer="fc")


def test_a_feature_map_is_no_output():
    with pytest.raises(ValueError, match=r"puts out \(6, 6, 4, 4\): pass layer="):
        pixel_gradients(tiny_net(), normalised(tiny_images()))


@pytest.mark.parametrize("wrong", [[1000] * 8, [-1] * 8])
def test_labels_that_are_no_classes_are_refused(network, images, wrong):
    with pytest.raises(ValueError, match="8 class numbers from 0 to 999"):
        pixel_gradients(network, images, torch.tensor(wrong))


def test_one_label_for_eight_images_is_refused(network, images):
    # Where annotated shapes are enforced, that check comes first.
    with pytest.raises((ValueError, TypeCheckError), match="labels"):
        pixel_gradients(network, images, torch.tensor([0]))


def test_no_images_are_refused(network):
    with pytest.raises(ValueError, match="at least one image"):
        effective_field(network, [])


def test_images_of_two_sizes_are_refused(network, images):
    batches = [(images[:1], None), (images[:1, :, :32, :32], None)]
    with pytest.raises(ValueError, match=r"\(64, 64\), got \(32, 32\): resize or crop"):
        effective_field(network, batches)
