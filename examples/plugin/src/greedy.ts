// A search strategy: one choice after the other, the candidate whose network does best under the shared weights.
import { choicesOf, DiagnosticError, errorDiagnostic, pathCost } from 'nasc/plugin';
import type { CostTable, StrategyDefinition } from 'nasc/plugin';

const keepsLimits = (costs: readonly CostTable[], path: readonly number[]): boolean =>
  costs.every((cost) => cost.limit === undefined || pathCost(cost, path) <= cost.limit);

/** The fastest candidate of every choice. */
const fastest = ([latency]: readonly CostTable[]): readonly number[] =>
  latency!.candidates.map((candidates) => candidates.indexOf(Math.min(...candidates)));

interface Progress {
  readonly choice: number;
  readonly path: readonly number[];
  readonly images: number;
  readonly scores: readonly number[];
}

export const greedy: StrategyDefinition = {
  name: 'greedy',
  description: 'One choice after the other, from the fastest network on: the candidate that scores best and keeps all limits.',
  optionsSchema: { type: 'object', additionalProperties: false },
  requirements: { activePaths: 1, warmUp: true },
  async search({ space, supernet, costs, score, checkpoint, progress }) {
    const choices = choicesOf(space.graph);
    const start = fastest(costs);
    if (!keepsLimits(costs, start)) {
      throw new DiagnosticError([errorDiagnostic('GREEDY_NO_START', 'The fastest network exceeds a limit.', { at: '/constraints' })]);
    }
    let state: Progress = (await checkpoint.resume<Progress>()) ?? { choice: 0, path: start, images: 0, scores: [] };
    while (state.choice < choices.length) {
      const { choice, path, images, scores } = state;
      const feasible = choices[choice]!.candidates.map((_, candidate) => path.with(choice, candidate)).filter((one) =>
        keepsLimits(costs, one),
      );
      let best = { path, crossEntropy: Infinity };
      let seen = images;
      for (const one of feasible) {
        const { accuracy, imagesForwardBackward } = await score(one);
        seen += imagesForwardBackward;
        if (accuracy.crossEntropy < best.crossEntropy) best = { path: one, crossEntropy: accuracy.crossEntropy };
      }
      state = { choice: choice + 1, path: best.path, images: seen, scores: [...scores, best.crossEntropy] };
      progress(state.choice, choices.length, 'choices');
      // Whatever takes longer than moments offers what it would need to go on: see "Nothing lost" in ARCHITECTURE.md.
      await checkpoint.offer(() => state);
    }
    return {
      kind: 'ranked',
      strategy: 'greedy',
      architectures: [{ choices: state.path, score: -state.scores.at(-1)! }],
      weights: supernet.weights,
      history: { columns: { crossEntropy: state.scores } },
      cost: { imagesForwardBackward: Math.round(state.images) },
    };
  },
};
