import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { runCli } from '../io.test-helper.ts';

test('a report is refused a file name of no known format', async () => {
  const { code, stderr } = await runCli(['report', '-o', 'report.pdf'], { folder: tmpdir() });
  expect(code).toBe(1);
  expect(stderr).toBe(`error CLI_REPORT_FORMAT: A report cannot be written to "report.pdf": its name says no known format.
  at --output
  hint: A page ends in .html, its data in .json.
`);
});
