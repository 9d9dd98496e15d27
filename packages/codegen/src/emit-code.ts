// Writes the files. Nodes that the target does not support end the stage, all of them named at once.
import { definePass } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { DeployedNetwork, EmittedNetwork } from './generated.ts';
import { messages } from './messages.ts';

export const emitCode = definePass({
  name: 'emitCode',
  async run(deployed: DeployedNetwork, context): Promise<EmittedNetwork> {
    const { target, registry } = context;
    const problems = deployed.network.graph.nodes.flatMap((node) => {
      const reason = target.supports(node, registry);
      return reason === true ? [] : [messages.unsupported(target.name, node.id, node.op, reason)];
    });
    if (problems.length > 0) throw new DiagnosticError(problems);
    return { ...deployed, emitted: await target.emit(deployed.network, deployed.onnx.bytes, context) };
  },
});
