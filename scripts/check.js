// Types, lint, format, generated files: everything that has to hold before a commit, each named when it fails.
import { spawnSync } from 'node:child_process';

const checks = [
  ['types', ['tsc', '-b']],
  ['types of the tests', ['tsc', '-p', 'test']],
  ['lint', ['oxlint', '--deny-warnings']],
  ['format', ['oxfmt', '--check', '.']],
];
const results = [
  ...checks.map(([label, command]) => [label, spawnSync('npx', command, { encoding: 'utf8' })]),
  ['generated files', spawnSync('node', ['scripts/generate.js', '--check'], { encoding: 'utf8' })],
];
for (const [label, { status, stdout, stderr }] of results) {
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${label}`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
}
process.exit(results.some(([, { status }]) => status !== 0) ? 1 : 0);
