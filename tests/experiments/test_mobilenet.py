"""MobileNets that Google publishes: the numbers of an 8-bit file, in a network of that shape."""

import os
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
import tflite
import torch
from torch import nn

from rfbook.experiments import pretrained, published
from rfbook.experiments.architecture import MOBILENETS
from rfbook.experiments.lite_files import convolution_weights
from rfbook.experiments.mobilenet import WIDTHS, Inverted, Layer, MobileNet
from rfbook.experiments.models import build, recorded_layers
from rfbook.experiments.pretrained import origin, readout_classes, started
from rfbook.experiments.spec import RECIPES, Data, Model, Run
from rfbook.metrics.receptive_field import conv_fields, receptive_fields

SCALE, ZERO = 0.5, 3


def run_of(name, **data):
    seen = {"name": "imagenette", "side": 64, "normalisation": "mobilenet"} | data
    return Run(model=Model(name=name), data=Data(**seen), recipe=RECIPES["pretrained"])


# The network.


@pytest.mark.parametrize("name", WIDTHS)
def test_the_theoretical_field_is_that_of_its_kernels_and_strides_at_every_width(name):
    """By hand: a kernel of 3 adds twice the jump between the pixels that it reads."""
    with torch.device("meta"):
        network = build(Model(name=name), 10)
    jumps = [1, 2, 2, 4, 4, 8, 8, 16, 16, 16, 16, 16, 16, 32]
    assert conv_fields(receptive_fields(network))[-1][1] == 1 + 2 * sum(jumps)


@pytest.mark.parametrize("name", MOBILENETS)
def test_a_gradient_of_its_last_map_reaches_no_pixel_outside_the_field(name):
    torch.manual_seed(0)
    network = build(Model(name=name), 10).eval()
    images = torch.zeros(1, 3, 640, 640, requires_grad=True)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):  # all paths add up, and none is cut by a clip
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
            nn.init.constant_(module.bias, 1e-6)
    maps = nn.Sequential(*list(network.children())[:-2])(images)  # without average and readout
    maps[..., 9, 9].sum().backward()
    rows = images.grad.abs().sum((0, 1, 3)).nonzero().flatten()
    with torch.device("meta"):
        field = receptive_fields(build(Model(name=name), 10))
    assert len(rows) == dict(conv_fields(field))[recorded_layers(network)[-2]]


def test_a_strided_layer_pads_at_the_end_alone():
    """TensorFlow's "same" padding of an even map, whose output it was trained with."""
    layer = Layer(1, 1, 3, 2)
    nn.init.ones_(layer[1].weight)
    nn.init.zeros_(layer[1].bias)
    found = layer(torch.ones(1, 1, 4, 4)).squeeze()
    assert found.tolist() == [[6.0, 6.0], [6.0, 4.0]]  # 9 is clipped at 6


def test_a_block_adds_its_input_where_nothing_changes_its_shape():
    torch.manual_seed(0)
    maps = torch.rand(1, 8, 4, 4)
    alike, wider = Inverted(8, 8, 1), Inverted(8, 12, 1)
    assert torch.equal(alike(maps), maps + alike.branch(maps))
    assert torch.equal(wider(maps), wider.branch(maps))


@pytest.mark.parametrize("side", [100, 144])
def test_a_side_with_an_odd_map_is_refused(side):
    with pytest.raises(ValueError, match="pads even maps only: use a multiple of 32"):
        run_of("mobilenet_v2", side=side)


# Its file.


def file_of(*convolutions):
    """A file of TensorFlow Lite with these operators: (kind, kernel of 8-bit numbers, bias)."""
    builder = flatbuffers.Builder(0)

    def quantized(scale, zero):
        tflite.QuantizationParametersStartScaleVector(builder, 1)
        builder.PrependFloat32(scale)
        scales = builder.EndVector()
        tflite.QuantizationParametersStartZeroPointVector(builder, 1)
        builder.PrependInt64(zero)
        zeros = builder.EndVector()
        tflite.QuantizationParametersStart(builder)
        tflite.QuantizationParametersAddScale(builder, scales)
        tflite.QuantizationParametersAddZeroPoint(builder, zeros)
        return tflite.QuantizationParametersEnd(builder)

    def offsets(start, parts):
        start(builder, len(parts))
        for part in reversed(parts):
            builder.PrependUOffsetTRelative(part)
        return builder.EndVector()

    def indices(start, numbers):
        start(builder, len(numbers))
        for number in reversed(numbers):
            builder.PrependInt32(number)
        return builder.EndVector()

    def buffer(values):
        content = builder.CreateByteVector(values.tobytes()) if values is not None else None
        tflite.BufferStart(builder)
        if content is not None:
            tflite.BufferAddData(builder, content)
        return tflite.BufferEnd(builder)

    def tensor(values, number, kind, scale, zero):
        shape, how = indices(tflite.TensorStartShapeVector, values.shape), quantized(scale, zero)
        tflite.TensorStart(builder)
        tflite.TensorAddShape(builder, shape)
        tflite.TensorAddType(builder, kind)
        tflite.TensorAddBuffer(builder, number)
        tflite.TensorAddQuantization(builder, how)
        return tflite.TensorEnd(builder)

    buffers, tensors, operators, codes = [buffer(None)], [], [], []
    for kind, kernel, bias in convolutions:
        first = len(tensors)
        tensors.append(tensor(np.zeros((1, 4, 4, 1), np.uint8), 0, tflite.TensorType.UINT8, 1.0, 0))
        for values, of in ((kernel, tflite.TensorType.UINT8), (bias, tflite.TensorType.INT32)):
            buffers.append(buffer(values))
            known = (SCALE, ZERO) if values is kernel else (SCALE, 0)
            tensors.append(tensor(values, len(buffers) - 1, of, *known))
        tflite.OperatorCodeStart(builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, kind)
        codes.append(tflite.OperatorCodeEnd(builder))
        read = indices(tflite.OperatorStartInputsVector, [first, first + 1, first + 2])
        tflite.OperatorStart(builder)
        tflite.OperatorAddOpcodeIndex(builder, len(codes) - 1)
        tflite.OperatorAddInputs(builder, read)
        operators.append(tflite.OperatorEnd(builder))
    tensors = offsets(tflite.SubGraphStartTensorsVector, tensors)
    operators = offsets(tflite.SubGraphStartOperatorsVector, operators)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensors)
    tflite.SubGraphAddOperators(builder, operators)
    graphs = offsets(tflite.ModelStartSubgraphsVector, [tflite.SubGraphEnd(builder)])
    codes = offsets(tflite.ModelStartOperatorCodesVector, codes)
    buffers = offsets(tflite.ModelStartBuffersVector, buffers)
    tflite.ModelStart(builder)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder))
    return bytes(builder.Output())


def test_an_8_bit_number_stands_for_a_real_one_and_kernels_are_turned_to_torchs_order():
    whole = np.arange(2 * 1 * 3 * 2, dtype=np.uint8).reshape(2, 1, 3, 2)  # out, rows, columns, in
    apart = np.arange(1 * 3 * 1 * 2, dtype=np.uint8).reshape(1, 3, 1, 2)  # 1, rows, columns, out
    content = file_of(
        (tflite.BuiltinOperator.CONV_2D, whole, np.array([8, -8], np.int32)),
        (tflite.BuiltinOperator.SOFTMAX, whole, np.array([0], np.int32)),
        (tflite.BuiltinOperator.DEPTHWISE_CONV_2D, apart, np.array([1, 2], np.int32)),
    )
    (first, bias), (second, other) = convolution_weights(content)
    assert bias.tolist() == [4.0, -4.0] and other.tolist() == [0.5, 1.0]
    assert torch.equal(first, (torch.from_numpy(whole).float() - ZERO).permute(0, 3, 1, 2) * SCALE)
    assert torch.equal(second, (torch.from_numpy(apart).float() - ZERO).permute(3, 0, 1, 2) * SCALE)


def test_the_readout_leaves_the_class_background_out(monkeypatch):
    shapes = [m.weight.shape for m in MobileNet("mobilenet_v2", 1).modules() if isinstance(m, nn.Conv2d)]
    kept = [(torch.zeros(shape), torch.zeros(shape[0])) for shape in shapes]
    last = torch.arange(1001.0)[:, None, None, None].expand(1001, 1280, 1, 1), torch.arange(1001.0)
    monkeypatch.setattr(published, "content", lambda name: b"")
    monkeypatch.setattr(pretrained, "convolution_weights", lambda content: [*kept, last])
    run = run_of("mobilenet_v2")
    network = started(run, readout_classes(run))
    assert network.fc.bias.tolist() == list(range(1, 1001))
    assert network.fc.weight[:, 0].tolist() == list(range(1, 1001))


@pytest.mark.parametrize("name", MOBILENETS)
def test_the_published_file_fills_its_network(name):
    folder = Path(os.environ.get("RFBOOK_DATA", "nowhere")) / "published"
    if not (folder / published.FILES[name].name).exists():
        pytest.skip(f"{published.FILES[name].name} is not in RFBOOK_DATA/published")
    run = run_of(name)
    network = started(run, readout_classes(run)).eval()
    assert readout_classes(run) == 1_000 and origin(run).startswith("Google, Apache-2.0: mobilenet_v")
    with torch.inference_mode():
        logits = network(torch.zeros(1, 3, 64, 64))
    assert logits.isfinite().all() and logits.std() > 0.1
