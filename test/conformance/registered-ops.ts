// What the suite runs over: everything that the built-in plugins of ops, engines and targets register.
import { setUpPlugins, trackedRegistry } from '@nasc/core';
import { engineNativePlugin } from '@nasc/engine-native';
import { lookupOf } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
import { targetCpu } from '@nasc/target-cpu';
import { exampleCase } from './example-case.ts';

const { registrations } = await setUpPlugins([opsPlugin, engineNativePlugin, targetCpu]);

export const registry = trackedRegistry(registrations, {});

export const ops = registrations.all('op').map(({ value }) => value);
export const macros = registrations.all('macro').map(({ value }) => value);
export const patterns = registrations.all('pattern').map(({ value }) => value);

export const opLookup = lookupOf(ops);
export const macroLookup = lookupOf(macros);

export const rows = ops.flatMap((op) =>
  op.examples.map((example) => ({ name: `${op.name}: ${example.name}`, row: exampleCase(op, example) })),
);
