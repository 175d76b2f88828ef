"""What is written down as a list of layers is what the networks' graphs hold."""

import pytest
import torch

from rfbook.claims.quantities.layer_lists import steps_of, with_late_strides
from rfbook.experiments.architecture import RESNETS, VGGS, Model
from rfbook.experiments.models import build
from rfbook.metrics.layer_list import border_number, fields
from rfbook.metrics.paths import window_counts
from rfbook.metrics.receptive_field import border_layer, conv_fields, receptive_fields

SKIPLESS = (False,) * 4
MODELS = [
    *(Model(name=name) for name in VGGS + RESNETS),
    Model(name="vgg19", dilation=2),
    Model(name="resnet18", skips=SKIPLESS),
    *(Model(name="resnet18", kernel_padding=what) for what in ("convs", "all")),
    Model(name="resnet50", kernel_padding="all"),
    *(
        Model(name=name, downsampling="blurred", stem=stem)
        for name in ("resnet34", "resnet50")
        for stem in ("imagenet", "cifar")
    ),
    Model(name="resnet34", stem="cifar"),
    Model(name="resnet34", stem="cifar", kernel_padding="convs"),
]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.label}-{model.stem}")


@each_model
def test_a_list_has_the_fields_and_the_border_layers_of_the_graph(model):
    with torch.device("meta"):
        graph = conv_fields(receptive_fields(build(model, 10)))
    steps = steps_of(model)
    assert fields(steps) == [field for _, field in graph]
    names = [name for name, _ in graph]
    for side in (32, 64, 224):
        border = border_layer(graph, side)
        assert border_number(steps, side) == (names.index(border) + 1 if border else 0)


def test_late_strides_are_those_of_the_second_convolution_of_a_block():
    """By hand: three times one 3x3 convolution less has steps twice as large, of 4, 8 and 16 pixels."""
    early = steps_of(Model(name="resnet34"))
    late = with_late_strides(early)
    assert fields(early)[-1] - fields(late)[-1] == 2 * (4 + 8 + 16)
    assert sorted(early) == sorted(late)
    assert with_late_strides(steps_of(Model(name="vgg16"))) == steps_of(Model(name="vgg16"))


@pytest.mark.parametrize("changes", [{}, {"kernel_padding": "all"}])
def test_a_list_pads_as_the_network_does(changes):
    """Where nothing lies beside the main path, its paths are the gradient of a network of ones."""
    network = build(Model(name="resnet18", width=1 / 64, skips=SKIPLESS, **changes), 10).double()
    network.maxpool = torch.nn.AvgPool2d(network.maxpool.kernel_size, 2, 1)
    for parameter in network.parameters():
        parameter.data.fill_(1)
    image = torch.rand(1, 3, 64, 64, dtype=torch.float64, requires_grad=True)
    features = torch.nn.Sequential(*list(network.eval().children())[:-2])
    (gradient,) = torch.autograd.grad(features(image).sum(), image)
    steps = steps_of(Model(name="resnet18", **changes))
    row = window_counts(64, [step[:4] for step in steps])
    expected = torch.from_numpy(row[:, None] * row)
    found = gradient[0, 0]
    torch.testing.assert_close(found / found.mean(), expected / expected.mean())


@pytest.mark.parametrize(
    "model",
    [
        Model(name="efficientnet_b0"),
        Model(name="vgg19", dilation=2, dilation_padding="authors"),
        Model(name="vgg16", padding_mode="circular"),
    ],
)
def test_what_is_not_one_list_is_refused(model):
    with pytest.raises(ValueError, match="layers are listed for VGGs and ResNets"):
        steps_of(model)
