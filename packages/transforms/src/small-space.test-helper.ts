// A small search space of real ops for the tests of this package: stem, two choices with a shortcut, head.
import { setUpPlugins, trackedRegistry } from '@nasc/core';
import type { PassContext, Registry } from '@nasc/core';
import { buildGraph, float32 } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';

export const loadRegistry = async (): Promise<Registry> => trackedRegistry((await setUpPlugins([opsPlugin])).registrations, {});

/** What the passes of this package look at in their context. */
export const contextWith = (registry: Registry): PassContext => ({ registry }) as PassContext;

export const smallSpace = ({ ops, macros }: Registry): SearchSpaceGraph =>
  buildGraph({ ops, macros }, (builder) => {
    const input = builder.input('input', float32(6, 6, 2));
    const stemAttributes = { kernel: 3, width: 4, stride: 2 };
    let value = builder
      .group({ id: 'stem', macro: 'convBnAct', attributes: stemAttributes, shortcut: false })
      .macro('', 'convBnAct', [input], stemAttributes);
    for (const id of ['block1', 'block2']) {
      const block = builder.group({ id, macro: 'choice', attributes: { width: 4, stride: 1 }, shortcut: true });
      const choice = block.choice(
        'choice',
        [value],
        [
          { name: 'k3e1', macro: 'mbConv', attributes: { kernel: 3, expansion: 1, width: 4 } },
          { name: 'k5e2', macro: 'mbConv', attributes: { kernel: 5, expansion: 2, width: 4 } },
          { name: 'identity', macro: 'identity', attributes: {} },
          { name: 'zero', macro: 'zero', attributes: {} },
        ],
      );
      value = block.op('add', 'add', [choice, value]);
    }
    const head = { classes: 3, dropout: 0.5 };
    return builder.group({ id: 'head', macro: 'linearHead', attributes: head, shortcut: false }).macro('', 'linearHead', [value], head);
  });
