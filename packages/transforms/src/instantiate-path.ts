// One network of a search space, or a part of the space: the chosen candidate's nodes in place of a choice.
import { DiagnosticError } from '@nasc/diagnostics';
import { asNetwork, choicesOf, isChoice } from '@nasc/ir';
import type { Candidate, ChoiceNode, Group, NetworkGraph, NodeId, OpNode, SearchSpaceGraph } from '@nasc/ir';
import { messages } from './messages.ts';

const checkChoices = (space: SearchSpaceGraph, choices: readonly (number | undefined)[]): void => {
  const nodes = choicesOf(space);
  if (choices.length !== nodes.length) throw new DiagnosticError([messages.pathLength(choices.length, nodes.length)]);
  const wrong = nodes.flatMap(({ id, candidates }, index) =>
    choices[index] === undefined || candidates[choices[index]] ? [] : [messages.pathIndex(id, choices[index], candidates.length)],
  );
  if (wrong.length > 0) throw new DiagnosticError(wrong);
};

/**
 * The space with candidate `choices[i]` in place of the i-th choice (in the order of `choicesOf`), and without change where
 * that is undefined. Ids stay; a block that was a choice takes macro and attributes of its candidate. Throws PATH_LENGTH or
 * PATH_INDEX.
 */
export const instantiateChoices = (space: SearchSpaceGraph, choices: readonly (number | undefined)[]): SearchSpaceGraph => {
  checkChoices(space, choices);
  const replacedBy = new Map<NodeId, NodeId>();
  const chosenInGroup = new Map<string, Candidate>();
  const resolve = (id: NodeId): NodeId => replacedBy.get(id) ?? id;
  const nodes: (OpNode | ChoiceNode)[] = [];
  let position = 0;
  for (const node of space.nodes) {
    const candidate = isChoice(node) ? node.candidates[choices[position++] ?? -1] : undefined;
    if (!candidate) {
      nodes.push({ ...node, inputs: node.inputs.map(resolve) });
      continue;
    }
    if (node.group !== undefined) chosenInGroup.set(node.group, candidate);
    for (const [index, input] of candidate.graph.inputs.entries()) replacedBy.set(input.id, resolve(node.inputs[index]!));
    const marks = node.group === undefined ? {} : { group: node.group };
    for (const inner of candidate.graph.nodes) nodes.push({ ...inner, ...marks, inputs: inner.inputs.map(resolve) });
    replacedBy.set(node.id, resolve(candidate.graph.outputs[0]!));
  }
  const groups = space.groups.map((group): Group => {
    const candidate = group.macro === 'choice' ? chosenInGroup.get(group.id) : undefined;
    return candidate ? { ...group, macro: candidate.macro, attributes: candidate.attributes } : group;
  });
  return { inputs: space.inputs, nodes, outputs: space.outputs.map(resolve), groups };
};

/** The network with candidate `choices[i]` at the i-th choice, one for each. Throws PATH_LENGTH or PATH_INDEX. */
export const instantiatePath = (space: SearchSpaceGraph, choices: readonly number[]): NetworkGraph =>
  asNetwork(instantiateChoices(space, choices));
