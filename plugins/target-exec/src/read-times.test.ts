import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { describe, expect, test } from 'vitest';
import { checkPattern, readTimes } from './read-times.ts';

// As TensorRT 8 and 10 end, and as TensorFlow Lite's tool of 2020 and of 2024: their forms, with numbers of runs on the web.
const trtexec = `[10/03/2024-10:47:59] [I] Average on 10 runs - GPU latency: 7.58 ms - Host latency: 7.60 ms (enqueue 7.63 ms)
[10/03/2024-10:47:59] [I] === Performance summary ===
[10/03/2024-10:47:59] [I] Throughput: 130.298 qps
[10/03/2024-10:47:59] [I] Latency: min = 5.38672 ms, max = 13.3664 ms, mean = 7.60628 ms, median = 7.16092 ms, percentile(90%) = 10.2996 ms
[10/03/2024-10:47:59] [I] Enqueue Time: min = 2.72876 ms, max = 15.0201 ms, mean = 7.63062 ms, median = 7.86694 ms, percentile(90%) = 10.1792 ms
[10/03/2024-10:47:59] [I] GPU Compute Time: min = 5.34595 ms, max = 13.3388 ms, mean = 7.58404 ms, median = 7.14139 ms, percentile(90%) = 10.2881 ms
[10/03/2024-10:47:59] [I] Total Host Walltime: 3.00082 s
[10/03/2024-10:47:59] [I] Total GPU Compute Time: 2.96536 s
&&&& PASSED TensorRT.trtexec
`;
const benchmarkModel = `count=50 first=32891 curr=33978 min=32641 max=34005 avg=33209.4 std=450

Inference timings in us: Init: 855, First inference: 49060, Warmup (avg): 34825.1, Inference (avg): 33209.4
Peak memory footprint (MB): init=0 overall=12.8672
`;
const laterBenchmarkModel = `INFO: count=74 first=14850 curr=13315 min=13105 max=15765 avg=13520.2 std=470

INFO: Inference timings in us: Init: 12750, First inference: 14744, Warmup (avg): 13764.3, Inference (avg): 13520.2
INFO: Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE
`;
const perfTest = `Total iterations: 1000
Average inference time cost: 58.8053 ms
P50 Latency: 0.0587108 s
`;

const computeTime = 'GPU Compute Time: .*\\bmedian = ([0-9.]+) ms';
const inference = 'Inference \\(avg\\): ([0-9.e+]+)';

test.each<[string, string, { pattern?: string; unit?: 's' | 'ms' | 'us' | 'ns' }, number[]]>([
  ['trtexec', trtexec, { pattern: computeTime }, [7.14139]],
  ['benchmark_model', benchmarkModel, { pattern: inference, unit: 'us' }, [33.2094]],
  ['a later benchmark_model', laterBenchmarkModel, { pattern: inference, unit: 'us' }, [13.5202]],
  ['a million microseconds', 'Inference (avg): 1.23457e+06', { pattern: inference, unit: 'us' }, [1234.57]],
  ['onnxruntime_perf_test', perfTest, { pattern: '^P50 Latency: (\\S+) s$', unit: 's' }, [58.7108]],
  ['a number', '3.25\n', {}, [3.25]],
  ['a number in microseconds', '3250', { unit: 'us' }, [3.25]],
  ['numbers a line, between others', 'loading model 3\n1.5\r\n 2e0 ms\n2500 µs\n.004 s\nend 7 ms\n\n', { unit: 'us' }, [0.0015, 2, 2.5, 4]],
  ['several matches', 'run 1: 4 ms\nrun 2: 5 ms\n', { pattern: ': (\\d+) ms' }, [4, 5]],
  ['a group that may be absent', 'cold\n4 warm\n', { pattern: 'cold|(\\d+) warm' }, [4]],
])('%s', (_title, output, { pattern, unit = 'ms' }, expected) => {
  const times = readTimes(output, { unit, ...(pattern !== undefined && { pattern }) }, 'time model.onnx');
  expect(times).toEqual(expected.map((ms) => expect.closeTo(ms, 9) as number));
});

const failure = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};

describe('what cannot be read', () => {
  test('no line is a number alone', () => {
    expect(failure(() => readTimes(perfTest, { unit: 'ms' }, 'onnxruntime_perf_test model.onnx'))).toBe(
      `error EXEC_NO_NUMBER: The command printed no latency: onnxruntime_perf_test model.onnx
  It wrote, at last:
    Total iterations: 1000
    Average inference time cost: 58.8053 ms
    P50 Latency: 0.0587108 s
  hint: Without \`pattern\` a line has to be the number alone. Say where it stands: "pattern": "median = ([0-9.]+) ms".`,
    );
  });

  test('nothing at all', () => {
    expect(failure(() => readTimes(' \n', { unit: 'ms', pattern: computeTime }, 'trtexec'))).toBe(
      `error EXEC_NO_NUMBER: The command printed no latency: trtexec
  It wrote nothing.
  hint: The pattern "${computeTime}" matches nothing that it wrote. Correct it.`,
    );
  });

  test.each([
    ['n/a', 'time: n/a', 'time: (.*)'],
    ['', 'time: ', 'time: (.*)'],
    ['0', '0', undefined],
    ['-1', '2\n-1', undefined],
  ])('"%s" is no latency', (text, output, pattern) => {
    expect(failure(() => readTimes(output, { unit: 'ms', ...(pattern !== undefined && { pattern }) }, 'bench m.onnx'))).toBe(
      `error EXEC_NOT_A_LATENCY: The command printed "${text}" as a latency, which is no number above 0: bench m.onnx
  hint: Correct \`pattern\` of target "exec", or what the command prints.`,
    );
  });

  test.each([
    ['median = (', /: Invalid regular expression: .*\.$/m],
    ['median = [0-9.]+', /: it has no group\.$/m],
  ])('the pattern "%s"', (pattern, reason) => {
    const text = failure(() => checkPattern(pattern));
    expect(text).toContain(`error EXEC_PATTERN_INVALID: The pattern "${pattern}" of target "exec" cannot be used: `);
    expect(text).toMatch(reason);
    expect(text).toContain('\n  hint: A regular expression whose first group is the number: "median = ([0-9.]+) ms".');
  });
});
