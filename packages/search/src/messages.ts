// Everything that this package tells the user. Codes are permanent.
import type { CostTable } from '@nasc/core';
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { NearestLimit } from './costs/feasibility.ts';

type Cost = Pick<CostTable, 'name' | 'unit'>;

const at = '/derive/strategy';

/** E.g. `0.25 ms`, `3.2e+6 MACs`, `410000 bytes`. */
export const costText = (value: number, { unit }: Cost): string =>
  `${unit === 'ms' ? Number(value.toPrecision(4)) : Math.round(value)} ${unit}`;

/** The key of the limit on a cost in the config. */
const limitKeys: Readonly<Record<CostTable['name'], string>> = {
  latency: 'latencyMs',
  macs: 'macs',
  parameters: 'parameters',
  memory: 'memoryBytes',
  storage: 'storageBytes',
};

/** What the cheapest network of a cost is called. */
const cheapest: Readonly<Record<CostTable['name'], string>> = {
  latency: 'the fastest takes',
  macs: 'the smallest needs',
  parameters: 'the smallest has',
  memory: 'the least that any needs is',
  storage: 'the smallest needs',
};

/** E.g. `latencyMs 0.05 ms`. */
const limitText = (cost: CostTable): string => `${limitKeys[cost.name]} ${costText(cost.limit!, cost)}`;

/** Rounded up, so that the number in a hint is enough. */
const enough = (value: number, cost: Cost): string => costText(cost.unit === 'ms' ? value * 1.0005 : Math.ceil(value), cost);

export interface Divergence {
  /** E.g. `the cross-entropy is not a number`. */
  readonly what: string;
  /** Architecture step, counted from 1 as progress counts. */
  readonly step: number;
  readonly steps: number;
  readonly learningRate: number;
  /** Undefined where the shared weights rest. */
  readonly weightLearningRate: number | undefined;
  readonly lastGood: { readonly step: number; readonly loss: number } | undefined;
  /** Steps behind the last checkpoint. */
  readonly keptSteps: number | undefined;
}

export const messages = {
  /** `least` of all networks, `leastUnder` of those that keep the other limits. */
  limitInfeasible: (cost: CostTable, least: number, leastUnder: number): Diagnostic => {
    const under = leastUnder > least ? `, under the other limits ${costText(leastUnder, cost)}` : '';
    return errorDiagnostic(
      'LIMIT_INFEASIBLE',
      `No network of the space keeps ${costText(cost.limit!, cost)}; ${cheapest[cost.name]} ${costText(least, cost)}${under}.`,
      {
        at: '/constraints',
        hint: `Allow at least ${enough(leastUnder, cost)} ("${limitKeys[cost.name]}"), or use a space with cheaper candidates.`,
      },
    );
  },

  limitsConflict: (conflict: readonly CostTable[], nearest: readonly NearestLimit[]): Diagnostic => {
    const limits = (tables: readonly CostTable[]) => tables.map((table) => limitText(table)).join(' and ');
    return errorDiagnostic(
      'LIMITS_CONFLICT',
      `No network of the space keeps ${limits(conflict)} together. ${nearest
        .map(({ table, least, kept }) => `With ${limits(kept)} kept, the least ${table.name} is ${costText(least, table)}.`)
        .join(' ')}`,
      {
        at: '/constraints',
        hint: `Allow one of these: ${nearest.map(({ table, least }) => `"${limitKeys[table.name]}" ${enough(least, table)}`).join(', ')}; or use a space with cheaper candidates.`,
      },
    );
  },

  referenceMissing: (loss: string): Diagnostic =>
    errorDiagnostic('SEARCH_REFERENCE_MISSING', `The loss "${loss}" needs a cost to compare with.`, {
      at,
      hint: 'Set a limit (constraints.latencyMs, latencyShare, macs, ...), or the option references of the strategy.',
    }),

  mulLogUnit: (cost: CostTable, least: number, reference: number): Diagnostic =>
    errorDiagnostic(
      'SEARCH_MUL_LOG_BELOW_ONE',
      `The loss "mul#log" is undefined or punishes savings unless every ${cost.name} exceeds 1 of its unit; the least of a network is ${costText(least, cost)}, the reference ${costText(reference, cost)}.`,
      { at, hint: 'Use the loss "lagrangian", which also steers to the limit.' },
    ),

  notFinite: ({ what, step, steps, learningRate, weightLearningRate, lastGood, keptSteps }: Divergence): Diagnostic => {
    const rates = [
      `learningRate ${learningRate}`,
      ...(weightLearningRate === undefined ? [] : [`weightLearningRate ${weightLearningRate}`]),
    ];
    return errorDiagnostic(
      'SEARCH_NOT_FINITE',
      `The search diverged at architecture step ${step} of ${steps}, ${rates.join(', ')}: ${what}. ${
        lastGood ? `The last good step is ${lastGood.step}, loss ${Number(lastGood.loss.toPrecision(3))}.` : 'No step was good.'
      }`,
      {
        at,
        hint: `Lower ${weightLearningRate === undefined ? "the strategy's learningRate" : "the strategy's weightLearningRate"}, or train.optimizer.learningRate if the shared weights are bad already: the search then begins anew. ${
          keptSteps === undefined
            ? 'The same recipe would diverge again.'
            : `The same recipe would go on from the checkpoint after ${keptSteps} steps, and diverge again.`
        }`,
      },
    );
  },

  nothingToChoose: (): Diagnostic =>
    warningDiagnostic('SEARCH_NOTHING_TO_CHOOSE', 'The space holds no choice with more than one candidate; there is nothing to search.', {
      at,
    }),
} as const;
