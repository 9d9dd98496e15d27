// The passes of the stage, each adding to what the one before gave.
import { definePass } from '@nasc/core';
import type { SearchSpaceArtifact, TaskDescription } from '@nasc/core';
import { throwIfErrors } from '@nasc/diagnostics';
import { allOpNodes, costTable } from '@nasc/ir';
import { describeTask } from './describe-task.ts';
import { expandSpace } from './expand-space.ts';
import { messages } from './messages.ts';
import { readSpaceSource, resolveSpace } from './space-source.ts';
import type { ResolvedSpace } from './space-source.ts';

export interface SpaceForTask extends ResolvedSpace {
  readonly task: TaskDescription;
}

export const resolveSpacePass = definePass<object, ResolvedSpace>({
  name: 'resolveSpace',
  run: (_consumed, { config, folder, registry: { spaces } }) => resolveSpace(readSpaceSource(config.space, folder, spaces), spaces),
});

export const describeTaskPass = definePass<ResolvedSpace, SpaceForTask>({
  name: 'describeTask',
  run: async (resolved, context) => ({
    ...resolved,
    task: await describeTask(resolved.space, await context.dataset(), context.config.task),
  }),
});

export const expandBlocks = definePass<SpaceForTask, Omit<SearchSpaceArtifact, 'costs'>>({
  name: 'expandBlocks',
  run({ space, locate, task }, { registry }) {
    const graph = expandSpace(space, { inputShape: task.inputShape, classes: task.classes.length }, registry, locate);
    return { name: space.name, task, graph };
  },
});

/** Every network of the space is written as ONNX in the end: what cannot be is told now, not after the training. */
export const checkLowerings = definePass<Omit<SearchSpaceArtifact, 'costs'>, Omit<SearchSpaceArtifact, 'costs'>>({
  name: 'checkLowerings',
  run(expanded, { registry }) {
    const firstNodes = new Map<string, string>();
    for (const { op, id } of allOpNodes(expanded.graph)) if (!firstNodes.has(op)) firstNodes.set(op, id);
    throwIfErrors(
      [...firstNodes].filter(([op]) => !('onnx' in registry.ops.require(op).lower)).map(([op, node]) => messages.noOnnx(op, node)),
    );
    return expanded;
  },
});

export const attachCosts = definePass<Omit<SearchSpaceArtifact, 'costs'>, SearchSpaceArtifact>({
  name: 'attachCosts',
  run: (expanded, { registry }) => ({ ...expanded, costs: costTable(expanded.graph, registry.ops) }),
});
