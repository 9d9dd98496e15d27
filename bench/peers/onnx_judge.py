"""Judges ONNX files for bench/onnx.js: the checker, shape inference and ONNX Runtime, in Python.

usage: python3 onnx_judge.py < requests
needs: pip install onnx onnxruntime numpy. The first line says what it is; then a request is one line of JSON, {"path": ..., "inputs":
{name: {"shape": [...], "data": base64 of float32}}, "outputs": {name: base64}}, the answer another: {"problems": [text, ...],
"error": largest relative error of an output}.
"""
import base64, json, sys
import numpy, onnx, onnxruntime


def floats(text):
    return numpy.frombuffer(base64.b64decode(text), dtype='<f4')


def describe(value):
    tensor = value.type.tensor_type
    return tensor.elem_type, [dim.dim_param or dim.dim_value for dim in tensor.shape.dim]


def differing_shapes(model):
    """Values whose shape the file says otherwise than inference, or not at all."""
    graph = model.graph
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(bare, check_type=True, strict_mode=True, data_prop=True).graph
    written = {value.name: describe(value) for value in [*graph.input, *graph.output, *graph.value_info]}
    found = {value.name: describe(value) for value in [*inferred.output, *inferred.value_info]}
    for node in graph.node:
        for name in node.output:
            if name not in written:
                yield f'{name} is not described'
            # What inference leaves open (a size that is computed from the batch) contradicts nothing.
            elif name in found and any(a != b for a, b in zip(written[name][1], found[name][1]) if b and not str(b).startswith('unk__')):
                yield f'{name} is {written[name]}, inferred {found[name]}'


def judge(request):
    problems, error = [], None
    try:
        model = onnx.load(request['path'])
        onnx.checker.check_model(request['path'], full_check=True)
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
        problems += differing_shapes(model)
    except Exception as cause:
        problems.append(f'onnx: {cause}')
    try:
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry('session.strict_shape_type_inference', '1')
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(request['path'], options, providers=['CPUExecutionProvider'])
        feeds = {name: floats(each['data']).reshape(each['shape']) for name, each in request['inputs'].items()}
        results = session.run(list(request['outputs']), feeds)
        error = 0.0
        for expected, result in zip(map(floats, request['outputs'].values()), results):
            size = numpy.linalg.norm(expected)
            distance = numpy.linalg.norm(result.ravel() - expected)
            error = max(error, float(distance / size if size else distance))
    except Exception as cause:
        problems.append(f'onnxruntime: {cause}')
    return {'problems': problems, 'error': error}


print(json.dumps({'onnx': onnx.__version__, 'onnxruntime': onnxruntime.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
