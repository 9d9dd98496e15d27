// What the suite runs over: every op that the built-in plugin registers, and every example of each.
import { setUpPlugins } from '@nasc/core';
import type { OpLookup } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
import { exampleCase } from './example-case.ts';

const { registrations } = await setUpPlugins([opsPlugin]);

export const ops = registrations.all('op').map(({ value }) => value);

export const lookup: OpLookup = { get: (name) => ops.find((op) => op.name === name), names: () => ops.map(({ name }) => name) };

export const rows = ops.flatMap((op) =>
  op.examples.map((example) => ({ name: `${op.name}: ${example.name}`, row: exampleCase(op, example) })),
);
