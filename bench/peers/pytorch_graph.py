"""Times graphs of nasc in PyTorch, for bench/ops.js: the forward pass in training mode, and all gradients.

usage: python3 pytorch_graph.py [--threads 2] < requests
needs: PyTorch 2 (pip install torch numpy). A request is one line of JSON, {"graph": ..., "batch": 16, "steps": 12}; the answer another,
{"forward": [ms, ...], "backward": [...]}, one time a step. Images are channels_last.
Whoever starts it sets what malloc reads at start-up (peer-process.js).
"""
import argparse, json, sys, time
import torch, torch.nn.functional as F

ap = argparse.ArgumentParser()
ap.add_argument('--threads', type=int, default=2)
args = ap.parse_args()
torch.set_num_threads(args.threads); torch.manual_seed(0)


def tensor_of(shape, batch):
    """Shapes are [H, W, C] without the batch; images become NCHW in channels_last."""
    if len(shape) != 3:
        return torch.randn(batch, *shape)
    height, width, channels = shape
    return torch.randn(batch, channels, height, width).contiguous(memory_format=torch.channels_last)


def parameters_of(node, shape):
    attributes, width = node['attributes'], node['type']['shape'][-1]
    if node['op'] == 'conv2d':
        kernel, groups = attributes['kernel'], attributes.get('groups', 1)
        weight = (torch.randn(width, shape[-1] // groups, kernel, kernel) * 0.1).contiguous(memory_format=torch.channels_last)
        return [weight] + ([torch.zeros(width)] if attributes.get('bias') else [])
    if node['op'] == 'depthwiseConv2d':
        weight = torch.randn(width, 1, attributes['kernel'], attributes['kernel']) * 0.1
        return [weight] + ([torch.zeros(width)] if attributes.get('bias') else [])
    if node['op'] == 'batchNorm':
        return [torch.ones(width), torch.zeros(width)]
    if node['op'] == 'linear':
        return [torch.randn(width, shape[-1]) * 0.1] + ([torch.zeros(width)] if attributes.get('bias', True) else [])
    return []


def nhwc(x):
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def image(x):
    return x.permute(0, 3, 1, 2)


def apply(node, inputs, parameters, from_image):
    op, a, x = node['op'], node['attributes'], inputs[0]
    dilation = a.get('dilation', 1)
    padding = a.get('padding', dilation * (a.get('kernel', 1) // 2))
    bias = parameters[1] if len(parameters) > 1 else None
    axis = lambda: {0: 2, 1: 3, 2: 1}[a['axis']] if x.dim() == 4 else a['axis'] + 1
    if op == 'conv2d':
        return F.conv2d(x, parameters[0], bias, a.get('stride', 1), padding, dilation, a.get('groups', 1))
    if op == 'depthwiseConv2d':
        return F.conv2d(x, parameters[0], bias, a.get('stride', 1), padding, dilation, x.shape[1])
    if op == 'batchNorm':
        return F.batch_norm(x, None, None, *parameters, training=True, eps=a.get('epsilon', 1e-3))
    if op == 'linear':
        return F.linear(x, parameters[0], bias)
    if op == 'maxPool':
        return F.max_pool2d(x, a['kernel'], a.get('stride', 1), padding)
    if op == 'avgPool':
        return F.avg_pool2d(x, a['kernel'], a.get('stride', 1), padding, count_include_pad=a.get('countIncludePad', False))
    if op == 'globalAvgPool':
        return x.mean((2, 3))
    if op == 'add':
        total = x + inputs[1]
        for more in inputs[2:]:
            total = total + more
        return total
    if op == 'mul':
        return x * (inputs[1][:, :, None, None] if inputs[1].dim() == 2 and x.dim() == 4 else inputs[1])
    if op == 'dropout':
        return F.dropout(x, a['rate'])
    if op == 'dropPath':
        return x * (torch.rand(x.shape[0], *[1] * (x.dim() - 1)) >= a['rate']) / (1 - a['rate'])
    if op == 'concat':
        return torch.cat(inputs, axis())
    if op == 'slice':
        return x.narrow(axis(), a['start'], a['end'] - a['start']).contiguous(memory_format=torch.channels_last if x.dim() == 4 else torch.contiguous_format)
    if op == 'pad':
        pairs = list(zip(a['before'], a['after']))
        order = [pairs[2], pairs[0], pairs[1]] if len(pairs) == 3 else pairs
        return F.pad(x, [amount for pair in reversed(order) for amount in pair])
    if op == 'reshape':
        y = (nhwc(x) if from_image else x).reshape(x.shape[0], *a['shape'])
        return image(y) if len(a['shape']) == 3 else y
    if op == 'transpose':
        y = (nhwc(x) if from_image else x).permute(0, *(p + 1 for p in a['permutation'])).contiguous()
        return image(y) if y.dim() == 4 and from_image else y
    if op == 'zero':
        return torch.zeros_like(x) + 0 * x.sum()
    functions = {'relu': F.relu, 'relu6': F.relu6, 'hSwish': F.hardswish, 'hSigmoid': F.hardsigmoid, 'sigmoid': torch.sigmoid,
                 'softmax': lambda value: F.softmax(value, -1), 'identity': lambda value: value.clone()}
    return functions[op](x)


def measure(graph, batch, steps):
    shapes = {value['id']: value['type']['shape'] for value in graph['inputs'] + graph['nodes']}
    first = graph['inputs'][0]['id']
    x = tensor_of(shapes[first], batch).requires_grad_()
    parameters = {node['id']: [p.requires_grad_() for p in parameters_of(node, shapes[node['inputs'][0]])] for node in graph['nodes']}
    wanted = [x] + [p for group in parameters.values() for p in group]
    output = graph['outputs'][0]
    dy = tensor_of(shapes[output], batch)
    forward, backward = [], []
    for _ in range(steps + 2):
        start = time.perf_counter()
        values = {first: x}
        for node in graph['nodes']:
            values[node['id']] = apply(node, [values[i] for i in node['inputs']], parameters[node['id']], len(shapes[node['inputs'][0]]) == 3)
        between = time.perf_counter()
        torch.autograd.grad(values[output], wanted, dy)
        end = time.perf_counter()
        forward.append(between - start); backward.append(end - between)
    return {'forward': [1000 * t for t in forward[2:]], 'backward': [1000 * t for t in backward[2:]]}


for line in sys.stdin:
    print(json.dumps(measure(**json.loads(line))), flush=True)
