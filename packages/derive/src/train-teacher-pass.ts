// The network that the chosen ones learn from: which one it is, and its training by the recipe of its students.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, PassContext, SearchSpaceArtifact, Teacher } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { candidateCosts, choicesOf, initialiseParameters } from '@nasc/ir';
import { keepWeightsOf } from '@nasc/transforms';
import { messages } from './messages.ts';
import { networkToTrain, trainToCompletion } from './train-to-completion.ts';

const at = '/derive/retrain/distillation/teacher';

/** Costs are additive over choices: the candidate with the most MACs at each, of equals the first. */
const largestPath = ({ graph, costs }: SearchSpaceArtifact): readonly number[] =>
  choicesOf(graph).map((choice) => {
    const macs = candidateCosts(choice, costs).map((cost) => cost.macs);
    return macs.indexOf(Math.max(...macs));
  });

/** Throws DERIVE_TEACHER_LENGTH, DERIVE_TEACHER_CANDIDATE. */
export const teacherPath = (space: SearchSpaceArtifact, wanted: 'largest' | readonly (string | number)[]): readonly number[] => {
  if (wanted === 'largest') return largestPath(space);
  const choices = choicesOf(space.graph);
  if (wanted.length !== choices.length) throw new DiagnosticError([messages.teacherLength(wanted.length, choices.length, at)]);
  return choices.map(({ id, candidates }, choice) => {
    const given = wanted[choice]!;
    const index = typeof given === 'number' ? given : candidates.findIndex(({ name }) => name === given);
    if (candidates[index]) return index;
    const names = candidates.map(({ name }) => name);
    throw new DiagnosticError([messages.teacherCandidate(id, given, names, `${at}/${choice}`)]);
  });
};

export const trainTeacherPass = definePass({
  name: 'trainTeacher',
  async run({ searchSpace, supernet }: ConsumedArtifacts<'searchSpace' | 'supernet'>, context: PassContext): Promise<Teacher> {
    const { config, registry } = context;
    const { distillation } = config.derive.retrain;
    if (!distillation) return { network: undefined };
    const { teacher, from, epochs } = distillation;
    const choices = teacherPath(searchSpace, teacher);
    const graph = networkToTrain(searchSpace.graph, choices, context);
    const weights = from === 'shared' ? keepWeightsOf(graph, supernet.weights) : initialiseParameters(graph, registry.ops, config.seed);
    const request = { task: searchSpace.task, graph, weights, epochs, stream: 'teacher', at: '/derive/retrain/distillation' };
    return trainToCompletion(context, request, async (network) => ({ network: { choices, ...network } }));
  },
});
