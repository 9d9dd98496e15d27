"""The peer as a process that does one step at a time, so that both sides can take turns. The steps are those of pytorch_supernet.py.

usage: python3 pytorch_steps.py --space proxyless-imagenet|mobile-small --batch 16 --res 224 [--threads 2] [--layout channels_last|nchw]
needs: PyTorch 2 (pip install torch numpy, in a virtual environment). The malloc settings that make it fast are read by the C library
at start-up: whoever starts this process sets them (peer-process.js).

Reads a request a line, as JSON, and answers each with a line:
{"do": "step", "kind": "weight" | "two" | "full_v2", "path": [...]}  -> {"seconds", "loss"?, "gates"?: [[choice, candidate, dL/dg], ...]}
{"do": "memory"}                                                     -> {"peakBytes"}
and for the check that both sides are the same network:
{"do": "load", "file", "parameters": [[id, shape], ...]}             values of all parameters, one after another, float32
{"do": "batch", "file", "labels": [...]}                             images [N, H, W, 3], float32
{"do": "logits", "path"}                                             -> {"logits": [...]}: statistics of the batch
{"do": "count", "path"}                                              -> {"parameters", "pathParameters", "macs"}
"""
import argparse
import json
import sys
import time

import numpy as np
import torch
import torch.nn as nn

from supernet_network import SPACES, Supernet

arguments = argparse.ArgumentParser()
arguments.add_argument('--space', required=True, choices=list(SPACES))
arguments.add_argument('--batch', type=int, required=True)
arguments.add_argument('--res', type=int, required=True)
arguments.add_argument('--threads', type=int, default=2)
arguments.add_argument('--layout', default='channels_last', choices=['channels_last', 'nchw'])
args = arguments.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(0)
space = SPACES[args.space]
net = Supernet(space).train()
layout = torch.channels_last if args.layout == 'channels_last' else torch.contiguous_format
net = net.to(memory_format=layout)
x = torch.randn(args.batch, 3, args.res, args.res).contiguous(memory_format=layout)
y = torch.randint(0, space.classes, (args.batch,))
sgd = torch.optim.SGD(net.parameters(), 0.025, momentum=0.9, nesterov=True, weight_decay=4e-5)
loss = nn.CrossEntropyLoss()
wants_weights = True


def weight_step(path):
    sgd.zero_grad(set_to_none=True)
    value = loss(net(x, path), y)
    value.backward()
    sgd.step()
    return value


def forward_only(op, inp):
    with torch.no_grad():
        return op(inp)


def gate_step(path, kind):
    """dL/dg of every candidate (full_v2) or of two (two: the path's and the next one); g multiplies a candidate's output before the
    shortcut is added. Choices whose candidate is Zero are left out."""
    zero, gates = net.zero, []

    def hook(choice, p, ops, inp, kept):
        others = range(zero) if kind == 'full_v2' else [p, (p + 1) % zero]

        def take(grad):
            for k in others:
                gates.append([choice, k, float((kept if k == p else forward_only(ops[k], inp)).mul(grad).sum())])
        return take

    h = net.first(net.stem(x))
    for choice, (ops, p, skip) in enumerate(zip(net.choices, path, net.skip)):
        if p < zero:
            out = ops[p](h)
            out.register_hook(hook(choice, p, ops, h.detach(), out.detach()))
            h = out + h if skip else out
    loss(net.head(net.mix(h).mean((2, 3))), y).backward()
    return gates


def want_weights(wanted):
    """Gate steps want no gradients of weights; the gradient by the image is what makes hooks run then."""
    global wants_weights
    if wanted == wants_weights:
        return
    wants_weights = wanted
    for parameter in net.parameters():
        parameter.requires_grad_(wanted)
        parameter.grad = None
    x.requires_grad_(not wanted)
    x.grad = None


def step(kind, path):
    want_weights(kind == 'weight')
    start = time.perf_counter()
    result = weight_step(path) if kind == 'weight' else gate_step(path, kind)
    seconds = time.perf_counter() - start
    return {'seconds': seconds, **({'loss': result.item()} if kind == 'weight' else {'gates': result})}


def memory():
    """Peak resident memory; ru_maxrss would start at what the parent process held."""
    with open('/proc/self/status') as status:
        return {'peakBytes': next(int(line.split()[1]) * 1024 for line in status if line.startswith('VmHWM'))}


def load(file, parameters):
    values = torch.from_numpy(np.fromfile(file, dtype=np.float32))
    sizes = [int(np.prod(shape)) for _, shape in parameters]
    theirs = {name: part.view(shape) for (name, shape), part in zip(parameters, values.split(sizes))}
    with torch.no_grad():
        for name, tensor, convert in net.tensors():
            tensor.copy_(convert(theirs.pop(name)))
    sgd.state.clear()
    return {'unknown': list(theirs)}


def batch(file, labels):
    images = torch.from_numpy(np.fromfile(file, dtype=np.float32)).view(-1, args.res, args.res, 3).permute(0, 3, 1, 2)
    with torch.no_grad():
        x.copy_(images)
        y.copy_(torch.tensor(labels))
    return {}


def logits(path):
    with torch.no_grad():
        return {'logits': net(x, path).flatten().tolist()}


def count(path):
    macs, hooks = 0, []

    def add(layer, inputs, output):
        nonlocal macs
        macs += layer.weight[0].numel() * output[0].numel()             # every output is a sum over one filter

    for _, layer in net.layers(path):
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            hooks.append(layer.register_forward_hook(add))
    with torch.no_grad():
        net(x[:2], path)
    for hook in hooks:
        hook.remove()
    of_path = sum(parameter.numel() for _, layer in net.layers(path) for parameter in layer.parameters())
    return {'parameters': sum(parameter.numel() for parameter in net.parameters()), 'pathParameters': of_path, 'macs': macs}


answers = {'step': step, 'memory': memory, 'load': load, 'batch': batch, 'logits': logits, 'count': count}
print(json.dumps({'torch': torch.__version__, 'capability': torch.backends.cpu.get_cpu_capability()}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(answers[request.pop('do')](**request)), flush=True)
