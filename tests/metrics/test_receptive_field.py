"""Receptive fields are those of the papers, of other tools, and of the gradient itself."""

import math
from math import inf

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torchvision import models
from torchvision.models.resnet import BasicBlock, ResNet
from torchvision.ops import SqueezeExcitation

from rfbook.metrics.receptive_field import (
    border_layer,
    conv_fields,
    receptive_fields,
)
from rfbook.metrics.taps import forward_to


def build(name: str, **options) -> nn.Module:
    """The torchvision network on the meta device: its graph without its weights."""
    with torch.device("meta"):
        return getattr(models, name)(**options).eval()


def cifar_resnet(name: str) -> nn.Module:
    model = build(name)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


def dilated_vgg19(dilation: int) -> nn.Module:
    model = build("vgg19")
    for module in model.features:
        if isinstance(module, nn.Conv2d):
            module.dilation = module.padding = (dilation, dilation)
    return model


def without_squeeze_excitation(model: nn.Module) -> nn.Module:
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, SqueezeExcitation):
                setattr(parent, name, nn.Identity())
    return model


def last_conv(model: nn.Module):
    layers = receptive_fields(model)
    return layers[conv_fields(layers)[-1][0]]


def of(*modules: nn.Module):
    """The last layer of a sequence of modules."""
    return list(receptive_fields(nn.Sequential(*modules)).values())[-1]


class Function(nn.Module):
    """A module whose forward pass is the given function of the module and the images."""

    def __init__(self, function, **modules: nn.Module) -> None:
        super().__init__()
        self.function = function
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, images):
        return self.function(self, images)


# What the papers print


@pytest.mark.parametrize(
    "name, field",
    [
        ("resnet18", 435),
        ("resnet34", 899),
        ("resnet50", 427),
        ("resnet101", 971),
        ("resnext50_32x4d", 427),
        ("resnet152", 1451),
        ("wide_resnet50_2", 427),
        ("wide_resnet101_2", 971),
        ("resnext101_32x8d", 971),
    ],
)
def test_layer4_has_the_field_that_dead_pixel_table_1_prints(name, field):
    layer = last_conv(build(name))
    assert layer.name.startswith("layer4")
    assert layer.field == (field, field)


@pytest.mark.parametrize(
    "name, field",
    [
        ("resnet18", 211),
        ("resnet34", 547),
        ("resnet50", 267),
        ("resnet101", 811),
        ("resnet152", 1291),
    ],
)
def test_layer3_has_the_field_of_the_closed_form(name, field):
    convs = dict(conv_fields(receptive_fields(build(name))))
    assert [size for conv, size in convs.items() if conv.startswith("layer3")][-1] == field


@pytest.mark.parametrize(
    "name, conv, pool",
    [("vgg11", 134, 150), ("vgg13", 140, 156), ("vgg16", 196, 212), ("vgg19", 252, 268)],
)
@pytest.mark.parametrize("suffix", ["", "_bn"])
def test_vgg_has_the_fields_of_rfa_toolbox_and_of_size_matters_for_vgg19(name, conv, pool, suffix):
    model = build(name + suffix)
    layers = receptive_fields(model)
    assert last_conv(model).size == conv
    assert layers[f"features.{len(model.features) - 1}"].size == pool


def test_cifar_resnet18_has_the_109_of_size_matters_3_5_and_cifar_resnet34_has_225():
    assert last_conv(cifar_resnet("resnet18")).size == 109
    assert last_conv(cifar_resnet("resnet34")).size == 225


@pytest.mark.parametrize("dilation, field", [(1, 252), (2, 488), (3, 724)])
def test_dilated_vgg19_has_the_field_of_the_closed_form(dilation, field):
    assert last_conv(dilated_vgg19(dilation)).size == field


@pytest.mark.parametrize(
    "name, field, options", [("inception_v3", 1311, {"init_weights": False}), ("alexnet", 195, {})]
)
def test_the_largest_field_is_the_one_in_the_table_of_araujo_et_al(name, field, options):
    layers = receptive_fields(build(name, **options)).values()
    assert max(layer.size for layer in layers if layer.size < inf) == field


@pytest.mark.parametrize("name, field", [("resnet18", 139), ("resnet34", 139), ("resnet50", 75)])
def test_the_smallest_field_through_the_skips_is_that_of_rfa_toolbox(name, field):
    assert last_conv(build(name)).smallest == (field, field)


def test_eq_1_as_printed_with_k_minus_2_contradicts_its_own_text_that_r_1_is_k():
    for kernel in range(1, 12):
        assert of(nn.Conv2d(1, 1, kernel)).field == (kernel, kernel)
    assert of(nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 1)).size == 3, "a 1x1 convolution shrinks nothing"


def test_width_does_not_enter():
    thin = models.ResNet(models.resnet.Bottleneck, [3, 4, 6, 3], width_per_group=8)
    assert receptive_fields(thin) == receptive_fields(build("resnet50"))


def test_unit_3_of_layer4_looks_at_pixel_96_and_after_kernel_padding_at_111_and_a_half():
    """Dead Pixel, Fig. 2 and 3: the centre unit of a 7x7 map at 224 px; +31 px by arithmetic."""
    model = build("resnet18")
    assert last_conv(model).unit_center(3, 3) == (96, 96)
    model.maxpool.kernel_size = 4
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and module.stride == (2, 2):
            module.kernel_size = tuple(k + 1 for k in module.kernel_size)
    layer = last_conv(model)
    assert layer.field == (435 + 31, 435 + 31)
    assert layer.unit_center(3, 3) == (111.5, 111.5)


# The border layer


@pytest.mark.parametrize(
    "construct, which, number",
    [
        (build, "vgg11", 6),
        (build, "vgg13", 8),
        (build, "vgg16", 8),
        (build, "vgg19", 8),
        (build, "resnet18", 5),
        (build, "resnet34", 5),
        (build, "resnet50", 10),
        (cifar_resnet, "resnet18", 12),
        (cifar_resnet, "resnet34", 13),
        (dilated_vgg19, 2, 6),
        (dilated_vgg19, 3, 5),
    ],
)
def test_the_border_at_32_pixels_is_where_the_authors_code_puts_it(construct, which, number):
    convs = conv_fields(receptive_fields(construct(which)))
    assert border_layer(convs, 32) == convs[number - 1][0]


def test_a_field_as_large_as_the_input_does_not_make_a_border():
    fields = [("a", 3), ("b", 32), ("c", 40), ("d", 48)]
    assert border_layer(fields, 32) == "d"
    assert border_layer(fields, 31) == "c"


def test_there_is_no_border_when_only_the_last_layer_sees_more_than_the_input():
    assert border_layer([("a", 3), ("b", 40)], 32) is None
    assert border_layer([("a", 3), ("b", 5)], 32) is None
    assert border_layer([], 32) is None


# Layers and paths


def test_fields_are_those_of_the_main_path_without_shortcuts():
    convolutions = [name for name, _ in conv_fields(receptive_fields(build("resnet18")))]
    blocks = [f"layer{s}.{b}.conv{c}" for s in (1, 2, 3, 4) for b in (0, 1) for c in (1, 2)]
    assert convolutions == ["conv1", *blocks]
    assert len(conv_fields(receptive_fields(build("vgg16")))) == 13


def test_layers_come_in_data_flow_with_their_kind():
    layers = receptive_fields(build("vgg11"))
    kinds = [layer.kind for layer in layers.values()]
    assert kinds == ["conv", "pool"] * 2 + ["conv", "conv", "pool"] * 3 + ["pool"] + ["linear"] * 3
    assert all(name == layer.name for name, layer in layers.items())


def test_without_skips_a_resnet_has_the_same_fields_and_no_smaller_path():
    class PlainBlock(BasicBlock):
        def forward(self, images):
            return self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(images))))))

    with torch.device("meta"):
        plain = receptive_fields(ResNet(PlainBlock, [2, 2, 2, 2]))
    assert conv_fields(plain) == conv_fields(receptive_fields(build("resnet18")))
    assert not [name for name in plain if "downsample" in name], "unused modules are not listed"
    assert plain["layer4.1.conv2"].smallest == plain["layer4.1.conv2"].field


def test_a_shared_module_is_listed_at_each_use():
    conv = nn.Conv2d(3, 3, 3)
    layers = receptive_fields(nn.Sequential(conv, conv))
    assert {name: layer.size for name, layer in layers.items()} == {"0": 3, "0#2": 5}


def test_a_branch_of_1x1_convolutions_beats_an_identity_of_equal_field_as_main_path():
    model = Function(lambda m, x: x + m.conv(x), conv=nn.Conv2d(3, 3, 1))
    assert receptive_fields(model)["conv"].main


def test_with_several_outputs_the_main_path_is_the_deepest():
    def forward(m, x):
        x = m.body(x)
        return {"auxiliary": m.side(x), "logits": m.body_end(m.middle(x))}

    names = ("body", "side", "middle", "body_end")
    model = Function(forward, **{name: nn.Conv2d(3, 3, 3) for name in names})
    assert [name for name, _ in conv_fields(receptive_fields(model))] == ["body", "middle", "body_end"]


# Operations


@pytest.mark.parametrize("kernel, dilation, field", [(3, 2, 5), ((3, 1), (4, 9), (9, 1))])
def test_a_dilated_kernel_counts_its_holes(kernel, dilation, field):
    expected = field if isinstance(field, tuple) else (field, field)
    assert of(nn.Conv2d(1, 1, kernel, dilation=dilation)).field == expected


def test_height_and_width_are_counted_apart():
    layer = of(nn.Conv2d(3, 4, (3, 5), stride=(2, 1), padding=(1, 0)), nn.MaxPool2d((2, 3), (1, 3)))
    assert layer.field == (5, 7)
    assert layer.jump == (2, 3)
    assert layer.center == (1, 3)
    assert layer.size == 7


def test_groups_do_not_enter():
    grouped = of(nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 8, 3, groups=2))
    assert grouped.field == of(nn.Conv2d(8, 8, 3), nn.Conv2d(8, 8, 3)).field == (5, 5)


@pytest.mark.parametrize(
    "padding, center", [("same", (0.5, 0.5)), ("valid", (1.5, 1.5)), ((1, 0), (0.5, 1.5))]
)
def test_padding_moves_the_field_and_does_not_widen_it(padding, center):
    layer = of(nn.Conv2d(3, 3, 4, padding=padding))
    assert (layer.field, layer.center) == ((4, 4), center)


def test_a_padding_layer_moves_the_field():
    explicit = of(nn.Conv2d(3, 3, 1, stride=2), nn.ZeroPad2d((1, 2, 0, 3)), nn.Conv2d(3, 3, 4))
    assert explicit.field == (7, 7)
    assert explicit.center == (3, 3 - 2)
    functional = Function(lambda m, x: m.conv(F.pad(x, (1, 2))), conv=nn.Conv2d(3, 3, 4))
    assert receptive_fields(functional)["conv"].center == (1.5, 0.5)


def test_functional_layers_count_like_modules():
    def forward(m, x):
        x = F.relu(F.max_pool2d(m.stem(x), 3, 2, padding=1), inplace=True)
        y = F.avg_pool2d(F.conv2d(x, m.branch.weight, None, 1, 1), kernel_size=3, stride=1)
        x = torch.cat([m.side(x), y], 1)
        x.add_(1.0)
        x = 2 * x[:, :, ::2, 1::2] + 1
        return m.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))

    parts = {
        "stem": nn.Conv2d(3, 4, 7, stride=2, padding=3),
        "branch": nn.Conv2d(4, 4, 3),
        "side": nn.Conv2d(4, 4, 3),
        "head": nn.Linear(8, 2),
    }
    layers = receptive_fields(Function(forward, **parts))
    assert {name: layer.field for name, layer in layers.items()} == {
        "stem": (7, 7),
        "max_pool2d": (11, 11),
        "branch": (19, 19),
        "avg_pool2d": (27, 27),
        "side": (19, 19),
        "adaptive_avg_pool2d": (inf, inf),
        "head": (inf, inf),
    }


def test_a_slice_with_steps_is_a_stride():
    model = Function(lambda m, x: m.conv(x[:, :, 1::2, ::3]), conv=nn.Conv2d(3, 3, 3))
    layer = receptive_fields(model)["conv"]
    assert (layer.field, layer.jump, layer.center) == ((5, 7), (2, 3), (3, 3))


@pytest.mark.parametrize("old_style", [lambda x: x.mean(3).mean(2), lambda x: x.mean((-2, -1))])
def test_a_mean_over_space_is_infinite_and_a_mean_over_channels_is_not(old_style):
    model = Function(
        lambda m, x: m.head(old_style(m.conv(x.mean(1, keepdim=True)))),
        conv=nn.Conv2d(1, 4, 3),
        head=nn.Linear(4, 2),
    )
    layers = receptive_fields(model)
    assert layers["conv"].field == (3, 3)
    assert layers["head"].field == (inf, inf)
    assert layers["head"].note.startswith("mean at ")


def test_adaptive_pooling_of_one_axis_leaves_the_other():
    layer = of(nn.Conv2d(3, 3, 3), nn.AdaptiveAvgPool2d((None, 1)), nn.Conv2d(3, 3, (3, 1)))
    assert layer.field == (5, inf)
    assert layer.jump == (1, inf)


# Infinite fields


def test_all_after_global_pooling_is_infinite_and_says_why():
    layers = receptive_fields(build("resnet18"))
    assert layers["layer4.1.conv2"].note == ""
    for name in ("avgpool", "fc"):
        assert layers[name].field == layers[name].smallest == (inf, inf)
        assert layers[name].note == "AdaptiveAvgPool2d at 'avgpool' works over the whole map"


def test_a_linear_layer_on_flattened_maps_is_infinite_and_says_why():
    layer = of(nn.Conv2d(3, 3, 3), nn.Flatten(), nn.Linear(3, 2))
    assert layer.field == (inf, inf)
    assert layer.note == "Flatten at '1' works over the whole map"


def test_efficientnet_is_infinite_from_its_first_squeeze_excitation_on_and_says_so():
    layers = receptive_fields(build("efficientnet_b0"))
    finite = [name for name, layer in layers.items() if layer.size < inf]
    assert finite == ["features.0.0", "features.1.0.block.0.0"]
    projection = layers["features.1.0.block.2.0"]
    assert projection.jump == (2, 2)
    assert projection.note.startswith("squeeze-excitation: mul at")
    assert "'features.1.0.block.1.avgpool'" in projection.note
    assert not layers["features.1.0.block.1.fc1"].main


def test_group_norm_is_infinite_unless_told_to_leave_its_statistics_out():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.Conv2d(4, 4, 3, stride=2))
    layer = receptive_fields(model)["2"]
    assert (layer.field, layer.jump) == ((inf, inf), (2, 2))
    assert layer.note == "GroupNorm at '1' works over the whole map"
    assert math.isnan(layer.center[0])
    assert receptive_fields(model, positionwise=["GroupNorm"])["2"].field == (5, 5)


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x0_5"])
def test_with_other_windows_the_fields_are_those_of_the_network_that_has_them(name):
    """Every 3x3 kernel with stride 2, pools too, is one of 5 instead."""

    def larger(window):
        kernel, stride, *rest = window
        return (5 if (kernel, stride) == (3, 2) else kernel, stride, *rest)

    model, other = build(name), build(name)
    for module in other.modules():
        if isinstance(module, nn.Conv2d | nn.MaxPool2d) and module.stride in (2, (2, 2)):
            if module.kernel_size in (3, (3, 3)):
                module.kernel_size = (5, 5)
    exchanged = receptive_fields(model, exchange=larger)
    assert exchanged == receptive_fields(other) != receptive_fields(model)
    assert conv_fields(exchanged) == conv_fields(receptive_fields(other))


# Errors


@pytest.mark.parametrize(
    "module, message",
    [
        (nn.Conv1d(3, 3, 2), r"Conv1d at '0'.*positionwise=\['Conv1d'\].*OPERATIONS"),
        (Function(lambda m, x: x.view(1, 3, -1)), "view at 'view': .* only flattening"),
        (Function(lambda m, x: torch.cat([x, x], dim=2)), "cat at 'cat': dim=2"),
        (Function(lambda m, x: x[:, :, 0]), "getitem at 'getitem': .* only slices"),
        (Function(lambda m, x: x[:, :, -2:]), "starts at -2 depends on the side"),
        (Function(lambda m, x: x[:, :, x.size(2) // 2 :]), "getitem.* do, or are not understood"),
        (Function(lambda m, x: F.avg_pool2d(x, x.shape[2] // 7)), "not depend on the input.*avg_"),
    ],
)
def test_what_cannot_be_followed_is_named_with_the_remedy(module, message):
    with pytest.raises(ValueError, match=message):
        receptive_fields(nn.Sequential(module, nn.Conv2d(3, 3, 3)))


def test_branches_with_different_strides_are_named():
    model = Function(
        lambda m, x: m.fast(x) + m.slow(x),
        fast=nn.Conv2d(3, 3, 1, stride=2),
        slow=nn.Conv2d(3, 3, 1),
    )
    with pytest.raises(ValueError, match=r"add at 'add'.*'fast': \(2, 2\).*'slow': \(1, 1\)"):
        receptive_fields(model)


def test_a_forward_pass_that_branches_on_values_is_explained():
    model = nn.Sequential(Function(lambda m, x: x if x.sum() > 0 else -x))
    with pytest.raises(ValueError, match=r"torch\.fx.*Sequential.*Pass a part of the model"):
        receptive_fields(model)


def test_the_model_is_left_as_it_was():
    model = Function(lambda m, x: m.conv(x * torch.ones(1)), conv=nn.Conv2d(3, 3, 3)).train()
    before = set(vars(model))
    assert receptive_fields(model)["conv"].size == 3
    assert set(vars(model)) == before and model.training


# The gradient as the judge


def positive_copy(module: nn.Module) -> nn.Module:
    """The same windows and branches in one positive linear channel: no gradient can vanish."""
    if isinstance(module, nn.Conv2d):
        windows = (module.kernel_size, module.stride, module.padding, module.dilation)
        conv = nn.Conv2d(1, 1, *windows, bias=False, dtype=torch.float64)
        nn.init.constant_(conv.weight, 1 / conv.weight.numel())
        return conv
    if isinstance(module, nn.MaxPool2d):
        return nn.AvgPool2d(module.kernel_size, module.stride, module.padding)
    if isinstance(module, nn.BatchNorm2d | nn.ReLU | nn.SiLU):
        return nn.Identity()
    for name, child in module.named_children():
        setattr(module, name, positive_copy(child))
    return module


def check_against_gradient(model: nn.Module, name: str) -> None:
    """Compare extent and place of the field of one inner unit with its gradient's support."""
    layer = receptive_fields(model)[name]
    first = [c - (f - 1) / 2 for c, f in zip(layer.center, layer.field, strict=True)]
    unit = [max(0, math.ceil(-f / j)) for f, j in zip(first, layer.jump, strict=True)]
    top, left = (
        c - (f - 1) / 2 for c, f in zip(layer.unit_center(*unit), layer.field, strict=True)
    )
    bottom, right = top + layer.field[0] - 1, left + layer.field[1] - 1
    images = torch.zeros(1, 1, int(bottom) + 4, int(right) + 4, dtype=torch.float64)
    output = forward_to(positive_copy(model), images.requires_grad_(), name)
    (gradient,) = torch.autograd.grad(output[0, 0, unit[0], unit[1]], images)
    rows, columns = gradient[0, 0].nonzero(as_tuple=True)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (top, bottom, left, right)


@pytest.mark.parametrize(
    "name, layer",
    [
        ("resnet18", "layer4.1.conv2"),
        ("resnet34", "layer4.2.conv2"),
        ("resnet50", "layer4.2.conv3"),
        ("vgg16", "features.30"),
    ],
)
def test_the_gradient_of_a_positive_copy_reaches_exactly_the_field(name, layer):
    check_against_gradient(build(name), layer)


def test_efficientnet_b0_without_squeeze_excitation_sees_the_851_pixels_of_its_gradient():
    model = without_squeeze_excitation(build("efficientnet_b0"))
    assert last_conv(model).field == (851, 851)
    check_against_gradient(model, "features.8.0")


pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
small_pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def windows(draw) -> nn.Module:
    kernel, stride = draw(pairs), draw(small_pairs)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    if draw(st.booleans()):
        return nn.MaxPool2d(kernel, stride, padding)
    return nn.Conv2d(1, 1, kernel, stride, padding, draw(st.tuples(*[st.integers(1, 2)] * 2)))


@st.composite
def shifted_branches(draw) -> nn.Module:
    kernel, dilation = draw(pairs), draw(st.integers(1, 2))
    height, width = (dilation * (k - 1) for k in kernel)
    top, left = draw(st.integers(0, height)), draw(st.integers(0, width))
    padding = nn.ZeroPad2d((left, width - left, top, height - top))
    return nn.Sequential(padding, nn.Conv2d(1, 1, kernel, dilation=dilation))


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.lists(windows(), min_size=1, max_size=4))
def test_random_stacks_have_the_field_of_their_gradient(stack):
    check_against_gradient(nn.Sequential(*stack), str(len(stack) - 1))


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(windows(), shifted_branches(), shifted_branches(), windows())
def test_random_branches_that_look_aside_have_the_field_of_their_gradient(stem, first, second, last):
    model = Function(
        lambda m, x: m.last(m.first(m.stem(x)) + m.second(m.stem(x))),
        stem=stem,
        first=first,
        second=second,
        last=last,
    )
    check_against_gradient(model, "last")
