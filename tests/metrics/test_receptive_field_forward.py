"""Whatever a forward pass says, each unit sees what its arithmetic says, or the pass is refused."""

from math import inf

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.parametrizations import weight_norm
from torchvision import models
from torchvision.models.shufflenetv2 import InvertedResidual

from rfbook.metrics.receptive_field import conv_fields, receptive_fields
from tests.samples import repeatable

SIDES = (26, 28)


class Forward(nn.Module):
    """y and z, of shape (b, c, h, w), see 3 and 7 pixels; after the code a 3x3 convolution reads y."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.near, self.far = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 7, padding=3)
        self.point, self.last = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 2, 3, padding=1)
        self.relu, self.same, self.shuffle = nn.ReLU(inplace=True), nn.Identity(), nn.ChannelShuffle(2)
        self.split = nn.Unflatten(1, (2, 2))
        self.register_buffer("mask", torch.ones(2, 4, 3, 3))
        names: dict = {"torch": torch, "F": F}
        exec(f"def run(m, x, y, z):\n    b, c, h, w = y.shape\n    {code}\n    return y", names)
        self.run = names["run"]

    def forward(self, x):
        return self.last(self.run(self, x, self.near(x), self.far(x)))


class Only(nn.Module):
    """A forward pass of the given function of the module and the images."""

    def __init__(self, function, **modules: nn.Module) -> None:
        super().__init__()
        self.function = function
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, images):
        return self.function(self, images)


def positive(model: nn.Module) -> nn.Module:
    """Double precision and positive weights, so that nothing a unit sees can cancel."""
    for parameter in model.double().eval().parameters():
        nn.init.uniform_(parameter, 0.5, 1.5).data.div_(max(parameter[0].numel(), 1))
    return model


@torch.no_grad()
def pixels_that_move(model: nn.Module, axis: int, sides: tuple[int, int]) -> torch.Tensor:
    """(pixel, unit) along the axis: whether a row or column of the image moves any unit in that line."""
    image = torch.rand(1, 3, *sides, dtype=torch.float64) + 1
    lines = torch.eye(sides[axis], dtype=torch.float64)
    other = model(image + (lines[:, None, :, None] if axis == 0 else lines[:, None, None, :]))
    return ((other - model(image)).abs() > 1e-11).any(dim=1).any(dim=2 - axis)


def check_every_unit(model: nn.Module, sides: tuple[int, int] = SIDES) -> None:
    """Compare what the last layer's units see with what really moves them; at a border they see less."""
    layer = list(receptive_fields(model).values())[-1]
    torch.manual_seed(0)
    positive(model)
    for axis, side in enumerate(sides):
        moved, inner = pixels_that_move(model, axis, sides), 0
        for unit in range(moved.shape[1]):
            pixels = moved[:, unit].nonzero().flatten().tolist()
            first, last = layer.axes[axis].span(unit)
            if first > last:  # between the units of a transposed convolution: it reads nothing
                assert not pixels
                inner += 1
                continue
            inside = (first >= 0 and last < side) or layer.field[axis] == inf
            expected = (max(first, 0), min(last, side - 1))
            seen = (pixels[0], pixels[-1]) if pixels else (side, -1)
            assert seen == expected if inside else expected[0] <= seen[0] and seen[1] <= expected[1]
            inner += inside
        assert inner >= min(3, moved.shape[1]), "no unit away from the border was looked at"


# Changes in place, written as statements


IN_PLACE = """
    y.add_(z)
    y.sub_(z); y.clamp_(-9); y.relu_()
    y.mul_(z)
    y += z
    y *= z; y /= 2; y -= 1
    y.mul_(torch.sigmoid(y.mean((2, 3), keepdim=True)))
    y.copy_(z)
    z.copy_(y); y = z
    y.lerp_(z, 0.3)
    y.addcmul_(z, z)
    y.clamp_(max=z)
    y.zero_(); y.add_(m.point(z))
    torch.add(y, z, out=y)
    u = torch.empty_like(y); torch.add(y, z, out=u); y = u
    u = y; y += z; y = u
    u = y * 1; y += z; y = u
    y.detach().add_(z)
    y.data.add_(z)
    u = F.relu(y, inplace=True); u.add_(z)
    u = F.relu(y, True); u += z
    u = F.relu(y); u += z
    u = m.relu(y); u += z
    u = m.same(y); u += z
    y[...] = z
    z[:] = y; y = z
    y[:, :2] = z[:, :2]
    y[:, :2] += z[:, :2]
    y[..., :, :] += z
    y[:, 0] = z[:, 0]
    y[:, 1] *= z[:, 1]
    y[:, :1] = 0
    y[:, :, :1] = 0
    y[y < 0] = 0
    u = torch.zeros_like(y); u[:, :2] = y[:, :2]; u[:, 2:] = z[:, 2:]; y = u
    y.permute(0, 2, 3, 1).add_(z.permute(0, 2, 3, 1))
    y[:, :2].add_(z[:, :2])
    u = y[:, :2]; y.add_(z); y = torch.cat([u, u], 1)
    u, v = y.chunk(2, 1); u.add_(z[:, :2])
    u, v = y.chunk(2, 1); u += z[:, :2]; y = torch.cat([v, v], 1)
    y.view(b, 2, -1, h, w).add_(z.view(b, 2, -1, h, w))
    b += 1
"""


@pytest.mark.parametrize("code", IN_PLACE.strip().split("\n    "))
def test_a_change_in_place_reaches_all_that_shares_its_memory(code):
    check_every_unit(Forward(code))


@pytest.mark.parametrize(
    "code, message",
    [
        ("y[:, :, 1:] = z[:, :, :-1]", "'last' cannot be followed: setitem.*some places only.*cat"),
        ("y[:, :, 1:].add_(z[:, :, 1:])", "add at 'add_' changes a tensor in place.*y = y"),
        ("u = y.contiguous(); u.add_(z)", "add at 'add_' changes a tensor in place"),
        ("u = y[:, :2]; v = y[:, 1:3]; v += z[:, :2]; y = torch.cat([u, u], 1)", "iadd at .* in place"),
        ("y[:, z.argmax(1)] = 0", "'last' cannot be followed: setitem.*that the images choose"),
        ("y.transpose_(2, 3)", r"moves dimensions in place. Write y = y.transpose\("),
        ("y.data = z", r"torch\.fx.*sets \.data of a tensor"),
    ],
)
def test_a_change_in_place_that_cannot_be_followed_is_refused(code, message):
    with pytest.raises(ValueError, match=message):
        receptive_fields(Forward(code))


def test_what_is_lost_is_refused_only_where_a_layer_reads_it():
    assert receptive_fields(Forward("u = y.contiguous(); y.add_(z)"))["last"].field == (9, 9)


def test_a_residual_addition_as_a_statement_is_on_the_main_path():
    assert [name for name, _ in conv_fields(receptive_fields(Forward("y.add_(z)")))] == ["far", "last"]


# Where the dimensions of a tensor lie


MOVED = """
    y = (y + z).view(b, 2, c // 2, h, w).transpose(1, 2).contiguous().view(b, c, h, w)
    y = (y + z).reshape(b, 2, -1, h, w).permute(0, 2, 1, 3, 4).reshape(b, -1, h, w)
    y = F.channel_shuffle(z, 2)
    y = m.shuffle(z)
    y = m.split(z).flatten(1, 2)
    y = torch.cat(z.chunk(2, 1)[::-1], 1)
    u, v = torch.split(z, [1, 3], dim=1); y = torch.cat([v, u], 1)
    y = torch.stack([y, z], 1).sum(1)
    y = torch.cat([z[:, :1]] * 2 + [z[:, 0].unsqueeze(1)] * 2, 1)
    y = z.permute(0, 2, 3, 1).permute(0, 3, 1, 2)
    u = F.layer_norm(z.movedim(1, 3), (4,)); y = F.linear(u, m.point.weight[:, :, 0, 0]).movedim(3, 1)
    y = (z.permute(0, 2, 3, 1) @ m.point.weight[:, :, 0, 0]).movedim(3, 1)
    y = F.layer_norm(z.flatten(2).transpose(1, 2), (4,)).transpose(1, 2).reshape(b, c, h, w)
    y = y * y.view(y.size(0), y.size(1), -1).mean(2).view(y.size(0), y.size(1), 1, 1)
    y = y * y.view(b, c, h * w).mean(-1)[:, :, None, None]
    y = y * F.avg_pool2d(y, y.size()[2:])
    y = y * y.mean(2, keepdim=True)
    y = F.softmax(z, 1)
    y = F.layer_norm(y, (28,))
    y = y.transpose(2, 3).contiguous().transpose(2, 3)
    y = y + torch.cat([z.amax(1, keepdim=True), z.max(1, keepdim=True)[0]] * 2, 1)
    y = y * y.mean((2, 3), keepdim=True).expand_as(z)
    y = F.normalize(z)
    y = y.roll(1, 1).flip(1)
    y = torch.where(y > 9, y, z)
    y = y.masked_fill(z > 1e9, 0.0) + z
"""


@pytest.mark.parametrize("code", MOVED.strip().split("\n    "))
def test_dimensions_may_move_where_positions_do_not(code):
    check_every_unit(Forward(code))


@pytest.mark.parametrize(
    "code, message",
    [
        ("y = y.permute(0, 2, 3, 1)", "'last': reads .*gets .images, height, width, channels.*permute"),
        ("y = y + y.permute(0, 3, 2, 1)", "add at 'add' joins maps of .*width, height.*permute"),
        ("y = y.roll(1, 2)", "roll at 'roll': dim=2 moves positions"),
        ("y = y.reshape(-1, 4, 28, 26)", "reshape at 'reshape': of all reshaping only flattening"),
        ("y = y.view(b, c, w, h)", "view at 'view': of all reshaping"),
        ("y = y.flatten(2).transpose(1, 2).reshape(b, c, h, w)", "images, positions, channels"),
        ("y = y.flatten(2); y = y.transpose(1, 2) @ y", "matmul at .* look at one another.*Pass the"),
        ("y = F.scaled_dot_product_attention(y, y, y)", "look at one another"),
        ("y = F.conv2d(y, m.last.weight * y.mean())", "conv2d.*kernel is not known"),
    ],
)
def test_mixing_positions_and_channels_is_refused(code, message):
    with pytest.raises(ValueError, match=message):
        receptive_fields(Forward(code))


# Maps that get larger


@pytest.mark.parametrize(
    "layer",
    [
        nn.ConvTranspose2d(3, 3, 2, 2),
        nn.ConvTranspose2d(3, 3, 4, 2, 1),
        nn.ConvTranspose2d(3, 3, 5, 1, 2),
        nn.ConvTranspose2d(3, 3, 3, 2, 1, output_padding=1),
        nn.ConvTranspose2d(3, 3, 2, 3),
        nn.ConvTranspose2d(3, 3, (3, 5), (2, 3), (1, 0), dilation=(3, 1)),
        nn.Upsample(scale_factor=2),
        nn.Upsample(scale_factor=(3, 2), mode="bilinear"),
        nn.Upsample(scale_factor=1.5),
        nn.Upsample(scale_factor=0.5),
        nn.UpsamplingNearest2d(scale_factor=2),
        nn.Upsample(scale_factor=1.5, mode="nearest-exact"),
        nn.Upsample(scale_factor=2, mode="bicubic"),
        nn.Upsample(scale_factor=3, mode="bicubic"),
        nn.Upsample(scale_factor=0.5, mode="bilinear"),
        nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.PixelShuffle(2)),
        nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, 3, 1)),
    ],
    ids=repr,
)
def test_enlarging_layers_show_each_unit_what_it_really_sees(layer):
    check_every_unit(nn.Sequential(layer, nn.Conv2d(3, 3, 1)))
    around = nn.Conv2d(3, 3, 3, 2, 1), nn.Conv2d(3, 3, 3, padding=1)
    check_every_unit(nn.Sequential(around[0], layer, around[1]), (36, 40))


numbers = st.integers(1, 3)


@st.composite
def any_layer(draw) -> nn.Module:
    kernel, stride = draw(st.integers(1, 4)), draw(numbers)
    kind = draw(st.sampled_from([nn.Conv2d, nn.ConvTranspose2d, nn.AvgPool2d, nn.Upsample]))
    if kind is nn.Upsample:
        return nn.Upsample(scale_factor=stride, mode=draw(st.sampled_from(["nearest", "bilinear"])))
    if kind is nn.AvgPool2d:
        return nn.AvgPool2d(kernel, stride)
    padding, dilation = draw(st.integers(0, kernel // 2)), draw(st.integers(1, 2))
    return kind(3, 3, kernel, stride, padding, dilation=dilation)


@settings(parent=repeatable, max_examples=20)
@given(st.lists(any_layer(), min_size=2, max_size=3))
@example([nn.ConvTranspose2d(3, 3, 1, 2), nn.Conv2d(3, 3, 2, 2, 1, dilation=2)])
def test_random_stacks_that_shrink_and_enlarge_are_followed_unit_by_unit(stack):
    model = nn.Sequential(*stack, nn.Conv2d(3, 3, 1))
    layer = list(receptive_fields(model).values())[-1]
    if layer.size + 4 * layer.jump[0] < 32 and layer.jump[0] > 0.2:
        check_every_unit(model, (32, 32))


def test_a_decoder_with_a_skip_is_followed():
    def forward(m, x):
        small = m.down(x)
        large = F.interpolate(small, scale_factor=2, mode="bilinear")
        return m.last(torch.cat([m.up(small), large, x], 1))

    check_every_unit(
        Only(
            forward,
            down=nn.Conv2d(3, 4, 3, 2, 1),
            up=nn.ConvTranspose2d(4, 4, 4, 2, 1),
            last=nn.Conv2d(11, 2, 3, padding=1),
        )
    )


def test_a_map_that_is_twice_as_large_has_half_the_jump_and_centres_of_its_own():
    layer = receptive_fields(nn.Sequential(nn.ConvTranspose2d(3, 3, 3, 2)))["0"]
    assert (layer.kind, layer.field, layer.jump) == ("conv", (2, 2), (0.5, 0.5))
    assert [layer.unit_center(unit, 4)[0] for unit in range(4)] == [-0.5, 0, 0.5, 1]


@pytest.mark.parametrize(
    "options", [{"size": 52}, {"scale_factor": 2, "mode": "bilinear", "align_corners": True}]
)
def test_sizes_that_depend_on_the_side_are_refused_where_a_layer_reads_them(options):
    with pytest.raises(ValueError, match=r"'1' cannot be followed: Upsample at '0'.*scale_factor, such"):
        receptive_fields(nn.Sequential(nn.Upsample(**options), nn.Conv2d(3, 3, 3)))
    assert receptive_fields(nn.Sequential(nn.Conv2d(3, 3, 3), nn.Upsample(**options)))["0"].size == 3


# Kernels and modules that are made up


@pytest.mark.parametrize(
    "code",
    [
        "y = F.conv2d(z, m.last.weight[:, :, :1] * 2, padding=(0, 1))[:, :1] + y",
        "w = m.last.weight; w = (w - w.mean((1, 2, 3), keepdim=True)) / w.std((1, 2, 3), keepdim=True); "
        "y = torch.cat([F.conv2d(z, w.abs(), padding=1)] * 2, 1)",
        "y = torch.cat([m.last._conv_forward(z, m.last.weight * m.mask, None)] * 2, 1)",
        "k = m.mask[:1, :1].repeat(z.shape[1], 1, 1, 1).type_as(z); y = F.conv2d(z, k, groups=4)",
        "y = F.conv_transpose2d(z, m.point.weight, stride=2)",
    ],
)
def test_kernels_computed_from_parameters_are_followed(code):
    check_every_unit(Forward(code))


def test_a_convolution_with_a_computed_kernel_goes_by_the_name_of_its_owner():
    model = Only(lambda m, x: F.conv2d(x, m.a.weight * 2), a=nn.Conv2d(3, 4, 3))
    assert list(receptive_fields(model)) == ["a"]


def test_a_parametrised_convolution_is_a_convolution():
    assert receptive_fields(nn.Sequential(weight_norm(nn.Conv2d(3, 4, 3))))["0"].size == 3


def script(module: nn.Module) -> nn.Module:
    with pytest.warns(FutureWarning, match="deprecated"):
        return torch.jit.script(module)


def compiled(module: nn.Module) -> nn.Module:
    return torch.compile(module, backend="eager")


@pytest.mark.parametrize(
    "wrap, message",
    [
        (script, "torch.jit. Pass the model as it was"),
        (lambda conv: nn.Sequential(script(conv)), "'0' is compiled by torch.jit"),
        (compiled, r"compiled by torch.compile.*model\._orig_mod"),
        (lambda conv: nn.Sequential(compiled(conv)), r"'0' is compiled.*model\.0\._orig_mod"),
    ],
)
def test_a_compiled_model_is_refused_and_says_what_to_pass(wrap, message):
    model = wrap(nn.Conv2d(3, 4, 3))
    with pytest.raises(ValueError, match=message):
        receptive_fields(model)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda m, x: x * len(x), "len.*written as numbers"),
        (lambda m, x: x * int(x.size(2)), "written as numbers"),
        (lambda m, x: sum(x for _ in range(x.size(0))), "written as numbers"),
        (lambda m, x: (f"{x.shape[0]:d}", x)[1], "written as numbers"),
        (lambda m, x: m.missing(x), "AttributeError"),
    ],
)
def test_what_python_asks_of_images_is_refused_and_says_what_to_do(function, message):
    with pytest.raises(ValueError, match=f"torch.fx can trace; that of Only cannot be: .*{message}"):
        receptive_fields(Only(function))


def test_a_module_compiled_in_place_is_followed():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.Conv2d(4, 4, 3)))
    model[1].compile(backend="eager")
    assert receptive_fields(model)["1.0"].size == 5


# Networks of torchvision


@pytest.mark.parametrize(
    "told", [[], ["permute"], ["permute", "layer_norm", "LayerNorm"], ["Linear", "LayerNorm"]]
)
def test_convnext_sees_1688_pixels_with_and_without_being_told_what_is_positionwise(told):
    """By hand: a stem of 4; stages of 3, 3, 9, 3 kernels of 7 at jumps 4, 8, 16, 32; 2x2 between."""
    with torch.device("meta"):
        layers = receptive_fields(models.convnext_tiny().eval(), told)
    by_hand = 4 + 3 * 6 * 4 + 4 + 3 * 6 * 8 + 8 + 9 * 6 * 16 + 16 + 3 * 6 * 32
    last = [layer for layer in layers.values() if layer.kind == "conv"][-1]
    assert last.field == (by_hand, by_hand) == (1688, 1688)


def test_blocks_of_shufflenet_are_followed():
    blocks = [InvertedResidual(8, 8, 2), InvertedResidual(8, 8, 1), InvertedResidual(8, 8, 1)]
    check_every_unit(nn.Sequential(nn.Conv2d(3, 8, 1), *blocks, nn.Conv2d(8, 3, 1)), (48, 48))


@pytest.mark.parametrize(
    "name, message",
    [
        ("swin_t", "shifted_window_attention.*every unit of a window.*Pass the part of the model"),
        ("vit_b_32", r"reshape at 'reshape': of all reshaping.*flatten\(2\)"),
    ],
)
def test_networks_that_look_around_are_refused(name, message):
    with torch.device("meta"), pytest.raises(ValueError, match=message):
        receptive_fields(models.get_model(name).eval())


def test_a_network_may_end_in_a_map_that_cannot_be_followed():
    with torch.device("meta"):
        model = models.segmentation.fcn_resnet50(weights=None, weights_backbone=None).eval()
    assert conv_fields(receptive_fields(model))[-1][0] == "classifier.4"


def test_only_a_product_with_a_global_branch_is_called_squeeze_excitation():
    added = Only(lambda m, x: m.a(x + x.mean((2, 3), keepdim=True)), a=nn.Conv2d(3, 3, 1))
    assert receptive_fields(added)["a"].note == (
        "add at 'add' joins the map with all of it: mean at 'mean' works over the whole map"
    )
