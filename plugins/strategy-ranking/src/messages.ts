// Everything that this plugin tells the user. Codes are permanent.
import type { CostTable } from '@nasc/core';
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { costText } from '@nasc/search';

const limitsText = (costs: readonly CostTable[]): string =>
  costs.flatMap((cost) => (cost.limit === undefined ? [] : [costText(cost.limit, cost)])).join(' and ');

export const messages = {
  noNetwork: (costs: readonly CostTable[]): Diagnostic =>
    errorDiagnostic('RANKING_NO_NETWORK', `No network that keeps ${limitsText(costs)} was found.`, {
      at: '/constraints',
      hint: 'Each limit can be kept alone; allow more of one of them, or use a space with cheaper candidates.',
    }),

  fewNetworks: (found: number, wanted: number): Diagnostic =>
    warningDiagnostic('RANKING_FEW_NETWORKS', `Only ${found} networks that keep the limits were found; ${wanted} were to be ranked.`, {
      at: '/derive/strategy',
      hint: 'These may be all that there are. Allow more, or use a larger space, if the choice should be wider.',
    }),

  notFinite: (choices: readonly number[]): Diagnostic =>
    errorDiagnostic('RANKING_NOT_FINITE', `The cross-entropy of network ${choices.join('-')} under the shared weights is not a number.`, {
      at: '/derive/strategy',
      hint: "Lower train.optimizer.learningRate, or the strategy's weightLearningRate where weightSteps are taken.",
    }),
} as const;
