"""Surgery changes what it names, and nothing else."""

import operator

import pytest
import torch
import torch.nn.functional as F
from pydantic import ValidationError
from torch import fx, nn
from torchvision import models
from torchvision.ops import SqueezeExcitation

from rfbook.experiments import replacement, surgery
from rfbook.experiments.models import build
from rfbook.experiments.spec import Model

RESNET18_ADDITIONS = 8
ADDING = (operator.add, operator.iadd, torch.add)
PADDABLE = ["resnet18", "resnet50", "resnext50_32x4d"]
LITE = "efficientnet_lite0"


def thin(name: str, width: float = 1 / 8, **fields) -> nn.Module:
    return build(Model(name=name, width=width, **fields), 10).eval()


def on_paper(name: str, **fields) -> nn.Module:
    with torch.device("meta"):
        return build(Model(name=name, **fields), 1000)


def convolutions(network: nn.Module) -> dict[str, nn.Conv2d]:
    return {n: m for n, m in network.named_modules() if isinstance(m, nn.Conv2d)}


def additions(network: nn.Module) -> int:
    return sum(node.target in ADDING for node in fx.symbolic_trace(network).graph.nodes)


def shortcuts(network: nn.Module) -> list[str]:
    return [name for name in convolutions(network) if "downsample" in name]


def map_sides(network: nn.Module, side: int) -> list[int]:
    """Side of what every main-path convolution puts out, in order."""
    sides = []
    for name, convolution in convolutions(network).items():
        if "downsample" not in name:
            convolution.register_forward_hook(lambda *a: sides.append(a[2].shape[-1]))
    with torch.no_grad():
        network(torch.zeros(1, 3, side, side))
    return sides


def images(side: int, count: int = 2) -> torch.Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(0))


# Modules


def test_a_module_is_replaced_where_its_dotted_name_is():
    network = nn.Sequential(nn.Sequential(nn.ReLU(), nn.ReLU()), nn.ReLU())
    replacement.replace(network, "0.1", nn.Identity())
    replacement.replace(network, "1", nn.Tanh())
    assert [type(m) for m in network[0]] == [nn.ReLU, nn.Identity]
    assert isinstance(network[1], nn.Tanh)


def test_a_convolution_keeps_every_setting_that_is_not_changed():
    old = nn.Conv2d(
        6, 12, (3, 5), (2, 1), (1, 2), dilation=2, groups=3, bias=False, padding_mode="reflect",
        dtype=torch.float64,
    )  # fmt: skip
    old.eval().weight.requires_grad_(False)
    same, changed = replacement.convolution_like(old), replacement.convolution_like(old, dilation=1)
    assert str(same) == str(old)
    assert str(changed) == str(old).replace(", dilation=(2, 2)", "")
    for new in (same, changed):
        assert not new.training and not new.weight.requires_grad
        assert new.weight.dtype == torch.float64
    assert replacement.convolution_like(nn.Conv2d(1, 1, 1)).bias.requires_grad


class Twice(nn.Module):
    """One stem, half frozen and of another type, under two names; its norm is in training."""

    def __init__(self) -> None:
        super().__init__()
        stem = nn.Conv2d(4, 4, 3, 2, 1, padding_mode="circular")
        norm = nn.BatchNorm2d(4, eps=0.01, momentum=None, track_running_stats=False)
        self.first = nn.Sequential(stem, norm).double().eval()
        self.again, self.linear = self.first[0], nn.Linear(4, 4, bias=False).half()
        norm.train()
        stem.bias.requires_grad_(False)
        norm.weight.requires_grad_(False)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return self.first(maps)


def settings(network: nn.Module) -> dict[str, object]:
    """Of every module under every name: which it is, and all it is set to but sizes and values."""
    names, properties = {}, {}
    for name, module in network.named_modules(remove_duplicate=False):
        kept = {k: v for k, v in vars(module).items() if isinstance(v, bool | float | str | None)}
        tensors = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
        kinds = [(key, tensor.dtype, tensor.requires_grad) for key, tensor in tensors]
        properties[name] = names.setdefault(module, name), kept, kinds
    return properties


@pytest.mark.parametrize(
    "change",
    [
        lambda network: surgery.scale_width(network, 1 / 2),
        lambda network: surgery.pad_kernels(network, False, surgery.keep_kernel),
        lambda network: surgery.dilate(network, 2, "same"),
    ],
    ids=["width", "kernel padding", "dilation"],
)
def test_a_changed_network_has_the_settings_types_modes_and_names_of_the_old_one(change):
    old, new = Twice(), Twice()
    change(new)
    assert str(new) != str(old)
    assert settings(new) == settings(old)


REFUSED = {
    "a hook": lambda stem: stem.register_forward_hook(lambda *given: None),
    "weight norm": nn.utils.parametrizations.weight_norm,
    "its own forward": lambda stem: setattr(stem, "forward", lambda maps: maps),
    "a buffer": lambda stem: stem.register_buffer("mask", torch.ones(1)),
    "a type of its own": lambda stem: setattr(stem, "__class__", type("Own", (nn.Conv2d,), {})),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_a_new_convolution_would_lose_is_refused_before_anything_is_changed(change):
    network = nn.Sequential(nn.Conv2d(4, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, 2, 1))
    change(network[1])
    before = list(network)
    with pytest.raises(ValueError, match=r"surgery (makes it anew, without its|can make a Conv2d)"):
        surgery.pad_kernels(network, False, surgery.keep_kernel)
    assert all(now is then for now, then in zip(network, before, strict=True))


def test_two_convolutions_that_share_a_kernel_are_refused():
    network = nn.Sequential(nn.Conv2d(4, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, 2, 1))
    network[1].weight = network[0].weight
    with pytest.raises(ValueError, match="0: it shares a parameter with another module"):
        surgery.pad_kernels(network, False, surgery.keep_kernel)


def test_a_lone_convolution_is_no_network():
    with pytest.raises(ValueError, match="Put it into a network"):
        surgery.pad_kernels(nn.Conv2d(3, 3, 3, 2, 1), False, surgery.keep_kernel)


# Width


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "resnet50", "wide_resnet50_2"])
@pytest.mark.parametrize("width", [1 / 4, 1 / 2, 2])
def test_width_scales_every_channel_but_the_images_and_the_classes(name, width):
    full, scaled = on_paper(name), on_paper(name, width=width)
    wide = convolutions(scaled)
    for layer, convolution in convolutions(full).items():
        inputs = convolution.in_channels
        assert wide[layer].in_channels == (3 if inputs == 3 else inputs * width)
        assert wide[layer].out_channels == convolution.out_channels * width
        assert wide[layer].kernel_size == convolution.kernel_size
        assert wide[layer].stride == convolution.stride
    readout = [m for m in scaled.modules() if isinstance(m, nn.Linear)]
    assert [m.out_features for m in readout] == [1000]


def test_a_thin_network_has_about_a_sixteenth_of_the_parameters():
    """Owner: reference trials, 0.70 million for ResNet-18 and 1.49 for ResNet-50 at width 1/4."""
    for name, millions in {"resnet18": 0.70, "resnet50": 1.49}.items():
        with torch.device("meta"):
            network = build(Model(name=name, width=1 / 4), 10)
        count = sum(p.numel() for p in network.parameters())
        assert count / 1e6 == pytest.approx(millions, abs=0.06)


def test_groups_stay_while_each_holds_a_channel_and_shrink_then():
    full, quarter, eighth = (
        convolutions(on_paper("resnext50_32x4d", width=width))["layer1.0.conv2"]
        for width in (1, 1 / 4, 1 / 8)
    )
    assert (full.in_channels, full.groups) == (128, 32)
    assert (quarter.in_channels, quarter.groups) == (32, 32)
    assert (eighth.in_channels, eighth.groups) == (16, 16)


@pytest.mark.parametrize("width", [1 / 4, 1 / 8])
def test_every_channel_count_of_an_efficientnet_is_scaled_and_depthwise_stays_depthwise(width):
    full, scaled = (on_paper("efficientnet_b0", width=w) for w in (1, width))
    wide = convolutions(scaled)
    for layer, convolution in convolutions(full).items():
        new = wide[layer]
        wanted = max(1, round(convolution.out_channels * width))
        inputs = convolution.in_channels
        assert new.out_channels == wanted
        assert new.in_channels == (3 if inputs == 3 else max(1, round(inputs * width)))
        depthwise = convolution.groups > 1
        assert new.groups == (new.in_channels if depthwise else 1)
        assert new.in_channels == new.out_channels or not depthwise
    assert sum(convolution.groups > 1 for convolution in wide.values()) == 16


def test_a_squeeze_is_a_quarter_of_its_blocks_input_at_a_quarter_of_the_width_too():
    """Owner: torchvision's MBConv: a quarter of the block's input; 32 16 24 24 40 ... channels there."""
    gates = [m for m in thin("efficientnet_b0", 1 / 4).modules() if isinstance(m, SqueezeExcitation)]
    assert [gate.fc1.out_channels for gate in gates][:4] == [2, 1, 2, 2]
    assert [gate.fc1.in_channels for gate in gates] == [gate.fc2.out_channels for gate in gates]
    assert gates[-1].fc1.out_channels == 48 / 4


@pytest.mark.parametrize("width", [2, 1 / 4, 1 / 8])
def test_an_efficientnet_of_any_width_computes(width):
    network = thin("efficientnet_b0", width)
    with torch.no_grad():
        assert network(images(32)).isfinite().all()


@pytest.mark.parametrize("name", ["resnext50_32x4d", "resnext101_32x8d"])
def test_a_width_is_refused_exactly_where_groups_could_not_be_built(name):
    for percent in range(1, 201, 13):
        fields = {"name": name, "width": percent / 100}
        try:
            Model(**fields)
        except ValidationError:
            with pytest.raises(ValueError, match="divisible by groups"), torch.device("meta"):
                build(Model.model_construct(**fields), 10)
        else:
            on_paper(**fields)


def test_no_channel_count_falls_to_nothing():
    tiny = on_paper("vgg11", width=0.001)
    assert {c.out_channels for c in convolutions(tiny).values()} == {1}


def test_only_the_last_linear_layer_answers_with_the_classes():
    network = nn.Sequential(nn.Conv2d(3, 8, 1), nn.Flatten(), nn.Linear(8, 6), nn.Linear(6, 10))
    surgery.scale_width(network, 1 / 2)
    assert network(torch.zeros(1, 3, 1, 1)).shape == (1, 10)
    assert network[2].out_features == 3


@pytest.mark.parametrize("foreign", [nn.GroupNorm(2, 8), nn.ConvTranspose2d(8, 8, 3), nn.PReLU(8)])
def test_a_layer_whose_width_is_not_known_how_to_change_is_refused(foreign):
    with pytest.raises(ValueError, match=f"1: a {type(foreign).__name__} of another width"):
        surgery.scale_width(nn.Sequential(nn.Conv2d(3, 8, 3), foreign), 1 / 2)


# CIFAR stem


def test_a_cifar_stem_keeps_the_input_side_up_to_the_second_stage():
    """Owner: Size Matters, Fig. 8: strides 1 2 2 2 and no pooling."""
    network = thin("resnet18", stem="cifar")
    assert str(network.conv1) == (
        "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)"
    )
    assert map_sides(network, 32) == [32] * 5 + [16] * 4 + [8] * 4 + [4] * 4


def test_the_imagenet_stem_reduces_the_input_fourfold():
    assert map_sides(thin("resnet18"), 32) == [16] + [8] * 4 + [4] * 4 + [2] * 4 + [1] * 4


# Skips


@pytest.mark.parametrize(
    "skips, stages",
    [
        ((True, True, True, True), [1, 2, 3, 4]),
        ((False, True, True, True), [2, 3, 4]),
        ((True, False, True, False), [1, 3]),
        ((False, False, False, False), []),
    ],
)
def test_a_stage_without_skips_has_no_addition_and_no_shortcut(skips, stages):
    network = thin("resnet18", skips=skips)
    assert additions(network) == 2 * len(stages)
    assert shortcuts(network) == [f"layer{s}.0.downsample.0" for s in stages if s > 1]


def test_the_untouched_network_has_every_addition():
    assert additions(models.resnet18()) == additions(thin("resnet18")) == RESNET18_ADDITIONS


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_without_skips_a_network_is_the_chain_of_its_convolutions(name):
    """Convolution, batch norm and ReLU in turn: computed here from the plain network's parts."""
    plain, chain = thin(name), thin(name, skips=(False,) * 4)
    assert chain.state_dict().keys() == {k for k in plain.state_dict() if "downsample" not in k}
    plain.load_state_dict(chain.state_dict(), strict=False)
    with torch.no_grad():
        maps = plain.maxpool(F.relu(plain.bn1(plain.conv1(images(64)))))
        for stage in (plain.layer1, plain.layer2, plain.layer3, plain.layer4):
            for block in stage:
                for index in range(1, 4 if name == "resnet50" else 3):
                    convolved = getattr(block, f"conv{index}")(maps)
                    maps = F.relu(getattr(block, f"bn{index}")(convolved))
        torch.testing.assert_close(chain(images(64)), plain.fc(maps.mean((2, 3))))


def test_a_chain_keeps_the_modes_and_the_activation_of_its_blocks():
    network = models.resnet18()
    network.layer1[0].relu = nn.PReLU()
    network.layer1[0].eval().bn1.train()
    block = network.layer1[0]
    surgery.remove_skips(network, (False, True, True, True))
    chain = network.layer1[0]
    assert [m.training for m in (network.layer1, chain, chain.bn1)] == [True, False, True]
    assert chain.relu1 is chain.relu2 is block.relu


CHANGES = {
    "cifar stem": surgery.use_cifar_stem,
    "no skips": lambda network: surgery.remove_skips(network, (True, True, True, False)),
    "blurring": surgery.blur_strides,
    "padded pool": lambda network: surgery.pad_kernels(network, True, surgery.keep_kernel),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_frozen_resnet_in_evaluation_of_another_type_stays_so(change):
    network = models.resnet18().double().eval().requires_grad_(False)
    change(network)
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float64}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changes_of_a_resnet_are_refused_for_other_networks(change):
    with pytest.raises(ValueError, match=r"Sequential has no \w+ that is a"):
        change(nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1)))


@pytest.mark.parametrize("setting", [{"ceil_mode": True}, {"kernel_size": 2}, {"return_indices": True}])
@pytest.mark.parametrize("change", [CHANGES["blurring"], CHANGES["padded pool"]])
def test_another_pool_than_a_resnets_is_refused(change, setting):
    network = models.resnet18()
    network.maxpool = nn.MaxPool2d(**(surgery.POOL | setting))
    with pytest.raises(ValueError, match=f"its {next(iter(setting))} would be lost"):
        change(network)


def test_a_network_is_blurred_once_and_whole():
    twice, chain = models.resnet18(), models.resnet18()
    surgery.blur_strides(twice)
    surgery.remove_skips(chain, (True, False, True, True))
    for network in (twice, chain):
        with pytest.raises(ValueError, match=r"Blur a whole one|has no maxpool"):
            surgery.blur_strides(network)


# Dilation


@pytest.mark.parametrize("dilation", [2, 3, 8])
def test_dilation_with_same_padding_keeps_every_map(dilation):
    dilated = thin("vgg19", dilation=dilation)
    assert map_sides(dilated, 32) == map_sides(thin("vgg19"), 32)
    assert {c.dilation for c in convolutions(dilated).values()} == {(dilation, dilation)}


def test_the_authors_padding_makes_the_maps_grow_as_theirs_did():
    """Owner: the authors' dilated VGG19 at 32 pixels."""
    network = thin("vgg19", dilation=2, dilation_padding="authors")
    assert map_sides(network, 32) == [
        34,
        36,
        20,
        22,
        13,
        15,
        17,
        19,
        11,
        13,
        15,
        17,
        10,
        12,
        14,
        16,
    ]


@torch.no_grad()
def test_with_circular_padding_a_shifted_image_gives_the_same_map_shifted():
    """By 8 pixels in a circle, which is one unit where the maps have been halved three times."""
    image = torch.randn(1, 3, 32, 32)
    circular, plain = (
        thin("vgg16", padding_mode=mode).eval().features[:33] for mode in ("circular", "zeros")
    )
    shifts = {"shifts": (8, 16), "dims": (2, 3)}
    shifted, there = circular(image.roll(**shifts)), circular(image).roll((1, 2), (2, 3))
    assert there.shape[-2:] == (4, 4)
    torch.testing.assert_close(shifted, there, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(plain(image.roll(**shifts)), plain(image).roll((1, 2), (2, 3)), rtol=1e-2)


def test_circular_padding_starts_from_the_same_weights():
    plain, circular = (thin("vgg16", padding_mode=mode).state_dict() for mode in ("zeros", "circular"))
    assert all(torch.equal(plain[name], circular[name]) for name in plain)


def test_dilation_leaves_the_weights_as_they_are():
    plain, dilated = thin("vgg11").state_dict(), thin("vgg11", dilation=2).state_dict()
    assert plain.keys() == dilated.keys()
    assert all(plain[name].shape == dilated[name].shape for name in plain)


def test_a_trained_convolution_is_dilated_with_its_weights_and_by_what_its_padding_was():
    network = nn.Sequential(nn.Conv2d(3, 4, 3, padding=(0, 2)))
    before, maps = network[0].weight, images(16)
    size = network(maps).shape
    surgery.dilate(network, 3, "same")
    assert network(maps).shape == size and network[0].weight is before


@pytest.mark.parametrize("given", [{"dilation": 2}, {"padding": "same"}])
def test_a_dilation_or_padding_that_would_be_overwritten_is_refused(given):
    with pytest.raises(ValueError, match=r"0: .* would be lost"):
        surgery.dilate(nn.Sequential(nn.Conv2d(3, 4, 3, **given)), 2, "same")


@pytest.mark.parametrize("dilation, padding", [(0, "same"), (2, "valid")])
def test_a_dilation_without_a_meaning_is_refused(dilation, padding):
    with pytest.raises(ValueError, match=f"dilation={dilation}, padding='{padding}': use"):
        surgery.dilate(nn.Sequential(nn.Conv2d(3, 4, 3)), dilation, padding)


# Kernel padding


def test_seven_convolutions_of_a_resnet_are_padded():
    """Owner: the Dead Pixel authors' code: the stem, and in stages 2 to 4 one 3x3 and the shortcut."""
    basic, bottleneck = (surgery.odd_strided_convolutions(on_paper(n)) for n in PADDABLE[:2])
    stages = (2, 3, 4)
    shortcut = [f"layer{s}.0.downsample.0" for s in stages]
    assert set(basic) == {"conv1", *(f"layer{s}.0.conv1" for s in stages), *shortcut}
    assert set(bottleneck) == {"conv1", *(f"layer{s}.0.conv2" for s in stages), *shortcut}
    assert len(basic) == len(bottleneck) == 7


def test_a_cifar_stem_and_stages_without_skips_leave_fewer_to_pad():
    stem = on_paper("resnet18", stem="cifar")
    assert "conv1" not in surgery.odd_strided_convolutions(stem)
    chain = on_paper("resnet18", skips=(False,) * 4)
    assert len(surgery.odd_strided_convolutions(chain)) == 4


@pytest.mark.parametrize("name", PADDABLE)
def test_a_padded_kernel_is_even_and_keeps_stride_padding_and_groups(name):
    plain, padded = on_paper(name), on_paper(name, kernel_padding="convs")
    names = surgery.odd_strided_convolutions(plain)
    assert surgery.odd_strided_convolutions(padded) == []
    for layer, old in convolutions(plain).items():
        new = convolutions(padded)[layer]
        grown = tuple(side + (layer in names) for side in old.kernel_size)
        assert new.kernel_size == grown
        assert (new.stride, new.padding, new.groups) == (old.stride, old.padding, old.groups)
    assert str(padded.maxpool) == str(plain.maxpool)


@pytest.mark.parametrize("name, share", {"resnet18": 0.147, "resnet50": 0.417}.items())
def test_padding_adds_the_parameters_that_were_counted_before(name, share):
    """Owner: reference counts, +14.7 % for ResNet-18 and +41.7 % for ResNet-50."""
    counts = [
        sum(p.numel() for p in on_paper(name, **fields).parameters())
        for fields in ({}, {"kernel_padding": "all"})
    ]
    assert counts[1] / counts[0] - 1 == pytest.approx(share, abs=5e-4)


@pytest.mark.parametrize("name", PADDABLE)
def test_a_padded_convolution_is_the_same_function_exactly(name):
    """On whole numbers no sum is rounded, so the difference has to be zero."""
    plain, padded = (thin(name, kernel_padding=arm) for arm in ("none", "convs"))
    random = torch.Generator().manual_seed(0)
    for layer in surgery.odd_strided_convolutions(plain):
        old, new = convolutions(plain)[layer], convolutions(padded)[layer]
        whole = torch.randint(-9, 10, old.weight.shape, generator=random).float()
        old.weight.data.copy_(whole)
        surgery.keep_kernel(old, new)
        maps = torch.randint(-9, 10, (1, old.in_channels, 14, 14), generator=random).float()
        with torch.no_grad():
            assert torch.equal(new(maps), old(maps))


@pytest.mark.parametrize("name", PADDABLE)
def test_a_network_with_padded_convolutions_gives_the_same_logits(name):
    """Owner of the tolerance: reference trials, at most 7.2e-7 for grouped convolutions."""
    plain, padded = thin(name), thin(name, kernel_padding="convs")
    with torch.no_grad():
        logits, others = plain(images(64)), padded(images(64))
    assert (logits - others).abs().max() <= 1e-6 * logits.abs().max()


@pytest.mark.parametrize(
    "settings",
    [
        {"bias": True}, {"padding_mode": "reflect"}, {"kernel_size": (3, 2), "padding": (1, 0)},
        {"kernel_size": (4, 5)}, {"groups": 3, "out_channels": 6}, {"padding": "valid"},
    ],
    ids=str,
)  # fmt: skip
def test_a_padded_convolution_of_any_setting_is_the_same_function(settings):
    usual = {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1, "bias": False}
    network, maps = nn.Sequential(nn.Conv2d(3, **(usual | settings))), images(16)
    with torch.no_grad():
        before = network(maps)
        surgery.pad_kernels(network, False, surgery.keep_kernel)
        assert all(side % 2 == 0 for side in network[0].kernel_size)
        torch.testing.assert_close(network(maps), before, rtol=0, atol=1e-6)


def test_a_dilated_kernel_is_not_padded():
    with pytest.raises(ValueError, match="Kernel padding is for dilation 1"):
        surgery.pad_kernels(
            nn.Sequential(nn.Conv2d(3, 4, 3, 2, 2, dilation=2)), False, surgery.keep_kernel
        )


def test_five_convolutions_of_lite0_are_padded():
    """Owner: the architecture: the stem, and the depthwise convolution of every stage that halves."""
    strided = surgery.odd_strided_convolutions(on_paper(LITE))
    depthwise = [f"_blocks.{block}._depthwise_conv" for block in (1, 3, 5, 11)]
    assert strided == ["_conv_stem", *depthwise]
    assert surgery.odd_strided_convolutions(on_paper(LITE, kernel_padding="convs")) == []


@pytest.mark.parametrize("side", [32, 64, 96])
def test_lite0_with_padded_kernels_is_the_same_function_exactly(side):
    """Owner: reference trials: zeros before and one more after, (0, 2) or (1, 3), make no difference."""
    plain, padded = thin(LITE, 1), thin(LITE, 1, kernel_padding="convs")
    assert {m.around for m in padded.modules() if isinstance(m, surgery.UnevenlyPadded)} == {
        (0, 2, 0, 2), (1, 3, 1, 3),
    }  # fmt: skip
    with torch.no_grad():
        torch.testing.assert_close(padded(images(side)), plain(images(side)), rtol=0, atol=1e-6)


def test_same_padding_worked_out_anew_for_the_even_kernel_would_be_another_function():
    """Owner: reference trials: TensorFlow's rule gives (1, 1) to a kernel of 4, one pixel off."""
    old = thin(LITE)._conv_stem
    with torch.no_grad():
        grown = F.pad(old.weight, (0, 1, 0, 1))
        moved = F.conv2d(images(32), grown, stride=2, padding=1)
        assert (moved - old(images(32))).abs().max() > 0.1 * old(images(32)).abs().max()


def test_fresh_kernels_of_lite0_fill_the_added_row_and_column():
    padded = thin(LITE, kernel_padding="convs", padded_weights="fresh")
    assert padded._conv_stem.weight[..., -1, :].all() and padded._conv_stem.weight[..., -1].all()


def test_a_padded_max_pool_is_another_function():
    """Owner: reference trials, 14 to 18 % of the largest logit of random networks."""
    plain, padded = thin("resnet18"), thin("resnet18", kernel_padding="all")
    assert (padded.maxpool.kernel_size, padded.maxpool.stride, padded.maxpool.padding) == (4, 2, 1)
    with torch.no_grad():
        logits, others = plain(images(64)), padded(images(64))
    assert (logits - others).abs().max() > 0.02 * logits.abs().max()


@pytest.mark.parametrize("arm", ["convs", "all"])
@pytest.mark.parametrize("side", [32, 64, 96])
def test_padding_keeps_every_map_of_a_side_that_32_divides(arm, side):
    assert map_sides(thin("resnet18", kernel_padding=arm), side) == map_sides(thin("resnet18"), side)


def test_padding_shrinks_an_odd_map_which_is_why_such_sides_are_refused():
    """Owner: reference trials, 112 pixels: the last map falls from 4x4 to 3x3."""
    assert map_sides(thin("resnet18"), 112)[-1] == 4
    assert map_sides(thin("resnet18", kernel_padding="convs"), 112)[-1] == 3


def test_zero_padding_puts_the_odd_kernel_top_left_and_zeros_beside_it():
    plain, padded = convolutions(thin("resnet18")), thin("resnet18", kernel_padding="convs")
    for layer, new in convolutions(padded).items():
        old = plain[layer].weight
        assert torch.equal(new.weight[..., : old.shape[2], : old.shape[3]], old)
        assert not new.weight[..., old.shape[2] :, :].any()
        assert not new.weight[..., :, old.shape[3] :].any()


def test_fresh_kernels_follow_the_networks_rule_and_the_authors_pytorchs_default():
    """Owners: He et al. 2015 in fan out; `torch.nn.Conv2d`: uniform up to 1 / sqrt(fan in)."""
    arms = {
        weights: thin("resnet18", 1 / 2, kernel_padding="convs", padded_weights=weights)
        for weights in ("fresh", "authors")
    }
    for layer in surgery.odd_strided_convolutions(thin("resnet18", 1 / 2)):
        fresh, authors = (convolutions(arm)[layer].weight.detach() for arm in arms.values())
        out, inputs, height, side = fresh.shape
        assert fresh.std() == pytest.approx((2 / (out * height * side)) ** 0.5, rel=0.1)
        bound = (inputs * height * side) ** -0.5
        assert 0.99 * bound < authors.abs().max() <= bound
        assert authors.std() == pytest.approx(bound / 3**0.5, rel=0.1)
        assert fresh[..., -1, :].any() and authors[..., -1, :].any()


@pytest.mark.parametrize("weights", ["zero", "fresh", "authors"])
def test_padding_leaves_the_start_of_all_other_layers_as_it_was(weights):
    plain = thin("resnet18").state_dict()
    padded = thin("resnet18", kernel_padding="all", padded_weights=weights).state_dict()
    same = [name for name in plain if plain[name].shape == padded[name].shape]
    assert len(plain) - len(same) == 7
    assert all(torch.equal(plain[name], padded[name]) for name in same)


# Blurring


def test_a_blur_is_the_binomial_filter_at_every_second_place():
    image = torch.rand((1, 2, 8, 8), generator=torch.Generator().manual_seed(0))
    line = torch.tensor([1.0, 2.0, 1.0]) / 4
    kernel = torch.outer(line, line).expand(2, 1, 3, 3)
    wanted = F.conv2d(image, kernel, stride=2, padding=1, groups=2)
    torch.testing.assert_close(surgery.blur()(image), wanted)


def test_a_blur_reads_every_pixel_inside_equally_often():
    image = torch.zeros((1, 1, 16, 16), requires_grad=True)
    surgery.blur()(image).sum().backward()
    assert (image.grad[0, 0, 1:-1, 1:-1] == 1 / 4).all()


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_a_blurred_network_has_no_strided_kernel_and_maps_of_the_same_size(name):
    network = build(Model(name=name, width=1 / 8, downsampling="blurred"), 10)
    assert surgery.odd_strided_convolutions(network) == []
    sizes = []
    for stage in surgery.STAGES:
        network.get_submodule(stage).register_forward_hook(lambda m, i, o: sizes.append(o.shape[-1]))
    network.eval()(torch.zeros(1, 3, 64, 64))
    assert sizes == [16, 8, 4, 2]


def test_a_blurred_network_starts_with_the_weights_of_the_strided_one():
    plain, blurred = (
        [weight for weight in build(Model(name="resnet18", width=1 / 8, **changed), 10).parameters()]
        for changed in ({}, {"downsampling": "blurred"})
    )
    assert all(torch.equal(weight, same) for weight, same in zip(plain, blurred, strict=True))


def test_a_blurred_cifar_stem_keeps_its_side():
    network = build(Model(name="resnet18", width=1 / 8, stem="cifar", downsampling="blurred"), 10)
    assert network.eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 10)
    assert surgery.odd_strided_convolutions(network) == []
