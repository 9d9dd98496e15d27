"""The networks of the peers in PyTorch: the supernets of the spaces `proxyless-imagenet` (as in pytorch_supernet.py) and `mobile-small`.

Nothing here is taken from nasc's space files: that both mean the same network is what `node bench/engine.js --check` tests.
"""
from dataclasses import dataclass

import torch.nn as nn


@dataclass(frozen=True)
class Space:
    classes: int
    stem: int                       # channels of the 3x3 convolution of stride 2
    first: int                      # channels of the MBConv k3 e1 behind it; 0 for none
    candidates: list                # (kernel, expansion); Zero comes last where the block has a shortcut
    stages: list                    # (channels, blocks, stride of the first one)
    mix: int                        # channels of the 1x1 convolution before the mean


SPACES = {
    'proxyless-imagenet': Space(
        classes=1000, stem=32, first=16,
        candidates=[(3, 3), (3, 6), (5, 3), (5, 6), (7, 3), (7, 6)],
        stages=[(24, 4, 2), (40, 4, 2), (80, 4, 2), (96, 4, 1), (192, 4, 2), (320, 1, 1)],
        mix=1280),
    'mobile-small': Space(
        classes=10, stem=16, first=0,
        candidates=[(3, 1), (3, 3), (3, 6), (5, 3), (5, 6), (7, 3), (7, 6)],
        stages=[(16, 2, 1), (32, 3, 2), (64, 3, 2)],
        mix=160),
}


def conv(i, o, k=1, s=1, g=1, act=True):
    layers = [nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False), nn.BatchNorm2d(o, eps=1e-3)]
    return layers + ([nn.ReLU6(inplace=True)] if act else [])


def mbconv(i, o, k, e, s):
    h = i * e
    return nn.Sequential(*(conv(i, h) if e > 1 else []), *conv(h, h, k, s, h), *conv(h, o, act=False))


class Supernet(nn.Module):
    def __init__(self, space):
        super().__init__()
        self.zero = len(space.candidates)                              # index of Zero
        self.stem = nn.Sequential(*conv(3, space.stem, 3, 2))
        self.first = mbconv(space.stem, space.first, 3, 1, 1) if space.first else nn.Identity()
        self.choices, self.skip, self.names = nn.ModuleList(), [], []
        c = space.first or space.stem
        for stage, (width, blocks, stride) in enumerate(space.stages):
            for block in range(blocks):
                s = stride if block == 0 else 1
                self.choices.append(nn.ModuleList([mbconv(c, width, k, e, s) for k, e in space.candidates]))
                self.names.append([f'stage{stage + 1}.block{block + 1}.k{k}e{e}' for k, e in space.candidates])
                self.skip.append(s == 1 and c == width)
                c = width
        self.mix, self.head = nn.Sequential(*conv(c, space.mix)), nn.Linear(space.mix, space.classes)

    def forward(self, x, path):
        x = self.first(self.stem(x))
        for ops, p, skip in zip(self.choices, path, self.skip):
            if p < self.zero:                                           # Zero: the block is its shortcut
                x = ops[p](x) + x if skip else ops[p](x)
        return self.head(self.mix(x).mean((2, 3)))

    def layers(self, path=None):
        """(nasc's id, layer) of every layer that has parameters: of all candidates, or of a path."""
        def block(name, sequence):
            kinds = ['expand', 'depthwise', 'project'][3 - sum(isinstance(m, nn.Conv2d) for m in sequence):]
            pairs = [m for m in sequence if not isinstance(m, nn.ReLU6)]
            for kind, convolution, norm in zip(kinds, pairs[::2], pairs[1::2]):
                yield f'{name}.{kind}', convolution
                yield f'{name}.{kind}Bn', norm

        yield from zip(('stem.conv', 'stem.bn'), self.stem)
        if isinstance(self.first, nn.Sequential):
            yield from block('first', self.first)
        for choice, (ops, names) in enumerate(zip(self.choices, self.names)):
            for index, (op, name) in enumerate(zip(ops, names)):
                if path is None or path[choice] == index:
                    yield from block(name, op)
        yield from zip(('mix.conv', 'mix.bn'), self.mix)
        yield 'head.logits', self.head

    def tensors(self):
        """(nasc's id of a parameter, the tensor, its values from those of nasc), running statistics left out."""
        for name, layer in self.layers():
            if isinstance(layer, nn.Conv2d):                            # ours: [k, k, in, out], depthwise [k, k, channels]
                depthwise = layer.groups > 1
                yield f'{name}.weight', layer.weight, lambda w, d=depthwise: w.permute(2, 0, 1)[:, None] if d else w.permute(3, 2, 0, 1)
            elif isinstance(layer, nn.Linear):                          # ours: [in, out]
                yield f'{name}.weight', layer.weight, lambda w: w.t()
                yield f'{name}.bias', layer.bias, lambda b: b
            else:
                yield f'{name}.scale', layer.weight, lambda s: s
                yield f'{name}.shift', layer.bias, lambda s: s
