// Which ONNX nodes stand for which node of the IR: those of one lowering lie together, the one that makes the value is named with
// the IR node's id, the others `id/OpType` and a number.
import type { NodeId } from '@nasc/ir';
import type { NodeProto } from '../proto.ts';

export interface NodeGroup {
  readonly id: NodeId;
  readonly nodes: readonly NodeProto[];
  /** Name of the value that the group makes; undefined where no node has the id as its name. */
  readonly value: string | undefined;
  /** What the file says it was written for. */
  readonly op: string;
}

const idOf = ({ name, opType }: NodeProto): NodeId => {
  const full = name ?? '';
  const slash = full.lastIndexOf('/');
  return slash >= 0 && full.slice(slash + 1).replace(/\d+$/, '') === opType ? full.slice(0, slash) : full;
};

export const groupNodes = (nodes: readonly NodeProto[]): readonly NodeGroup[] => {
  const runs: { readonly id: NodeId; readonly nodes: NodeProto[] }[] = [];
  for (const node of nodes) {
    const id = idOf(node);
    const last = runs.at(-1);
    if (last?.id === id) last.nodes.push(node);
    else runs.push({ id, nodes: [node] });
  }
  return runs.map((run) => {
    const maker = run.nodes.find(({ name }) => name === run.id);
    return { ...run, value: maker?.output?.[0], op: maker?.docString ?? '' };
  });
};
