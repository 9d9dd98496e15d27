// What the suite runs over: everything that the built-in plugin of ops registers, and every example of each op.
import { setUpPlugins } from '@nasc/core';
import { lookupOf } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
import { exampleCase } from './example-case.ts';

const { registrations } = await setUpPlugins([opsPlugin]);

export const ops = registrations.all('op').map(({ value }) => value);
export const macros = registrations.all('macro').map(({ value }) => value);
export const patterns = registrations.all('pattern').map(({ value }) => value);

export const opLookup = lookupOf(ops);
export const macroLookup = lookupOf(macros);

export const rows = ops.flatMap((op) =>
  op.examples.map((example) => ({ name: `${op.name}: ${example.name}`, row: exampleCase(op, example) })),
);
