"""Judge of net.config and of weights by PyTorch's names: the network that such a file describes, built here in PyTorch.

    python3 bench/peers/pytorch_net_config.py make FILE.config WEIGHTS.safetensors     # random weights and statistics
    python3 bench/peers/pytorch_net_config.py compare FILE.config MODEL.onnx           # relative error of logits to PyTorch in float64

Between the two: `nasc run` with `space: 'FILE.config'` and `derive.retrain: { from: 'WEIGHTS.safetensors', epochs: 0 }`. Needs torch,
numpy and onnxruntime.
"""

import json
import struct
import sys
from collections import OrderedDict

import numpy
import torch
from torch import nn


def convolution(inside, outside, kernel=1, stride=1, groups=1, act=True):
    layers = {
        "conv": nn.Conv2d(inside, outside, kernel, stride, kernel // 2, groups=groups, bias=False),
        "bn": nn.BatchNorm2d(outside),
    }
    if act:
        layers["act"] = nn.ReLU6()
    return nn.Sequential(OrderedDict(layers))


class MbConv(nn.Module):
    def __init__(self, config):
        super().__init__()
        inside, ratio = config["in_channels"], config["expand_ratio"]
        middle = inside if ratio == 1 else config.get("mid_channels") or round(inside * ratio)
        self.inverted_bottleneck = None if ratio == 1 else convolution(inside, middle)
        self.depth_conv = convolution(middle, middle, config["kernel_size"], config["stride"], groups=middle)
        self.point_linear = convolution(middle, config["out_channels"], act=False)

    def forward(self, x):
        if self.inverted_bottleneck is not None:
            x = self.inverted_bottleneck(x)
        return self.point_linear(self.depth_conv(x))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        layer = config["mobile_inverted_conv"]
        self.mobile_inverted_conv = MbConv(layer) if layer["name"] == "MBInvertedConvLayer" else None
        self.shortcut = config["shortcut"] is not None

    def forward(self, x):
        if self.mobile_inverted_conv is None:
            return x
        y = self.mobile_inverted_conv(x)
        return x + y if self.shortcut else y


class Network(nn.Module):
    def __init__(self, config):
        super().__init__()
        first, mix, last = config["first_conv"], config["feature_mix_layer"], config["classifier"]
        self.first_conv = convolution(first["in_channels"], first["out_channels"], first["kernel_size"], first["stride"])
        self.blocks = nn.ModuleList(Block(block) for block in config["blocks"])
        self.feature_mix_layer = convolution(mix["in_channels"], mix["out_channels"], mix["kernel_size"]) if mix else nn.Identity()
        self.classifier = nn.Module()
        self.classifier.linear = nn.Linear(last["in_features"], last["out_features"])
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = config["bn"]["eps"]

    def forward(self, x):
        x = self.first_conv(x)
        for block in self.blocks:
            x = block(x)
        return self.classifier.linear(self.feature_mix_layer(x).mean((2, 3)))


def build(path):
    """The network, and images for it. Weights, scales, shifts and statistics are random, and the same at each call."""
    with open(path) as file:
        config = json.load(file)
    torch.manual_seed(0)
    network = Network(config).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.3)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.3, 2)
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_in")
    side = config.get("resolution", 224)
    return network, torch.randn(4, config["first_conv"]["in_channels"], side, side)


def save_safetensors(tensors, path):
    header, parts, offset = {}, [], 0
    for name, tensor in tensors.items():
        data = tensor.contiguous().numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def main():
    command, config, path = sys.argv[1:]
    network, images = build(config)
    if command == "make":
        # As a checkpoint of a network that was trained on several devices.
        save_safetensors({f"module.{name}": tensor for name, tensor in network.state_dict().items()}, path)
        return
    import onnxruntime

    with torch.no_grad():
        expected = network.double()(images.double()).numpy()
        single = network.float()(images).numpy()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"input": images.numpy()})

    def relative(logits):
        return float(numpy.linalg.norm(logits - expected) / numpy.linalg.norm(expected))

    print(json.dumps({"images": len(images), "onnx": relative(found), "pytorchFloat32": relative(single)}))


main()
