"""What `look` reads off a graph: states, costs, sides, uneven kernels, and advice with its price."""

import pytest
import torch
from torch import nn
from torchvision import models

from rfbook.look.graph.advice import choices
from rfbook.look.graph.survey import survey_of
from rfbook.look.graph.windows import Padding, padding, strong_to_weak
from rfbook.look.networks import LookError, network
from rfbook.metrics.layer_list import convolution, odd_over_even, pooling
from rfbook.metrics.receptive_field import receptive_fields


def meta(name: str) -> nn.Module:
    return network(f"torchvision:{name}", values=False)


def of(*modules: nn.Module) -> nn.Module:
    return nn.Sequential(*modules).eval()


def kernels(model: nn.Module, side: int) -> Padding:
    return padding(model, survey_of(model, side))


def conv(kernel: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(3, 3, kernel, stride, padding=kernel // 2, bias=False)


@pytest.fixture(scope="module")
def vgg16():
    return survey_of(meta("vgg16"), 32)


def test_the_layers_of_vgg16_at_32_pixels_are_before_at_and_after_its_eighth_convolution(vgg16):
    convolutions = [row for row in vgg16.rows if row.layer.kind == "conv"]
    assert [row.state for row in convolutions] == ["before"] * 7 + ["border"] + ["after"] * 5
    assert convolutions[7].layer.name == vgg16.border
    assert [row.state for row in vgg16.rows[-4:]] == ["readout"] * 4


def test_a_pooling_layer_behind_the_last_convolution_before_the_border_is_not_late(vgg16):
    """The rule for the border layer counts convolutions alone, and so does that for what is late."""
    at = [row.layer.name for row in vgg16.rows].index(vgg16.border)
    assert {row.state for row in vgg16.rows[:at]} == {"before"}
    assert [row.layer.kind for row in vgg16.rows if row.state == "after"].count("pool") == 2


def test_parameters_and_multiply_adds_of_the_parts_are_those_of_the_whole(vgg16):
    parts = [vgg16.total("before"), vgg16.total("border", "after"), vgg16.total("readout")]
    every = vgg16.total()
    assert sum(part.parameters for part in parts) == every.parameters == 138_357_544
    assert sum(part.multiply_adds for part in parts) == every.multiply_adds
    assert vgg16.unused_parameters == 0


def test_parameters_that_take_no_part_are_counted_apart():
    """Auxiliary classifiers answer in training only."""
    model = meta("googlenet")
    found = survey_of(model, 64)
    aux = sum(p.numel() for name, p in model.named_parameters() if name.startswith("aux"))
    assert found.unused_parameters == aux > 0


def test_the_share_of_the_image_is_an_area_and_ends_at_one():
    found = survey_of(of(conv(), conv(), nn.AdaptiveAvgPool2d(1)), 4)
    assert [row.share for row in found.rows] == [(3 / 4) ** 2, 1, 1]


def test_from_the_side_that_it_names_on_there_is_no_border_layer():
    model = meta("resnet18")
    side = survey_of(model, 32).whole_from
    assert survey_of(model, side).border is None
    assert survey_of(model, side - 1).border is not None


def test_through_the_skips_a_smaller_side_is_enough():
    found = survey_of(meta("resnet18"), 32)
    assert (found.skipped_from, found.whole_from, found.sees_all_to) == (107, 371, 435)
    assert not found.sequential and survey_of(meta("vgg11"), 32).sequential


def test_with_branches_a_layer_is_late_by_what_it_reads_and_not_by_its_place():
    """In an inception block behind the border every first convolution of a branch reads the same."""
    found = survey_of(meta("googlenet"), 32)
    late = {row.layer.name for row in found.rows if row.state in ("border", "after")}
    firsts = {f"inception4e.branch{branch}.conv" for branch in ("1", "2.0", "3.0")}
    assert firsts <= late


# Held-out networks: every field against the support of a gradient


@pytest.mark.parametrize(
    "name, side, layer",
    [
        ("shufflenet_v2_x0_5", 160, "stage2.3.branch2.5"),
        ("densenet121", 160, "features.transition1.conv"),
        ("googlenet", 192, "inception3b.branch3.1.conv"),
        ("mnasnet0_5", 160, "layers.9.0.layers.6"),
        ("regnet_x_400mf", 160, "trunk_output.block2.block2-1.f.c.0"),
        ("squeezenet1_1", 160, "features.7.expand3x3"),
    ],
)
def test_a_gradient_of_a_held_out_network_reaches_exactly_the_field(name, side, layer):
    torch.manual_seed(0)
    settings = {"init_weights": False} if name == "googlenet" else {}
    model = getattr(models, name)(weights=None, **settings).eval().double()
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())  # nothing cancels
    replace_max_pools(model)
    reached = gradient_of_the_middle(model, layer, side)
    field = receptive_fields(model)[layer].field
    support = tuple(int(reached.any(axis).sum()) for axis in (1, 0))
    assert support == field


def replace_max_pools(model: nn.Module) -> None:
    """A maximum leads the gradient to one pixel of its window alone."""
    for parent in list(model.modules()):
        for name, pool in parent.named_children():
            if isinstance(pool, nn.MaxPool2d):
                settings = pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode
                setattr(parent, name, nn.AvgPool2d(*settings))


def gradient_of_the_middle(model: nn.Module, layer: str, side: int) -> torch.Tensor:
    image = torch.ones(1, 3, side, side, dtype=torch.double, requires_grad=True)
    held = []
    hook = model.get_submodule(layer).register_forward_hook(lambda m, i, output: held.append(output))
    model(image)
    hook.remove()
    middle = held[0].shape[-1] // 2
    held[0][0, :, middle, middle].sum().backward()
    return image.grad[0].abs().sum(0) > 0


# rfa-toolbox 1.7.0: largest field of a finite layer, and the largest along the path through all skips


RFA_TOOLBOX = {
    "vgg11": (150, 150), "vgg16_bn": (212, 212), "vgg19": (268, 268), "alexnet": (195, 195),
    "resnet18": (435, 139), "resnet34": (899, 139), "resnet50": (427, 75), "resnext50_32x4d": (427, 75),
    "mobilenet_v2": (491, 163), "mnasnet1_0": (843, 283), "squeezenet1_1": (207, 63),
    "googlenet": (379, 123), "regnet_x_400mf": (975, 67),
}  # fmt: skip
"""Printed by it on torch 2.4.1 and torchvision 0.19.1; on shufflenet_v2_x1_0 it ends with an error."""


@pytest.mark.parametrize("name, fields", RFA_TOOLBOX.items())
def test_fields_are_those_of_rfa_toolbox(name, fields):
    finite = [one for one in receptive_fields(meta(name)).values() if not one.note]
    found = max(one.size for one in finite), max(max(one.smallest) for one in finite)
    assert found == fields


# Uneven kernels


def test_a_kernel_of_three_with_stride_two_reads_a_pixel_one_two_or_four_times():
    (one,) = kernels(of(conv(), conv(stride=2), conv()), 32).uneven
    assert (one.name, one.kernel, one.stride, one.most, one.fewest) == ("1", (3, 3), (2, 2), 4, 1)
    assert one.padded == (4, 4)
    assert (one.parameters, one.multiply_adds) == (9 * 7, 9 * 7 * 16 * 16)


def test_a_kernel_of_one_with_stride_two_never_reads_three_pixels_of_four():
    found = kernels(of(conv(1, stride=2), conv()), 32)
    assert (found.uneven[0].most, found.uneven[0].fewest) == (1, 0)
    assert found.strong_to_weak == float("inf")
    assert found.padded_strong_to_weak == 1


def test_kernels_that_are_multiples_of_their_strides_are_even():
    found = kernels(of(conv(), nn.MaxPool2d(2), nn.Conv2d(3, 3, 4, 4)), 32)
    assert found.uneven == ()
    assert found.strong_to_weak == 1


def test_the_ratio_is_that_of_the_list_of_layers_for_a_single_stride():
    """There the strongest pixels are the odd ones in rows and columns, the weakest the even ones."""
    ours = strong_to_weak([((7, 2, 3, 1), (7, 2, 3, 1)), ((3, 1, 1, 1), (3, 1, 1, 1))])
    listed = odd_over_even([convolution(7, 2), convolution(3)], 4096)
    assert ours == pytest.approx(listed, rel=1e-2)


def test_padding_enlarges_the_field_by_a_jump_a_kernel_as_for_resnet18():
    """Dead Pixel, section 4: 31 pixels."""
    found = kernels(meta("resnet18"), 224)
    assert found.padded_field == 435 + 31
    assert found.keeps_maps
    assert found.padded_strong_to_weak == pytest.approx(1)


def test_where_something_else_thins_the_map_out_no_ratio_is_given():
    class Thinning(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = conv(), conv(stride=2)

        def forward(self, images):
            return self.last(self.first(images)[:, :, ::2, ::2])

    assert kernels(Thinning().eval(), 32).strong_to_weak is None


def test_a_pool_without_weights_costs_nothing_to_pad():
    (one,) = kernels(of(conv(), nn.MaxPool2d(3, 2, 1), conv()), 32).uneven
    assert (one.kind, one.parameters) == ("pool", 0)


# Advice


def advice(model, side):
    found = survey_of(model, side)
    return found, choices(model, found, padding(model, found))


def test_the_price_of_a_cut_is_what_lies_from_the_border_layer_on():
    found, (cut, *_) = advice(meta("vgg16"), 32)
    late = found.total("border", "after")
    assert cut.total.parameters == found.total().parameters - late.parameters
    assert cut.total.multiply_adds == found.total().multiply_adds - late.multiply_adds
    assert cut.findings == ("SM-3.4-after", "SM-3.4-from")


def test_a_stem_without_stride_moves_the_border_layer_towards_the_output():
    found, (_, one, both, *_) = advice(meta("resnet18"), 32)
    assert one.what == "stride 1 in conv1" and both.what == "stride 1 in conv1 and maxpool"
    assert found.total("border", "after").convolutions > one.late > both.late
    assert one.total.parameters == found.total().parameters
    assert both.total.multiply_adds > one.total.multiply_adds > found.total().multiply_adds


def test_looking_leaves_the_network_as_it_was():
    model = of(conv(stride=2), conv(), conv(), conv())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    advice(model, 8)
    assert model[0].stride == (2, 2)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_enlarged_images_cost_what_the_network_costs_at_that_side():
    model = of(conv(stride=2), conv(), conv(), conv())
    found, held = advice(model, 8)
    (larger,) = (choice for choice in held if choice.what.startswith("enlarge"))
    assert larger.total.multiply_adds == survey_of(model, found.whole_from).total().multiply_adds
    assert larger.border is None


def test_a_readout_that_takes_one_side_only_leaves_out_what_needs_another():
    model = of(conv(stride=2), conv(), conv(), conv(), nn.Flatten(), nn.Linear(3 * 4 * 4, 2))
    _, held = advice(model, 8)
    assert [choice.what.split()[0] for choice in held] == ["cut", "pad"]


def test_without_a_border_layer_and_uneven_kernels_there_is_nothing_to_advise():
    assert advice(of(conv(), nn.MaxPool2d(2), conv()), 64)[1] == []


def test_a_list_of_layers_gives_the_same_border_layer():
    steps = [convolution(3), pooling(2, 2), convolution(3), convolution(3), convolution(3)]
    model = of(conv(), nn.MaxPool2d(2), conv(), conv(), conv())
    from rfbook.metrics.layer_list import border_number

    for side in range(4, 20):
        names = [row.layer.name for row in survey_of(model, side).rows if row.layer.kind == "conv"]
        border = survey_of(model, side).border
        assert (names.index(border) + 1 if border else 0) == border_number(steps, side)


# What cannot be looked at


@pytest.mark.parametrize(
    "name, said",
    [
        ("efficientnet_b0", r"47 convolutions.*squeeze-excitation.*--positionwise SqueezeExcitation"),
        ("vit_b_16", "attention, first at 'encoder.layers.encoder_layer_0.self_attention'"),
        ("alexnet", r"an image of 3 x 32 x 32 cannot pass.*'features.\d+'"),
    ],
)
def test_what_cannot_be_looked_at_is_named_with_what_to_do(name, said):
    with pytest.raises(LookError, match=said):
        survey_of(meta(name), 32)


def test_past_its_gates_a_network_can_be_looked_at():
    found = survey_of(meta("efficientnet_b0"), 224, positionwise=["SqueezeExcitation"])
    assert found.border and found.total().parameters == 5_288_548
    assert found.past == {"SqueezeExcitation": 16}


def test_a_norm_over_the_whole_map_is_named_with_its_class():
    model = of(conv(), nn.GroupNorm(1, 3), conv())
    with pytest.raises(LookError, match="--positionwise GroupNorm"):
        survey_of(model, 32)


def test_a_network_without_convolutions_has_nothing_to_look_at():
    with pytest.raises(LookError, match="no convolution"):
        survey_of(of(nn.Flatten(), nn.Linear(48, 2)), 4)


def test_other_channels_than_three_must_be_said():
    model = of(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3))
    with pytest.raises(LookError, match=r"3 x 8 x 8 cannot pass.*--channels"):
        survey_of(model, 8)
    assert survey_of(model, 8, channels=1).total().convolutions == 2
