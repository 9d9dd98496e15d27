// Installs the pinned pnpm's view of the workspace and builds it: all that a fresh clone needs. Node and npm suffice.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { packageManager, engines } = JSON.parse(readFileSync('package.json', 'utf8'));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`nasc needs Node ${engines.node}; this is ${process.versions.node}.`);
  process.exit(1);
}

const run = (label, command, args) => {
  const started = performance.now();
  try {
    execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 64 << 20 });
  } catch (error) {
    console.error(`${label} failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    process.exit(1);
  }
  console.error(`${label}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
};

run('install', 'npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--prefer-offline']);
run('build', 'npx', ['tsc', '-b', 'packages/cli']);
