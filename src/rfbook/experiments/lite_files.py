"""The weights in a file of TensorFlow Lite: 8-bit numbers, of which each stands for a real one."""

from __future__ import annotations

import numpy as np
import tflite
import torch
from torch import Tensor

CONVOLUTIONS = (tflite.BuiltinOperator.CONV_2D, tflite.BuiltinOperator.DEPTHWISE_CONV_2D)


def convolution_weights(content: bytes) -> list[tuple[Tensor, Tensor]]:
    """Kernel (out, in, rows, columns) and bias (out) of every convolution, in the order of data flow.

    A weight is (q - zero) * scale (Jacob 2018, equation 1). The roundings of activations, which the file
    asks for as well, are not here.
    """
    model = tflite.Model.GetRootAs(content, 0)
    graph = model.Subgraphs(0)
    weights = []
    for number in range(graph.OperatorsLength()):
        operator = graph.Operators(number)
        kind = model.OperatorCodes(operator.OpcodeIndex()).DeprecatedBuiltinCode()
        if kind in CONVOLUTIONS:
            kernel, bias = (_real(model, graph.Tensors(operator.Inputs(part))) for part in (1, 2))
            # (out, rows, columns, in), and (1, rows, columns, out) where each channel is by itself.
            order = (0, 3, 1, 2) if kind == CONVOLUTIONS[0] else (3, 0, 1, 2)
            weights.append((kernel.permute(order).contiguous(), bias))
    return weights


def _real(model: tflite.Model, tensor: tflite.Tensor) -> Tensor:
    kind = {tflite.TensorType.UINT8: np.uint8, tflite.TensorType.INT32: np.int32}[tensor.Type()]
    known = tensor.Quantization()
    stored = model.Buffers(tensor.Buffer()).DataAsNumpy().view(kind).reshape(tensor.ShapeAsNumpy())
    real = (stored.astype(np.float64) - known.ZeroPoint(0)) * known.Scale(0)
    return torch.from_numpy(real.astype(np.float32))
