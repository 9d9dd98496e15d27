// Structure of a model, checked without running it: what the ONNX standard asks of every graph.
import type { ModelProto } from './proto.ts';

const repeated = (names: readonly string[]): readonly string[] => [...new Set(names.filter((name, at) => names.indexOf(name) < at))];

/** What is wrong, in words, with the names that are wrong; empty when the graph is well formed. */
export const checkModel = (model: ModelProto): readonly string[] => {
  const problems: string[] = [];
  const graph = model.graph;
  if (!graph) return ['there is no graph'];
  if (!graph.name) problems.push('the graph has no name');
  for (const key of repeated((model.metadataProps ?? []).map((entry) => entry.key ?? '')))
    problems.push(`metadata "${key}" is there twice`);

  const defined = new Set<string>();
  const define = (name: string, what: string) => {
    if (!name) problems.push(`${what} has no name`);
    else if (defined.has(name)) problems.push(`${what} "${name}" has a name that is taken`);
    defined.add(name);
  };
  for (const input of graph.input ?? []) define(input.name ?? '', 'input');
  for (const tensor of graph.initializer ?? []) define(tensor.name ?? '', 'constant');

  const nodeNames = new Set<string>();
  const used = new Set<string>();
  for (const node of graph.node ?? []) {
    const name = node.name ?? '';
    if (nodeNames.has(name)) problems.push(`node "${name}" has a name that is taken`);
    nodeNames.add(name);
    for (const input of node.input ?? []) {
      if (input === '') continue; // an optional input that is left out
      used.add(input);
      if (!defined.has(input)) problems.push(`node "${name}" reads "${input}", which nothing before it makes`);
    }
    for (const attribute of repeated((node.attribute ?? []).map((each) => each.name ?? ''))) {
      problems.push(`node "${name}" has the attribute "${attribute}" twice`);
    }
    for (const output of node.output ?? []) define(output, `the output of node "${name}",`);
  }

  for (const output of graph.output ?? []) {
    used.add(output.name ?? '');
    if (!defined.has(output.name ?? '')) problems.push(`output "${output.name}" is made by nothing`);
  }
  for (const tensor of graph.initializer ?? []) {
    if (!used.has(tensor.name ?? '')) problems.push(`constant "${tensor.name}" is used by nothing`);
  }
  const described = [...(graph.input ?? []), ...(graph.output ?? []), ...(graph.valueInfo ?? [])].map((value) => value.name ?? '');
  for (const name of repeated(described)) problems.push(`value "${name}" is described twice`);
  for (const value of graph.valueInfo ?? []) {
    if (!defined.has(value.name ?? '')) problems.push(`value "${value.name}" is described, but made by nothing`);
  }
  return problems;
};
