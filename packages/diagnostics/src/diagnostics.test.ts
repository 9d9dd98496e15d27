import { expect, test } from 'vitest';
import { DiagnosticError, didYouMean, errorDiagnostic, formatDiagnostics, throwIfErrors, warningDiagnostic } from './index.ts';

test('a diagnostic reads: what, where, what to do', () => {
  const error = errorDiagnostic('ONNX_NO_LOWERING', 'Op "pad" has no ONNX lowering.', {
    at: 'stage1.block0.pad',
    stage: 'export',
    pass: 'write-onnx',
    plugin: 'acme',
    hint: 'Leave it out of the space.',
  });
  const warning = warningDiagnostic('ARTIFACT_DAMAGED', 'A stored artifact is damaged.');
  expect(formatDiagnostics([error, warning])).toBe(
    `error ONNX_NO_LOWERING: Op "pad" has no ONNX lowering.
  at stage1.block0.pad, stage export, pass write-onnx, plugin acme
  hint: Leave it out of the space.
warning ARTIFACT_DAMAGED: A stored artifact is damaged.`,
  );
  expect(formatDiagnostics([warning], { colour: true })).toBe('\u001B[33mwarning ARTIFACT_DAMAGED\u001B[0m: A stored artifact is damaged.');
});

test('only errors are thrown, together', () => {
  const warning = warningDiagnostic('W', 'careful');
  expect(() => throwIfErrors([warning])).not.toThrow();
  const errors = [errorDiagnostic('A', 'one'), errorDiagnostic('B', 'two')];
  expect(() => throwIfErrors([errors[0]!, warning, errors[1]!])).toThrow(new DiagnosticError(errors));
  expect(new DiagnosticError(errors)).toMatchObject({ diagnostics: errors, message: 'A: one\nB: two' });
});

test.each([
  ['latencyMS', ['latencyMs', 'latencyShare'], 'latencyMs'],
  ['targts', ['task', 'targets'], 'targets'],
  ['mobile-smal', ['mobile-small', 'mobile-large'], 'mobile-small'],
  ['rnu', ['init', 'run', 'report'], 'run'],
  ['quux', ['task', 'targets'], undefined],
  ['b', ['a'], undefined],
  ['', ['a'], undefined],
])('did you mean: %s', (word, known, expected) => {
  expect(didYouMean(word, known)).toBe(expected);
});
