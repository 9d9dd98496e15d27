// ONNX Runtime's own profile of a session: how long each node took in each run.
// Durations are whole microseconds, rounded down by the runtime.

export interface ProfiledNode {
  /** As ONNX Runtime calls it after its optimisations: `stem.conv_nchwc`, `ReorderOutput`. */
  readonly name: string;
  readonly opType: string;
  readonly microseconds: number;
}

export interface ProfiledRun {
  readonly nodes: readonly ProfiledNode[];
  /** The whole call inside the runtime, dispatch between nodes included. */
  readonly microseconds: number;
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

const kernelSuffix = '_kernel_time';

/** The runs of a profile's text, in order. */
export const parseProfile = (text: string): readonly ProfiledRun[] => {
  const runs: ProfiledRun[] = [];
  let nodes: ProfiledNode[] = [];
  for (const event of JSON.parse(text) as readonly ProfileEvent[]) {
    if (event.cat === 'Node' && event.name.endsWith(kernelSuffix)) {
      const name = event.name.slice(0, -kernelSuffix.length);
      nodes.push({ name, opType: event.args?.op_name ?? '', microseconds: event.dur });
    } else if (event.cat === 'Session' && event.name === 'model_run') {
      runs.push({ nodes, microseconds: event.dur });
      nodes = [];
    }
  }
  return runs;
};

/** Between the order of an image's values in the file and the runtime's own. */
export const isLayoutConversion = ({ opType }: ProfiledNode): boolean => opType === 'ReorderInput' || opType === 'ReorderOutput';

/** A node of the network that a name of the runtime's stands for, if any: the longest id in it that ends at a boundary. */
const findId = (name: string, ids: readonly string[]): string | undefined =>
  ids.find((id) => {
    const at = name.indexOf(id);
    if (at === -1) return false;
    const before = name[at - 1];
    const after = name[at + id.length];
    return (before === undefined || !/[\w.]/.test(before)) && (after === undefined || /[/_ ]/.test(after));
  });

/**
 * For each profiled node the network's node that it counts for. The runtime keeps the names of nodes that it changes and
 * invents names for layout conversions: one before a node counts for that node, any other for the node that it follows.
 */
export const attributeNodes = (nodes: readonly ProfiledNode[], networkIds: readonly string[]): readonly string[] => {
  const ids = networkIds.toSorted((a, b) => b.length - a.length);
  const found = nodes.map((node) => findId(node.name, ids));
  const anywhere = found.find((id) => id !== undefined);
  if (anywhere === undefined) throw new Error(`The profile names no node of the network: ${nodes.map((node) => node.name).join(', ')}`);
  const result: string[] = [];
  for (const [index, id] of found.entries()) {
    const next = found.slice(index + 1).find((later) => later !== undefined);
    const previous = result[index - 1];
    result.push(id ?? (nodes[index]!.opType === 'ReorderInput' ? (next ?? previous) : (previous ?? next)) ?? anywhere);
  }
  return result;
};
